"""A mock in a process of its own."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from conformance.contract import load
from conformance.mock import MockServer
from conformance.document.process import alone

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
