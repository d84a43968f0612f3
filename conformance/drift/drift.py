"""What drifted in a series of runs: pure functions on what they recorded."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from conformance.document import moment
from conformance.drift.epochs import Epoch, epochs, stretches
from conformance.drift.item import DriftItem, DriftState
from conformance.model.fact import MANY, ODD, Fact, Kind, path_of
from conformance.store.record import Record

_ORDER = {DriftState.NEW: 0, DriftState.BACK: 1, DriftState.GONE: 2, DriftState.STANDING: 3, DriftState.PAST: 4}
_UNDOCUMENTED = {
    Kind.FIELD: "{0} is in answers and not in the contract",
    Kind.STATUS: "status {0} is answered and not in the contract",
    Kind.HEADER: "the header {0} comes with successful answers and is not in the contract",
    Kind.ERROR_CODE: "the error code {1} comes with status {0} and is not in the contract",
}
# A run that asked much less than the one before may not have seen all that there is.
_ENOUGH = 0.8


def drift(series: Sequence[Record]) -> list[DriftItem]:
    """Return what drifted up to the last run of a series (comparable runs with their facts, oldest first): news first, then by kind and place.

    Runs that saw nothing (an outage), and those of versions that recorded no
    facts, are passed over.
    """
    seen = [run for run in series if run.facts]
    if not seen or seen[-1] is not series[-1]:
        return []
    tables = [{(fact.kind, fact.place): fact for fact in run.facts or ()} for run in seen]
    told = (_undocumented(seen, tables), _gone(seen, tables), _models(seen, tables), _scores(seen), _latency(seen))
    items = [item for found in told for item in found]
    return sorted(items, key=lambda item: (_ORDER[item.state], item.kind, item.place))


Table = Mapping[tuple[Kind, str], Fact]


def _state(nights: Sequence[int], last: int) -> DriftState:
    """Return what is to be said of something that was seen in these nights (their numbers), when `last` is the newest; in a first night nothing is new."""
    if nights[-1] == last:
        if last and len(nights) == 1:
            return DriftState.NEW
        return DriftState.STANDING if not last or nights[-2] == last - 1 else DriftState.BACK
    return DriftState.GONE if nights[-1] == last - 1 else DriftState.PAST


def _since(first: int, last: int) -> DriftState:
    """Return what is to be said of a change that was seen from one night to the newest."""
    return DriftState.NEW if first == last else DriftState.STANDING


def _undocumented(seen: Sequence[Record], tables: Sequence[Table]) -> Iterator[DriftItem]:
    """Yield what answers hold beyond the contract. That a status or a code was not seen tonight is no news: nobody may have asked for it."""
    nights: dict[tuple[Kind, str], list[int]] = {}
    for number, table in enumerate(tables):
        for where, fact in table.items():
            if where[0] in _UNDOCUMENTED and not fact.documented:
                nights.setdefault(where, []).append(number)
    for (kind, place), numbers in nights.items():
        now = tables[-1].get((kind, place))
        if now is not None and now.documented:
            continue
        state = _state(numbers, len(seen) - 1)
        if state is DriftState.GONE and kind in {Kind.STATUS, Kind.ERROR_CODE}:
            state = DriftState.PAST
        first, last = numbers[0], numbers[-1]
        gone = ", and not seen tonight" if state is DriftState.GONE else ""
        words = f"{_UNDOCUMENTED[kind].format(*_shown(kind, place))}{gone}"
        fact = tables[last][kind, place]
        yield DriftItem(f"undocumented_{kind}", place, state, words, seen[first], seen[last], fact)


def _gone(seen: Sequence[Record], tables: Sequence[Table]) -> Iterator[DriftItem]:
    """Yield the documented fields of successful answers that came in the runs before and come no more."""
    if len(seen) < 2 or seen[-1].requests < _ENOUGH * seen[-2].requests:
        return
    earlier = tables[-3:-1]
    successes = {place.partition(" ")[0] for kind, place in tables[-1] if kind is Kind.FIELD and place.startswith("2")}
    for (kind, place), fact in earlier[-1].items():
        known = kind is Kind.FIELD and fact.documented and place.partition(" ")[0] in successes
        if known and (kind, place) not in tables[-1] and all((kind, place) in table for table in earlier):
            first = next(number for number, table in enumerate(tables) if (kind, place) in table)
            words = f"{_shown(kind, place)[0]} comes no more; the contract does not require it"
            yield DriftItem(f"missing_{kind}", place, DriftState.GONE, words, seen[first], seen[-2], fact)


def _models(seen: Sequence[Record], tables: Sequence[Table]) -> Iterator[DriftItem]:
    """Yield models that are served and were not, or the other way round; a model that was not asked says nothing."""
    asked: dict[str, list[tuple[int, str]]] = {}
    for number, table in enumerate(tables):
        for (kind, place), fact in table.items():
            if kind is Kind.MODEL:
                asked.setdefault(place, []).append((number, str(fact.value)))
    for name, told in asked.items():
        last, value = told[-1]
        changed = [now for (_, before), (now, after) in pairwise(told) if before != after]
        if not changed or last != len(seen) - 1:
            continue
        served = value == "served"
        words = (
            f"the model {name} is {'served now, and was refused' if served else 'refused now, and was served'} before"
        )
        what = "model_new" if served else "model_gone"
        yield DriftItem(what, name, _since(changed[-1], last), words, seen[changed[-1]], seen[last])


def _scores(seen: Sequence[Record]) -> Iterator[DriftItem]:
    """Yield models whose scores on the pinned set are not what they were."""
    nights: dict[str, list[tuple[int, dict[str, list[float]]]]] = {}
    for number, run in enumerate(seen):
        tonight: dict[str, dict[str, list[float]]] = {}
        for fact in run.facts or ():
            if fact.kind is Kind.SCORES:
                version, query, model = fact.place.split(" ", 2)
                tonight.setdefault(f"{version} {model}", {})[query] = fact.value
        for place, scores in tonight.items():
            nights.setdefault(place, []).append((number, scores))
    for place, series in nights.items():
        found = epochs(series)
        last = len(seen) - 1
        if len(found) > 1 and found[-1].last == last:
            epoch, words = found[-1], _told(place, found[-1], seen)
            yield DriftItem("scores", place, _since(epoch.first, last), words, seen[epoch.first], seen[-1])


def _told(place: str, epoch: Epoch, seen: Sequence[Record]) -> str:
    apart = epoch.move
    if apart is None:
        return ""
    weak = "beyond the wobble of one model, and less than another model would"
    what = "a silent change of the model" if apart.another else weak
    day = "" if epoch.back_to is None else moment(seen[epoch.back_to].started)[:10]
    back = f"; these are the scores of {day} again" if day else ""
    return f"the scores of {place.partition(' ')[2]} on {apart.queries} pinned queries moved by up to {apart.shift:.4f}, rank correlation {apart.tau:.3f} at the lowest: {what}{back}"


def _latency(seen: Sequence[Record]) -> Iterator[DriftItem]:
    """Yield the percentiles that doubled or halved."""
    for name in ("p50_ms", "p95_ms"):
        values = [(number, getattr(run.latency, name)) for number, run in enumerate(seen)]
        found = stretches([(number, value) for number, value in values if value is not None])
        if found and found[-1][1] == len(seen) - 1:
            first, last, before, now = found[-1]
            percentile = name.removesuffix("_ms")
            usual = f"{now / before:.1f} times the {before:.0f} ms that were usual" if before else ""
            words = usual and f"{percentile} latency is {now:.0f} ms, {usual}"
            yield DriftItem("latency", percentile, _since(first, last), words, seen[first], seen[last])


def _shown(kind: Kind, place: str) -> tuple[str, ...]:
    if kind is Kind.ERROR_CODE:
        status, _, code = place.partition(" ")
        return status, {ODD: "(no usual code)", MANY: "(and more)"}.get(code, code)
    if kind is not Kind.FIELD:
        return (place,)
    status, path = path_of(place)
    words = {"*": "items", ODD: "(a key that is no name)", MANY: "(many keys)"}
    return (f"`{'.'.join(words.get(part, part) for part in path)}` of {status}",)
