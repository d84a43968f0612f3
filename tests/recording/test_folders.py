"""The battery of hostile folders and stores: each costs what is damaged, within bounds of time and memory, and gets nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import call
from tests.recording.hostile import CANARY, FOLDERS, STORES, USAGE
from tests.sampling import sampled

ROOT = Path(__file__).resolve().parents[2]
PER_MODE = 60


ALL = [*FOLDERS, *STORES]
SOME = ALL[::14]


@pytest.fixture(
    scope="module", params=[pytest.param(SOME, id="some"), pytest.param(ALL, id="all", marks=pytest.mark.matrix)]
)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what the commands made of every mode, or of every fourteenth."""
    place = tmp_path_factory.mktemp("recorded")
    done = call(
        "run", "mock", "--select", "auth.*", "--out", "run", "--no-store", cwd=place, XDG_DATA_HOME=str(place / "data")
    )
    assert done.returncode == 0, done.stderr
    battery = subprocess.run(
        [sys.executable, "-m", "tests.recording.hostile", str(place / "run"), *request.param],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert battery.returncode == 0, battery.stderr
    return {row["mode"]: row for row in map(json.loads, battery.stdout.splitlines())}


def test_each_ends_as_the_table_says(found: dict[str, dict[str, Any]]) -> None:
    """`judge` ends as the table says, `run --resume` is refused, and `nightly`, `history`, `compare` and `run` agree with it."""
    assert list(found) in (SOME, ALL)
    assert len(ALL) >= 70
    wrong = []
    for name, row in found.items():
        status = row["status"]
        if name in STORES:
            expected: dict[str, set[int]] = {"run": {USAGE}, "history": {USAGE}}
        else:
            judged = FOLDERS[name][1]
            refused = status["judge"] == USAGE
            expected = {
                "judge": judged,
                "resume": {USAGE},
                "nightly": {2, 3} if refused else {0, 1, 3},
                "history": {USAGE} if refused else {0, USAGE},
                "compare": {USAGE},
            }
        wrong += [(name, way, told) for way, told in status.items() if told not in expected[way]]
    assert wrong == []


def test_each_is_told_in_words(found: dict[str, dict[str, Any]]) -> None:
    """No mode ends in a traceback or an error inside the suite, and no word of a folder commands a terminal."""
    for word in ("Traceback", "error inside the suite", "it died", "\x1b", "\x9b", "\u202e"):
        assert [name for name, row in found.items() if word in row["said"]] == []


def test_each_is_within_its_limit(found: dict[str, dict[str, Any]]) -> None:
    """No command takes 300 MB, and no mode more than its time, though a file may have a gigabyte or no end."""
    assert {name: row["peak_mb"] for name, row in found.items() if max(row["peak_mb"].values()) >= 300} == {}
    assert {name: row["seconds"] for name, row in found.items() if row["seconds"] > PER_MODE} == {}


def test_no_mode_gets_hold_of_anything(found: dict[str, dict[str, Any]]) -> None:
    """No byte that is written or said holds a variable of the environment, and no file outside of the folders is written."""
    assert len(CANARY) > 20
    assert {name: row["leaks"] for name, row in found.items() if row["leaks"]} == {}
    assert [name for name, row in found.items() if row["victim"] != "mine"] == []
    known = {"compared", "elsewhere", "out", "runs.sqlite", "victim"}
    assert {name: row["made"] for name, row in found.items() if not {*row["made"]} <= known} == {}


LIMITED = """
import resource, runpy, sys
# No compiled module is to be cut short.
sys.dont_write_bytecode = True
import conformance.running, conformance.recording, conformance.cli.run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv = ["rerank-conformance", *sys.argv[2:]]
runpy.run_module("conformance", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("size", sampled([40_000, 100_000], 1))
def test_disk_that_fills_on_the_way(tmp_path: Path, size: int) -> None:
    """When nothing more fits, the run ends in one sentence, what was recorded by then can be judged, and the run goes on when there is room."""
    own = {"XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), "run", "mock", "--select", "auth.*", "--out", "out", "--no-store"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**own, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == USAGE, done.stdout
    (sentence,) = [line for line in done.stderr.splitlines() if not line.startswith("warning")][-1:]
    assert "journal.jsonl cannot be written: File too large" in sentence
    assert "`rerank-conformance judge out`" in sentence
    assert "Traceback" not in done.stderr
    judged = call("judge", "out", "--out", "again", cwd=tmp_path)
    assert judged.returncode == 3, judged.stderr
    kept = json.loads((tmp_path / "again" / "run.json").read_text())["requests"]
    assert kept > 0
    assert call("run", "--resume", "out", "--no-store", cwd=tmp_path, **own).returncode == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text())["requests"] > kept
