"""Which connection a request goes out on."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from conformance.exchange.sender import Sender
from conformance.model.exchange import Exchange, Request

_RESET = struct.pack("ii", 1, 0)


class Listening(BaseHTTPRequestHandler):
    """Notes by which HTTP each request came, and from which port; keeps connections of the newer one."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, int]]] = []

    def do_POST(self) -> None:
        """Answer with an empty object."""
        self.seen.append((self.request_version, self.client_address[1]))
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Crashing(BaseHTTPRequestHandler):
    """Answers by path: `/500` and then resets the connection a little later, as servers do behind an exception; anything else is kept alive."""

    protocol_version = "HTTP/1.1"
    opened = 0

    def setup(self) -> None:
        """Count the connections."""
        type(self).opened += 1
        super().setup()

    def do_POST(self) -> None:
        """Answer, and cut the connection behind a crash."""
        self.rfile.read(int(self.headers["Content-Length"]))
        status = int(self.path.split("/")[1])
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        if status == 500:
            time.sleep(0.02)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()
            self.close_connection = True

    def finish(self) -> None:
        """Leave alone what is closed."""
        if not self.close_connection or self.connection.fileno() >= 0:
            super().finish()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def crashing() -> Iterator[str]:
    Crashing.opened = 0
    with served(Crashing) as url:
        yield url


def sent(url: str, statuses: list[int]) -> list[Exchange]:
    """Send a request for each status, one after the other, each once."""
    return carried(url, [Request("POST", f"/{status}/{number}", (), b"{}") for number, status in enumerate(statuses)])


def carried(url: str, requests: list[Request]) -> list[Exchange]:
    """Send requests one after the other, each once."""
    sender = Sender(url, concurrency=1, attempts=1)

    async def send() -> None:
        async with sender.wire() as wire:
            await sender.send(wire, requests)

    asyncio.run(send())
    return [sender.exchanges[request.key] for request in requests]


def test_what_follows_a_crash_is_not_blamed_for_it() -> None:
    """A request behind a server error goes out on another connection: the server may cut the old one at any moment."""
    with crashing() as url:
        wanted = [200, 500, 200, 500, 500, 400, 200]
        assert [one.response and one.response.status for one in sent(url, wanted)] == wanted


@pytest.mark.parametrize("status", [200, 400, 422])
def test_connections_are_kept(status: int) -> None:
    """What is answered properly, refusals too, leaves the connection for the next request."""
    with crashing() as url:
        sent(url, [200, status, 200, status, 200])
        assert Crashing.opened == 1


def test_older_http_goes_out_on_a_connection_of_its_own() -> None:
    """A request by HTTP/1.0 says so in its first line; the requests around it keep their connection, by HTTP/1.1."""
    Listening.seen.clear()
    asked = [
        Request("POST", f"/{number}", (), b"{}", version=version)
        for number, version in enumerate(["1.1", "1.0", "1.1", "1.0"])
    ]
    with served(Listening) as url:
        answers = carried(url, asked)
    assert [answer.response and answer.response.status for answer in answers] == [200] * 4
    versions, ports = zip(*Listening.seen, strict=True)
    assert versions == ("HTTP/1.1", "HTTP/1.0", "HTTP/1.1", "HTTP/1.0")
    assert ports[0] == ports[2]
    assert len(set(ports)) == 3
