"""What scores are like: their scale, ties, and whether they come back the same."""

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from conformance.checks.reading import Reading
from conformance.document.text import many
from conformance.model.clause import Impact
from conformance.probes.design import base_requests
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS
from conformance.traits.trait import WOBBLE, Seen, Trait, TraitValue, of_answer, plain, repeated, rows, scores, unseen

_SATURATED = 0.25
_MANY = 8
_ABOVE = 2


def score_traits(kit: Kit) -> Iterator[Trait]:
    """Yield what to see of scores."""
    primary = kit.primary
    base = kit.request(kit.body(documents=kit.documents(primary, DOCUMENTS)))
    again = next(one for one in base_requests(kit) if one.repeat)
    doubled = (DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0])
    twice = kit.request(kit.body(documents=kit.documents(primary, doubled), **kit.echoing))
    yield Trait("score.scale", "The scale of scores", (base,), _scale, ("score",), Impact.CHANGES)
    yield of_answer("score.ties", "The same text twice in a list", twice, partial(_ties, doubled))
    yield Trait("score.determinism", "The same request again", (evolve(again, repeat=0), again), _determinism)


def _all(look: Seen) -> Iterator[tuple[Reading, list[float]]]:
    for reading in look.readings:
        found = scores(reading)
        if found and reading.asked("raw_scores") is not True:
            yield reading, list(found.values())


def _scale(look: Seen) -> TraitValue:
    held = list(_all(look))
    values = [value for _, found in held for value in found]
    if len(values) < _MANY:
        return unseen("too few scores were answered")
    low, high = min(values), max(values)
    ends = sum(value in (0.0, 1.0) for value in values) / len(values)
    if low < 0:
        kind = "logits"
    elif high > 1:
        kind = "0..1, and a little above" if high < _ABOVE else "percent" if high <= 100 else "beyond 100"
    else:
        kind = "0..1, saturated" if ends > _SATURATED else "0..1"
    more = f", {ends:.0%} of them exactly 0 or 1" if ends > _SATURATED else ""
    worst = max(held, key=lambda pair: max(pair[1]))[0]
    least = min(held, key=lambda pair: min(pair[1]))[0]
    ids = tuple(dict.fromkeys((worst.exchange.id, least.exchange.id)))
    return TraitValue(f"{kind}: from {plain(low)} to {plain(high)}{more}", kind, ids)


def _ties(texts: tuple[str, ...], reading: Reading) -> TraitValue:
    found = scores(reading)
    if not found or rows(reading) is None:
        return unseen("the answer has no usable results", reading)
    ids = (reading.exchange.id,)
    if len(found) < len(texts):
        told = f"{many(len(found), 'result')} for {len(texts)} documents: equal texts are put together"
        return TraitValue(told, "put together", ids)
    if found.keys() != set(range(len(texts))):
        return unseen("the indices are not those of the documents", reading)
    groups = [[i for i, other in enumerate(texts) if other == text] for text in dict.fromkeys(texts)]
    apart = max(max(found[i] for i in group) - min(found[i] for i in group) for group in groups)
    if apart > WOBBLE:
        return TraitValue(f"scores differ by up to {plain(apart)}", "scores differ", ids)
    order = list(found)
    stable = all(order.index(a) < order.index(b) for group in groups for a, b in zip(group, group[1:], strict=False))
    same = "equal scores" if apart == 0 else f"scores within {plain(apart)}"
    told = f"{same}, {'the earlier document first' if stable else 'in no order of the input'}"
    return TraitValue(told, "equal" if stable or apart else "equal, in no order", ids)


def _determinism(look: Seen) -> TraitValue:
    count, far, swapped, ids = 0, 0.0, False, []
    for first, second in repeated(look.readings):
        one, other = scores(first) or {}, scores(second) or {}
        count += 1
        if one.keys() != other.keys():
            swapped = True
            ids = [first.exchange.id, second.exchange.id]
            continue
        apart = max(abs(one[key] - other[key]) for key in one)
        crossed = list(one) != list(other)
        if apart > far or (crossed and not swapped) or not ids:
            ids = [first.exchange.id, second.exchange.id]
        far, swapped = max(far, apart), swapped or crossed
    if not count:
        return unseen("no request was answered twice")
    times = f"{count} pair{'s' if count > 1 else ''} of equal requests"
    if far == 0 and not swapped:
        return TraitValue(f"the same to the last digit, in {times}", "exact", tuple(ids))
    order = "and the order changed" if swapped else "in the same order"
    kind = "wobbles" if far <= WOBBLE else f"moves {swapped}"
    return TraitValue(f"scores moved by up to {plain(far)}, {order}, in {times}", kind, tuple(ids))
