"""Everything is run with a canary key against a server that echoes it; then all that was written is searched."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from conformance.contract import load
from tests.canary.echo import CANARY, WAYS, Echo, leaks
from tests.command import Command, completed

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = load("siliconflow")
VARIABLE = str(CONTRACT.key_env)
# One that a user types where it does not belong: other processes do see that.
TYPED = "sk-TypedY5nC8xM2vH7kQ4rW9zB3tG6pJ1dL0fS-oAiUe"
FEW = ("--select", "security.*", "--select", "auth.wrong", "--select", "error.401.*", "--max-requests", "60")


@contextmanager
def watched(home: Path) -> Iterator[list[bytes]]:
    """Collect the command lines of all processes of one user, for as long as the context is open; other tests have keys of their own."""
    seen: dict[bytes, None] = {}
    found: list[bytes] = []
    done, mine = threading.Event(), f"\0HOME={home}\0".encode()

    def watch() -> None:
        # Often enough for whatever imports the suite; looking oftener takes longer than the commands.
        while not done.wait(0.2):
            for path in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):
                    if mine in b"\0" + (path / "environ").read_bytes():
                        seen[(path / "cmdline").read_bytes()] = None

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()
        found += seen


class World:
    """A folder that is a user's whole machine, and what was said in it."""

    def __init__(self, folder: Path, key: str = CANARY) -> None:
        self.key = key
        self.folder = folder
        self.work = folder / "work"
        self.work.mkdir()
        self.said: dict[str, str] = {}
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            VARIABLE: key,
        }

    def call(self, *arguments: str, expect: int | None, program: tuple[str, ...] = ()) -> str:
        """Run a command of the suite, or another program of Python, keep what it says, and return it."""
        done = (
            subprocess.run(
                [sys.executable, *program, *arguments],
                capture_output=True,
                text=True,
                cwd=self.work,
                env=self.environment,
                check=False,
                timeout=120,
            )
            if program
            else completed(Command(arguments, self.work, self.environment))
        )
        label = f"{len(self.said)} {' '.join(program)} {' '.join(arguments)}".replace(self.key, "$KEY")
        self.said[label] = done.stdout + done.stderr
        assert "Traceback" not in done.stderr, label + done.stderr
        assert expect is None or done.returncode == expect, (label, done.returncode, done.stdout[-3000:], done.stderr)
        return self.said[label]

    def leaks(self) -> dict[str, list[str]]:
        """Return what was found, by file or command."""
        files = {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }
        assert len(files) > 10
        places = {
            **files,
            "names": "\n".join(files).encode(),
            **{label: text.encode() for label, text in self.said.items()},
        }
        return {place: found for place, data in places.items() if (found := leaks(data, self.key))}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_commands(world: World) -> None:
    """No command writes, prints or shows the key to other processes, whatever the server does with it; `judge` repeats the verdict."""
    with watched(world.folder) as processes, Echo(CONTRACT) as echo:
        url = echo.base_url
        said = world.call("run", url, "--out", "first", *FEW, expect=1)
        assert "security.key_not_echoed" in said
        assert echo.used == set(WAYS)
        # A process of its own, whose command line others can read.
        world.call("run", url, "--dry-run", expect=0, program=("-m", "conformance"))
        again = world.call("judge", "first", expect=1)
        assert "security.key_not_echoed" in again
        assert "No verdicts differ" in again
        world.call("judge", "first", "--contract", "woagent", "--out", "other", expect=1)
        (world.work / "targets.toml").write_text(
            f'[targets.mine]\nbase_url = "{url}"\ncontract = "siliconflow"\nkey_env = "{VARIABLE}"\n'
        )
        world.call("run", "mine", "--out", "second", *FEW, expect=1)
        world.call("run", "--resume", "second", expect=1)
        world.call("history", expect=0)
        world.call("diff", "first", "second", expect=None)
        world.call("targets", expect=0)
        for name in ("trend", "drift"):
            world.call(name, expect=0)
        world.call("compare", url, "mock", "--max-requests", "60", "--out", "compared", expect=None)
        assert "newly failing" in world.call("nightly", "mine", "--profile", "smoke", "--out", "night", expect=1)
        assert (world.work / "night" / "summary.md").is_file()
        assert "newly failing" in world.call(
            "nightly", "--from", "night", "--store", "other.sqlite", "--out", "taken", expect=1
        )
        world.call("drift", "night/mine", "--propose", "--out", "documented.yaml", expect=0)
    assert any(b"conformance" in line for line in processes)
    assert [line for line in processes if leaks(line)] == []
    assert world.leaks() == {}


def test_errors(tmp_path: Path) -> None:
    """No error repeats the key: of a server that is gone, of one that knows another key, of a key that was typed at the wrong place."""
    world = World(tmp_path, TYPED)
    world.call("run", "http://127.0.0.1:9", "--out", "gone", expect=3)
    with Echo(CONTRACT, key=TYPED[::-1]) as echo:
        said = world.call("run", echo.base_url, "--out", "refused", expect=1)
        # A key that is refused shows nothing of the contract, but that it is repeated is a finding.
        assert "security.key_not_echoed" in said
        world.call("run", f"{echo.base_url}/{TYPED}", expect=2)
        world.call("run", echo.base_url, "--header", f"X-Key: {TYPED}", expect=2)
        assert f"${VARIABLE}" in world.call("run", TYPED, expect=2)
        world.call("run", echo.base_url, "--contract", TYPED, expect=2)
        world.call("run", echo.base_url, "--model", f"x/{TYPED}", expect=2)
        world.call("run", f"http://me:{TYPED}@127.0.0.1", expect=2)
        world.call("run", echo.base_url, "--header", f"X-Key {TYPED}", expect=2)
        world.call(TYPED, expect=2)
        world.environment[VARIABLE] = f"{TYPED}\n{TYPED}"
        assert VARIABLE in world.call("run", echo.base_url, expect=2)
        world.environment[VARIABLE] = f"{TYPED}é"
        assert VARIABLE in world.call("run", echo.base_url, expect=2)
    assert world.leaks() == {}


def test_other_front_doors(world: World) -> None:
    """Plain pytest shows no key either: not in failures, not in the log that it captures, not in its report."""
    with watched(world.folder) as processes, Echo(CONTRACT) as echo:
        options = (
            "--rerank-target",
            echo.base_url,
            "-p",
            "no:cacheprovider",
            "-rA",
            "-o",
            "log_level=DEBUG",
            "-o",
            "log_cli=true",
            "--junitxml",
            "junit.xml",
        )
        said = world.call(
            "--pyargs", "conformance", *options, "-k", "key_not_echoed", expect=1, program=("-m", "pytest")
        )
        assert "security.key_not_echoed" in said
        assert "HTTP Request" in said
    assert [line for line in processes if leaks(line)] == []
    files = {path.name: path.read_bytes() for path in world.work.rglob("*") if path.is_file()}
    assert "junit.xml" in files
    assert {name: found for name, data in {**files, "said": said.encode()}.items() if (found := leaks(data))} == {}
