"""A server as a child process: started, waited for, ended with whatever it started. And this project's own command as one."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = 1_500
_GRACE = 10.0


class PeerError(Exception):
    """A peer cannot be installed or started; the message says why, with the last of what it printed."""


def free_port(wanted: int = 0) -> int:
    """Return a port of 127.0.0.1 that nobody listens on, the wanted one if it is such; raises PeerError."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise PeerError("No port of 127.0.0.1 is free.")


@contextlib.contextmanager
def serving(
    name: str, command: Sequence[str], ready: str, *, env: Mapping[str, str] | None = None, patience: float = 60.0
) -> Iterator[None]:
    """Run a server until the block ends; it is ready when the URL `ready` answers anything.

    `env` adds to the environment. `patience` is in seconds. Raises PeerError
    when the program is missing, ends early or does not answer in time.
    """
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        except OSError as error:
            raise PeerError(f"{name} cannot be started: {command[0]}: {error.strerror or error}") from error
        try:
            _wait(name, process, ready, time.monotonic() + patience, log.fileno())
            yield
        finally:
            _end(process)


def _wait(name: str, process: "subprocess.Popen[bytes]", ready: str, until: float, log: int) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            raise PeerError(f"{name} ended with status {process.returncode} before it answered.{_last(log)}")
        with contextlib.suppress(httpx.TransportError):
            httpx.get(ready, timeout=2, trust_env=False)
            return
        time.sleep(0.1)
    raise PeerError(f"{name} does not answer at {ready} in time.{_last(log)}")


def _last(log: int) -> str:
    size = os.fstat(log).st_size
    text = os.pread(log, _SHOWN, max(size - _SHOWN, 0)).decode("utf-8", "replace").strip()
    return f" The last of what it printed:\n{text}" if text else " It printed nothing."


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and the group that it leads."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            return


def run(name: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Run a command to its end; raises PeerError with the last of what it printed."""
    try:
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
        )
    except OSError as error:
        raise PeerError(f"{name}: {command[0]}: {error.strerror or error}") from error
    if done.returncode:
        msg = f"{name}: {command[0]} ended with status {done.returncode}.\n{(done.stdout + done.stderr)[-_SHOWN:].strip()}"
        raise PeerError(msg)


def suite(*arguments: str, env: Mapping[str, str] | None = None, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run `rerank-conformance` as it is in this checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    command = [sys.executable, "-m", "conformance", *arguments]
    return subprocess.run(command, env=environment, text=True, check=False, **options)


def keep(folder: str | Path, place: Path, names: Iterable[str]) -> None:
    """Copy files of a folder to a place that is made."""
    place.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(Path(folder) / name, place / name)
