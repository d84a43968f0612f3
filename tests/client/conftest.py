"""The clients on the path, and small servers that answer badly."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

GENERATED = str(Path(__file__).resolve().parents[2] / "generated")
if GENERATED not in sys.path:
    sys.path.insert(0, GENERATED)

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
