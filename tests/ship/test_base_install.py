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


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("trend", "--store", "s.sqlite", "--out", "trend.html"), "charts"),
        (("history", "--store", "postgresql://nobody@127.0.0.1:1/none"), "postgresql"),
    ],
)
def test_what_needs_an_extra_names_it(
    tmp_path: Path, base: dict[str, str], arguments: tuple[str, ...], extra: str
) -> None:
    """A command that cannot go on without an extra ends with 2 and one line that installs it."""
    if extra == "charts":
        run("run", "mock", "--select", "auth.*", "--store", "s.sqlite", "--out", "run", cwd=tmp_path)
    done = call(*arguments, cwd=tmp_path, env=base)
    assert done.returncode == 2
    assert f"Install the extra `{extra}`: `pip install '.[{extra}]'` in a checkout." in done.stderr
