"""`rerank-conformance nightly` as a job calls it, night after night."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.contract import load
from conformance.document import schema
from conformance.mock import MockServer
from conformance.mock.faults import faults
from scripts import issues
from tests import command
from tests.recording.services import Service

SCHEMA = schema("night")
CONTRACT = load("siliconflow")
FAULT = next(name for name, fault in faults(CONTRACT).items() if fault.breaks.endswith(".sorted"))


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return command.call(*arguments, cwd=folder, **environment)


def configure(folder: Path, **urls: str) -> None:
    tables = [
        f'[targets.{name}]\nbase_url = "{url}"\ncontract = "siliconflow"\nprofile = "smoke"\n'
        for name, url in urls.items()
    ]
    (folder / "targets.toml").write_text("\n".join(tables))


def summary(folder: Path) -> Any:
    held = json.loads((folder / "summary.json").read_text())
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(held)
    return held


def night(folder: Path, number: int, *arguments: str, **environment: str) -> tuple[int, Any]:
    done = call(folder, "nightly", *arguments, "--store", "store.sqlite", "--out", f"night{number}", **environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, summary(folder / f"night{number}")


def found(held: Any, name: str, kind: str) -> list[str]:
    target = next(item for item in held["targets"] if item["target"] == name)
    return [change["requirement"] for change in target["difference"][kind]]


def test_targets_without_a_key_are_not_run(tmp_path: Path) -> None:
    """A target without its key is not run, with the variable to set; the others are; with none at all nothing is called kept."""
    status, held = night(tmp_path, 1)
    assert status == 3
    assert {target["state"] for target in held["targets"]} == {"not run"}
    with Service() as service:
        configure(tmp_path, own=service.base_url)
        status, held = night(tmp_path, 2)
    assert status == 0
    by = {target["target"]: target for target in held["targets"]}
    assert by["own"]["state"] == "ran"
    assert "WOAGENT_API_KEY" in by["woagent"]["reason"]
    assert "WOAGENT_API_KEY" in (tmp_path / "night2" / "summary.md").read_text()
    assert (tmp_path / "night2" / "own" / "report.html").is_file()


def test_a_file_that_is_named_says_which_targets_are_asked(tmp_path: Path) -> None:
    """With `--targets FILE` only the targets of the file are asked; a built-in one is asked where it is named."""
    with Service() as service:
        configure(tmp_path, own=service.base_url)
        (tmp_path / "targets.toml").rename(tmp_path / "mine.toml")
        _, held = night(tmp_path, 1, "--targets", "mine.toml")
        assert [(target["target"], target["state"]) for target in held["targets"]] == [("own", "ran")]
        _, held = night(tmp_path, 2, "siliconflow", "--targets", "mine.toml")
        assert [(target["target"], target["state"]) for target in held["targets"]] == [("siliconflow", "not run")]


def test_only_what_is_new_alarms(tmp_path: Path) -> None:
    """A clause that breaks is exit status 1 on its first night, 0 on the next, and mended when it is kept again."""
    seen = []
    for number, fault in enumerate((None, FAULT, FAULT, None)):
        with MockServer(CONTRACT, fault=fault) as mock:
            configure(tmp_path, own=mock.base_url)
            seen.append(night(tmp_path, number, "own"))
    assert [status for status, _ in seen] == [0, 1, 0, 0]
    assert "response.results.sorted" in found(seen[1][1], "own", "newly_broken")
    assert "response.results.sorted" in found(seen[2][1], "own", "still_broken")
    assert "response.results.sorted" in found(seen[3][1], "own", "mended")
    told = (tmp_path / "night1" / "summary.md").read_text()
    assert "Newly failing" in told
    assert "`response.results.sorted`" in told


def test_outage_is_news_once(tmp_path: Path) -> None:
    """A target that cannot be reached is exit status 3 on the first night, and no news on the second; nothing is mended or broken by it."""
    with MockServer(CONTRACT) as mock:
        configure(tmp_path, own=mock.base_url)
        seen = [night(tmp_path, 0, "own")]
    seen += [night(tmp_path, number, "own") for number in (1, 2)]
    assert [status for status, _ in seen] == [0, 3, 0]
    assert "still cannot be judged" in seen[2][1]["headline"]
    assert "No answer" in seen[1][1]["targets"][0]["notice"]
    assert "No answer" in (tmp_path / "night1" / "summary.md").read_text()
    for _, held in seen[1:]:
        assert not found(held, "own", "newly_broken")
        assert not found(held, "own", "mended")


def test_what_to_try_is_told(tmp_path: Path) -> None:
    """A target with a wrong base URL is told with why, and with the command that works, at the terminal, in the page and for programs."""
    with MockServer(CONTRACT) as mock:
        configure(tmp_path, own=mock.base_url.removesuffix("/v1"))
        done = call(tmp_path, "nightly", "own", "--store", "store.sqlite", "--out", "night")
        command_line = f"rerank-conformance run {mock.base_url} --contract siliconflow"
    (target,) = summary(tmp_path / "night")["targets"]
    assert done.returncode == 3
    assert "none could be judged" in done.stdout
    for told in (done.stdout, (tmp_path / "night" / "summary.md").read_text(), *target["hints"]):
        assert command_line in told
    assert "accepted no request" in done.stdout


def test_other_targets_go_on(tmp_path: Path) -> None:
    """A target that cannot be used at all has failed, with the reason, and the others are asked."""
    with Service() as service:
        configure(tmp_path, own=service.base_url)
        with (tmp_path / "targets.toml").open("a") as out:
            out.write('[targets.bad]\nbase_url = "http://127.0.0.1:1"\ncontract = "no-such-contract"\n')
        done = call(tmp_path, "nightly", "bad", "own", "--store", "s.sqlite", "--out", "night")
    if done.returncode != 2:
        held = summary(tmp_path / "night")
        assert [target["state"] for target in held["targets"]] == ["failed", "ran"]
        assert "no-such-contract" in held["targets"][0]["reason"]
        assert done.returncode == 3
    else:
        pytest.fail(done.stderr)


def test_mistakes_and_overdue_deviations(tmp_path: Path) -> None:
    """A target whose files are not there has failed, and is no target without its key; a known deviation past its review date is told in the summary, asked here or handed in."""
    entry = '[[deviation]]\nrequirement = "{0}"\nsentence = "It is so."\nsource = "seen"\ngrade = "M"\nfirst_seen = "2025"\nreview_by = 2025-12-31\n'
    (tmp_path / "known.toml").write_text(entry.format("error.400.shape"))
    with Service() as service:
        configure(tmp_path, one=service.base_url, two=service.base_url)
        with (tmp_path / "targets.toml").open("a") as out:
            out.write('deviations = ["nowhere.toml"]\n')
        done = (
            (tmp_path / "targets.toml")
            .read_text()
            .replace('profile = "smoke"\n', 'profile = "smoke"\ndeviations = ["known.toml"]\n', 1)
        )
        (tmp_path / "targets.toml").write_text(done)
        status, held = night(tmp_path, 1, "one", "two")
        again = night(tmp_path, 2, "--from", "night1")[1]
    one, two = held["targets"]
    assert (status, one["state"], two["state"]) == (3, "ran", "failed")
    assert "nowhere.toml" in two["reason"]
    assert "reviewed by 2025-12-31" in one["warnings"][0]
    assert "### Warnings (1)" in (tmp_path / "night1" / "summary.md").read_text()
    assert next(target for target in again["targets"] if target["target"] == "one")["warnings"] == one["warnings"]


def test_folders_of_other_machines(tmp_path: Path) -> None:
    """Runs recorded on several machines go into one store and one comparison; taken in twice they are told once."""
    for number, fault in enumerate((None, FAULT)):
        for name in ("one", "two"):
            with MockServer(CONTRACT, fault=fault if name == "two" else None) as mock:
                configure(tmp_path, **{name: mock.base_url})
                call(tmp_path, "run", name, "--out", f"machines/{number}/{name}", "--no-store")
    (tmp_path / "targets.toml").unlink()
    seen = [night(tmp_path, number, "--from", f"machines/{number}") for number in (0, 1)]
    assert [status for status, _ in seen] == [0, 1]
    assert "response.results.sorted" in found(seen[1][1], "two", "newly_broken")
    assert not found(seen[1][1], "one", "newly_broken")
    assert {target["target"] for target in seen[1][1]["targets"]} == {
        "one",
        "two",
        "siliconflow",
        "siliconflow-com",
        "woagent",
    }
    history = json.loads(call(tmp_path, "history", "--format", "json", "--store", "store.sqlite").stdout)
    again = night(tmp_path, 2, "--from", "machines/1")
    assert json.loads(call(tmp_path, "history", "--format", "json", "--store", "store.sqlite").stdout) == history
    assert again[0] in {0, 1}


def test_folders_that_are_not_whole(tmp_path: Path) -> None:
    """A recording that was killed is judged when it is handed in; a damaged folder has failed, and the others are compared all the same."""
    with MockServer(CONTRACT, fault=FAULT) as mock:
        configure(tmp_path, one=mock.base_url)
        for name, target in (("killed", "one"), ("whole", mock.base_url)):
            call(tmp_path, "run", target, "--out", f"machines/{name}", "--no-store")
    shutil.copytree(tmp_path / "machines" / "whole", tmp_path / "machines" / "damaged")
    (tmp_path / "machines" / "killed" / "run.json").unlink()
    (tmp_path / "machines" / "damaged" / "run.json").write_text("{")
    status, held = night(tmp_path, 1, "--from", "machines")
    by = {target["target"]: target for target in held["targets"]}
    assert status == 1
    assert "response.results.sorted" in found(held, "one", "new")
    assert [name for name, target in by.items() if target["state"] == "failed"] == [str(Path("machines", "damaged"))]
    assert sum(target["state"] == "ran" for target in held["targets"]) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_order(tmp_path: Path, number: int) -> None:
    """Ctrl-C and SIGTERM end a night with what was asked until then: whole folders, a summary, exit status 130."""
    with Service(lambda _n, _c, answer: answer and (*answer[:3], 0.05)) as service:
        configure(tmp_path, one=service.base_url, two=service.base_url)
        process = command.Command(("nightly", "one", "two", "--store", "s.sqlite", "--out", "night"), tmp_path)
        while service.app.calls < 30:
            time.sleep(0.005)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    held = summary(tmp_path / "night")
    assert {target["target"]: target["run"]["exit_code"] for target in held["targets"]} == {"one": 130, "two": 130}
    assert "stopped" in held["headline"]
    assert all((tmp_path / "night" / name / "report.html").is_file() for name in ("one", "two"))


def test_targets_are_asked_side_by_side(tmp_path: Path) -> None:
    """A target is asked while another one waits: the first here answers only once the second has been asked, and both are judged whole."""
    second = threading.Event()

    def wait(_number: int, _call: Any, answer: Any) -> Any:
        assert second.wait(60)
        return answer

    def note(_number: int, _call: Any, answer: Any) -> Any:
        second.set()
        return answer

    with Service(wait) as one, Service(note) as two:
        configure(tmp_path, one=one.base_url, two=two.base_url)
        done = call(tmp_path, "nightly", "one", "two", "--store", "s.sqlite", "--out", "night")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(target["target"], target["run"]["exit_code"]) for target in summary(tmp_path / "night")["targets"]] == [
        ("one", 0),
        ("two", 0),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "nobody"),
        (["--from", "empty"], "empty"),
        (["--targets", "missing.toml"], "missing.toml"),
        (["--store", "postgresql://user:secret-word@127.0.0.1:1/none"], "127.0.0.1"),
        (["mock", "--profile", "smokey"], "--profile"),
        (["mock", "--out", "/sys/none"], "--out: /sys/none: "),
    ],
)
def test_bad_input(tmp_path: Path, arguments: list[str], words: str) -> None:
    """Bad input is exit status 2 and one line that names it; no password is shown."""
    (tmp_path / "empty").mkdir()
    done = call(tmp_path, "nightly", *arguments)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "secret-word" not in done.stdout + done.stderr


def test_issues_are_opened_and_updated(tmp_path: Path) -> None:
    """One issue for each cause of new failures: opened, commented on when it is open, told when its clauses pass again; a server's words stay in code."""

    def change(name: str, now: str = "fail") -> dict[str, Any]:
        return {
            "requirement": name,
            "level": "MUST",
            "sentence": f"Of {name}.",
            "detail": "got @everyone <b>`x`</b> #12",
            "before": "pass",
            "now": now,
        }

    def cause(name: str, *clauses: str, new: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "id": name,
            "title": f"{name} is --> wrong",
            "level": "MUST",
            "explains": "",
            "mend": "Mend it.",
            "requirements": list(clauses),
            "new": list(new),
        }

    def target(name: str, *causes: dict[str, Any], **lists: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "target": name,
            "run": {"id": "r1"},
            "causes": list(causes),
            "difference": {"newly_broken": [], "new": [], "mended": [], **lists},
        }

    targets = [
        target(
            "a",
            cause("order", "s.one", "s.two", new=["s.one", "s.two"]),
            cause("shape", "t", new=["t"]),
            cause("old", "u"),
            newly_broken=[change("s.one"), change("s.two"), change("t")],
        ),
        target("b", mended=[change("v", "pass")], new=[change("w", "pass"), change("x")]),
        target("c", mended=[change("v", "pass")]),
        {"target": "d", "run": None, "causes": [], "difference": None},
    ]
    (tmp_path / "summary.json").write_text(json.dumps({"started": "2026-11-21T00:00:00Z", "targets": targets}))
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    marked = [(7, "a", "shape", ["t"]), (8, "b", "gone", ["v", "y"]), (9, "other", "order", ["s.one"])]
    known = [
        {"number": number, "body": f"Words.\n\n{issues.News(of, name, '', '', tuple(clauses)).mark}"}
        for number, of, name, clauses in marked
    ]
    told = json.dumps([*known, {"number": 10, "body": "by hand"}])
    gh.write_text(
        f"#!{sys.executable}\nimport json, sys\nprint(json.dumps([sys.argv[1:], sys.stdin.read() if '-' in sys.argv else '']), file=open({str(tmp_path / 'calls')!r}, 'a'))\nprint({told!r})\n"
    )
    gh.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    path = f"{gh.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "scripts/issues.py", str(tmp_path / "summary.json")],
        cwd=root,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    assert [arguments[:3] for arguments, _ in calls] == [
        ["issue", "list", "--label"],
        ["label", "create", issues.LABEL],
        ["issue", "create", "--title"],
        ["issue", "comment", "7"],
        ["issue", "create", "--title"],
        ["issue", "comment", "8"],
    ]
    opened, body = calls[2]
    assert opened[3] == "a: order is --> wrong"
    assert "- `s.one` (MUST) Of s.one. ``got @everyone <b>`x`</b> #12``" in body
    assert body.count("<!--") == 1
    assert "`s.two`" in body
    assert "Mend it." in body
    assert calls[4][0][3] == "b: Of x."
    assert "pass again" in calls[5][1]
