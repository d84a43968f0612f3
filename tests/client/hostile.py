"""Servers that mean harm: what each sends, as bytes, and what a client makes of it."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import frozen

KEY = "sk-canary-0123456789/+x"
GOOD = {"id": "x", "results": [{"index": 0, "relevance_score": 0.5}]}
MIB = 1 << 20


@frozen
class Mode:
    """A hostile answer: the bytes of it, then `drop` again and again (`times` at most), and the names of the errors that it may end in."""

    name: str
    data: bytes | Any
    ends: tuple[str, ...]
    drop: bytes = b""
    times: int = 1 << 30
    pause: float = 0.02


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as it goes over the wire, with the length that it has."""
    head = "".join(
        f"{line}\r\n"
        for line in (f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers)
    )
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + body


def chunked(body: bytes, *headers: str) -> bytes:
    """Return an answer in chunks."""
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers))
    return head.encode() + b"\r\n" + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


def result(**more: Any) -> bytes:
    """Return a body of one result, with other members."""
    return json.dumps({**GOOD, "results": [{**GOOD["results"][0], **more}]}).encode()  # type: ignore[dict-item]


def refusal(text: str, status: str = "401 Unauthorized") -> bytes:
    """Return an error whose message is a text, written into JSON as it stands."""
    return answer(f'{{"code": 1, "message": "{text}", "data": null}}'.encode("utf-8", "surrogatepass"), status)


SHAPE, STATUS, CONNECTION, TIMEOUT = "ResponseShapeError", "APIStatusError", "APIConnectionError", "APITimeoutError"
REFUSED = "AuthenticationError"


def spellings() -> Iterator[tuple[str, str]]:
    """Yield the ways in which an error's message may spell the key, as they stand inside a string of JSON."""
    yield "plain", KEY
    yield "escapes", "".join(f"\\u{ord(char):04x}" for char in KEY)
    yield "escapes in capitals", "".join(f"\\u{ord(char):04X}" for char in KEY)
    yield "escapes of some", "".join(f"\\u{ord(char):04x}" if i % 2 else char for i, char in enumerate(KEY))
    yield "escapes of escapes", "".join(f"\\\\u{ord(char):04x}" for char in KEY)
    yield "slashes", KEY.replace("/", "\\/")
    yield "percent", "".join(f"%{ord(char):02x}" for char in KEY)
    yield "percent of some", KEY.replace("/", "%2F").replace("+", "%2B").replace("-", "%2D")
    yield "percent twice", "".join(f"%25{ord(char):02X}" for char in KEY)
    yield "entities", "".join(f"&#{ord(char)};" for char in KEY)
    yield "entities in hexadecimal", "".join(f"&#x{ord(char):x};" for char in KEY)
    yield "hexadecimal escapes", "".join(f"\\\\x{ord(char):02x}" for char in KEY)
    yield "hexadecimal", KEY.encode().hex()
    for before in ("", "a", "ab", "Bearer ", f"{'x' * 50}"):
        yield f"base64 after {len(before)}", base64.b64encode((before + KEY + "!").encode()).decode()
    yield "base64 for URLs", base64.urlsafe_b64encode(("Bearer " + KEY).encode()).decode()
    yield "capitals", KEY.upper()


def modes() -> Iterator[Mode]:
    """Yield every hostile mode."""
    yield from _bodies()
    yield from _encodings()
    yield from _headers()
    yield from _framing()
    yield from _timing()
    yield from _escapes()
    for name, text in spellings():
        yield Mode(f"key: {name}", refusal(f"the key {text} is bad"), (REFUSED,))
    yield Mode("key: in a page", answer(f"<p>{KEY}</p>".encode(), "401 Unauthorized"), (REFUSED,))
    yield Mode(
        "key: escapes in broken JSON",
        answer(b'{"message": "' + "".join(f"\\u{ord(char):04x}" for char in KEY).encode(), "401 Unauthorized"),
        (REFUSED,),
    )
    yield Mode(
        "key: in the code", answer(json.dumps({"code": KEY, "message": "no"}).encode(), "401 Unauthorized"), (REFUSED,)
    )
    yield Mode("key: across the cut", refusal("x" * 490 + KEY), (REFUSED,))
    yield Mode(
        "key: in headers",
        answer(b"{}", "401 Unauthorized", f"x-siliconcloud-trace-id: {KEY}", f"X-Echo: {KEY}"),
        (REFUSED,),
    )
    yield Mode("key: in the reason", answer(b"", f"401 {KEY}"), (REFUSED,))
    yield Mode("key: in a value that does not fit", answer(json.dumps({"id": "x", "results": KEY}).encode()), (SHAPE,))
    yield Mode(
        "key: in escapes that do not fit",
        answer(b'{"id": "x", "results": "' + "".join(f"\\u{ord(char):04x}" for char in KEY).encode() + b'"}'),
        (SHAPE,),
    )
    told = json.dumps({"message": f"the key {KEY} is bad"})
    for charset in ("utf-16", "utf-16-be", "utf-32", "cp037"):
        typed = f"Content-Type: text/plain; charset={charset}"
        yield Mode(f"key: in {charset}", answer(told.encode(charset), "401 Unauthorized", typed), (REFUSED,))
        yield Mode(f"key: in {charset} that does not fit", answer(told.encode(charset), "200 OK", typed), (SHAPE,))
    yield Mode("key: in UTF-16 that nobody names", answer(told.encode("utf-16"), "401 Unauthorized"), (REFUSED,))
    yield Mode(
        "key: in UTF-7",
        answer(
            b"+" + base64.b64encode(KEY.encode("utf-16-be")).rstrip(b"=") + b"-",
            "401 Unauthorized",
            "Content-Type: text/plain; charset=utf-7",
        ),
        (REFUSED,),
    )
    yield Mode("key: in no JSON", answer(f"Welcome {KEY}".encode()), (SHAPE,))
    yield Mode("key: in a status line", f"HTTP/9.9 {KEY}\r\n\r\n".encode(), (CONNECTION,))
    yield Mode("key: in a broken header", f"HTTP/1.1 200 OK\r\n{KEY} no colon\r\n\r\n".encode(), (CONNECTION,))


def _bodies() -> Iterator[Mode]:
    yield Mode("body: 30 MB of spaces", lambda: answer(b" " * (30 * MIB)), (SHAPE,))
    yield Mode("body: endless", b"HTTP/1.1 200 OK\r\n\r\n{", (SHAPE, TIMEOUT), b" " * MIB, pause=0)
    yield Mode("body: endless error", b"HTTP/1.1 500 Oh\r\n\r\n{", ("ServerError", TIMEOUT), b" " * MIB, pause=0)
    yield Mode(
        "body: endless chunks",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        (SHAPE, TIMEOUT),
        b"100000\r\n" + b" " * MIB + b"\r\n",
        pause=0,
    )
    yield Mode(
        "body: a million objects", lambda: answer(b'{"id":"x","results":[' + b"{}," * 1_000_000 + b"{}]}"), (SHAPE,)
    )
    yield Mode("body: a million lists", lambda: answer(b"[" + b"[]," * 1_000_000 + b"[]]"), (SHAPE,))
    yield Mode(
        "body: a million results",
        lambda: answer(b'{"id":"x","results":[' + b",".join([b'{"index":0,"relevance_score":0}'] * 100_000) + b"]}"),
        (SHAPE,),
    )
    yield Mode("body: deep lists", answer(b"[" * 100_000), (SHAPE,))
    yield Mode("body: deep member", answer(result()[:-1] + b', "new": ' + b"[" * 700 + b"]" * 700 + b"}"), (SHAPE,))
    yield Mode(
        "body: deep member of a result",
        answer(result(new=0).replace(b": 0}", b": " + b"[" * 700 + b"]" * 700 + b"}")),
        (SHAPE,),
    )
    yield Mode("body: deep objects", answer(b'{"a":' * 100_000), (SHAPE,))
    yield Mode("body: deep error", answer(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "400 No"), ("BadRequestError",))
    yield Mode(
        "body: long number",
        answer(b'{"id":"x","results":[{"index":' + b"9" * 100_000 + b',"relevance_score":0}]}'),
        (SHAPE,),
    )
    yield Mode("body: huge exponent", answer(b'{"id":"x","results":[{"index":0,"relevance_score":1e99999}]}'), (SHAPE,))
    yield Mode(
        "body: huge integer score",
        answer(b'{"id":"x","results":[{"index":0,"relevance_score":' + b"9" * 4000 + b"}]}"),
        (SHAPE,),
    )
    yield Mode("body: NaN", answer(b'{"id":"x","results":[{"index":0,"relevance_score":NaN}]}'), (SHAPE,))
    yield Mode("body: index beyond", answer(result(index=10**9)), (SHAPE,))
    yield Mode("body: index of a float", answer(result(index=1e308)), (SHAPE,))
    yield Mode("body: index of true", answer(result(index=True)), (SHAPE,))
    yield Mode("body: keys twice", answer(b'{"id":"x","results":[],"results":7}'), (SHAPE,))
    yield Mode(
        "body: dunder keys",
        answer(b'{"id":"x","results":[],"__class__":"x","__init__":1,"_more":{"a":1},"trace_id":7}'),
        ("",),
    )
    yield Mode("body: lone surrogates", answer(b'{"id":"\\ud800","results":"\\udfff"}'), (SHAPE,))
    yield Mode("body: surrogate error", refusal("\\ud800 bad"), (REFUSED,))
    yield Mode("body: zero bytes", answer(b"\0" * 1000), (SHAPE,))
    yield Mode("body: UTF-16", answer(json.dumps(GOOD).encode("utf-16")), ("", SHAPE))
    yield Mode("body: byte order mark", answer(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()), ("", SHAPE))
    yield Mode("body: not UTF-8", answer(b"\xff\xfe\xfd" * 100), (SHAPE,))
    yield Mode(
        "body: charset of a codec",
        answer(b"aGk=", "400 No", "Content-Type: text/plain; charset=base64"),
        ("BadRequestError",),
    )
    for charset in ("punycode", "idna", "unicode_escape", "undefined"):
        yield Mode(
            f"body: charset {charset}",
            answer(b"-" + b"a" * MIB, "400 No", f"Content-Type: text/plain; charset={charset}"),
            ("BadRequestError",),
        )
    yield Mode(
        "body: charset unheard of",
        answer(b"hi", "400 No", "Content-Type: text/plain; charset=\x01nonsense"),
        ("BadRequestError", CONNECTION),
    )
    yield Mode("body: long message", refusal("x" * (3 * MIB)), (REFUSED,))
    yield Mode("body: escapes by the megabyte", refusal("\\u001b" * 500_000), (REFUSED,))
    yield Mode("body: percent by the megabyte", refusal("%25" * 500_000), (REFUSED,))
    yield Mode("body: backslashes by the megabyte", refusal("\\\\" * 500_000), (REFUSED,))


@cache
def packed(window: int) -> bytes:
    """Return 200 MB of spaces, packed: gzip by a window of 31, deflate by 15."""
    packer = zlib.compressobj(1, wbits=window)
    space = b" " * MIB
    return b"".join(packer.compress(space) for _ in range(200)) + packer.flush()


def _encodings() -> Iterator[Mode]:
    # Made when they are served: a worker that collects the tests needs none of them.
    yield Mode("encoding: gzip bomb", lambda: answer(packed(31), "200 OK", "Content-Encoding: gzip"), (SHAPE,))
    yield Mode(
        "encoding: gzip bomb under an error",
        lambda: answer(packed(31), "503 Busy", "Content-Encoding: gzip"),
        ("ServiceUnavailableError",),
    )
    yield Mode(
        "encoding: gzip twice",
        lambda: answer(gzip.compress(packed(31)), "200 OK", "Content-Encoding: gzip, gzip"),
        (SHAPE,),
    )
    yield Mode(
        "encoding: two headers",
        lambda: answer(gzip.compress(packed(31)), "200 OK", "Content-Encoding: gzip", "Content-Encoding: gzip"),
        (SHAPE,),
    )
    yield Mode(
        "encoding: gzip and identity twice",
        answer(gzip.compress(json.dumps(GOOD).encode()), "200 OK", "Content-Encoding: identity, gzip, identity"),
        ("",),
    )
    yield Mode("encoding: deflate bomb", lambda: answer(packed(15), "200 OK", "Content-Encoding: deflate"), (SHAPE,))
    yield Mode(
        "encoding: raw deflate",
        answer(zlib.compress(json.dumps(GOOD).encode(), wbits=-15), "200 OK", "Content-Encoding: deflate"),
        ("",),
    )
    yield Mode("encoding: in chunks", lambda: chunked(packed(31), "Content-Encoding: gzip"), (SHAPE,))
    yield Mode("encoding: br", answer(b"\x0b\x02\x80", "200 OK", "Content-Encoding: br"), (SHAPE,))
    yield Mode("encoding: zstd", answer(b"\x28\xb5\x2f\xfd", "200 OK", "Content-Encoding: zstd"), (SHAPE,))
    yield Mode("encoding: no gzip", answer(b"{}", "200 OK", "Content-Encoding: gzip"), (SHAPE,))
    yield Mode(
        "encoding: cut",
        answer(gzip.compress(json.dumps(GOOD).encode())[:-9], "200 OK", "Content-Encoding: gzip"),
        (SHAPE,),
    )
    yield Mode(
        "encoding: a hundred", answer(b"{}", "200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 100)), (SHAPE,)
    )
    yield Mode("encoding: unheard of", answer(b"{}", "200 OK", "Content-Encoding: \x7fmagic"), (SHAPE, CONNECTION))


def _headers() -> Iterator[Mode]:
    many = "".join(f"X-{i}: {'a' * 50}\r\n" for i in range(10_000))
    yield Mode("headers: ten thousand", f"HTTP/1.1 200 OK\r\n{many}\r\n{{}}".encode(), (CONNECTION,))
    yield Mode("headers: one long", b"HTTP/1.1 200 OK\r\nX: " + b"a" * (2 * MIB) + b"\r\n\r\n{}", (CONNECTION,))
    yield Mode("headers: endless", b"HTTP/1.1 200 OK\r\n", (CONNECTION, TIMEOUT), b"X: a\r\n" * 1000, pause=0)
    yield Mode(
        "headers: informational for ever", b"", (CONNECTION, TIMEOUT), b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50, pause=0
    )
    yield Mode(
        "headers: Retry-After beyond the calendar",
        answer(b"{}", "429 No", "Retry-After: Fri, 31 Dec 99999 23:59:59 GMT"),
        ("RateLimitError",),
    )
    yield Mode("headers: Retry-After for ever", answer(b"{}", "429 No", "Retry-After: 1e308"), ("RateLimitError",))
    yield Mode(
        "headers: Retry-After of a million digits",
        answer(b"{}", "429 No", "Retry-After: " + "9" * 60_000),
        ("RateLimitError",),
    )
    yield Mode("headers: cookie", answer(json.dumps(GOOD).encode(), "200 OK", "Set-Cookie: a=b; Domain=.com"), ("",))
    yield Mode(
        "headers: authentication asked for", answer(b"{}", "401 No", 'WWW-Authenticate: Digest realm="x"'), (REFUSED,)
    )
    for place in (
        "http://127.0.0.1:1/steal",
        "//127.0.0.1:1/steal",
        "/v1/rerank",
        "file:///etc/passwd",
        "\x01",
        "http://[::1",
    ):
        yield Mode(f"redirect: {place!r}", answer(b"", "307 Go", f"Location: {place}"), (STATUS, CONNECTION))
    yield Mode("redirect: 303", answer(b"", "303 Go", "Location: http://127.0.0.1:1/"), (STATUS,))


def _framing() -> Iterator[Mode]:
    yield Mode("framing: closed at once", b"", (CONNECTION,), times=0)
    yield Mode("framing: nonsense", b"\x16\x03\x01\x02\x00" * 100, (CONNECTION,), times=0)
    yield Mode("framing: HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (CONNECTION,), times=0)
    yield Mode("framing: HTTP/0.9", b"{}", (CONNECTION,), times=0)
    yield Mode("framing: short body", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", (CONNECTION,), times=0)
    yield Mode("framing: negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", (CONNECTION,), times=0)
    yield Mode(
        "framing: two lengths",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        (CONNECTION,),
        times=0,
    )
    yield Mode(
        "framing: length of 10^30",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1" + b"0" * 19 + b"\r\n\r\n{}",
        (CONNECTION, SHAPE),
        times=0,
    )
    yield Mode(
        "framing: chunk of 10^15",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n{}",
        (CONNECTION,),
        times=0,
    )
    yield Mode(
        "framing: bad chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", (CONNECTION,), times=0
    )
    yield Mode(
        "framing: chunked twice",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        (CONNECTION,),
        times=0,
    )
    yield Mode(
        "framing: trailers",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"X: a\r\n" * 100_000 + b"\r\n",
        (CONNECTION, SHAPE),
        times=0,
    )
    yield Mode("framing: status 99", b"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", (CONNECTION, STATUS), times=0)
    yield Mode("framing: status 999", answer(b"{}", "999 Odd"), (STATUS, "ServerError"))
    yield Mode("framing: status 204", b"HTTP/1.1 204 Nothing\r\n\r\n", (SHAPE,))
    yield Mode(
        "framing: status 101",
        b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        (STATUS, CONNECTION, TIMEOUT),
        b"x",
    )
    yield Mode(
        "framing: second answer behind the first", answer(json.dumps(GOOD).encode()) + answer(b"{}", "500 No"), ("",)
    )


def _timing() -> Iterator[Mode]:
    yield Mode("timing: silence", b"", (TIMEOUT,), b"", pause=10)
    yield Mode("timing: dripping headers", b"HTTP/1.1 200 OK\r\nX: ", (TIMEOUT,), b"a")
    yield Mode("timing: dripping body", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{", (TIMEOUT,), b" ")
    yield Mode(
        "timing: dripping chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", (TIMEOUT,), b"1\r\n \r\n"
    )
    yield Mode("timing: dripping without a length", b"HTTP/1.1 200 OK\r\n\r\n", (TIMEOUT,), b" ")
    yield Mode("timing: dripping error", b"HTTP/1.1 503 Busy\r\nContent-Length: 99999\r\n\r\n", (TIMEOUT,), b" ")
    yield Mode("timing: dripping gzip", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", (TIMEOUT,), b"\0")
    yield Mode("timing: half a status line", b"HTTP/1.", (TIMEOUT,), b"", pause=10)


def _escapes() -> Iterator[Mode]:
    clear = "\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e"
    yield Mode("escapes: in a message", refusal(f"clear {clear}"), (REFUSED,))
    yield Mode("escapes: in a page", answer(b"\x1b[2J\x1b]52;c;aGk=\x07 page \x9b", "502 Bad"), ("ServerError",))
    yield Mode(
        "escapes: in the code",
        answer(f'{{"code": "{clear}", "message": "no"}}'.encode(), "400 No"),
        ("BadRequestError",),
    )
    yield Mode(
        "escapes: in a value that does not fit", answer(f'{{"id": "x", "results": "{clear}"}}'.encode()), (SHAPE,)
    )
    yield Mode("escapes: in no JSON", answer(b"\x1b[2J Welcome"), (SHAPE,))
    yield Mode("escapes: in an error under 200", answer(f'{{"code": 1, "message": "{clear} no"}}'.encode()), (SHAPE,))
    yield Mode(
        "escapes: in the trace id",
        answer(b"{}", "400 No", "x-siliconcloud-trace-id: a\udc9b31m"),
        ("BadRequestError", CONNECTION),
    )
    yield Mode("escapes: in the reason", answer(b"", "400 \udc9b31m"), ("BadRequestError", CONNECTION))
    yield Mode("escapes: in a status line", b"HTTP/1.1 \x1b[2J\r\n\r\n", (CONNECTION,))
    yield Mode("escapes: in an encoding", answer(b"{}", "200 OK", "Content-Encoding: \udc9b31m"), (SHAPE, CONNECTION))
