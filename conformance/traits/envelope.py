"""What wraps the ranking: echoes, counts of tokens and errors."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.model.exchange import NOT_JSON, Request
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS
from conformance.traits.schema_words import shape_of
from conformance.traits.trait import Seen, Trait, TraitValue, answer_to, of_answer, rows, unseen

_COUNTED = re.compile(r"token|usage|unit", re.IGNORECASE)


def envelope_traits(kit: Kit) -> Iterator[Trait]:
    """Yield what to see of answers around their results."""
    plain = kit.control
    echo = kit.request(kit.body(documents=kit.documents(kit.primary, DOCUMENTS), **kit.echoing))
    bad = kit.request({})
    stranger = kit.request(kit.body(), authorization=None)
    nowhere = kit.request(kit.body(), path=f"{kit.contract.path}-no-such-path")
    yield of_answer("answer.shape", "The shape of an answer", echo, _shape)
    yield of_answer("usage.where", "Where tokens are counted", plain, _usage)
    for name, sentence, request in (
        ("error.bad_request", "The error for an empty object", bad),
        ("error.stranger", "The error without a key", stranger),
        ("error.path", "The error for an unknown path", nowhere),
    ):
        yield Trait(name, sentence, (request,), partial(_error, request=request))


def _shape(reading: Reading) -> TraitValue:
    if reading.answer is NOT_JSON:
        media = reading.exchange.response.media_type if reading.exchange.response else ""
        return TraitValue(f"no JSON: {media or 'no media type'}", "no JSON", (reading.exchange.id,))
    return TraitValue(shape_of(reading.answer), shape_of(reading.answer, ordered=True), (reading.exchange.id,))


def _usage(reading: Reading) -> TraitValue:
    """Tell where an answer counts tokens, found by the contract's roles, else by what the keys are called."""
    if rows(reading) is None:
        return unseen("the answer has no results", reading)
    found = dict(_numbers(reading.answer, ()))
    told = [f"{dotted(path)}: {value}" for path, value in found.items()]
    if not told:
        return TraitValue("nowhere", "nowhere", (reading.exchange.id,))
    return TraitValue("; ".join(told[:12]), " ".join(sorted(dotted(path) for path in found)), (reading.exchange.id,))


def _numbers(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(value, dict):
        for key, part in list(value.items())[:40]:
            yield from _numbers(part, (*path, key[:60]))
    elif isinstance(value, int) and not isinstance(value, bool) and any(_COUNTED.search(part) for part in path):
        yield path, value


def _error(look: Seen, request: Request) -> TraitValue:
    reading = look.of(request)
    response = reading.exchange.response if reading else None
    if reading is None or response is None or not reading.available:
        return answered if isinstance(answered := answer_to(look, request), TraitValue) else unseen("no answer")
    ids = (reading.exchange.id,)
    if reading.success:
        return TraitValue(f"accepted with {reading.status}", "accepted", ids)
    body = response.json
    kind = "no body" if not response.body else "no JSON" if body is NOT_JSON else ""
    key = kind or shape_of(body, ordered=True)
    value = f"{reading.status} {kind or shape_of(body)} as {response.media_type or 'no media type'}"
    return TraitValue(value, f"{reading.status} {key} {response.media_type}", ids)
