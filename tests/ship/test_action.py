"""The scripts of action.yml, called as a runner calls them."""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.faults import Fault, faults
from conformance.model.clause import Level
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from tests.command import program
from tests.sampling import sampled

ROOT = Path(__file__).resolve().parents[2]
ACTION = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step.get("name", step.get("uses", "").partition("@")[0]): step for step in ACTION["runs"]["steps"]}
KEY = "key-of-the-action"
CONTRACT = load("siliconflow")


@cache
def levels() -> dict[str, Level]:
    """Return the level of each clause, worked out by the worker that needs it."""
    return {item.clause.id: item.clause.level for item in requirements(Kit(CONTRACT))}


def fault(level: Level) -> Fault:
    """Return a fault that breaks a check of a level, and no other one: what cannot read a script breaks more."""
    return next(
        one
        for one in faults(CONTRACT).values()
        if levels().get(one.breaks) is level and not one.breaks.startswith("ranking.relevance")
    )


class Runner:
    """A folder in which steps run as on a runner."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder, self.inputs = (
            folder,
            {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | inputs,
        )
        self.program = folder / "temp" / "rerank-conformance" / "bin" / "rerank-conformance"
        self.program.parent.mkdir(parents=True)
        self.output, self.page = folder / "output", folder / "page.md"

    def outputs(self) -> dict[str, str]:
        """Return what the steps gave to later ones."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines()) if self.output.exists() else {}

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a step's script with its environment."""
        env = {key: self.value(text) for key, text in STEPS[name]["env"].items()}
        held = {
            **os.environ,
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.page),
            "PYTHONPATH": str(ROOT),
            **env,
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
            cwd=self.folder,
            env=held,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def value(self, text: str) -> Any:
        """Return what an expression of a workflow stands for."""
        inner = text.removeprefix("${{").removesuffix("}}").strip()
        if inner.startswith("inputs."):
            return self.inputs[inner.removeprefix("inputs.")]
        return self.outputs()[inner.rpartition(".")[2]] if inner.startswith("steps.") else str(ROOT)


@pytest.mark.parametrize(
    ("broken", "fail_on", "status"),
    sampled(
        [
            (None, "should", 0),
            (Level.MUST, "must", 1),
            (Level.MUST, "never", 0),
            (Level.SHOULD, "must", 0),
            (Level.SHOULD, "should", 1),
            (Level.SHOULD, "never", 0),
        ],
        3,
    ),
)
def test_the_job_fails_by_level(tmp_path: Path, broken: Level | None, fail_on: str, status: int) -> None:
    """The run writes summary and outputs without the key; fail-on says whether a failed check of a level fails the job."""
    wrong = broken and fault(broken)
    with MockServer(CONTRACT, key=KEY, fault=wrong and wrong.name) as mock:
        runner = Runner(tmp_path, target=mock.base_url, **{"api-key": KEY, "fail-on": fail_on})
        # One check is enough to fail.
        with program(runner.program, "--select", wrong.breaks if wrong else next(iter(levels()))):
            done = runner.step("Run")
    assert done.returncode == 0, done.stderr
    assert runner.outputs()["status"] == str(1 if fail_on == "never" and broken else status), done.stdout
    assert (tmp_path / runner.outputs()["report"]).is_file()
    assert "siliconflow" in runner.page.read_text()
    assert (
        KEY
        not in "".join(path.read_text() for path in (tmp_path / "rerank-report").iterdir())
        + runner.page.read_text()
        + done.stdout
    )
    assert runner.step("Decide").returncode == status


def test_bad_input_fails_the_job(tmp_path: Path) -> None:
    """A target that is none and a level that is none are exit status 2, whatever fails the job."""
    runner = Runner(tmp_path, target="nobody", **{"fail-on": "never"})
    with program(runner.program):
        assert runner.step("Run").returncode == 0
    assert runner.step("Decide").returncode == 2
    assert not runner.page.exists()
    runner.inputs["fail-on"] = "most"
    done = runner.step("Run")
    assert done.returncode == 2
    assert "must, should or never" in done.stderr
