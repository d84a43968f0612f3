"""The workflow that watches a vendor's page: well-formed, and its steps do what they say when they are run."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.contract.frozen import FROZEN

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NOX = f"""#!/bin/sh
# Stands for nox: the sessions here are one script each.
session=$2; shift 2; [ "$1" = -- ] && shift
[ "$session" = vendor ] && exec {sys.executable} scripts/vendor.py "$@"
exit 9
"""


def workflow(path: Path) -> dict[str, Any]:
    """Return a workflow as plain values."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    """Return all steps of a workflow's jobs."""
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def step(name: str) -> str:
    """Return the shell code of a step of the watch, by its name."""
    (found,) = (
        item["run"] for item in steps(ROOT / ".github" / "workflows" / "spec-watch.yml") if item.get("name") == name
    )
    return str(found)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_is_well_formed(path: Path) -> None:
    """Actions are pinned by hash, jobs end, rights are a reader's unless a job says so, no input stands in shell code, and sessions and files named are there."""
    found = workflow(path)
    assert found["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 120 for job in found["jobs"].values())
    sessions = re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)
    for item in steps(path):
        assert ("run" in item) != ("uses" in item)
        if "uses" in item:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", item["uses"])
            continue
        assert "${{" not in item["run"], "an expression in shell code is code"
        done = subprocess.run(["bash", "-n"], input=item["run"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert set(re.findall(r"nox -s (\w+)", item["run"])) <= set(sessions)
        assert all((ROOT / name).is_file() for name in re.findall(r"scripts/\w+\.py", item["run"]))


def test_actions_are_one_version_each() -> None:
    """One action has one hash over all workflows, and its comment names the version."""
    lines = [line for path in WORKFLOWS for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    pins = {tuple(line.split("uses:")[1].strip().split("@", 1)) for line in lines}
    assert len({name for name, _ in pins}) == len(pins)
    assert all(re.search(r"# v\d+\.\d+\.\d+$", line) for line in lines)


def test_only_the_proposing_job_may_write() -> None:
    """The job that reads the stranger's page has no right to write, and leaves no token behind in the clone."""
    jobs = workflow(ROOT / ".github" / "workflows" / "spec-watch.yml")["jobs"]
    assert {name for name, job in jobs.items() if "permissions" in job} == {"propose"}
    assert jobs["propose"]["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert all(
        item["with"]["persist-credentials"] is False
        for name in ("vendors", "take")
        for item in jobs[name]["steps"]
        if "checkout" in item.get("uses", "")
    )


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve one page from this machine; what is served is in the dictionary."""
    pages: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Be quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    server.server_close()


@pytest.fixture
def clone(tmp_path: Path, served: tuple[str, dict[str, bytes]]) -> Path:
    """Return a copy of the project under git, with a frozen contract whose page is served from this machine, and an origin to push to."""
    folder = tmp_path / "clone"
    ignore = shutil.ignore_patterns("__pycache__", "history")
    for name in ("conformance", "scripts", "generated", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "LICENSE", folder)
    for vendor in FROZEN.iterdir():
        shutil.copytree(vendor, folder / "openapi" / vendor.name, ignore=ignore)
    provenance = folder / "openapi" / "siliconflow" / "provenance.json"
    provenance.write_text(json.dumps(json.loads(provenance.read_text()) | {"url": f"{served[0]}/page.md"}))
    nox = folder / ".venv" / "bin" / "nox"
    nox.parent.mkdir(parents=True)
    nox.write_text(NOX)
    nox.chmod(0o755)
    (folder / ".gitignore").write_text(".venv\n__pycache__\n/proposal\n")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "start")
    git(folder, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(folder, "push", "--quiet", "origin", "main")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def take(clone: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the step that takes the page, and return how it ended and what it handed on."""
    out = clone / ".venv" / "out"
    out.write_text("")
    env = {
        **os.environ,
        "VENDOR": "siliconflow",
        "GITHUB_OUTPUT": str(out),
        "GITHUB_STEP_SUMMARY": str(clone / ".venv" / "summary"),
    }
    # As a runner's default shell.
    done = subprocess.run(
        ["bash", "-e", "-c", step("Fetch the page and take it")],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, out.read_text()


@pytest.mark.needs_npm
def test_watch_takes_and_proposes(clone: Path, served: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    """A page as it was proposes nothing, a rubbish one fails, a new one becomes one commit on a branch and a pull request with the report, renewed the next day."""
    url, pages = served
    page = (FROZEN / "siliconflow" / "page.md").read_bytes()
    pages["/page.md"] = page
    done, out = take(clone)
    assert (done.returncode, out) == (0, ""), done.stdout + done.stderr

    pages["/page.md"] = b"<!doctype html><title>Sign in</title>"
    done, out = take(clone)
    assert (done.returncode, out) == (2, "")
    assert url in done.stderr
    assert git(clone, "status", "--porcelain") == ""

    pages["/page.md"] = page.replace(b"maximum: 80", b"maximum: 71")
    done, out = take(clone)
    assert (done.returncode, out) == (0, "changed=true\n"), done.stdout + done.stderr
    assert "overlap_tokens" in (clone / ".venv" / "summary").read_text()

    folder = tmp_path / "proposals" / "proposal-siliconflow"
    shutil.copytree(clone / "proposal", folder)
    (folder / "tried.md").write_text("- `nox -s tests` passes.\n")
    stray = "diff --git a/noxfile.py b/noxfile.py\nnew file mode 100644\n--- /dev/null\n+++ b/noxfile.py\n@@ -0,0 +1 @@\n+evil = 1\n"
    (folder / "change.patch").write_text((folder / "change.patch").read_text() + stray)
    git(clone, "reset", "--quiet", "--hard")
    git(clone, "clean", "--quiet", "-fd")
    assert propose(clone, tmp_path, [])[0][:2] == ["pr", "list"]
    first = propose(clone, tmp_path, [{"number": 7}])
    assert first[1][:3] == ["pr", "edit", "7"]
    body = (tmp_path / "words").read_text()
    assert "# siliconflow: breaking" in body
    assert "`nox -s tests` passes." in body
    assert "https://ci.example/1" in body
    assert "client 0.2.0" in " ".join(first[1])
    changed = git(clone, "diff", "--name-only", "origin/main", "origin/spec-watch/siliconflow").split()
    assert "openapi/siliconflow/rerank.yaml" in changed
    assert {name.partition("/")[0] for name in changed} == {"openapi", "generated", "docs"}
    assert (
        git(clone, "show", "origin/spec-watch/siliconflow:generated/siliconflow_rerank/pyproject.toml").count(
            'version = "0.2.0"'
        )
        == 1
    )


def propose(clone: Path, tmp_path: Path, known: list[dict[str, int]]) -> list[list[str]]:
    """Run the proposing step with a `gh` that knows some pull requests, and return how that was called."""
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir(exist_ok=True)
    calls = tmp_path / "calls"
    calls.write_text("")
    gh.write_text(
        f"#!{sys.executable}\nimport json, sys\nopen({str(calls)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
        f"'-' in sys.argv and open({str(tmp_path / 'words')!r}, 'w').write(sys.stdin.read())\nprint({json.dumps(known)!r})\n"
    )
    gh.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "BASE": "main",
        "RUN": "https://ci.example/1",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step("Open a pull request for each")],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in calls.read_text().splitlines()]


@pytest.mark.parametrize("name", ["proposal-..", "proposal-x", "elsewhere"])
def test_no_proposal_is_refused(name: str, tmp_path: Path) -> None:
    """A folder without a patch, or named otherwise, is refused with status 2 and one line."""
    (tmp_path / name).mkdir()
    done = subprocess.run(
        [sys.executable, "scripts/propose.py", str(tmp_path / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
