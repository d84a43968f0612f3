"""A trait: what is asked to see one thing, and how the answers are told in a few words."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from attrs import field, frozen

from conformance.checks.reading import Reading, as_float
from conformance.contract import Contract, select
from conformance.model.clause import Impact
from conformance.model.exchange import NOT_JSON, Request
from conformance.probes.probe import Expect, Priority, Probe

# Two lawful answers to one request may differ by as much (scores from 0 to 1).
WOBBLE = 2e-4
_LONGEST = 200
# As a part of another effect, what is still of its order.
_ORDER = 0.25


class Seen(Protocol):
    """What a trait may look at."""

    @property
    def contract(self) -> Contract:
        """The target's own contract."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Everything that was asked."""

    @property
    def noise(self) -> float:
        """How far scores move when nothing does: the largest difference between equal requests, as a part of the scores' spread."""

    def of(self, request: Request) -> Reading | None:
        """Return the exchange of a request, or None when it was not asked."""


@frozen
class TraitValue:
    """What was seen, in a reader's words; `key` is the same for targets that behave alike.

    `shown` is false where nothing could be seen; then `value` says why. `refused` tells that the request was
    refused, `idle` that it was taken and what it asks for did not happen. `reach` tells how far a service goes,
    where more is better, or how much a field does, in scores; `lost` that something is missing from answers without a word.
    """

    value: str
    key: str
    exchanges: tuple[str, ...] = ()
    shown: bool = True
    refused: bool = False
    idle: bool = False
    reach: float | None = None
    lost: bool = False

    def reaches(self, other: "TraitValue") -> bool:
        """Whether a service goes as far as another one; effects on scores of another model need only be of its order."""
        if self.reach is None or other.reach is None:
            return False
        return self.reach >= other.reach * (1 if isinstance(self.reach, int) else _ORDER)


@frozen
class Trait:
    """One thing to see: an id that is the same for every contract, a sentence, what to ask, and the reader of the answers.

    `roles` names the fields that it concerns, by role, or by name where they have none. `impact` says what
    another value means to somebody who uses them; None where it is only told. `asked` tells whether it is
    about what is sent, and not about what comes back. Those that are not `core` are left out of short runs.
    """

    id: str
    sentence: str
    requests: tuple[Request, ...] = field(repr=False)
    read: Callable[[Seen], TraitValue] = field(repr=False)
    roles: tuple[str, ...] = ()
    impact: Impact | None = None
    asked: bool = False
    core: bool = True

    @property
    def probes(self) -> tuple[Probe, ...]:
        """What is asked, as a plan takes it: the answer is left open."""
        return tuple(
            Probe(request, Expect.OBSERVE, self.sentence, Priority.OBSERVED, self.core) for request in self.requests
        )


NOT_ASKED = TraitValue("not asked", "not asked", shown=False)


def unseen(why: str, *readings: Reading) -> TraitValue:
    """Return that nothing could be seen, and why."""
    return TraitValue(f"not shown: {why}", "not shown", tuple(reading.exchange.id for reading in readings), shown=False)


def message(reading: Reading) -> str:
    """Return an error's own words, cut: its message if there is one, else its body's start."""
    response = reading.exchange.response
    if response is None:
        return reading.exchange.error or "no answer"
    body = response.json
    places = (place for answer in reading.contract.answers.values() for place in answer.places)
    paths = [place.path for place in places if place.role == "error_message"]
    found = [value for path in paths for value in select(body, path) if isinstance(value, str)]
    if not found:
        # No shape is declared for it: of an error's texts, the longest one explains it.
        found = sorted(_texts(body), key=len, reverse=True)[:1]
    words = found[0] if found else response.text
    words = " ".join(words[: 4 * _LONGEST].split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < 6:
        for part in list(value.values() if isinstance(value, dict) else value)[:40]:
            yield from _texts(part, depth + 1)


def refused(reading: Reading) -> TraitValue:
    """Return how a request was refused; servers that refuse with one status behave alike, whatever their words."""
    told = f"refused with {reading.status}: {message(reading)}"
    return TraitValue(told, f"refused {reading.status}", (reading.exchange.id,), refused=True)


def answer_to(look: Seen, request: Request) -> Reading | TraitValue:
    """Return the reading of a request that was taken, or what to tell in its place."""
    reading = look.of(request)
    if reading is None:
        return NOT_ASKED
    if not reading.available:
        return unseen(f"the service was not available ({reading.exchange.error or reading.status})", reading)
    return reading if reading.success else refused(reading)


def of_answer(name: str, sentence: str, request: Request, tell: Callable[[Reading], TraitValue]) -> Trait:
    """Return a trait that is read off the answer to one request, where that was taken."""

    def read(look: Seen) -> TraitValue:
        found = answer_to(look, request)
        return found if isinstance(found, TraitValue) else tell(found)

    return Trait(name, sentence, (request,), read)


def rows(reading: Reading) -> list[Any] | None:
    """Return the results of any request that was taken, lawful by the contract or not."""
    place = reading.contract.success.place("results")
    if place is None or not reading.success or reading.answer is NOT_JSON:
        return None
    found = select(reading.answer, place.path)
    return found[0] if found and isinstance(found[0], list) else None


def scores(reading: Reading) -> Mapping[int, float] | None:
    """Return score by index, or None where the answer gives none."""
    top, index, score = (reading.contract.success.place(role) for role in ("results", "index", "score"))
    held = rows(reading)
    if held is None or top is None or index is None or score is None:
        return None
    found: dict[int, float] = {}
    for row in held:
        at, value = (select(row, place.path[len(top.path) + 1 :]) for place in (index, score))
        if not at or not value or not isinstance(at[0], int) or at[0] in found:
            return None
        if isinstance(value[0], bool) or not isinstance(value[0], int | float):
            return None
        found[at[0]] = as_float(value[0])
    return found


def moved(one: Mapping[int, float], other: Mapping[int, float]) -> float | None:
    """Return the largest difference of a score, as a part of the scores' spread where that is more than 1; None without a common index or with a score that is not finite."""
    both = one.keys() & other.keys()
    if not both or not all(map(math.isfinite, (*one.values(), *other.values()))):
        return None
    spread = max(1.0, max(one.values()) - min(one.values()))
    return max(abs(one[key] - other[key]) for key in both) / spread


def noise(readings: Iterable[Reading]) -> float:
    """Return the largest difference between the scores of two answers to equal requests; 0.0 where none was asked twice."""
    pairs = (map(scores, pair) for pair in repeated(readings))
    return max((moved(one, other) or 0.0 for one, other in pairs if one and other), default=0.0)


def repeated(readings: Iterable[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Yield the answers to equal requests, each with the first of them."""
    first: dict[tuple[object, ...], Reading] = {}
    for reading in readings:
        request = reading.exchange.request
        if scores(reading):
            known = first.setdefault((request.method, request.path, request.headers, request.body), reading)
            if known is not reading:
                yield known, reading


def plain(value: float) -> str:
    """Return a number in few digits."""
    return f"{value:.3g}"
