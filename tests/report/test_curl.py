"""The command in a report sends the same request again."""

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.exchange.exchange import Exchange, Request
from conformance.report.curl import reproduce

BODIES = [
    b"",
    b'{"query":"it\'s $HOME `id` \\"quoted\\""}',
    b"@/etc/passwd",
    b"line one\nline two\n",
    b"\xff\xfe no utf-8",
    b"nul \x00 inside",
    "中文 👩‍👩‍👧 \u202e".encode(),
    b"-d --data",
    b"x" * 5_000,
]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[Any]]]:
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    http = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", seen
    http.shutdown()
    http.server_close()


@pytest.mark.parametrize("media", ["application/json", None])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_same_bytes_arrive(server: tuple[str, list[Any]], body: bytes, media: str | None) -> None:
    """Run by a shell, the command sends the same path, headers and bytes, with the key from the environment."""
    url, seen = server
    headers = [("User-Agent", "rerank-conformance"), ("Accept", "*/*"), ("Authorization", "Bearer ${THE_KEY%?}"), ("X-Odd", 'a "b" $HOME \'c\'')]
    if media:
        headers.append(("Content-Type", media))
    exchange = Exchange("e1", Request("POST", "/rerank", tuple(headers), body), f"{url}/rerank", None, "cut", 0.0, 0.0)
    seen.clear()
    done = subprocess.run(["/bin/sh", "-c", reproduce(exchange, ["THE_KEY"])], capture_output=True, env={**os.environ, "THE_KEY": "secret!"}, check=False)
    assert done.returncode == 0, done.stderr
    path, came, data = seen[0]
    assert (path, data) == ("/rerank", body)
    assert came["authorization"] == "Bearer secret"
    assert came["x-odd"] == 'a "b" $HOME \'c\''
    assert came.get("content-type") == media
    assert came["user-agent"] == "rerank-conformance"


def test_giant_body_is_pointed_to(tmp_path: Path) -> None:
    """A body too long for a command line is named where it can be found."""
    exchange = Exchange("e7", Request("POST", "/r", (), b"x" * 100_000), "http://127.0.0.1:1/r", None, None, 0.0, 0.0)
    assert "exchanges.har under e7" in reproduce(exchange)
