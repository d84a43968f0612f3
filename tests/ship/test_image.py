"""The image, built and run where there is a container runtime; where there is none, its steps one by one."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
NOBODY = int(next(iter(re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE))))
LARGEST_MB = 350


def runtime() -> str | None:
    """Return a container runtime that answers, or None."""
    for name in ("docker", "podman"):
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            return name
    return None


@pytest.mark.matrix
def test_it_runs_unprivileged(tmp_path: Path) -> None:
    """What the Dockerfile installs runs as its user, who owns nothing but the working directory, and judges the mock."""
    program = runtime()
    if program is not None:
        subprocess.run([program, "build", "-q", "-t", "rerank-conformance-test", str(ROOT)], check=True)
        done = subprocess.run(
            [program, "run", "--rm", "rerank-conformance-test", "run", "mock", "--out", "report"],
            capture_output=True,
            text=True,
            check=False,
        )
        size = (
            int(
                subprocess.run(
                    [program, "image", "inspect", "-f", "{{.Size}}", "rerank-conformance-test"],
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            )
            // 1_000_000
        )
    else:
        done, size = by_steps(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "report.html" in done.stdout
    assert size < LARGEST_MB


def by_steps(folder: Path) -> tuple[subprocess.CompletedProcess[str], int]:
    """Do what the build stage does, in a folder, and call the entry point as the image's user; return that and the size in MB."""
    source, place, work = folder / "src", folder / "rerank", folder / "work"
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line]
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*(name.removeprefix("**/") for name in ignored)))
    (install,) = re.findall(r"^RUN (python -m venv .+)$", DOCKERFILE, re.MULTILINE)
    subprocess.run(
        ["bash", "-euc", install.replace("/opt/rerank", str(place))], cwd=source, check=True, capture_output=True
    )
    work.mkdir()
    become: list[str] = []
    if os.getuid() == 0:
        os.chown(work, NOBODY, NOBODY)
        # The interpreter and the test's folder may be root's alone: everything may be read, as in the image, and nothing written.
        reading = (
            "--inh-caps=-all,+dac_read_search",
            "--ambient-caps=-all,+dac_read_search",
            "--bounding-set=-all,+dac_read_search",
        )
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *reading]
    (entry,) = re.findall(r'^ENTRYPOINT \["(.+)"\]$', DOCKERFILE, re.MULTILINE)
    environment = {"PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HOME": str(work)}
    done = subprocess.run(
        [*become, str(place / "bin" / entry), "run", "mock", "--out", "report"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) // 1_000_000
    return done, size


def test_nothing_private_goes_in() -> None:
    """The history, environments, recordings and clients are left out of what is sent to the builder."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv", "runs", "generated", "tests"} <= set(ignored)


@pytest.mark.parametrize("name", ["LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"])
def test_what_a_repository_has(name: str) -> None:
    """The files that people look for are there and say something."""
    assert len((ROOT / name).read_text(encoding="utf-8").split()) > 20
