"""Undoing one content encoding, within bounds. Nobody asked for one: requests say `identity`."""

import zlib
from collections.abc import Iterator, Sequence

_PIECE = 64_000
_MEMBERS = 100
_GZIP = b"\x1f\x8b"
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


class DecodingError(Exception):
    """A body cannot be read as its content encoding says; the message says why."""


class NotEncodedError(DecodingError):
    """A body has none of the encoding that its label names."""


class TooLongError(DecodingError):
    """A body is longer than the ceiling without its encoding."""


def codings(values: Sequence[str]) -> tuple[str, ...]:
    """Return the content encodings that the values of a header name, in the order they were applied, without identity."""
    named = (part.strip().lower() for value in values for part in value.split(","))
    return tuple(name for name in named if name not in {"", "identity"})


def undo(body: bytes, named: Sequence[str], ceiling: int) -> bytes:
    """Return a body without its encoding; raises DecodingError, also for more than one and for more bytes than the ceiling."""
    if not named:
        return body
    if len(named) > 1:
        raise DecodingError(f"it has {len(named)} content encodings, one in another ({', '.join(named)[:80]})")
    windows = _WINDOWS.get(named[0])
    if windows is None:
        msg = f"its content encoding {named[0][:40]!r} was not asked for and is not one that this suite reads"
        raise DecodingError(msg)
    if not body:
        return body
    for number, window in enumerate(windows):
        try:
            return b"".join(_inflated(body, window, ceiling))
        except zlib.error as error:
            if number + 1 == len(windows):
                msg = f"it is labelled {named[0]} and is not ({str(error)[:80]})"
                raise (DecodingError if body[:2] == _GZIP else NotEncodedError)(msg) from error
    return body


def _inflated(body: bytes, window: int, ceiling: int) -> Iterator[bytes]:
    size, members = 0, 1
    member = zlib.decompressobj(window)
    for at in range(0, len(body), _PIECE):
        left = body[at : at + _PIECE]
        while left:
            if member.eof:
                # gzip may have several members, one after the other.
                member, members = zlib.decompressobj(window), members + 1
                if members > _MEMBERS:
                    raise DecodingError(f"its content encoding has more than {_MEMBERS} parts")
            piece = member.decompress(left, _PIECE)
            size += len(piece)
            if size > ceiling:
                raise TooLongError(f"without its content encoding it is longer than {ceiling:,} bytes")
            yield piece
            left = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise DecodingError("its content encoding ends in the middle")
