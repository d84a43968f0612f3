"""`history`, `diff` and `run --store` as a user calls them."""

import contextlib
import io
import json
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from attrs import evolve

from conformance.document import schema as published
from conformance.report.formats import render, show
from conformance.store import location
from conformance.store.difference import since_last
from conformance.store.document import of_difference
from conformance.store.store import Store
from tests.command import call, called
from tests.recording.services import Service
from tests.store.conftest import PASSWORD
from tests.store.nights import clause, night


def schema(name: str) -> Any:
    loaded = published(name)
    jsonschema_rs.meta.validate(loaded)
    return jsonschema_rs.validator_for(loaded, validate_formats=True)


@pytest.fixture
def filled(tmp_path: Path) -> str:
    """Return a store of seven nights: a clause that broke and was mended, one that flips, one that broke in the last."""
    path = tmp_path / "filled.sqlite"
    with Store.open(path) as store:
        for number, letters in enumerate(["pppp", "pfpp", "pfpp", "ppfp", "pppp", "ppfp", "pppf"]):
            store.add(night(number, letters))
        store.add(night(2, "p", target={"name": "woagent", "base_url": "https://woagent.example"}))
    return str(path)


def test_run_is_remembered(tmp_path: Path) -> None:
    """`run` puts its run into the store, by the id that `run.json` holds; with --no-store it does not."""
    store = str(tmp_path / "s.sqlite")
    quick = ("run", "mock", "--select", "response.json", "--store", store, "--out")
    assert call(*quick, str(tmp_path / "one")).returncode == 0
    assert call(*quick, str(tmp_path / "two"), "--no-store").returncode == 0
    listed = json.loads(call("history", "--store", store, "--format", "json").stdout)
    assert [run["id"] for run in listed["runs"]] == [json.loads((tmp_path / "one" / "run.json").read_text())["id"]]
    assert listed["runs"][0]["target"] == "mock"
    judged = call("judge", str(tmp_path / "one"), "--out", str(tmp_path / "again"))
    assert judged.returncode == 0, judged.stderr
    added = call("history", "--store", store, "--add", str(tmp_path / "again"))
    assert "was there already" in added.stdout
    assert listed["runs"][0]["latency"]["p50_ms"] > 0


@pytest.mark.parametrize(
    "kind", ["nobody there", "locked", "text", "another program's", "a folder", "full disk", "newer"]
)
def test_store_that_fails_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """A named store that cannot be written is one sentence without its password before anything is sent: exit status 2, no folder."""
    file = tmp_path / "store"
    where = {
        "nobody there": f"postgresql://u:{PASSWORD}@127.0.0.1:1/x",
        "full disk": "/dev/full",
        "a folder": str(tmp_path),
    }.get(kind, str(file))
    with contextlib.closing(sqlite3.connect(":memory:" if kind == "text" else file, isolation_level=None)) as other:
        if kind == "text":
            file.write_text("not a database, but long enough to look like one" * 100)
        if kind == "another program's":
            other.execute("CREATE TABLE theirs (a)")
        if kind == "newer":
            Store.open(file).close()
            other.execute("UPDATE rerank_about SET value = '99'")
        if kind == "locked":
            Store.open(file).close()
            other.execute("BEGIN EXCLUSIVE")
        with Service() as service:
            asked = ("--select", "response.json", "--store", where, "--out", str(tmp_path / "out"))
            # A lock is waited for; here as long as a test has time.
            monkeypatch.setattr(location, "_PATIENCE", 0.2)
            status, out, err = called(monkeypatch, capsys, "run", service.base_url, *asked)
            assert service.app.calls == 0
    assert status == 2, out
    assert len(err.strip().splitlines()) == 1
    assert "store" in err
    assert PASSWORD not in err
    assert not (tmp_path / "out").exists()


def test_own_store_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own store, which nobody named, is a warning when it cannot be written; verdict, report and exit status stay."""
    monkeypatch.delenv("RERANK_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", "/dev/null/none")
    done = call("run", "mock", "--select", "response.json", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "not be in the history" in done.stderr
    assert (tmp_path / "out" / "report.html").exists()


def test_history_tells_since_when(filled: str) -> None:
    """Each clause has its verdict, since when, in how many runs, and its rate where it flips."""
    done = call("history", "siliconflow", "--store", filled, "--requirement", "request.*", "--format", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema("history").validate(document)
    rows = {row["requirement"]: row for row in document["series"][0]["requirements"]}
    assert rows[clause(0)]["runs"] == 7
    assert (rows[clause(1)]["verdict"], rows[clause(1)]["since"]["run"], rows[clause(1)]["before"]) == (
        "pass",
        "siliconflow-night-0003",
        "fail",
    )
    assert rows[clause(2)]["flaky"] == {"nights": 7, "broken": 2, "flips": 4, "rate": 0.6667}
    assert (rows[clause(3)]["verdict"], rows[clause(3)]["since"]["run"], rows[clause(3)]["runs"]) == (
        "fail",
        "siliconflow-night-0006",
        1,
    )


def test_history_for_people(filled: str) -> None:
    """Without --requirement only what did not always pass is listed, and the rest counted."""
    done = call("history", "--store", filled, "--limit", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("siliconfl") >= 3
    assert "woagent · siliconflow · nightly (1 run)" in done.stdout
    assert f"{clause(2)}  passed" in done.stdout
    assert "flaky: failed in 2 of 7 nights, changed 4 times (67%)" in done.stdout
    assert clause(0) not in done.stdout
    assert clause(0) in call("history", "--store", filled, "--requirement", clause(0)).stdout


def test_diff_tells_what_broke(filled: str, tmp_path: Path) -> None:
    """The last two runs by default: exit status 1 for what is newly failing, and the flaky clause apart, in every form."""
    done = call("diff", "--store", filled)
    assert done.returncode == 1
    assert f"NEWLY FAILING {clause(3)} (MUST)" in done.stdout
    assert f"FLAKY {clause(2)}" in done.stdout
    form = call("diff", "siliconflow@last~1", "siliconflow-night-0006", "--store", filled, "--format", "json")
    document = json.loads(form.stdout)
    schema("difference").validate(document)
    assert [row["requirement"] for row in document["newly_broken"]] == [clause(3)]
    assert [row["requirement"] for row in document["flaky"]] == [clause(2)]
    assert document["alarm"]
    markdown = call("diff", "siliconflow@last~1", "siliconflow@last", "--store", filled, "--format", "markdown").stdout
    assert "### Newly failing (1)" in markdown
    assert f"`{clause(3)}`" in markdown


def test_flaky_alone_is_no_alarm(filled: str) -> None:
    """Where only the clause that flips broke, the exit status is 0."""
    done = call("diff", "siliconflow@last~2", "siliconflow@last~1", "--store", filled)
    assert done.returncode == 0, done.stdout
    assert f"FLAKY {clause(2)}" in done.stdout


def test_diff_of_folders(tmp_path: Path) -> None:
    """Two folders are compared without any store."""
    for name, letters in (("a", "ppf"), ("b", "pfp")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps(night(ord(name), letters)))
    done = call("diff", str(tmp_path / "a"), str(tmp_path / "b"), "--format", "json")
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert (
        [row["requirement"] for row in document["newly_broken"]],
        [row["requirement"] for row in document["mended"]],
    ) == ([clause(1)], [clause(2)])
    assert call("diff", str(tmp_path / "b"), str(tmp_path / "b" / "run.json")).returncode == 0
    assert not Path(os.environ["RERANK_STORE"]).exists()


def test_add_folders_of_many_machines(tmp_path: Path) -> None:
    """`history --add` takes folders, and folders of such; a bad one is named, and keeps none of the others out."""
    artifacts = tmp_path / "artifacts"
    for number in range(3):
        folder = artifacts / f"machine-{number}"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps(night(number, "p")) if number != 1 else "{")
    again = tmp_path / "again"
    again.mkdir()
    (again / "run.json").write_text(json.dumps(night(0, "p")))
    store = str(tmp_path / "s.sqlite")
    done = call("history", "--store", store, "--add", str(artifacts), str(again))
    assert done.returncode == 2
    assert done.stdout.count(" added: ") == 2
    assert done.stdout.count(" was there already: ") == 1
    assert str(artifacts / "machine-1" / "run.json") in done.stderr
    with Store.open(store) as opened:
        assert len(opened.runs()) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("history",), "no store at"),
        (("history", "--store", "FILLED", "nobody"), "no run of 'nobody'. Its targets: siliconflow, woagent"),
        (("history", "--store", "FILLED", "a", "b"), "one TARGET"),
        (("history", "--add"), "folders"),
        (("diff", "zzzz", "last", "--store", "FILLED"), "no run 'zzzz'"),
        (("diff", "silicon", "last", "--store", "FILLED"), "several"),
        (("diff", "siliconflow@last~7", "last", "--store", "FILLED"), "fewer runs"),
        (("diff", "nobody@last", "last", "--store", "FILLED"), "no run of nobody"),
    ],
)
def test_bad_input(filled: str, arguments: tuple[str, ...], words: str) -> None:
    """Each mistake is one paragraph that names it, exit status 2, no traceback."""
    done = call(*(filled if word == "FILLED" else word for word in arguments))
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to itself", "link to nothing"])
def test_run_that_is_no_file(tmp_path: Path, kind: str) -> None:
    """What stands in the place of a run's file is named, and not taken for the name of a target or of a run."""
    path = tmp_path / "night" / "run.json"
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("run.json" if kind == "link to itself" else "nothing")
    for arguments in (("drift", "night"), ("diff", "night", "night"), ("drift", "night/run.json")):
        done = call(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert re.search(r"night(/run\.json\S* cannot be read| holds no run|/run.json holds no run)", done.stderr)
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["history", "trend", "drift"])
def test_an_empty_store(tmp_path: Path, command: str) -> None:
    """A store without a run is told as that, with what fills it, and not as a table without rows."""
    store = str(tmp_path / "empty.sqlite")
    Store.open(store).close()
    done = call(command, "--store", store)
    assert (done.returncode, done.stdout) == (0, "")
    assert "history --add DIR" in done.stderr
    told = call(command, "--store", store, "--format", "json")
    assert not any(json.loads(told.stdout).values()) if command == "history" else json.loads(told.stdout) == []


def test_hostile_words_are_harmless(tmp_path: Path) -> None:
    """What a server or a merged folder says neither commands the terminal nor marks up the summary."""
    hostile = "\x1b[31m <script>alert(1)</script> |a| @team `code` [x](http://evil.example)"
    with Store.open(tmp_path / "s.sqlite") as store:
        store.add(night(0, "pp", target={"name": hostile, "base_url": "http://127.0.0.1:1"}, id="first-night"))
        bad = night(1, "pf", target={"name": hostile, "base_url": "http://127.0.0.1:1"}, id="second-night")
        bad["verdicts"][1] |= {"detail": hostile, "sentence": hostile}
        store.add(bad)
        (run,) = store.runs(limit=1)
        found = since_last(store, evolve(run, details=store.details(run.id)))
    show("difference", found, out := io.StringIO())
    plain, markdown = out.getvalue(), render("difference", "markdown", found)
    assert "\x1b" not in plain + markdown
    assert not re.search(r"(?<!`)<script>(?![^`]*`)", markdown)
    schema("difference").validate(of_difference(found))
    done = call("history", "--store", str(tmp_path / "s.sqlite"))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
