"""Faults in how answers cross the wire: content encodings that nobody asked for, labels that lie, headers that contradict, answers without an end."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from conformance.contract import Contract
from conformance.mock.faults.fault import Change, Fault, listed, wired
from conformance.mock.rules import Headers, Rules

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


# What becomes of the answers to long requests: how they are packed.
_ENCODED: dict[str, Change] = {
    "gzip_long": _labelled("gzip", gzip.compress),
    "gzip_label": _labelled("gzip"),
    "gzip_cut": _labelled("gzip", lambda data: gzip.compress(data)[:-9]),
    "deflate_long": _labelled("deflate", zlib.compress),
    "unknown_encoding": _labelled("x-rot13"),
    "stacked_encodings": _labelled("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
}
# And what makes them too large.
_LARGER: dict[str, Change] = {
    "endless": lambda headers, data: (headers, data + b" " * _MANY),
    "bomb": _labelled("gzip", lambda data: gzip.compress(data + b" " * _MANY)),
    "many_headers": lambda headers, data: ([*headers, *((f"x-{number}", "1") for number in range(400))], data),
}
# Headers that say of an answer what is not so, or who may keep it.
_LABELS = {
    "date_local": ("date", "Mon, 30 Nov 2026 09:00:00 +0200"),
    "date_epoch": ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    "retry_words": ("retry-after", "soon"),
    "cache_public": ("cache-control", "max-age=3600, public"),
    "cache_answers": ("age", "86400"),
}


def _in_place(name: str, said: str, headers: Headers) -> Headers:
    """Return headers with something else under a name; `{}` in it stands for what was there."""
    return [(key, said.format(value) if key == name else value) for key, value in headers]


def _twice(headers: Headers, data: bytes) -> tuple[Headers, bytes]:
    return headers, data[:-1] + b"," + data[1:] if data[:1] == b"{" else data


_FAULTS = {
    "gzip_unasked": _every(_labelled("gzip", gzip.compress)),
    **{name: _long(change) for name, change in _ENCODED.items()},
    "two_media_types": _every(_with(("content-type", "text/plain"))),
    **{name: _every(_with(header)) for name, header in _LABELS.items()},
    "allows_get": wired(
        lambda status, _call: status == _NOT_ALLOWED, lambda headers, data: (_in_place("allow", "GET", headers), data)
    ),
    "other_charset": _every(lambda headers, data: (_in_place("content-type", "{}; charset=iso-8859-1", headers), data)),
    "key_twice": wired(lambda status, _call: status < _REFUSED, _twice),
    **{name: _long(change) for name, change in _LARGER.items()},
}


def wire_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults on the wire."""
    yield from listed(contract, _FAULTS)
