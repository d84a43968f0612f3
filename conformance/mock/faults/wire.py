"""Faults in how answers cross the wire: content encodings that nobody asked for, labels that lie, headers that contradict, answers without an end."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from conformance.contract import Contract
from conformance.mock.faults.fault import Change, Fault, wired
from conformance.mock.rules import Rules

_LONG = 2_000
_MANY = 3_000_000


def _every(change: Change) -> Callable[[Rules], None]:
    return wired(lambda _status, _call: True, change)


def _long(change: Change) -> Callable[[Rules], None]:
    """Change the answers to long requests only: whoever asks little sees nothing."""
    return wired(lambda _status, call: len(call.body) > _LONG, change)


def _labelled(name: str, pack: Callable[[bytes], bytes] = bytes) -> Change:
    return lambda headers, data: ([*headers, ("content-encoding", name)], pack(data))


def wire_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults on the wire."""
    yield Fault(
        "gzip_unasked",
        "Every answer is gzip, though `identity` is asked for.",
        "response.encoding",
        _every(_labelled("gzip", gzip.compress)),
    )
    yield Fault(
        "gzip_long",
        "Answers to long requests are gzip, though `identity` is asked for.",
        "response.encoding",
        _long(_labelled("gzip", gzip.compress)),
    )
    yield Fault(
        "gzip_label",
        "Answers to long requests are labelled gzip and are not.",
        "response.encoding",
        _long(_labelled("gzip")),
    )
    yield Fault(
        "gzip_cut",
        "Answers to long requests are gzip that ends in the middle.",
        "response.encoding",
        _long(_labelled("gzip", lambda data: gzip.compress(data)[:-9])),
    )
    yield Fault(
        "deflate_long",
        "Answers to long requests are deflate, though `identity` is asked for.",
        "response.encoding",
        _long(_labelled("deflate", zlib.compress)),
    )
    yield Fault(
        "unknown_encoding",
        "Answers to long requests have an unknown content encoding.",
        "response.encoding",
        _long(_labelled("x-rot13")),
    )
    yield Fault(
        "stacked_encodings",
        "Answers to long requests are gzip in gzip.",
        "response.encoding",
        _long(_labelled("gzip, gzip", lambda data: gzip.compress(gzip.compress(data)))),
    )
    yield Fault(
        "two_media_types",
        "An answer has two Content-Types that differ.",
        "response.encoding",
        _every(lambda headers, data: ([*headers, ("content-type", "text/plain")], data)),
    )
    if contract.request_field("echo_switch") is not None:
        yield Fault(
            "other_charset",
            "An answer in UTF-8 is labelled iso-8859-1.",
            "response.json",
            _every(
                lambda headers, data: (
                    [(n, f"{v}; charset=iso-8859-1" if n == "content-type" else v) for n, v in headers],
                    data,
                )
            ),
        )
    yield Fault(
        "endless",
        "Answers to long requests have three million bytes of white space more.",
        "response.size",
        _long(lambda headers, data: (headers, data + b" " * _MANY)),
    )
    yield Fault(
        "bomb",
        "Answers to long requests unpack to three million bytes more.",
        "response.size",
        _long(_labelled("gzip", lambda data: gzip.compress(data + b" " * _MANY))),
    )
    yield Fault(
        "many_headers",
        "Answers to long requests have 400 header fields more.",
        "response.size",
        _long(lambda headers, data: ([*headers, *((f"x-{number}", "1") for number in range(400))], data)),
    )
