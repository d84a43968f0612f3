"""What the base install can do: the extras are left out of the environment, everything else is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.requirements.tally import ALLOWED, FORBIDDEN
from tests.command import call as run

HIDING = """
from importlib.machinery import PathFinder
whole = PathFinder.find_spec
def find(name, *rest):
    return None if name.partition(".")[0] in {"schemathesis", "matplotlib", "ir_measures", "scipy", "psycopg"} else whole(name, *rest)
PathFinder.find_spec = find
"""


def call(*arguments: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a Python that begins anew: what a fork has imported is there whatever is hidden."""
    return subprocess.run(
        [sys.executable, "-m", "conformance", *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def base(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which no extra can be imported."""
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "sitecustomize.py").write_text(HIDING)
    return {"PYTHONPATH": str(tmp_path / "hiding")}


@pytest.mark.parametrize(
    "command",
    [
        ("run", "mock", "--profile", "nightly", "--no-store", "--select", "fuzz.*", "--select", "request.*"),
        pytest.param(
            ("nightly", "mock", "--store", "s.sqlite", "--max-requests", "450"), marks=pytest.mark.matrix, id="nightly"
        ),
    ],
    ids=lambda command: command[0],
)
def test_a_night_without_fuzzing(tmp_path: Path, base: dict[str, str], command: tuple[str, ...]) -> None:
    """`nightly` and `--profile nightly` go on without Schemathesis, and say in one line what is left out and how to add it."""
    done = call(*command, "--out", "out", env=base, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("No requests are generated: Schemathesis is not installed.")
    assert "pip install '.[fuzzing]'" in line
    (run,) = (tmp_path / "out").rglob("run.json")
    verdicts = {one["requirement"]: one["verdict"] for one in json.loads(run.read_text())["verdicts"]}
    assert [verdicts[clause.id] for clause in (ALLOWED, FORBIDDEN)] == ["inconclusive"] * 2
    assert "fail" not in verdicts.values()


def test_a_store_of_a_team_names_its_extra(tmp_path: Path, base: dict[str, str]) -> None:
    """A command that cannot go on without an extra ends with 2 and one line that installs it."""
    done = call("history", "--store", "postgresql://nobody@127.0.0.1:1/none", cwd=tmp_path, env=base)
    assert done.returncode == 2
    assert "Install the extra `postgresql`: `pip install '.[postgresql]'` in a checkout." in done.stderr


def test_a_trend_is_drawn(tmp_path: Path, base: dict[str, str]) -> None:
    """`trend` draws a page and a picture with nothing but the base install."""
    run("run", "mock", "--select", "auth.*", "--store", "s.sqlite", "--out", "run", cwd=tmp_path)
    for name in ("trend.html", "trend.svg"):
        done = call("trend", "--store", "s.sqlite", "--out", name, cwd=tmp_path, env=base)
        assert (done.returncode, done.stderr) == (0, "")
        assert "<polyline" in (tmp_path / name).read_text()
