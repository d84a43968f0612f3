"""Numbers of two targets' answers to the same requests: scores, and counts of what was read and billed."""

from collections.abc import Iterator, Mapping
from statistics import median

from attrs import frozen

from conformance.checks.reading import Reading
from conformance.compare.attribution import MigrationContext, but
from conformance.compare.uses import Use
from conformance.contract import select
from conformance.traits.trait import plain, scores

# Another machine moves a score by a hundredth, another number of special tokens a count by a few; what is wrong in a few answers alone is a clause's.
_APART, _MANY = 0.05, 12


@frozen
class Figures:
    """How far apart the numbers in one place are: in words, and an answer that shows it."""

    words: str
    exchange: str


def moved(context: MigrationContext, number: int, use: Use) -> Figures | None:
    """Return that the numbers that a use reads are other ones for most of the same requests, or None."""
    if use.area != "answer" or use.role in {None, "index"}:
        return None
    first, other = (_figures(context, place, use) for place in (0, number))
    pairs = [
        (before, after, exchange)
        for request in first.keys() & other.keys()
        for key, (before, _) in first[request].items()
        if key in other[request]
        for after, exchange in [other[request][key]]
    ]
    if not pairs:
        return None
    values = [before for before, _, _ in pairs]
    # Scores lie on one scale; a count is far from another one by its own size.
    span = max(values) - min(values) if use.role == "score" else 0.0

    def apart(pair: tuple[float, float, str]) -> float:
        return abs(pair[0] - pair[1]) / (span or max(abs(pair[0]), 1.0))

    if use.role == "score":
        # What answers nothing is at the end of any scale; what answers best is held against a threshold.
        pairs = list({exchange: (before, after, exchange) for before, after, exchange in sorted(pairs)}.values())
    if len(pairs) < _MANY or median(map(apart, pairs)) <= _APART:
        return None
    before, after, exchange = max(pairs, key=apart)
    words = f"Other numbers for the same requests: {plain(after)} where it was {plain(before)}, and most of {len(pairs)} are as far off."
    return Figures(words, exchange)


def _figures(context: MigrationContext, number: int, use: Use) -> Mapping[str, Mapping[int, tuple[float, str]]]:
    """Return by request, its model aside, the numbers of an answer by index, each with its exchange."""
    subject = context.subjects[number]
    model = context.contract.request_field("model")
    control = context.contract.flat(subject.kits[context.contract.name].control.json)
    asked = control.get(model.name) if model is not None else None
    return {
        but(model, one): {key: (value, one.exchange.id) for key, value in _numbers(one, use)}
        for one in subject.lawful(context.contract)
        if one.success and one.asked("model") == asked
    }


def _numbers(reading: Reading, use: Use) -> Iterator[tuple[int, float]]:
    if use.role == "score":
        yield from (scores(reading) or {}).items()
        return
    for place, value in enumerate(select(reading.answer, use.path)):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield place, float(value)
