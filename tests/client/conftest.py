"""The clients on the path, and small servers that answer badly."""

import atexit
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import load
from scripts.regenerate import GENERATED, generate
from tests.contract.frozen import FROZEN, frozen


def _clients() -> Path:
    """Return the folder of the frozen contracts' clients: the committed ones, until a vendor's page changes.

    Tests that call a client by its names hold the day they were written; what
    the committed client must do on any day is held by `test_committed.py`.
    """
    vendors = [folder.name for folder in FROZEN.iterdir()]
    if all(frozen(vendor).vendored == load(vendor).vendored for vendor in vendors):
        return GENERATED
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for vendor in vendors:
        generate(frozen(vendor), folder)
    return folder


sys.path.insert(0, str(_clients()))

Answer = tuple[int, dict[str, str], bytes]


class Scripted:
    """A server that gives the answers of a script in turn, the last one again and again; None cuts the connection."""

    def __init__(self) -> None:
        self.script: list[Answer | None] = []
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.times: list[float] = []
        self.delay = 0.0
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                peer.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
                peer.times.append(time.monotonic())
                time.sleep(peer.delay)
                answer = peer.script[min(len(peer.seen), len(peer.script)) - 1]
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, data = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    server = Scripted()
    threading.Thread(target=server.http.serve_forever, args=(0.01,), daemon=True).start()

    def script(*answers: Answer | None) -> Scripted:
        server.script = list(answers)
        return server

    yield script
    server.http.shutdown()
    server.http.server_close()
