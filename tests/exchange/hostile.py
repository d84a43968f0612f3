"""A server that answers in one of many hostile ways, by path, and what a sender makes of each: `python -m tests.exchange.hostile`.

It prints a line of JSON for each mode. The server is a process of its own, so that processor time is the sender's.
"""

import asyncio
import contextlib
import gzip
import itertools
import json
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from conformance.exchange.journal import encode
from conformance.exchange.sender import Sender
from conformance.model.exchange import Request
from tests.memory import peak

KEY = "sk-HostileQ7vX2mB9tK4wR8yZ1nJ6pL3dF5hG0cS"
TIMEOUT = 2.0
JSON = "application/json"
Sent = Iterable[bytes]


def whole(body: bytes, *headers: str, status: str = "200 OK", length: int | str | None = None) -> Iterator[bytes]:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {JSON}",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    yield "\r\n".join([*lines, "", ""]).encode("latin-1")
    for at in range(0, len(body), 65_536):
        yield body[at : at + 65_536]


def packed(label: str, body: bytes) -> Iterator[bytes]:
    return whole(body, f"Content-Encoding: {label}")


def chunked(chunks: Iterable[bytes], *headers: str) -> Iterator[bytes]:
    yield "\r\n".join(
        ["HTTP/1.1 200 OK", f"Content-Type: {JSON}", "Transfer-Encoding: chunked", *headers, "", ""]
    ).encode("latin-1")
    yield from chunks


def headed(*headers: str, body: bytes = b"{}") -> Iterator[bytes]:
    return whole(body, *headers)


def slowly(parts: Iterable[bytes], pause: float = 0.05) -> Iterator[bytes]:
    for part in parts:
        yield part
        time.sleep(pause)


def silence() -> Iterator[bytes]:
    time.sleep(2 * TIMEOUT)
    yield b""


def escaped(key: str) -> bytes:
    return "".join(f"\\u{ord(letter):04x}" for letter in key).encode()


def bomb(window: int) -> bytes:
    """Return 50 MB of noughts, packed: gzip by a window of 31, deflate without a head by -15."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return packer.compress(b"0" * 50_000_000) + packer.flush()


MB = 1_000_000

MODES: dict[str, Callable[[], Sent]] = {
    "plain": lambda: whole(b'{"results":[]}'),
    "gzip": lambda: packed("gzip", gzip.compress(b"{}")),
    "gzip bomb": lambda: packed("gzip", bomb(31)),
    "gzip bomb in gzip": lambda: packed("gzip, gzip", gzip.compress(bomb(31))),
    "gzip twice in two headers": lambda: whole(
        gzip.compress(gzip.compress(b"{}")), "Content-Encoding: gzip", "Content-Encoding: gzip"
    ),
    "forty encodings": lambda: packed(", ".join(["gzip"] * 40), gzip.compress(b"{}")),
    "deflate bomb": lambda: packed("deflate", zlib.compress(b"0" * 50_000_000, 9)),
    "raw deflate bomb": lambda: packed("deflate", bomb(-15)),
    "gzip of many members": lambda: packed("gzip", gzip.compress(b"{}") * 5_000),
    "gzip with junk behind": lambda: packed("gzip", gzip.compress(b"{}") + b"junk"),
    "gzip that ends early": lambda: packed("gzip", gzip.compress(b'{"a":1}' * 900)[:-9]),
    "gzip that is none": lambda: packed("gzip", b'{"results":[]}'),
    "gzip header alone": lambda: packed("gzip", b"\x1f\x8b\x08"),
    "gzip with the key": lambda: packed("gzip", gzip.compress(KEY.encode())),
    "gzip in gzip with the key": lambda: packed("gzip, gzip", gzip.compress(gzip.compress(KEY.encode()))),
    "empty gzip": lambda: packed("gzip", b""),
    "br": lambda: packed("br", b"\x0b\x02\x80{}\x03"),
    "zstd": lambda: packed("zstd", b"\x28\xb5\x2f\xfd\x04\x00"),
    "compress": lambda: packed("compress", b"\x1f\x9d"),
    "an encoding without a name": lambda: packed(" , ,", b"{}"),
    "an encoding of 10 kB": lambda: packed("x" * 10_000, b"{}"),
    "identity twice": lambda: packed("identity, identity", b"{}"),
    "length too long": lambda: whole(b"{}", length=100),
    "length too short": lambda: whole(b'{"results":[]}', length=2),
    "length negative": lambda: whole(b"{}", length=-1),
    "length huge": lambda: whole(b"{}", length=10**30),
    "length of words": lambda: whole(b"{}", length="many"),
    "length empty": lambda: whole(b"{}", length=""),
    "two lengths": lambda: whole(b"{}", "Content-Length: 3"),
    "length and chunks": lambda: chunked([b"2\r\n{}\r\n0\r\n\r\n"], "Content-Length: 2"),
    "endless body": lambda: itertools.chain(whole(b"", length=10**12), itertools.repeat(b" " * 65_536)),
    "endless chunks": lambda: chunked(itertools.repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")),
    "chunks of one byte": lambda: chunked(
        itertools.chain(itertools.repeat(b"1\r\n \r\n" * 10_000, 20), [b"0\r\n\r\n"])
    ),
    "a chunk of 16 digits": lambda: chunked([b"ffffffffffffffff\r\n{}"]),
    "a chunk of 40 digits": lambda: chunked([b"f" * 40 + b"\r\n{}"]),
    "a negative chunk": lambda: chunked([b"-2\r\n{}\r\n"]),
    "a chunk's extension of 1 MB": lambda: chunked([b"2;" + b"x" * MB + b"\r\n{}\r\n0\r\n\r\n"]),
    "chunks without an end": lambda: chunked([b"2\r\n{}\r\n"]),
    "ten thousand trailers": lambda: chunked([b"2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 10_000 + b"\r\n"]),
    "gzip as a transfer encoding": lambda: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    "until the connection ends": lambda: [b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n", b"{}"],
    "no HTTP": lambda: [b"SSH-2.0-OpenSSH_9.0\r\n"],
    "HTTP 0.9": lambda: [b"{}"],
    "HTTP 2": lambda: [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    "TLS alert": lambda: [b"\x15\x03\x01\x00\x02\x02\x28"],
    "nothing": list,
    "status 999": lambda: whole(b"{}", status="999 Odd"),
    "status 1000": lambda: whole(b"{}", status="1000 Odd"),
    "status of words": lambda: whole(b"{}", status="OK OK"),
    "status 204 with a body": lambda: whole(b"{}", status="204 No Content"),
    "status 304": lambda: whole(b"{}", status="304 Not Modified"),
    "status 101": lambda: whole(b"", "Upgrade: websocket", "Connection: upgrade", status="101 Switching Protocols"),
    "endless 100": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
    "a reason of 50 kB": lambda: whole(b"{}", status="200 " + "x" * 50_000),
    "a reason with the key": lambda: whole(b"{}", status=f"200 {KEY}"),
    "a status line with the key": lambda: [f"HTTP/1.1 2x0 {KEY}\r\n\r\n".encode()],
    "ten thousand headers": lambda: headed(*(f"x{number}: 1" for number in range(9_000))),
    "headers of one letter": lambda: headed(*(["a: b"] * 10_000)),
    "a header of 60 kB": lambda: headed("x-long: " + "x" * 60_000),
    "a header of 1 MB": lambda: headed("x-long: " + "x" * MB),
    "endless headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"x: y\r\n" * 1_000)),
    "a header with NUL": lambda: headed("x-odd: a\0b"),
    "a header without a colon": lambda: headed("x-odd"),
    "a header without a name": lambda: headed(": odd"),
    "a folded header": lambda: headed("x-odd: a\r\n b"),
    "header names of Latin-1": lambda: headed("x-\xe4: 1"),
    "header values of Latin-1": lambda: headed("x-odd: \xe4\xff"),
    "three hundred cookies": lambda: headed(*(f"Set-Cookie: a{number}={number}; Path=/" for number in range(200))),
    "a cookie that is none": lambda: headed("Set-Cookie: =;;;=\x7f; expires=never; max-age=1e999"),
    "headers with the key in escapes": lambda: headed("x-debug: " + escaped(KEY).decode(), f"x-{KEY}: 1"),
    "key in a header's base64": lambda: headed("x-debug: c2stSG9zdGlsZVE3dlgybUI5dEs0d1I4eVoxbko2cEwzZEY1aEcwY1M="),
    "a terminal's escapes": lambda: headed("x-odd: \x1b[2J\x1b]0;gone\x07", body=b'"\x1b[31m"'),
    "a redirect to nowhere": lambda: whole(b"", "Location: http://[::1", status="302 Found"),
    "a redirect of another kind": lambda: whole(b"", "Location: javascript:alert(1)", status="301 Moved"),
    "a redirect to a port of 7 digits": lambda: whole(b"", "Location: http://a:9999999/", status="307 Odd"),
    "a redirect of odd letters": lambda: whole(b"", "Location: //\xff\xfe\x80..", status="308 Odd"),
    "Retry-After beyond time": lambda: whole(
        b"{}", "Retry-After: Mon, 01 Jan 99999999999999999999 00:00:00 GMT", status="503 Busy"
    ),
    "Retry-After of 400 digits": lambda: whole(b"{}", "Retry-After: " + "9" * 400, status="503 Busy"),
    "Retry-After in the past": lambda: whole(b"{}", "Retry-After: Mon, 01 Jan 0001 00:00:00 +2359", status="503 Busy"),
    "Retry-After of a week": lambda: whole(b"{}", "Retry-After: 604800", status="503 Busy"),
    "1.9 MB of escapes": lambda: whole(b'"' + b"\\u0061" * 316_000 + b'"'),
    "1.9 MB of escapes with the key": lambda: whole(b'"' + b"\\u0061" * 300_000 + escaped(KEY) + b'"'),
    "1.9 MB of backslashes": lambda: whole(b"\\" * 1_900_000),
    "1.9 MB of percent signs": lambda: whole(b"%25" * 630_000),
    "1.9 MB of ampersands": lambda: whole(b"&#" * 950_000),
    "1.9 MB of NUL": lambda: whole(b"\0" * 1_900_000),
    "1.9 MB of the key's first letters": lambda: whole(KEY[:7].encode() * 270_000),
    "1.9 MB of the key": lambda: whole(KEY.encode() * 46_000),
    "1.9 MB of lists": lambda: whole(b"[" + b"[]," * 630_000 + b"[]]"),
    "1.9 MB of depth": lambda: whole(b"[" * 950_000 + b"]" * 950_000),
    "1.9 MB of digits": lambda: whole(b"1" * 1_900_000),
    "5 MB": lambda: whole(b" " * 5 * MB),
    "5 MB of escapes": lambda: whole(b"\\u0061" * 850_000),
    "30 MB": lambda: whole(b" " * 30 * MB),
    "UTF-16 with the key": lambda: whole(KEY.encode("utf-16")),
    "surrogates": lambda: whole(b'"\\ud800\\udc00\\ud800"'),
    "no UTF-8": lambda: whole(b'"\xff\xfe\xc3"'),
    "a number beyond floats": lambda: whole(b'{"a":1e999999}'),
    "a dripping body": lambda: slowly(itertools.chain(whole(b"", length=10_000), itertools.repeat(b" "))),
    "dripping headers": lambda: slowly(itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"x"))),
    "dripping chunks": lambda: slowly(chunked(itertools.repeat(b"1\r\n \r\n"))),
    "silence": silence,
    "silence after the headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"], silence()),
}
RESET = "a reset"
ALL = (*MODES, RESET)


def serve(listener: socket.socket) -> None:
    """Answer each connection once, in the mode that its path names by number."""

    def answer(peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            asked = b""
            while not asked.endswith(b"{}"):
                asked += peer.recv(65_536)
            mode = ALL[int(asked.split(b" ", 2)[1].rpartition(b"/")[2])]
            if mode == RESET:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            for part in MODES[mode]():
                peer.sendall(part)
            peer.shutdown(socket.SHUT_WR)

    print("ready", flush=True)
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=answer, args=(peer,), daemon=True).start()


async def beat(held: list[float]) -> None:
    """Note the most processor time that passed between two turns of the loop."""
    last = time.process_time()
    while True:
        await asyncio.sleep(0.002)
        now = time.process_time()
        held[0], last = max(held[0], now - last), now


async def ask(url: str, number: int) -> dict[str, Any]:
    """Ask in one mode, and return what came of it."""
    written: list[str] = []
    sender = Sender(
        url,
        {"KEY": KEY},
        timeout=TIMEOUT,
        attempts=1,
        record=lambda exchange: written.append(json.dumps(encode(exchange))),
    )
    request = Request("POST", f"/{number}", (("Authorization", "Bearer $KEY"), ("Accept-Encoding", "identity")), b"{}")
    held, began = [0.0], time.monotonic()
    async with sender.wire() as wire:
        pulse = asyncio.create_task(beat(held))
        await asyncio.sleep(0.01)
        held[0] = 0.0
        await sender.send(wire, [request])
        seconds = time.monotonic() - began
        pulse.cancel()
    exchange = sender.exchanges[request.key]
    came = exchange.response
    return {
        "mode": ALL[number],
        "seconds": round(seconds, 3),
        "held": round(held[0], 3),
        "status": came.status if came else None,
        "flaw": str(came.flaw) if came and came.flaw else None,
        "told": (came.defect if came else exchange.error) or "",
        "written": sum(map(len, written)),
        "leaks": KEY in "".join(written) or KEY.lower() in "".join(written).lower(),
        "peak_mb": peak() // 1024,
    }


def main() -> None:
    """Go through all modes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "tests.exchange.hostile", str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()], stdout=subprocess.PIPE)
        try:
            assert server.stdout
            server.stdout.readline()
            asyncio.run(ask(f"http://127.0.0.1:{listener.getsockname()[1]}", 0))
            for number in range(len(ALL)):
                print(json.dumps(asyncio.run(ask(f"http://127.0.0.1:{listener.getsockname()[1]}", number))), flush=True)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(socket.socket(fileno=int(sys.argv[1])))
    else:
        main()
