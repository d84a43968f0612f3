"""Answers with the status of a success that are none: where a service's rankings stand, which answers have none there, and one answer for everything."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from conformance.checks.reading import Reading
from conformance.model.exchange import NOT_JSON

_DEEP, _FEW, _TIME = 3, 3, 1_000_000_000
Path = tuple[str, ...]


def ranking_in(value: Any, path: Path = ()) -> tuple[list[Any], Path]:
    """Return the first list of objects in an answer and the names that lead to it; an empty list where there is none."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value, path
    if isinstance(value, dict) and len(path) < _DEEP:
        for name, inner in value.items():
            found = ranking_in(inner, (*path, name))
            if found[0]:
                return found
    return [], ()


def usual_place(answers: Iterable[Reading]) -> Path | None:
    """Return where the rankings of most answers stand; None where most answers have none."""
    every = list(answers)
    places = Counter(path for one in every for items, path in [ranking_in(one.answer)] if items)
    place, number = next(iter(places.most_common(1)), ((), 0))
    return place if number * 2 > len(every) else None


def ranks_at(value: Any, place: Path) -> bool:
    """Whether an answer has something where others have their ranking; a ranking of nothing is one, too."""
    for name in place:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return bool(place) or isinstance(value, list)


def disguised(answers: Iterable[Reading]) -> frozenset[str]:
    """Return the exchanges of accepted lawful requests that get no ranking, where most such requests get one."""
    every = list(answers)
    if all(one.results is not None for one in every):
        return frozenset()
    place = usual_place(every)
    return frozenset(one.exchange.id for one in every if place is not None and not ranks_at(one.answer, place))


def mute(readings: Iterable[Reading]) -> frozenset[str]:
    """Return the exchanges of accepted requests that show nothing of what was asked: valid ones of all sizes get one answer, without results, and invalid ones get it too."""
    every = [one for one in readings if one.success]
    valid = [one for one in every if one.lawful]
    if any(one.results is not None for one in valid) or len({len(one.documents) for one in valid}) < _FEW:
        return frozenset()
    looks = {_look(one) for one in valid}
    invalid = sum(_look(one) in looks for one in every if one.declared and not one.lawful)
    return frozenset(one.exchange.id for one in every if len(looks) == 1 and invalid >= _FEW)


def _look(reading: Reading) -> str:
    """Return what an answer looks like, whichever id or time stands in it."""
    response = reading.exchange.response
    if reading.answer is NOT_JSON:
        return str(len(response.body)) if response is not None else ""
    return repr(_form(reading.answer))


def _form(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((name, _form(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return [_form(inner) for inner in value]
    # Ids and times are as long as each other; a small number may count what was read.
    if isinstance(value, int) and abs(value) < _TIME:
        return value
    return len(value) if isinstance(value, str) else type(value)
