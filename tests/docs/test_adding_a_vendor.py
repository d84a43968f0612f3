"""The guide for adding a vendor, followed to the letter."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.contract import clients, load, names, roles
from conformance.contract.audit import audit
from conformance.contract.contract import Contract
from conformance.contract.resources import contracts_root
from conformance.contract.schema import walk
from conformance.mock import MockServer
from tests import command

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "adding-a-vendor.md").read_text(encoding="utf-8")
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the files of the worked example below an empty folder."""
    files = re.findall(r"`(acme/[\w.]+)`:\n\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert [name for name, _ in files] == ["acme/rerank.yaml", "acme/overlay.yaml"]
    for name, text in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def call(line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(line)
    if program == "rerank-conformance":
        return command.call(*arguments, cwd=cwd, COLUMNS="200", **env)
    assert program == "python"
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**ENV, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_every_command_of_the_guide_succeeds(folder: Path) -> None:
    """Audit, mock and faults of the worked example end with status 0, in a folder outside the project."""
    commands = re.findall(r"```sh\n(.*?)\n```", GUIDE, re.DOTALL)
    assert len(commands) == 3
    for line in commands:
        done = call(line, folder)
        assert done.returncode == 0, done.stdout + done.stderr
    verdicts = json.loads((folder / "acme-report" / "run.json").read_text())["verdicts"]
    # What only longer profiles ask stays open.
    assert {verdict["requirement"] for verdict in verdicts if verdict["verdict"] != "pass"} <= {"ranking.query.literal"}
    ids = {verdict["requirement"] for verdict in verdicts}
    assert {
        "request.how_many.exclusiveMinimum",
        "response.output.hits.sorted",
        "response.output.hits.items.passage.exact",
        "usage.read.grows",
        "error.422.shape",
    } <= ids


def test_a_running_server_is_judged_by_the_folder(folder: Path) -> None:
    """`run URL --contract ./acme` finds a fault of a server, by the vendor's own names, and nothing on a faithful one."""
    contract = load(str(folder / "acme"))
    for fault, status in ((None, 0), ("limit_plus_one", 1)):
        with MockServer(contract, key="a-key", fault=fault) as mock:
            done = call(
                f"rerank-conformance run {mock.base_url} --contract ./acme --select 'response.*' --out report",
                folder,
                ACME_API_KEY="a-key",
            )
        assert done.returncode == status, done.stdout + done.stderr
    assert "response.output.hits.limit" in done.stdout
    assert "how_many" in done.stdout


def test_no_clause_of_the_example_speaks_another_dialect(folder: Path) -> None:
    """Ids, sentences and requests of another vendor hold none of SiliconFlow's names."""
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements

    contract, other = load(str(folder / "acme")), load("siliconflow")
    foreign = {
        name for name in [*other.fields, *(place.path[-1] for place in other.success.places)] if "_" in name
    } - set(contract.fields)
    text = " ".join(f"{item.clause.id} {item.clause.sentence}" for item in requirements(Kit(contract)))
    assert [name for name in sorted(foreign) if re.search(rf"\b{name}\b", text)] == []
    bodies = [probe.request.json for item in requirements(Kit(contract)) for probe in item.probes]
    assert not foreign & {key for body in bodies if isinstance(body, dict) for key in body}


def test_tables_of_the_guide_are_the_codes_own() -> None:
    """The roles and extensions that the guide lists are those that the code knows."""
    assert roles.table(roles.ROLES, "role") in GUIDE
    assert roles.table(roles.EXTENSIONS, "extension") in GUIDE


def test_every_extension_that_is_read_is_listed() -> None:
    """No module reads an extension of the overlay that the guide does not list, and each that it lists is read."""
    read = {
        name
        for folder in ("conformance", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "roles.py"
        for name in re.findall(r"[\"'](x-(?:rerank|class)-[a-z-]+)[\"']", path.read_text())
    }
    assert read == set(roles.EXTENSIONS)


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_is_used(role: str) -> None:
    """Each role is given by a shipped contract, so that none stands in the list for nothing."""
    given = set()
    for name in names():
        contract = load(name)
        given |= {place.role for answer in contract.answers.values() for place in answer.places}
        given |= {place.role for place in contract.request_places}
        given |= {header.role for answer in contract.answers.values() for header in answer.headers}
    assert role in given


def test_unknown_role_is_a_finding(folder: Path) -> None:
    """A role that the list does not have is found by the audit, by name."""
    path = folder / "acme" / "overlay.yaml"
    path.write_text(path.read_text().replace("x-rerank-role: limit", "x-rerank-role: limitt"))
    done = call("python -m conformance.contract.audit ./acme", folder)
    assert done.returncode == 1
    assert "'limitt' is no role" in done.stdout


def test_written_documents_say_so() -> None:
    """A document that no vendor published says so itself, in its provenance and in notes that grade its facts."""
    written = [
        name for name in names() if (load(name).vendored.get("info") or {}).get("x-rerank-document") == "written"
    ]
    assert "voyage" in written
    for name in written:
        assert "written by this project" in (contracts_root() / name / "provenance.json").read_text()
        assert "grade" in (contracts_root() / name / "NOTES.md").read_text()


def test_clients_are_a_choice_of_the_overlay() -> None:
    """A vendor whose overlay says `x-rerank-client: false` has no committed package; the others have one."""
    assert set(clients()) < set(names())
    assert {path.name for path in (ROOT / "generated").iterdir() if path.name.endswith("_rerank")} == {
        f"{name}_rerank" for name in clients()
    }


def test_a_contract_that_asks_for_a_key_and_describes_no_refusal_is_told() -> None:
    """The audit tells of credentials without an answer to wrong ones; the suite does not blame the server for it."""
    vendored = dict(load("infinity").vendored)
    bare = Contract("bare", vendored, vendored, contracts_root())
    assert "security" in {finding.kind for finding in audit(bare)}
    assert all(node is not None for _, node in walk(bare.request_schema))
