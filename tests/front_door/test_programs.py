"""Tests that cannot run for want of a program are counted, and in CI fail the run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

@pytest.mark.needs_chromium
def test_page():
    '''Cannot run.'''

@pytest.mark.needs_chromium
def test_other_page():
    '''Cannot run either.'''

def test_plain():
    '''Can run.'''
"""


def run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the small suite, with no program on PATH."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "test_small.py").write_text(SUITE)
    env = {"PATH": str(folder), "HOME": str(folder), **environment}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "."]
    return subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("options", [(), pytest.param(("-n2",), marks=pytest.mark.matrix)], ids=["alone", "xdist"])
def test_left_out_tests_are_counted(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Without the program its tests are deselected and told, with and without pytest-xdist."""
    done = run(tmp_path, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deselected 2 tests: chromium is not installed" in done.stdout


@pytest.mark.parametrize(
    ("variable", "options"), [pytest.param("CI", (), marks=pytest.mark.matrix), ("RERANK_REQUIRE_ALL", ("-n2",))]
)
def test_in_ci_a_left_out_test_fails_the_run(tmp_path: Path, options: tuple[str, ...], variable: str) -> None:
    """Where everything must run, leaving tests out is a failed run, and the summary says so."""
    done = run(tmp_path, *options, **{variable: "true"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "deselected 2 tests: chromium is not installed" in done.stdout
    assert "1 passed" in done.stdout


def test_unknown_marker_is_an_error(tmp_path: Path) -> None:
    """A misspelt marker stops the run: it would leave a test running where it cannot."""
    run(tmp_path)
    (tmp_path / "test_typo.py").write_text("import pytest\n\n@pytest.mark.needs_cromium\ndef test_page():\n    pass\n")
    done = run(tmp_path)
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "needs_cromium" in done.stdout
