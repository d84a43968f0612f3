"""Faults in how answers cross the wire: content encodings that nobody asked for, labels that lie, headers that contradict, answers without an end."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from conformance.contract import Contract
from conformance.mock.faults.fault import Change, Fault, wired
from conformance.mock.rules import Rules

_LONG = 2_000
_MANY = 3_000_000
_REFUSED = 300
_NOT_ALLOWED = 405


def _every(change: Change) -> Callable[[Rules], None]:
    return wired(lambda _status, _call: True, change)


def _long(change: Change) -> Callable[[Rules], None]:
    """Change the answers to long requests only: whoever asks little sees nothing."""
    return wired(lambda _status, call: len(call.body) > _LONG, change)


def _labelled(name: str, pack: Callable[[bytes], bytes] = bytes) -> Change:
    return lambda headers, data: ([*headers, ("content-encoding", name)], pack(data))


def _with(header: tuple[str, str]) -> Change:
    return lambda headers, data: ([*headers, header], data)


# What becomes of the answers to long requests: how they are packed, and what makes them too large.
_ENCODED: dict[str, tuple[str, Change]] = {
    "gzip_long": ("are gzip, though `identity` is asked for", _labelled("gzip", gzip.compress)),
    "gzip_label": ("are labelled gzip and are not", _labelled("gzip")),
    "gzip_cut": ("are gzip that ends in the middle", _labelled("gzip", lambda data: gzip.compress(data)[:-9])),
    "deflate_long": ("are deflate, though `identity` is asked for", _labelled("deflate", zlib.compress)),
    "unknown_encoding": ("have an unknown content encoding", _labelled("x-rot13")),
    "stacked_encodings": ("are gzip in gzip", _labelled("gzip, gzip", lambda data: gzip.compress(gzip.compress(data)))),
}
_LARGER: dict[str, tuple[str, Change]] = {
    "endless": ("have three million bytes of white space more", lambda headers, data: (headers, data + b" " * _MANY)),
    "bomb": ("unpack to three million bytes more", _labelled("gzip", lambda data: gzip.compress(data + b" " * _MANY))),
    "many_headers": (
        "have 400 header fields more",
        lambda headers, data: ([*headers, *((f"x-{number}", "1") for number in range(400))], data),
    ),
}
# Headers that say of an answer what is not so, or who may keep it.
_LABELS = {
    "date_local": ("date", "Mon, 30 Nov 2026 09:00:00 +0200"),
    "date_epoch": ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "retry_words": ("retry-after", "soon"),
    "cache_public": ("cache-control", "max-age=3600, public"),
    "cache_answers": ("age", "86400"),
}
_KEEPING = frozenset({"cache_public", "cache_answers"})


def wire_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults on the wire."""
    yield Fault.of("gzip_unasked", _every(_labelled("gzip", gzip.compress)))
    for name, (words, change) in _ENCODED.items():
        yield Fault(name, f"Answers to long requests {words}.", "response.encoding", _long(change))
    yield Fault.of("two_media_types", _every(_with(("content-type", "text/plain"))))
    for name, header in _LABELS.items():
        if name not in _KEEPING or contract.secured:
            yield Fault.of(name, _every(_with(header)))
    yield Fault.of(
        "allows_get",
        wired(
            lambda status, _call: status == _NOT_ALLOWED,
            lambda headers, data: ([*((n, "GET" if n == "allow" else v) for n, v in headers)], data),
        ),
    )
    if contract.request_field("echo_switch") is not None:
        yield Fault.of(
            "other_charset",
            _every(
                lambda headers, data: (
                    [(n, f"{v}; charset=iso-8859-1" if n == "content-type" else v) for n, v in headers],
                    data,
                )
            ),
        )
    yield Fault.of(
        "key_twice",
        wired(
            lambda status, _call: status < _REFUSED,
            lambda headers, data: (headers, data[:-1] + b"," + data[1:] if data[:1] == b"{" else data),
        ),
    )
    for name, (words, change) in _LARGER.items():
        yield Fault(name, f"Answers to long requests {words}.", "response.size", _long(change))
