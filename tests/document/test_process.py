"""What is done in a process beside this one: a mock, and steps that are told one value after the other."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import httpx
import pytest

from conformance.contract import load
from conformance.document.process import alone, stepping
from conformance.mock import MockServer

SCRIPT = """
from conformance.contract import load
from conformance.mock import MockServer
with MockServer(load("siliconflow")).apart() as mock:
    print(mock.base_url, flush=True)
    input()
"""


def refuses(url: str) -> bool:
    """Whether nobody listens any more, within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            httpx.get(url)
        except httpx.ConnectError:
            return True
        except httpx.TransportError:
            # Somebody is just going.
            continue
    return False


@pytest.mark.parametrize(
    "end", [lambda process: process.communicate(b"\n"), subprocess.Popen.kill], ids=["done", "killed"]
)
def test_ends_with_its_parent(end: Callable[[subprocess.Popen[bytes]], object]) -> None:
    """A mock beside its parent answers, and is gone with it, however the parent ends."""
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().split()[0].decode()
        assert httpx.get(base_url).status_code == 404
        end(process)
    assert refuses(base_url)


def test_stays_where_locks_may_be_held() -> None:
    """A process with a second thread is not forked: the mock serves from a thread, and counts."""
    held = threading.Event()
    other = threading.Thread(target=held.wait)
    other.start()
    try:
        assert not alone()
        with MockServer(load("siliconflow")).apart() as mock:
            assert httpx.get(mock.base_url).status_code == 404
            assert mock.calls == 1
    finally:
        held.set()
        other.join()


def counted() -> Generator[str, Any, None]:
    """Say who takes the steps, and repeat what is handed over; end at a None."""
    told: Any = "begun"
    while told is not None:
        told = yield f"{os.getpid()} {told}"


@pytest.mark.parametrize("fork", [True, False], ids=["beside", "here"])
def test_steps_answer_in_turns(monkeypatch: pytest.MonkeyPatch, *, fork: bool) -> None:
    """Each value that is handed over is answered, in a process beside this one where it may fork, else in this one."""
    monkeypatch.setattr("conformance.document.process.alone", lambda: fork)
    with stepping(counted) as ask:
        who, told = ask(None)().split(" ", 1)
        assert told == "begun"
        assert (int(who) == os.getpid()) is not fork
        first, second = ask({"a": ["é"]}), ask(1)
        assert [first(), second()] == [f"{who} {{'a': ['é']}}", f"{who} 1"]


def failing() -> Generator[str, Any, None]:
    """Break at the first value."""
    yield ""
    raise MemoryError


def test_steps_that_end_early_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process beside this one that ended is no end of this one: it is said in a sentence."""
    monkeypatch.setattr("conformance.document.process.alone", lambda: True)
    with stepping(failing) as ask:
        assert ask(None)() == ""
        assert [ask({})(), ask({})()] == ["Its process ended early."] * 2


def test_steps_are_taken_here_where_no_more_processes_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of processes is no end of a run: what would be done beside it is done in its own process."""

    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr("conformance.document.process.alone", lambda: True)
    monkeypatch.setattr(os, "fork", refused)
    with stepping(counted) as ask:
        assert ask(None)() == f"{os.getpid()} begun"
