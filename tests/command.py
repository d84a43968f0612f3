"""The command line in a process of its own, forked from one that has imported it: a second less a command."""

import json
import multiprocessing
import os
import runpy
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any

import pytest
from attrs import define, field

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.imported"])


@define
class Command:
    """A command that runs: its streams go to files, and what it says is there when it has ended; another module than the suite's runs as `python -m` does."""

    arguments: tuple[str, ...]
    cwd: Path | None = None
    environment: Mapping[str, str] | None = None
    module: str = "conformance"
    _folder: Any = field(factory=tempfile.TemporaryDirectory, init=False, repr=False)
    _process: Any = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Begin."""
        environment = dict(os.environ if self.environment is None else self.environment)
        place = str(self.cwd or Path.cwd())
        self._process = FORKS.Process(
            target=_run, args=(self.module, self.arguments, place, environment, self._folder.name)
        )
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """The exit status, as `subprocess` tells it; None while the command runs."""
        code: int | None = self._process.exitcode
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self._process.pid, number)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Wait for the end, and return what was said on standard output and standard error."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            self._process.kill()
            raise TimeoutExpired(self.arguments, timeout)
        out, err = (Path(self._folder.name, name).read_text(encoding="utf-8") for name in ("out", "err"))
        self._folder.cleanup()
        return out, err


def call(*arguments: str, cwd: Path | None = None, **env: str) -> CompletedProcess[str]:
    """Run a command to its end; `env` comes on top of the environment."""
    return completed(Command(arguments, cwd, {**os.environ, **env}))


def completed(command: Command) -> CompletedProcess[str]:
    """Wait for the end of a command."""
    out, err = command.communicate()
    return CompletedProcess(command.arguments, int(command.returncode or 0), out, err)


def called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Call the command line in this process, where something can be planted; return exit status, output and errors."""
    from conformance.cli import main

    monkeypatch.setattr(sys, "argv", ["rerank-conformance", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


# What a shell starts: it hands its call on, and says what came of it.
_PROGRAM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect({door!r})
    with door.makefile("rw") as line:
        line.write(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]) + "\\n")
        line.flush()
        code, out, err = json.loads(line.readline())
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


@contextmanager
def program(path: Path, *more: str) -> Iterator[None]:
    """Write a program that a shell script can call as the command line, as long as the context is open, with more arguments than it is given."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            arguments, place, environment = json.loads(self.rfile.readline())
            done = completed(Command((*arguments, *more), Path(place), environment))
            self.wfile.write(json.dumps([done.returncode, done.stdout, done.stderr]).encode() + b"\n")

    # The path of a socket may not be as long as that of a test's folder.
    with tempfile.TemporaryDirectory() as folder, ThreadingUnixStreamServer(f"{folder}/door", Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        path.write_text(_PROGRAM.format(python=sys.executable, door=f"{folder}/door"))
        path.chmod(0o755)
        try:
            yield
        finally:
            server.shutdown()


def _run(module: str, arguments: tuple[str, ...], place: str, environment: dict[str, str], folder: str) -> None:
    """Be the command, as a new process would be; the module that does this is imported in the fork alone."""
    os.chdir(place)
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, f"{folder}/out", os.O_WRONLY | os.O_CREAT),
        (2, f"{folder}/err", os.O_WRONLY | os.O_CREAT),
    ):
        held = os.open(name, flags)
        os.dup2(held, descriptor)
        os.close(held)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - descriptors, for as long as the process
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    if module != "conformance":
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    sys.argv = ["rerank-conformance", *arguments]
    from conformance.cli import main
    from conformance.document.cache import cache_folder
    from conformance.exchange.journal import _secret

    # Whose folders these are, the environment says.
    cache_folder.cache_clear()
    _secret.cache_clear()
    main()
