""".github/workflows/nightly.yml: what it may do, and its own commands, called as a runner calls them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.faults import faults
from tests.command import program

FOLDER = Path(__file__).resolve().parents[2] / ".github" / "workflows"
WORKFLOW = YAML(typ="safe").load((FOLDER / "nightly.yml").read_text())
JOBS = WORKFLOW["jobs"]
FAULT = next(name for name, fault in faults(load("siliconflow")).items() if fault.breaks.endswith(".sorted"))
KEY = "key-of-the-workflow"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path) -> None:
    """Every action is pinned to a commit, its version beside it; a checkout leaves credentials behind only in a job that pushes."""
    text = path.read_text()
    uses = re.findall(r"uses: (.+)", text)
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses)
    for job in YAML(typ="safe").load(text)["jobs"].values():
        left = [
            one["with"]["persist-credentials"] for one in job["steps"] if "actions/checkout@" in one.get("uses", "")
        ]
        assert not any(left) or job["permissions"]["contents"] == "write"


def test_permissions_are_the_least() -> None:
    """Only the job that compares may write, and only issues; a job that asks sees one key, its own; nothing of a context stands in a script."""
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job} == {
        "compare": {"contents": "read", "issues": "write"}
    }
    scripts = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]
    text = json.dumps(WORKFLOW)
    assert re.findall(r"secrets[.\[][^ }]*", text) == ["secrets[matrix.key_env]"]
    assert all("timeout-minutes" in job for job in JOBS.values())


def step(job: str, words: str) -> str:
    """Return the script of the step whose name, id or script has some words."""
    return str(
        next(
            one["run"]
            for one in JOBS[job]["steps"]
            if "run" in one and words in (one.get("name", "") + one.get("id", "") + one["run"])
        )
    )


class Runner:
    """A folder in which scripts run as on a runner; the project's commands are those of this checkout."""

    def __init__(self, folder: Path, rerank_conformance: Path) -> None:
        self.folder, self.output, self.page = folder, folder / "output", folder / "page.md"
        nox = f'[ "$1 $3" = "-s --" ] || exit 9\nname=$2; shift 3\ncase $name in nightly) exec {rerank_conformance} nightly "$@";; *) echo "$name $@" >> calls;; esac'
        binaries = folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "rerank-conformance").symlink_to(rerank_conformance)
        (binaries / "nox").write_text(f"#!/bin/sh\n{nox}\n")
        (binaries / "nox").chmod(0o755)

    def run(self, script: str, **environment: str) -> int:
        """Run a script as a runner does: bash that stops at the first failure."""
        held = {**os.environ, "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.page), **environment}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=held,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert KEY not in done.stdout + done.stderr
        return done.returncode

    def told(self, name: str) -> Any:
        """Return what a step gave to later ones."""
        return next(
            line.partition("=")[2]
            for line in reversed(self.output.read_text().splitlines())
            if line.startswith(f"{name}=")
        )


@pytest.fixture
def rerank_conformance(tmp_path: Path) -> Iterator[Path]:
    """Return the project's command, as scripts call it."""
    with program(tmp_path / "rerank-conformance"):
        yield tmp_path / "rerank-conformance"


def configure(folder: Path, url: str) -> None:
    targets = f'[targets.own]\nbase_url = "{url}"\nkey_env = "OWN_KEY"\nprofile = "smoke"\n[targets.off]\nbase_url = "{url}"\nenabled = false\n'
    (folder / "targets.toml").write_text(
        targets
        + "".join(
            f"[targets.{name}]\nenabled = {str(name == 'woagent').lower()}\n"
            for name in ("siliconflow", "siliconflow-com", "woagent")
        )
    )


def test_two_nights_on_a_runner(tmp_path: Path, rerank_conformance: Path) -> None:
    """The scripts list the enabled targets, ask each with its own key, bring the folders together, and end with the worst new verdict."""
    main = Runner(tmp_path / "main", rerank_conformance)
    statuses = []
    for number, fault in enumerate((None, FAULT)):
        with MockServer(load("siliconflow"), key=KEY, fault=fault) as mock:
            configure(main.folder, mock.base_url)
            assert main.run(step("targets", "list")) == 0
            matrix = json.loads(main.told("targets"))
            assert [one["target"] for one in matrix] == ["woagent", "own"]
            for one in matrix:
                machine = Runner(tmp_path / f"{number}-{one['target']}", rerank_conformance)
                configure(machine.folder, mock.base_url)
                held = KEY if one["key_env"] == "OWN_KEY" else ""
                assert (
                    machine.run(step("ask", "Ask the target"), TARGET=one["target"], KEY_ENV=one["key_env"], KEY=held)
                    == 0
                )
                for folder in (machine.folder / "night").glob("*/"):
                    shutil.copytree(folder, main.folder / "nights" / f"night-{one['target']}", rerank_conformance)
        assert main.run(step("compare", "Compare with")) == 0
        statuses.append(main.run(step("compare", "worst new"), STATUS=main.told("status")))
        assert main.run(step("compare", "One issue")) == 0
        shutil.rmtree(main.folder / "nights")
    assert statuses == [0, 1]
    assert (main.folder / "calls").read_text().splitlines() == ["issues summary/summary.json"] * 2
    page = main.page.read_text()
    assert "`response.results.sorted`" in page
    assert "WOAGENT_API_KEY" in page


def test_no_key_at_all(tmp_path: Path, rerank_conformance: Path) -> None:
    """Where no target was asked the summary says so, and the job does not fail."""
    main = Runner(tmp_path / "main", rerank_conformance)
    assert main.run(step("compare", "Compare with")) == 0
    assert main.told("status") == "0"
    assert "no key is set" in main.page.read_text()
