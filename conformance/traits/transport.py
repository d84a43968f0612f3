"""What happens around the operation: a trailing slash, another method, and how much is taken."""

from collections.abc import Iterator
from functools import partial

from conformance.model.clause import Impact
from conformance.model.exchange import Request
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS, filler, many
from conformance.traits.trait import NOT_ASKED, Seen, Trait, TraitValue, message, refused, rows, unseen

_DOCUMENTS = 64
_BYTES = 16_384
_STEP = 4


def transport_traits(kit: Kit) -> Iterator[Trait]:
    """Yield what to ask about path and method."""
    declared = {method.upper() for method in kit.contract.document["paths"][kit.contract.template]}
    if "GET" not in declared:
        get = kit.request(b"", method="GET", media="")
        yield Trait("method.get", "GET in place of the declared method", (get,), lambda look: _status(look, get))


def trailing_slash(kit: Kit) -> Trait:
    """Return how the declared path is answered with a slash behind it."""
    slash = kit.request(kit.body(), path=f"{kit.contract.path}/")
    sentence = "The declared path with a trailing slash"
    return Trait("trailing_slash", sentence, (slash,), lambda look: _status(look, slash))


def _status(look: Seen, request: Request) -> TraitValue:
    reading = look.of(request)
    if reading is None:
        return NOT_ASKED
    response = reading.exchange.response
    if response is None or not reading.available:
        return unseen(f"the service was not available ({reading.exchange.error or reading.status})", reading)
    where = response.header("location")
    ids = (reading.exchange.id,)
    if where is not None:
        return TraitValue(f"{reading.status}, to {where[:120]}", f"redirect {reading.status}", ids)
    if reading.success:
        kind = "ranked" if rows(reading) is not None else f"answered with {response.media_type or 'no media type'}"
        return TraitValue(f"{reading.status}: {kind}", f"{reading.status} {kind}", ids)
    return refused(reading)


def limit_traits(kit: Kit, documents: int, size: int) -> Iterator[Trait]:
    """Yield what to ask to find limits, up to a number of documents and a number of bytes in one document; 0 leaves one out."""
    primary = kit.primary
    lists = {number: kit.documents(primary, many(number)) for number in _ladder(_DOCUMENTS, documents)}
    texts = {
        number: kit.documents(primary, (filler(number // 4)[:number], DOCUMENTS[1])) for number in _ladder(_BYTES, size)
    }
    for unit, sentence, held in (
        ("documents", "Documents in one request", lists),
        ("bytes", "Bytes in one document", texts),
    ):
        steps = [(number, kit.request(kit.body(documents=listed))) for number, listed in held.items()]
        if steps:
            asked, read = tuple(request for _, request in steps), partial(_ladder_told, steps=steps, unit=unit)
            yield Trait(f"limit.{unit}", sentence, asked, read, ("documents",), Impact.CHANGES, asked=True)


def _ladder(first: int, last: int) -> list[int]:
    steps = []
    while first < last:
        steps.append(first)
        first *= _STEP
    return [*steps, last] if last > 0 else []


def _ladder_told(look: Seen, steps: list[tuple[int, Request]], unit: str) -> TraitValue:
    taken = 0
    ids: list[str] = []
    for number, request in steps:
        reading = look.of(request)
        if reading is None:
            break
        if not reading.available:
            told = f"{taken:,} {unit} taken; {number:,} not answered ({reading.exchange.error or reading.status})"
            exchanges = (*ids[-1:], reading.exchange.id)
            return TraitValue(told, f"unanswered at {number}", exchanges, shown=taken > 0, reach=taken)
        if not reading.success:
            told = f"{number:,} {unit} refused with {reading.status}: {message(reading)}"
            told += f"; {taken:,} taken" if taken else ""
            return TraitValue(told, f"refused at {number}", (*ids[-1:], reading.exchange.id), reach=taken)
        held = rows(reading)
        if unit == "documents" and held is not None and len(held) != number:
            told = f"only {len(held):,} of {number:,} documents are ranked"
            return TraitValue(told, f"cut at {len(held)}", (reading.exchange.id,), reach=taken, lost=True)
        taken, ids = number, [*ids, reading.exchange.id]
    if not ids:
        return NOT_ASKED
    value = f"{taken:,} {unit} taken, the most that was tried"
    return TraitValue(value, f"taken {taken}", tuple(ids[-1:]), reach=taken)
