"""Explanations of answers that were given before: to every request, or by a cache that compares too little."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from conformance.causes.draft import Draft, drafted
from conformance.causes.scene import Pool, Scene
from conformance.causes.shape import HEADER, shaped
from conformance.checks.reading import Reading, text_of

_MANY, _MOST, _ALL = 3, 0.8, 0.9
_UNIQUE, _OWN, _SCALE = ".unique", "ranking.own_score", "ranking.relevance.spread"
_NUMBERS = (".all", ".limit")
_OF_ANSWERS = ("response.", "ranking.", "usage.")


def repeated(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Answers that are another request's to the letter: one for all, or what a cache remembers of too few fields."""
    groups: dict[str, list[Reading]] = defaultdict(list)
    alike: dict[str, set[str]] = defaultdict(set)
    answers = [reading for reading in scene.readings.values() if reading.answered]
    for reading in answers:
        if (told := _told(reading)) is not None:
            groups[json.dumps(told, sort_keys=True)].append(reading)
        if reading.results:
            alike[json.dumps(reading.results, sort_keys=True)].add(reading.exchange.id)
    again = [group for group in groups.values() if _differ(group)]
    if not again:
        return
    # Where an answer was given again for sure, others that are alike were too, such as those under another limit of chunks.
    seen = set().union(*(names for names in alike.values() if len(names) > 1))
    given = {one.exchange.id for group in again for one in group}
    first = {min(group, key=lambda one: one.exchange.started).exchange.id for group in again}
    names = [
        name
        for name, symptoms in pool.items()
        if symptoms
        # How wide scores lie is nothing that an answer of before has of its own.
        and ((name.startswith(_OF_ANSWERS) and name != _SCALE) or name.endswith((".default", ".counts")))
        and scene.failed[name].failing <= seen
        # What is wrong before an answer is given again has another reason.
        and (not name.startswith("usage.") or not scene.failed[name].failing.isdisjoint(given - first))
        and (not name.startswith("response.") or _mostly(scene, name, given))
        and ((shaped(name) is None and not name.startswith(HEADER)) or name.endswith(_UNIQUE))
    ]
    # Where scores alone are alike, what differs may not have been read.
    if not any(name.startswith("response.") for name in names):
        return
    # Where results are changed besides, some of what was given again is not alike.
    names += [name for name in pool if name.endswith(_NUMBERS) and name not in names and _mostly(scene, name, seen)]
    if pool.get(_OWN) and _OWN not in names and _own(scene, names, seen):
        names.append(_OWN)
    static = max(map(len, again)) >= len(answers) * _ALL
    same = [] if static else [role for role in ("query", "documents") if all(_alike(group, role) for group in again)]
    fields = [item.name for role in same if (item := scene.contract.request_field(role)) is not None]
    way = "static" if static else "beside" if fields else "cache"
    yield drafted(f"repeated.{way}", names, seen, ".".join(fields), fields=fields)


def _mostly(scene: Scene, name: str, exchanges: set[str]) -> bool:
    failing = scene.failed[name].failing
    return len(failing & exchanges) * 2 >= len(failing)


def _own(scene: Scene, claimed: list[str], seen: set[str]) -> bool:
    """Whether scores move in such answers, a few blamed wrongly aside, in all that are wrong besides, or only for questions of which another answer was given again, and not for the usual one."""
    failing = scene.failed[_OWN].failing
    shown = [scene.failed[name].failing for name in claimed if name.startswith("response.")]
    if len(failing & seen) >= len(failing) * _MOST or all(some <= failing for some in shown):
        return True
    asked = {one.exchange.id: text_of(one.asked("query")) for one in scene.readings.values()}
    usual = Counter(asked.values()).most_common(1)[0][0]
    again = {asked[one] for one in seen} - {usual}
    return all(asked.get(one) in again for one in failing)


def _told(reading: Reading) -> Any:
    """Return what no other request's answer has: the results with their scores, or the answer with its id; None where both may be alike by chance."""
    if len(set(reading.scores or ())) >= _MANY:
        return reading.results
    return reading.answer if reading.results and reading.contract.success.place("id") is not None else None


def _differ(group: list[Reading]) -> bool:
    """Whether one answer is given to requests that need several: other questions or texts, or the same texts and another number of results."""
    right = {(text_of(one.asked("query")), tuple(_named(one))) for one in group}
    wanted = defaultdict(set)
    for one in group:
        number = len(one.documents)
        wanted[tuple(one.texts)].add(min(one.limit or number, number))
    return len(right) > 1 or any(len(numbers) > 1 for numbers in wanted.values())


def _named(reading: Reading) -> list[str]:
    """Return the texts that the results name; what else was sent may rank below them."""
    return [reading.texts[index] for index in reading.indices or () if 0 <= index < len(reading.texts)]


def _alike(group: list[Reading], role: str) -> bool:
    return len({json.dumps(reading.asked(role), sort_keys=True) for reading in group}) == 1
