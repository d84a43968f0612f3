"""Workflows, the action, the image and the hook: each file is what its tool takes, and linters have nothing to say."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "ci"
WORKFLOWS = [
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *(path for path in sorted(EXAMPLES.glob("*.yml")) if "pre-commit-config" not in path.name),
]
ACTION = ROOT / "action.yml"
BINARIES = Path(sys.executable).parent


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def call(program: str, *arguments: str, text: str | None = None) -> str:
    done = subprocess.run(
        [BINARIES / program, *arguments], cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_workflows_keep_the_schema(schema: str) -> None:
    """Each workflow is one that GitHub takes, and each of its jobs has a time limit."""
    assert call("check-jsonschema", "--builtin-schema", schema, *map(str, WORKFLOWS)) == ""


def test_the_action_keeps_the_schema() -> None:
    """action.yml is an action that GitHub takes; every input and output has a description."""
    assert call("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)) == ""


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_nothing_unsafe(path: Path) -> None:
    """Zizmor finds no injected template, no loose permission and no floating action; what is accepted says why beside it."""
    assert call("zizmor", "--offline", "--quiet", "--min-severity", "medium", str(path)) == ""


def scripts() -> list[Any]:
    found = []
    for path in [*WORKFLOWS, ACTION]:
        document = read(path)
        jobs = document.get("jobs", {"": document.get("runs")})
        found += [
            pytest.param(step["run"], id=f"{path.name}-{job}-{number}")
            for job, held in jobs.items()
            for number, step in enumerate(held["steps"])
            if "run" in step
        ]
    return found


@pytest.mark.parametrize("script", scripts())
def test_scripts_are_sound(script: str) -> None:
    """Shellcheck finds nothing in the script of any step."""
    assert call("shellcheck", "--shell=bash", "--exclude=SC2154", "-", text=script) == ""


def test_the_image_is_sound() -> None:
    """Hadolint finds nothing in the Dockerfile."""
    assert call("hadolint", "Dockerfile") == ""


def test_examples_use_what_there_is() -> None:
    """The example workflow gives the action only inputs that it has, and all that it needs; the hook of the example exists."""
    inputs = read(ACTION)["inputs"]
    (step,) = read(EXAMPLES / "judge.yml")["jobs"]["judge"]["steps"]
    assert step["with"].keys() <= inputs.keys()
    assert {name for name, one in inputs.items() if one.get("required")} <= step["with"].keys()
    (repository,) = read(EXAMPLES / "pre-commit-config.yaml")["repos"]
    hooks = read(ROOT / ".pre-commit-hooks.yaml")
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in hooks]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert repository["repo"] == project["project"]["urls"]["Source"]
    assert step["uses"].partition("@")[0] in repository["repo"]


def test_the_hook_installs_what_regenerate_needs() -> None:
    """The hook asks for what the group `generate` holds, in the same versions."""
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert sorted(hook["additional_dependencies"]) == sorted(project["dependency-groups"]["generate"])
    program, script, *_ = hook["entry"].split()
    assert program == "python"
    assert (ROOT / script).is_file()
