"""Explanations of answers in another shape than the contract's: no JSON, refusals that look like successes, other members."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.causes.cover import cover
from conformance.causes.draft import Draft, drafted, listed, quoted
from conformance.causes.envelope import look, media_look
from conformance.causes.scene import Pool, Scene, StatusClass, Way, is_error_body, proofs
from conformance.checks.disguise import mute, ranking_in, ranks_at, usual_place
from conformance.checks.reading import Reading
from conformance.checks.structure import KEYWORDS
from conformance.contract import select
from conformance.contract.schema import alternatives, flatten
from conformance.model.exchange import NOT_JSON

_MOST, _SEVERAL, _PROVEN = 0.9, 2, 3
NOT_NULL = frozenset({"type", "oneOf", "anyOf"})
UNUSABLE = NOT_NULL | {"required"}
HEADER = "response.headers."
WHOLE = frozenset({"response.json", "response.media_type", "response.size", "response.encoding"})


def shaped(name: str) -> tuple[str, str] | None:
    """Return the place and the keyword of a clause on the body of an answer, or None for another clause."""
    if not name.startswith("response.") or name.startswith(HEADER):
        return None
    place, _, keyword = name.removeprefix("response.").rpartition(".")
    return (place, keyword) if keyword in KEYWORDS else None


def bodies(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """One answer for everything, answers that are no JSON at all, and answers in another shape than the contract's."""
    if alike := mute(scene.readings.values()):
        first = scene.readings[scene.plainest(alike)[0]]
        some = any(one.available and not one.success for one in scene.readings.values())
        names = [name for name in pool if shaped(name) is not None or name in WHOLE]
        key = "one-answer.some" if some else "one-answer.all"
        yield drafted(key, names, set(alike), look=look(first), status=str(first.status))
        return
    if any(_packed(symptom.reading) for symptom in pool.get("response.encoding", ())):
        # A body that cannot be unpacked is nothing else either.
        packed = {symptom.exchange for symptom in pool["response.encoding"]}
        unread = [
            name
            for name, symptoms in pool.items()
            if name != "response.encoding"
            and symptoms
            and (name in {"response.json", "response.size"} or is_error_body(name))
            and all(_packed(s.reading) for s in symptoms)
        ]
        key = "encoding.long" if "response.size" in unread else "encoding.wrong"
        yield drafted(key, ["response.encoding", *unread], packed)
    elif mangled := [one.exchange for one in pool.get("response.encoding", ()) if one.reading.exchange.mangled]:
        yield drafted("no-http", ["response.encoding"], set(mangled))
    if {"response.json", "response.media_type"} <= pool.keys():
        exchanges = proofs(pool, ["response.json"])
        looks = listed(sorted({media_look(scene.readings[one]) for one in exchanges}))
        if exchanges and "JSON" not in looks:
            yield drafted("no-json", ["response.json", "response.media_type"], exchanges, looks=looks)
    yield from _foreign(scene, pool)


def disguised(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Refusals that come with the status of a success: answers without a ranking, where valid requests get one."""
    place = usual_place(scene.answers)
    if place is None:
        return
    odd = {
        reading.exchange.id: reading
        for way in Way
        if way is not Way.VALID
        for reading in scene.of(way, StatusClass.ACCEPTED)
        if not ranks_at(reading.answer, place)
    }
    if len(odd) < _PROVEN:
        return
    # What a clause is about is told with that clause.
    told = proofs(pool, [name for name in pool if name.startswith("request.")])
    valid = [one for one in scene.of(Way.VALID, StatusClass.REFUSED) if one.success and one.exchange.id not in told]
    parts, _ = cover(scene, valid, scene.answers)
    beside = f"; so do valid ones: those with {listed([one.words for one in parts], last='or')}" if parts else ""
    looks = Counter(look(reading) for reading in odd.values())
    statuses = sorted({str(reading.status) for reading in odd.values()})
    # Whatever else is answered in this way: its answer has the same explanation, that it is refused may have another.
    alike = {
        name
        for name, reading in scene.readings.items()
        if reading.answered and not ranks_at(reading.answer, place) and look(reading) in looks
    }
    names = [
        name
        for name, symptoms in pool.items()
        if symptoms
        and {s.exchange for s in symptoms} <= (odd.keys() | alike if name.startswith("response.") else odd.keys())
    ]
    common = looks.most_common(1)[0][0]
    yield drafted("disguised", names, odd.keys(), statuses=listed(statuses), look=common, beside=beside)


def _packed(reading: Reading) -> bool:
    response = reading.exchange.response
    return response is not None and response.header("content-encoding") not in {None, "", "identity"}


def _foreign(scene: Scene, pool: Pool) -> Iterator[Draft]:
    answers = [reading for reading in scene.answers if reading.answer is not NOT_JSON]
    if not answers:
        return
    failing = {name: place for name in pool if (place := shaped(name)) is not None and pool[name]}
    missing, extra, beside, renamed = Counter[str](), Counter[str](), Counter[str](), False
    asked = [reading for reading in answers if reading.asked("echo_switch") is True]
    for reading in answers:
        lacks, more = _difference(scene, reading)
        missing.update(lacks)
        extra.update(more)
        beside.update(more if reading in asked else ())
    lacking = sorted(name for name, number in missing.items() if number >= len(answers) * _MOST)
    added = sorted(name for name, number in extra.items() if number >= len(answers) * _MOST)
    tops = {place.path[0] for place in scene.contract.success.places if place.path}
    odd = {
        reading.exchange.id
        for reading in scene.readings.values()
        if reading.answered and isinstance(reading.answer, dict) and not tops & reading.answer.keys()
    }
    strange = len(odd) >= len(answers)
    bare = bool(tops) and all(isinstance(reading.answer, list) for reading in answers)
    if tops and odd and not strange:
        names = [name for name in failing if {symptom.exchange for symptom in pool[name]} <= odd]
        if len(names) >= _SEVERAL:
            members = sorted({key for name in odd for key in scene.readings[name].answer})
            told = quoted(members) if members else "an empty object"
            yield drafted("other-answer", names, odd, members=told, be="is" if len(odd) == 1 else "are")
            return
    renamed = bool(added) and bool(lacking)
    if not (strange or renamed or bare):
        return
    everywhere = [
        name
        for name, (place, keyword) in failing.items()
        # What has its name, and another type, is another thing; so is what is missing in some results of each answer.
        if (keyword in UNUSABLE if strange or bare else keyword == "required" and place in lacking)
        and _share(scene, name, answers)
    ]
    if not everywhere:
        return
    results, echo = (scene.contract.success.place(role) for role in ("results", "echo"))
    echoed = sorted(name for name, number in beside.items() if name not in added and number >= len(asked) * _MOST)
    if echo is not None and echoed and f"response.{echo.name}.present" in pool:
        # Documents come back under another name.
        everywhere.append(f"response.{echo.name}.present")
        lacking.append(echo.name)
        added.append(echoed[0])
    ranked = results is not None and all(select(reading.answer, results.path) for reading in answers)
    parts = [
        "a list, not an object" if bare else "",
        f"{quoted(lacking)} missing" if lacking else "",
        f"{quoted(added)} {'instead' if lacking and not ranked else 'not declared'}" if added else "",
    ]
    shape = "; ".join(filter(None, (", ".join(filter(None, parts)), _items(scene, answers))))
    names, number = sorted(everywhere, key=lambda name: (not name.endswith(".required"), name.count("."))), len(answers)
    seen = {reading.exchange.id for reading in answers}
    shape = shape or "nothing of it is there"
    yield drafted("shape", names, seen, shape=shape, met=len(everywhere), answers=number)


def _items(scene: Scene, answers: list[Reading]) -> str:
    """Return in a few words where the list of results stands that answers have in another place, and what its items lack and have instead."""
    place = scene.contract.success.place("results")
    found = [(items, path) for reading in answers for items, path in [ranking_in(reading.answer)] if items]
    if place is None or not found:
        bare = [name for name in answers[0].answer if all(_bare(reading, name) for reading in answers)]
        return f"{quoted(bare)} has a bare number for each document, in the order of the request" if bare else ""
    path = Counter(path for _, path in found).most_common(1)[0][0]
    if path == place.path:
        return ""
    lacks, more = Counter[str](), Counter[str]()
    for items, where in found:
        if where == path:
            lacking, added = _compare(flatten(place.schema).get("items", {}), items[0], "")
            lacks.update(lacking)
            more.update(added)
    told = [f"no {quoted(sorted(lacks))}" if lacks else "", quoted(sorted(more)) if more else ""]
    stands = f"the results stand in `{'.'.join(path)}`" if len(path) > 1 else ""
    having = f"{'its items' if not path else f'the items of `{path[-1]}`'} have {', but '.join(filter(None, told))}"
    return ", and ".join(filter(None, (stands, having if any(told) else "", _unasked(scene, answers))))


def _bare(reading: Reading, name: str) -> bool:
    """Whether an answer has a list of scores under a name, with nothing that says whose they are."""
    value = reading.answer.get(name) if isinstance(reading.answer, dict) else None
    return (
        isinstance(value, list)
        and len(value) == len(reading.documents)
        and all(isinstance(score, int | float) for score in value)
    )


def _unasked(scene: Scene, answers: list[Reading]) -> str:
    """Return in a few words that such results carry a document under its name, though none was asked for."""
    echo, plain = scene.contract.success.place("echo"), [one for one in answers if one.asked("echo_switch") is None]
    if echo is None or scene.contract.request_field("echo_switch") is None:
        return ""
    items = [found[0] for one in plain for found, _ in [ranking_in(one.answer)] if found]
    always = bool(items) and all(isinstance(one, dict) and echo.path[-1] in one for one in items)
    return f"`{echo.path[-1]}` comes where no request asks for it" if always else ""


def _share(scene: Scene, name: str, answers: list[Reading]) -> bool:
    """Whether a clause fails on about all answers."""
    return sum(reading.exchange.id in scene.failed[name].failing for reading in answers) >= len(answers) * _MOST


def _difference(scene: Scene, reading: Reading) -> tuple[set[str], set[str]]:
    """Return the required members that an answer lacks and those that it has besides, at the top and in its results."""
    schema = next(iter(scene.contract.success.media.values()), {})
    lacks, more = _compare(schema, reading.answer, "")
    place = scene.contract.success.place("results")
    if place is not None and reading.results:
        items = flatten(place.schema).get("items", {})
        inner = [
            _compare(items, result, f"{place.name}.items." if place.name else "items.")
            for result in reading.results[:3]
        ]
        lacks |= set().union(*(one for one, _ in inner))
        more |= set().union(*(other for _, other in inner))
    return lacks, more


def _compare(schema: dict[str, Any], value: Any, prefix: str) -> tuple[set[str], set[str]]:
    if not isinstance(value, dict):
        return set(), set()
    leaves = [flatten(leaf) for leaf in alternatives(schema)]
    declared = {name for leaf in leaves for name in leaf.get("properties", {})}
    required = set.intersection(*(set(leaf.get("required", ())) for leaf in leaves)) if leaves else set()
    return {f"{prefix}{name}" for name in required - value.keys()}, {
        f"{prefix}{name}" for name in value.keys() - declared
    }
