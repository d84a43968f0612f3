"""The command line in a process of its own, forked from one that has imported it: a second less a command."""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any

from attrs import define, field

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.imported"])


@define
class Command:
    """A command that runs: its streams go to files, and what it says is there when it has ended."""

    arguments: tuple[str, ...]
    cwd: Path | None = None
    environment: Mapping[str, str] | None = None
    _folder: Any = field(factory=tempfile.TemporaryDirectory, init=False, repr=False)
    _process: Any = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Begin."""
        environment = dict(os.environ if self.environment is None else self.environment)
        place = str(self.cwd or Path.cwd())
        self._process = _FORKS.Process(target=_run, args=(self.arguments, place, environment, self._folder.name))
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


def _run(arguments: tuple[str, ...], place: str, environment: dict[str, str], folder: str) -> None:
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
    sys.argv = ["rerank-conformance", *arguments]
    from conformance.cli import main
    from conformance.document.cache import cache_folder
    from conformance.exchange.journal import _secret

    # Whose folders these are, the environment says.
    cache_folder.cache_clear()
    _secret.cache_clear()
    main()
