"""A server that keeps the contract but for one thing: it repeats the key, each time in another way."""

import base64
import gzip
import html
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from attrs import define, field

from conformance.contract import Contract
from conformance.mock.app import App, Call
from conformance.mock.rules import Rules
from tests.peers import wire

CANARY = "sk-CanaryQ7vX2mB9tK4wR8yZ1nJ6pL3dF5hG0cS-uEaIoT"


@define
class Answer:
    """What goes out; `line` replaces the status line, `pieces` sends the body in chunks that are cut there."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    reason: str = "OK"
    line: bytes | None = None
    pieces: list[bytes] = field(factory=list)

    def add(self, value: str) -> None:
        """Put a text into a JSON body, beside what is there; its escapes stay as they are."""
        if self.body[:1] == b"{":
            self.body = self.body[:-1] + b',"debug":"' + value.encode() + b'"}'
        else:
            self.body = b'"' + value.encode() + b'"'


Way = Callable[[Answer, str], None]


def _header(name: str, value: str) -> Way:
    return lambda answer, key: answer.headers.append((name.format(key=key), value.format(key=key)))


def _body(spell: Callable[[str], str]) -> Way:
    return lambda answer, key: answer.add(f"got {spell(key)}!")


def _gzip(answer: Answer, key: str) -> None:
    answer.add(key)
    answer.body = gzip.compress(answer.body)
    answer.headers.append(("content-encoding", "gzip"))


def _chunks(answer: Answer, key: str) -> None:
    answer.add(key)
    cut = answer.body.index(key.encode()) + len(key) // 2
    answer.pieces = [answer.body[:cut], answer.body[cut:]]


def _refused(change: Way) -> Way:
    """Change only what is a refusal, so that lawful requests are still taken."""
    return lambda answer, key: change(answer, key) if answer.status >= 400 else _body(str)(answer, key)


def _junk(answer: Answer, key: str) -> None:
    answer.body = b"\xff\xfe\x00 junk " + key.encode() + b" \xe9\x00"


def _wide(answer: Answer, key: str) -> None:
    answer.body = f"<p>{key}</p>".encode("utf-16")


def _broken(answer: Answer, key: str) -> None:
    answer.line = f"HTTP/1.1 2x0 {key}\r\n\r\n".encode()


def _reason(answer: Answer, key: str) -> None:
    answer.reason = f"Sorry {key}"


def _busy(answer: Answer, key: str) -> None:
    answer.status, answer.body = 503, json.dumps({"message": f"busy, {key}"}).encode()


WAYS: dict[str, Way] = {
    "header": _header("x-debug", "Bearer {key}"),
    "header name": _header("x-{key}", "1"),
    "location": _header("location", "https://example.invalid/login?key={key}"),
    "cookie": _header("set-cookie", "session={key}; Path=/"),
    "percent in a header": lambda answer, key: answer.headers.append(
        ("x-debug", "".join(f"%{ord(c):02x}" for c in key))
    ),
    "basic in a header": lambda answer, key: answer.headers.append(
        ("x-debug", f"Basic {base64.b64encode(f'me:{key}'.encode()).decode()}")
    ),
    "body": _body(str),
    "upper case": _body(str.upper),
    "eight characters": _body(lambda key: key[7:15]),
    "the tail": _body(lambda key: key[-8:]),
    "percent": _body(lambda key: "".join(f"%{ord(c):02X}" for c in key)),
    "percent twice": _body(lambda key: "".join(f"%25{ord(c):02X}" for c in key)),
    "JSON escapes": _body(lambda key: "".join(f"\\u{ord(c):04x}" for c in key)),
    "escapes of escapes": _body(lambda key: "".join(f"\\\\u{ord(c):04X}" for c in key)),
    "HTML entities": _body(lambda key: "".join(f"&#{ord(c)};" for c in key)),
    "base64": _body(lambda key: base64.b64encode(key.encode()).decode()),
    "base64 within": _body(lambda key: base64.urlsafe_b64encode(f"Authorization: Bearer {key}".encode()).decode()),
    "hex": _body(lambda key: key.encode().hex()),
    "gzip": _gzip,
    "chunks": _chunks,
    "no UTF-8": _refused(_junk),
    "UTF-16": _refused(_wide),
    "reason phrase": lambda answer, key: (_reason(answer, key), _body(str)(answer, key))[1],
    "no HTTP": _refused(_broken),
    "a busy service": _refused(_busy),
}


class Echo:
    """A context manager: the server on a free port, its ways one after the other, or only those named."""

    def __init__(self, contract: Contract, *, key: str = CANARY, ways: tuple[str, ...] = tuple(WAYS)) -> None:
        self.app = App(Rules(contract, key))
        self.ways = ways
        self.used: set[str] = set()
        self.lock = threading.Lock()
        self.calls = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.server.server_address[1]}{self.app.base_path}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, path: str, headers: dict[bytes, bytes], body: bytes) -> Answer:
        """Answer by the contract, then let the next way repeat the key, if a key came at all."""
        found = self.app.answer(Call(method, path, headers, body))
        assert found
        status, out, data, _ = found
        answer = Answer(status, out, data)
        token = headers.get(b"authorization", b"").decode().rpartition(" ")[2]
        with self.lock:
            way = self.ways[self.calls % len(self.ways)]
            self.calls += 1
            # Not the wrong keys of the probes: those are nobody's secret.
            real = len(token) > 30
            if real:
                self.used.add(way)
        if real:
            WAYS[way](answer, token)
        return answer


def _handler(echo: Echo) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = wire.body(self)
            pairs = {name.lower().encode(): value.encode("latin-1") for name, value in self.headers.items()}
            answer = echo.answer(self.command, self.path, pairs, body)
            if answer.line is not None:
                self.wfile.write(answer.line)
                self.close_connection = True
                return
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header(
                *(("transfer-encoding", "chunked") if answer.pieces else ("content-length", str(len(answer.body))))
            )
            self.end_headers()
            for piece in answer.pieces:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n" if answer.pieces else answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def leaks(data: bytes | str, key: str = CANARY) -> list[str]:
    """Return which eight consecutive characters of a key data holds, plainly or in a spelling; written without a look at the suite's own redaction."""
    import re

    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    views = [raw, raw.replace(b"\0", b""), unquote_to_bytes(raw), unquote_to_bytes(unquote_to_bytes(raw))]
    escaped = re.sub(rb"\\+[ux](?:00)?([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), raw)
    views += [escaped, html.unescape(raw.decode("latin-1")).encode("latin-1", "replace")]
    for run in re.findall(rb"[A-Za-z0-9+/_-]{10,}", raw):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        for shift in range(4):
            part = plain[shift:]
            views.append(base64.b64decode(part[: len(part) // 4 * 4] + b"", validate=False))
    for run in re.findall(rb"[0-9a-fA-F]{16,}", raw):
        views += [bytes.fromhex(run[shift : len(run) - (len(run) - shift) % 2].decode()) for shift in (0, 1)]
    everything = b"\n".join(views).lower()
    return sorted({part for i in range(len(key) - 7) if (part := key[i : i + 8]).lower().encode() in everything})
