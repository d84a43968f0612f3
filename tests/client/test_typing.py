"""The clients as type checkers see them: mypy and pyright, both strict, over right and wrong uses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.regenerate import GENERATED

HERE = Path(__file__).parent
FILES = [HERE / "uses_right.py", HERE / "uses_wrong.py"]
ROOT = HERE.parents[1]


def wrong() -> set[tuple[str, int]]:
    """Return the lines that say that they are wrong."""
    return {
        (path.name, number)
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith("# wrong")
    }


def mypy(folder: Path) -> set[tuple[str, int]]:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file=",
        "--strict",
        "--follow-imports=silent",
        "--hide-error-context",
        f"--cache-dir={folder}",
        *map(str, FILES),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={"MYPYPATH": str(GENERATED), "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    return {
        (Path(path).name, int(line))
        for path, line in re.findall(r"^(\S+?\.py):(\d+): error:", done.stdout, re.MULTILINE)
    }


def pyright(folder: Path) -> set[tuple[str, int]]:
    settings = {
        "typeCheckingMode": "strict",
        "include": list(map(str, FILES)),
        "extraPaths": [str(GENERATED)],
        "pythonVersion": "3.11",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return {
        (Path(item["file"]).name, item["range"]["start"]["line"] + 1)
        for item in json.loads(done.stdout)["generalDiagnostics"]
        if item["severity"] == "error"
    }


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_uses_pass_and_wrong_ones_fail(checker: object, tmp_path: Path) -> None:
    """Each wrong use is an error where it stands; no right use is one, and nothing of the package is unknown."""
    assert len(wrong()) > 20
    assert checker(tmp_path) == wrong()  # type: ignore[operator]
