"""An answer as it arrives: read raw, within ceilings, and in turns with everything else."""

import asyncio
import itertools
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

import httpx
from attrs import define, field

from conformance.exchange.ceiling import EXCERPT, Ceilings
from conformance.exchange.redaction import redact, redact_headers
from conformance.model.exchange import NO_HTTP, Flaw, Response

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


_T = TypeVar("_T")
# What is read in one go before others have their turn, in seconds; and a body that is worth a thread, in bytes.
_GO = 0.02
_WORK = 64_000
_FIELDS = "rerank_conformance_fields"


@define
class Arrival:
    """What of an answer arrived so far, keys and all; `defect` says what made reading stop."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    parts: list[bytes] = field(factory=list, repr=False)
    size: int = 0
    defect: str = ""

    async def read(self, client: httpx.AsyncClient, request: httpx.Request, ceilings: Ceilings, sent: int) -> None:
        """Send a request of so many bytes and take in the answer, its content encoding left on, up to the ceilings; raises httpx.HTTPError."""
        answer = await client.send(request, stream=True)
        try:
            self.begin(answer.status_code, answer.extensions[_FIELDS], ceilings)
            ceiling, began = ceilings.body_for(sent), time.perf_counter()
            async for part in answer.aiter_raw():
                if not self.take(part, ceiling):
                    return
                if time.perf_counter() - began > _GO:
                    # Many small pieces come in one go.
                    await asyncio.sleep(0)
                    began = time.perf_counter()
        finally:
            await answer.aclose()

    def begin(self, status: int, fields: list[tuple[bytes, bytes]], ceilings: Ceilings) -> None:
        """Take in the status and as many header fields as the ceilings allow."""
        size = sum(map(_size, fields))
        if len(fields) > ceilings.fields:
            self.defect = f"it has {len(fields):,} header fields, and no more than {ceilings.fields:,} are read"
        elif size > ceilings.headers:
            self.defect = f"its headers have {size:,} bytes, and no more than {ceilings.headers:,} are read"
        self.headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in _first(fields, ceilings)
        )
        self.status = status

    def take(self, part: bytes, ceiling: int) -> bool:
        """Take in a part of the body; whether more is wanted."""
        self.parts.append(part)
        self.size += len(part)
        if self.size > ceiling:
            self.defect = f"its body is longer than {ceiling:,} bytes, and was not read further"
        return self.size <= ceiling

    def response(
        self, error: str | None, ceiling: int, secrets: Collection[str], known: bytes = b"", *, stranger: bool = False
    ) -> Response:
        """Return what arrived as an answer, without keys as `redact` takes them out; `error` says why it broke off, if it did."""
        body, flaw, defect = b"".join(self.parts), Flaw.SIZE if self.defect else None, self.defect
        named = codings([value for name, value in self.headers if name.lower() == "content-encoding"])
        if error is not None and flaw is None:
            defect = f"the answer broke off after {len(body):,} bytes of its body: {error}"
            flaw = Flaw.ENCODING if error.startswith(NO_HTTP) else Flaw.CUT
        try:
            # What is packed is not kept where it cannot be unpacked: a key in it would not be found.
            body = undo(body, named, ceiling) if flaw is None else b"" if named else body
        except DecodingError as failure:
            defect, flaw = (
                f"its body cannot be read: {failure}",
                Flaw.SIZE if isinstance(failure, TooLongError) else Flaw.ENCODING,
            )
            body = body if isinstance(failure, NotEncodedError) else b""
        body = body[:EXCERPT] if flaw else body
        for secret in secrets:
            body = redact(body, secret, known, stranger=stranger)
        return Response(
            self.status, redact_headers(self.headers, secrets, known, stranger=stranger), body, defect, flaw
        )


async def as_it_came(response: httpx.Response) -> None:
    """Keep the headers as they came, and leave httpx no Location to work on: an odd one would cost the answer. An event hook."""
    response.extensions[_FIELDS] = response.headers.raw
    response.headers.pop("location", None)


async def apart(size: int, work: Callable[[], _T]) -> _T:
    """Do work on so many bytes, in a thread where they are many, so that nothing else waits for it."""
    return work() if size < _WORK else await asyncio.to_thread(work)


def _size(field: tuple[bytes, bytes]) -> int:
    return len(field[0]) + len(field[1]) + 4


def _first(fields: Iterable[tuple[bytes, bytes]], ceilings: Ceilings) -> Iterator[tuple[bytes, bytes]]:
    """Yield as many header fields as the ceilings allow."""
    left = ceilings.headers
    for one in itertools.islice(fields, ceilings.fields):
        left -= _size(one)
        if left < 0:
            return
        yield one
