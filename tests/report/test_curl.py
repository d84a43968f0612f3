"""The command in a report sends the same request again."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import attrs
import pytest

from conformance.model.exchange import Exchange, Request
from conformance.model.run import Run
from conformance.report import har
from conformance.report.curl import leans_on_har, reproduce

ODD = "a \"b\" $HOME 'c' `id` \\ {x} [1-3] !!"
BODIES = [
    b"",
    b"0",
    b'{"query":"it\'s $HOME `id` \\"quoted\\" !! \\\\ \\n %s %%"}',
    b"@/etc/passwd",
    b"line one\nline two\n\n",
    b"carriage\r\nreturn\ttab",
    b"\xff\xfe no utf-8",
    b"nul \x00 inside",
    b"\x00",
    b"\x1b[31mred\x1b[0m",
    "中文 👩‍👩‍👧 \u202e \ufeff".encode(),
    b"-d --data",
    b"'" * 50,
    bytes(range(256)),
    b"x" * 5_000,
    "文".encode() * 40_000,
    bytes(range(256)) * 400,
    b"x" * 999_000,
]
PLAIN = (("User-Agent", "rerank-conformance"), ("Accept", "*/*"))


class Peer(HTTPServer):
    """Notes what arrives: method, path, headers as they were written, body."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.version = ""
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers 200 to every method."""

    server: Peer

    def answer(self) -> None:
        """Note the request."""
        length = int(self.headers.get("Content-Length") or 0)
        self.server.version = self.request_version
        self.server.seen.append(
            (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
        )
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
    setattr(Handler, f"do_{method}", Handler.answer)


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with Peer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def send(peer: Peer, real: Run, tmp_path: Path) -> Any:
    """Run the command of a request by /bin/sh, beside its HAR, and return what arrived."""

    def run(request: Request, key: str = "secret!", **environment: str) -> tuple[str, str, dict[str, str], bytes]:
        exchange = Exchange("e7", request, f"http://127.0.0.1:{peer.server_port}{request.path}", None, "cut", 0.0, 0.0)
        (tmp_path / "exchanges.har").write_text(
            har.render(attrs.evolve(real, exchanges={"e7": exchange})), encoding="utf-8"
        )
        peer.seen.clear()
        command = reproduce(exchange, ["THE_KEY"])
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            capture_output=True,
            env={**os.environ, "THE_KEY": key, **environment},
            cwd=tmp_path,
            check=False,
            timeout=20,
        )
        assert done.returncode == 0, done.stderr
        (seen,) = peer.seen
        return seen

    return run


@pytest.mark.needs_curl
@pytest.mark.parametrize("media", ["application/json", None])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_same_bytes_arrive(send: Any, body: bytes, media: str | None) -> None:
    """Run by a shell, the command sends the same path, headers and bytes, with the key from the environment, and nothing more."""
    headers = [*PLAIN, ("Authorization", "Bearer ${THE_KEY%?}"), ("X-Odd", ODD), ("X-Empty", "")]
    if media:
        headers.append(("Content-Type", media))
    method, path, came, data = send(Request("POST", "/rerank", tuple(headers), body))
    assert (method, path, data) == ("POST", "/rerank", body)
    assert came.pop("host")
    assert came.pop("content-length") == str(len(body))
    expected = {name.lower(): value for name, value in headers}
    assert came == {**expected, "authorization": "Bearer secret"}


@pytest.mark.needs_curl
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "POST"])
def test_methods_without_a_body(send: Any, method: str) -> None:
    """A request without a body and without headers gets none from curl, whatever its method."""
    came_method, _, came, data = send(Request(method, "/rerank", (), b""))
    assert (came_method, data) == (method, b"")
    assert set(came) <= {"host", "content-length"}


@pytest.mark.needs_curl
@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_http_is_the_version_that_was_spoken(send: Any, peer: Peer, version: str) -> None:
    """What was sent by HTTP/1.0 is sent by it again."""
    send(Request("POST", "/rerank", PLAIN, b"{}", version=version))
    assert peer.version == f"HTTP/{version}"


@pytest.mark.needs_curl
@pytest.mark.parametrize("path", ["/a/../b/./c", "/[1-3]{a,b}", "/it's?q=$HOME&x=%20", "/x;y!z"])
def test_paths_are_left_alone(send: Any, path: str) -> None:
    """Neither the shell nor curl expands or tidies a path."""
    assert send(Request("GET", path, PLAIN, b""))[1] == path


@pytest.mark.needs_curl
@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        ("Bearer $THE_KEY", "Bearer s3cr et!"),
        ("Bearer ${THE_KEY}x", "Bearer s3cr et!x"),
        ("Bearer ${THE_KEY%?}", "Bearer s3cr et"),
        ("$THE_KEY", "s3cr et!"),
        ("Basic $OTHER", "Basic $OTHER"),
        ('$THE_KEY[1] "$OTHER" `id`', 's3cr et![1] "$OTHER" `id`'),
        ("$THE_KEY:h", "s3cr et!:h"),
        ("Bearer", "Bearer"),
        ("Bearer ", "Bearer"),
    ],
)
def test_only_the_named_variables_expand(send: Any, value: str, arrives: str) -> None:
    """The shell puts the key in where the sender did, and takes every other dollar for a dollar."""
    assert (
        send(Request("GET", "/", (("Authorization", value),), b""), key="s3cr et!", OTHER="wrong")[2]["authorization"]
        == arrives
    )


def test_key_reads_as_people_write_it() -> None:
    """The credentials stand in one pair of double quotes, as they do in a vendor's own examples."""
    request = Request("POST", "/r", (("Authorization", "Bearer $THE_KEY"),), b"{}")
    command = reproduce(Exchange("e1", request, "http://h/r", None, None, 0.0, 0.0), ["THE_KEY"])
    assert '-H "Authorization: Bearer $THE_KEY"' in command


def test_giant_body_is_read_from_the_har() -> None:
    """A body too long for a command line comes out of the exchanges.har of the run, by its exchange's id; the command stays short."""
    request = Request("POST", "/r", (), json.dumps({"query": "x" * 100_000}).encode())
    command = reproduce(Exchange("e7", request, "http://127.0.0.1:1/r", None, None, 0.0, 0.0))
    assert leans_on_har(request)
    assert "exchanges.har" in command
    assert "'e7'" in command
    assert len(command) < 1_000


def test_ipv6_hosts() -> None:
    """The brackets of an IPv6 address are no pattern to curl."""
    assert "curl -sS -i -g " in reproduce(
        Exchange("e1", Request("GET", "/r", (), b""), "http://[::1]:8080/r", None, None, 0.0, 0.0)
    )
