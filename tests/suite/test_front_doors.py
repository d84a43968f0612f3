"""The other two front doors: plain pytest, and Schemathesis."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Command, completed
from tests.peers.handmade import Handmade

ROOT = Path(__file__).resolve().parents[2]


def pytest_run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    return completed(
        Command(("--pyargs", "conformance", "-q", "-p", "no:cacheprovider", *arguments), cwd, env, "pytest")
    )


def test_pytest_judges_the_mock(tmp_path: Path) -> None:
    """Each requirement is an item; the embedded mock passes, what cannot be provoked is skipped."""
    narrow = ("--rerank-fuzz-examples", "1", "-k", "error or auth or generated")
    done = pytest_run("--rerank-target", "mock:woagent", *narrow, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_pytest_names_what_is_broken(tmp_path: Path) -> None:
    """-k chooses requirements, a broken one fails with its sentence and a curl, and only what it needs is sent."""
    with Handmade("high_overlap_tokens") as peer:
        done = pytest_run("--rerank-target", peer.base_url, "-k", "overlap_tokens and not generated", cwd=tmp_path)
        assert peer.calls < 40
    assert done.returncode == 1
    assert "request.overlap_tokens.maximum (MUST)" in done.stdout
    assert "curl -sS" in done.stdout
    assert "1 failed" in done.stdout


@pytest.mark.parametrize(
    ("target", "words", "status"),
    [("nope", "There is no target 'nope'", 4), ("http://127.0.0.1:9/v1", "The service never answered", 3)],
)
def test_pytest_ends_where_nothing_can_be_judged(tmp_path: Path, target: str, words: str, status: int) -> None:
    """A target that is not there ends the session with one paragraph and a status of its own, not with skipped items."""
    done = pytest_run("--rerank-target", target, "-k", "overlap_tokens and not generated", cwd=tmp_path)
    assert done.returncode == status, done.stdout
    assert (done.stdout + done.stderr).count(words) == 1
    assert "skipped" not in done.stdout


def test_a_worker_fails_where_nothing_can_be_judged(tmp_path: Path) -> None:
    """In a worker of xdist each item fails with that paragraph, without a traceback."""
    done = pytest_run("--rerank-target", "nope", "-k", "overlap_tokens and not generated", "-n1", cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "There is no target 'nope'" in done.stdout
    assert "INTERNALERROR" not in done.stdout
    assert "Traceback" not in done.stdout


def test_schemathesis_takes_our_checks(tmp_path: Path) -> None:
    """`schemathesis run` with the hooks module finds an unsorted answer by our check, and nothing on a faithful server."""
    program = str(Path(sys.executable).with_name("schemathesis"))
    document = tmp_path / "effective.yaml"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "conformance.fuzzing.hooks"}
    document.write_text(
        subprocess.run(
            [sys.executable, "-m", "conformance", "contract"], capture_output=True, text=True, env=env, check=True
        ).stdout
    )
    for fault, status in (("unsorted", 1), ("", 0)):
        with Handmade(fault) as peer:
            done = subprocess.run(
                [
                    program,
                    "run",
                    str(document),
                    "--url",
                    peer.base_url,
                    "-H",
                    "Authorization: Bearer mock-key",
                    "--max-examples",
                    "2",
                    "--checks",
                    "rerank_response_results_sorted,rerank_response_json",
                ],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                env=env,
                check=False,
            )
        assert done.returncode == status, done.stdout
        assert ("rerank_response_results_sorted" in done.stdout) is bool(fault)
