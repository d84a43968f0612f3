"""An answer as it arrives: read raw, within ceilings, and in turns with everything else."""

import asyncio
import itertools
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

import httpx
from attrs import define, field

from conformance.exchange.ceiling import EXCERPT, Ceilings
from conformance.exchange.decoding import DecodingError, NotEncodedError, TooLongError, codings, undo
from conformance.exchange.redaction import redact, redact_headers
from conformance.model.exchange import Flaw, Response

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

    def response(self, error: str | None, ceiling: int, secrets: Collection[str]) -> Response:
        """Return what arrived as an answer, without keys; `error` says why it broke off, if it did."""
        body, flaw, defect = b"".join(self.parts), Flaw.SIZE if self.defect else None, self.defect
        named = codings([value for name, value in self.headers if name.lower() == "content-encoding"])
        if error is not None and flaw is None:
            defect, flaw = f"the answer broke off after {len(body):,} bytes of its body: {error}", Flaw.CUT
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
            body = redact(body, secret)
        return Response(self.status, redact_headers(self.headers, secrets), body, defect, flaw)


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
