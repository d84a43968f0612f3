"""Explanations of what is wrong with answers to valid requests: their shape, what rests on it, and their ranking."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.causes.cover import cover
from conformance.causes.draft import Draft, counted, listed, quoted
from conformance.causes.envelope import look
from conformance.causes.scene import Fate, Scene, Way, is_error_body
from conformance.causes.status import Pool
from conformance.checks.reading import Reading, as_float
from conformance.contract import Place, select
from conformance.contract.schema import alternatives, flatten
from conformance.model.exchange import NOT_JSON

_MOST, _SEVERAL, _PROVEN, _DEEP = 0.9, 2, 3, 3
_SCHEMA = frozenset(
    [
        "type",
        "required",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "enum",
        "const",
        "oneOf",
        "anyOf",
        "not",
        "additionalProperties",
        "minProperties",
        "maxProperties",
    ]
)
_NOT_NULL = frozenset({"type", "oneOf", "anyOf"})
_UNUSABLE = _NOT_NULL | {"required"}
_HEADER = "response.headers."


def shaped(name: str) -> tuple[str, str] | None:
    """Return the place and the keyword of a clause on the body of an answer, or None for another clause."""
    if not name.startswith("response.") or name.startswith(_HEADER):
        return None
    place, _, keyword = name.removeprefix("response.").rpartition(".")
    return (place, keyword) if keyword in _SCHEMA else None


def bodies(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Answers that are no JSON at all, and answers in another shape than the contract's."""
    if "response.encoding" in pool:
        # A body that cannot be unpacked is nothing else either.
        packed = {symptom.exchange for symptom in pool["response.encoding"]}
        unread = [
            name
            for name, symptoms in pool.items()
            if name != "response.encoding"
            and symptoms
            and (name == "response.json" or is_error_body(name))
            and all(_packed(s.reading) for s in symptoms)
        ]
        yield Draft(
            "encoding",
            "",
            "Answers cannot be unpacked as their headers say.",
            f"{counted(len(packed), 'answer')} shown",
            "Encode answers only as the request accepts and the header says.",
            ["response.encoding", *unread],
            packed,
        )
    if {"response.json", "response.media_type"} <= pool.keys():
        pages = [
            s
            for s in pool["response.json"]
            if not s.reading.exchange.response or s.reading.exchange.response.text.lstrip()[:1] not in {"{", "["}
        ]
        if len(pages) == len(pool["response.json"]):
            exchanges = {s.exchange for s in pages}
            yield Draft(
                "no-json",
                "",
                "Answers are no JSON, but a page or plain text.",
                f"{counted(len(exchanges), 'answer')} that cannot be parsed",
                "Look at what answers under this URL.",
                ["response.json", "response.media_type"],
                exchanges,
            )
    yield from _foreign(scene, pool)


def disguised(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Refusals that come with the status of a success: answers without a ranking, where valid requests get one."""
    ranked = [reading for reading in scene.answers if _list(reading.answer)[0]]
    if not ranked or len(ranked) < len(scene.answers) * _MOST:
        return
    odd = {
        reading.exchange.id: reading
        for way in Way
        if way is not Way.VALID
        for reading in scene.of(way, Fate.ACCEPTED)
        if reading.answer is not NOT_JSON and not _list(reading.answer)[0]
    }
    if len(odd) < _PROVEN:
        return
    looks = Counter(look(reading) for reading in odd.values())
    statuses = sorted({reading.status for reading in odd.values()})
    yield Draft(
        "disguised",
        "",
        f"Refusals come with status {listed(list(map(str, statuses)))}: {counted(len(odd), 'request')} that must be refused get {looks.most_common(1)[0][0]}, and no ranking.",
        f"{counted(len(odd), 'success')} without a list of results".replace("successs", "successes"),
        "Refuse with the status that the contract has for it.",
        [name for name, symptoms in pool.items() if symptoms and all(s.exchange in odd for s in symptoms)],
        set(odd),
    )


def _list(value: Any, path: tuple[str, ...] = ()) -> tuple[list[Any], tuple[str, ...]]:
    """Return the first list of objects in an answer and the names that lead to it; an empty list where there is none."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value, path
    if isinstance(value, dict) and len(path) < _DEEP:
        for name, inner in value.items():
            found = _list(inner, (*path, name))
            if found[0]:
                return found
    return [], ()


def _packed(reading: Reading) -> bool:
    response = reading.exchange.response
    return response is not None and response.header("content-encoding") not in {None, "", "identity"}


def _foreign(scene: Scene, pool: Pool) -> Iterator[Draft]:
    answers = [reading for reading in scene.answers if reading.answer is not NOT_JSON]
    if not answers:
        return
    failing = {name: place for name in pool if (place := shaped(name)) is not None and pool[name]}
    missing, extra, renamed = Counter[str](), Counter[str](), False
    for reading in answers:
        lacks, more = _difference(scene, reading)
        missing.update(lacks)
        extra.update(more)
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
            yield Draft(
                "other-answer",
                "",
                f"{counted(len(odd), 'accepted request')} {'is' if len(odd) == 1 else 'are'} answered with something else: {quoted(sorted({key for name in odd for key in scene.readings[name].answer}))}.",
                "nothing of the documented answer is there",
                "Refuse with a status that says so, or answer in the contract's shape.",
                names,
                odd,
            )
            return
    renamed = bool(added) and bool(lacking)
    if not (strange or renamed or bare):
        return
    everywhere = [
        name for name, (_, keyword) in failing.items() if keyword in _UNUSABLE and _share(pool, name, answers)
    ]
    if not everywhere:
        return
    parts = [
        "a list, not an object" if bare else "",
        f"{quoted(lacking)} missing" if lacking else "",
        f"{quoted(added)} instead" if lacking and added else f"{quoted(added)} more" if added else "",
    ]
    shape = "; ".join(filter(None, (", ".join(filter(None, parts)), _items(scene, answers))))
    yield Draft(
        "shape",
        "",
        f"Answers have another shape than the contract's: {shape or 'nothing of it is there'}.",
        f"{counted(len(everywhere), 'place')} wrong in each of {counted(len(answers), 'answer')}",
        "Translate the answer into the contract's shape, or judge it by the contract that it follows.",
        sorted(everywhere, key=lambda name: (not name.endswith(".required"), name.count("."))),
        {reading.exchange.id for reading in answers},
    )


def _items(scene: Scene, answers: list[Reading]) -> str:
    """Return in a few words where the list of results stands that answers have in another place, and what its items lack and have instead."""
    place = scene.contract.success.place("results")
    found = [(items, path) for reading in answers for items, path in [_list(reading.answer)] if items]
    if place is None or not found:
        return ""
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
    return ", and ".join(filter(None, (stands, having if any(told) else "")))


def _share(pool: Pool, name: str, answers: list[Reading]) -> bool:
    """Whether a clause fails on about all answers, as far as its proofs, of which only some are kept, can tell."""
    return len({symptom.exchange for symptom in pool[name]}) >= min(len(answers) * _MOST, 12)


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


def places(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """One place of an answer that is wrong, with all that rests on it; one header."""
    roles = {
        role: place.name
        for role in ("results", "index", "score", "echo")
        if (place := scene.contract.success.place(role)) is not None
    }
    wrong: dict[str, list[str]] = {}
    for name in pool:
        found = shaped(name)
        if found is not None and pool[name]:
            wrong.setdefault(found[0], []).append(name)
    claimed: set[str] = set()
    void = {where: names for where, names in wrong.items() if _void(scene, pool, where, names)}
    if len(void) >= _PROVEN:
        names = [name for own in void.values() for name in own]
        claimed.update(names)
        yield Draft(
            "null-places",
            "",
            f"A null stands for what is absent: {quoted(list(void))}.",
            f"{counted(len(void), 'place')} alike",
            "Leave out what is absent, or let the contract say that a null may stand there.",
            names,
            _proofs(pool, names),
        )
    # The outermost first: what stands in a broken object is broken with it.
    for where in sorted(wrong, key=lambda one: one.count(".") if one else -1):
        base = [name for name in wrong[where] if name not in claimed]
        if not base:
            continue
        keywords = {name.rpartition(".")[2] for name in base}
        unusable = bool(keywords & _UNUSABLE)
        rest = [
            name
            for name in pool
            if name not in claimed and name not in base and _rests(name, where, roles, unusable=unusable)
        ]
        claimed.update((*base, *rest))
        yield _of_place(scene, pool, where, base, rest)
    index = roles.get("index")
    ranged = [
        f"response.{index}.{word}"
        for word in ("range", "unique")
        if f"response.{index}.{word}" in pool and f"response.{index}.{word}" not in claimed
    ]
    if ranged and index is not None:
        seen = _proofs(pool, ranged)
        # What fails in other answers alone has a reason of its own.
        rest = [
            name
            for name, symptoms in pool.items()
            if name not in claimed
            and name not in ranged
            and _rests(name, index, roles, unusable=False)
            and any(symptom.exchange in seen for symptom in symptoms)
        ]
        claimed.update((*ranged, *rest))
        yield _of_place(scene, pool, index, ranged, rest)
    headers: dict[str, list[str]] = {}
    for name in pool:
        if name.startswith(_HEADER):
            headers.setdefault(name.removeprefix(_HEADER).rpartition(".")[0], []).append(name)
    for header, names in headers.items():
        exchanges = _proofs(pool, names)
        lacking = any(name.endswith(".required") for name in names)
        title = (
            f"The header {header} is missing{' everywhere' if len(exchanges) > _SEVERAL else ''}."
            if lacking
            else f"The header {header} has a value that the contract does not allow."
        )
        if names == [f"{_HEADER}{header}.unique"]:
            title = f"The header {header} is the same in different answers."
        yield Draft(
            "header",
            header,
            title,
            f"{counted(len(exchanges), 'answer')} shown",
            f"Send {header} with every answer, each time a new value.",
            names,
            exchanges,
        )


def _void(scene: Scene, pool: Pool, where: str, names: list[str]) -> bool:
    """Whether all that is wrong with a place is that it is null."""
    place = next((one for one in scene.contract.success.places if one.name == where), None)
    return (
        place is not None
        and {name.rpartition(".")[2] for name in names} <= _NOT_NULL
        and all(None in select(scene.readings[one].answer, place.path) for one in _proofs(pool, names))
    )


def _rests(name: str, place: str, roles: dict[str, str], *, unusable: bool) -> bool:
    """Whether a clause cannot pass where a place is wrong."""
    inside, _, word = name.partition(".")[2].rpartition(".")
    if name.startswith(("response.", "usage.")) and not name.startswith(_HEADER):
        if inside == place and not (
            place == roles.get("results") and word in {"sorted", "all", "limit"} and not unusable
        ):
            return True
        if unusable and (not place or inside.startswith(f"{place}.")):
            return True
        echo = roles.get("echo")
        if (
            echo is not None
            and inside == echo
            and word == "exact"
            and (place.startswith(echo) or place == roles.get("index"))
        ):
            return True
    if place == roles.get("index"):
        return name.startswith("ranking.")
    return (
        unusable
        and place == roles.get("score")
        and name.startswith(("ranking.", "response."))
        and (name.startswith("ranking.") or word == "sorted")
    )


def _of_place(scene: Scene, pool: Pool, place: str, base: list[str], rest: list[str]) -> Draft:
    exchanges = _proofs(pool, base)
    keywords = [name.rpartition(".")[2] for name in base]
    score = scene.contract.success.place("score")
    subject = f"`{place}`" if place else "The answer"
    seen = (
        list(_values(scene, pool, base, score))
        if score is not None and place == score.name and not set(keywords) & _UNUSABLE
        else []
    )
    if seen and min(seen) < 0:
        title, mend, kind = (
            f"Scores are logits, not probabilities: from {min(seen):.4g} to {max(seen):.4g}.",
            "Put a sigmoid behind the model.",
            "logits",
        )
    elif seen:
        title, mend, kind = (
            f"Scores leave the contract's range: from {min(seen):.4g} to {max(seen):.4g}.",
            "Bring scores into the contract's range.",
            "score-range",
        )
    else:
        told = pool[base[0]][0].proof
        title, mend, kind = (
            f"{subject} {_WORDS.get(keywords[0], 'is not what the contract declares')} ({told.actual[:120]}).",
            f"Send {f'`{place}`' if place else 'the answer'} as the contract declares it.",
            "place",
        )
        if keywords == ["required"]:
            title = f"{subject} is missing."
        elif _void(scene, pool, place, base):
            title = f"{subject} is null, which the contract does not allow."
    return Draft(
        kind,
        place if kind == "place" else "",
        title,
        f"{counted(len(base) + len(rest), 'clause')} on {f'`{place}`' if place else 'the answer'}",
        mend,
        [*base, *rest],
        exchanges,
    )


_WORDS = {
    "type": "has another type than the contract declares",
    "required": "is missing",
    "minimum": "is below the contract's minimum",
    "maximum": "is above the contract's maximum",
    "minLength": "is shorter than the contract allows",
    "oneOf": "has none of the forms that the contract declares",
    "anyOf": "has none of the forms that the contract declares",
    "enum": "is none of the listed values",
    "range": "points outside the list that was sent",
    "unique": "comes more than once",
}


def _values(scene: Scene, pool: Pool, names: list[str], place: Place | None) -> Iterator[float]:
    if place is None:
        return
    for name in _proofs(pool, names):
        for value in select(scene.readings[name].answer, place.path):
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield as_float(value)


def _proofs(pool: Pool, names: list[str]) -> set[str]:
    return {symptom.exchange for name in names for symptom in pool[name]}


def results(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """How many results come back, and in which order."""
    place = scene.contract.success.place("results")
    if place is None:
        return
    at = f"response.{place.name}".rstrip(".")
    both = [f"{at}.all", f"{at}.limit"]
    names = [name for name in both if pool.get(name)]
    got = {reading.exchange.id: (len(reading.results or ()), _expected(reading)) for reading in scene.answers}
    proofs = _proofs(pool, names)
    seen = [got[name] for name in proofs if name in got]
    most, short = max((number for number, _ in got.values()), default=0), {wanted - number for number, wanted in seen}
    title = subject = ""
    if len(names) == len(both) and seen and not most:
        title = "There are no results."
    elif len(names) == len(both) and seen and all(number == most < wanted for number, wanted in seen):
        title = f"There are never more than {counted(most, 'result')}."
    elif len(names) == len(both) and len(short) == 1 and min(short) > 0:
        title = f"{counted(min(short), 'result')} too few come{'s' if min(short) == 1 else ''} back."
    elif names[:1] == both[:1] and seen and min(short) > 0:
        whole = [reading for reading in scene.answers if reading.limit is None]
        # Of proofs only some are kept.
        few = [reading for reading in whole if got[reading.exchange.id][0] < got[reading.exchange.id][1]]
        parts, rest = cover(scene, few, [reading for reading in whole if reading not in few])
        if len(parts) == 1 and not rest:
            subject, title = parts[0].trait.name, f"Requests with {parts[0].words} get too few results."
    if title:
        yield Draft(
            "results",
            subject,
            title,
            f"{counted(len(seen), 'list')} with results missing",
            "Return a result for every document, or as many as the limit asks for.",
            [*names, *(n for n in ("ranking.limit",) if n in pool)],
            proofs,
        )
    yield from _defaulted(scene, pool)


def _expected(reading: Reading) -> int:
    number = len(reading.documents)
    return min(reading.limit, number) if reading.limit is not None and reading.limit > 0 else number


def _defaulted(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Documents that come back though nobody asked for them, but not where the request says no."""
    echo, switch = scene.contract.success.place("echo"), scene.contract.request_field("echo_switch")
    if echo is None or switch is None:
        return
    if any(reading.asked("echo_switch") is False and select(reading.answer, echo.path) for reading in scene.answers):
        return
    names = [f"response.{echo.name}.absent", f"request.{switch.name}.default"]
    if all(pool.get(name) for name in names) and all(s.reading.asked("echo_switch") is None for s in pool[names[0]]):
        yield Draft(
            "default",
            switch.name,
            f"Documents come back where `{switch.name}` is left out.",
            "requests without the field, and none that says no",
            f"Take a missing `{switch.name}` for {json.dumps(switch.schema.get('default', False))}.",
            names,
            _proofs(pool, names),
        )


def ranking(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Scores that move, that follow the place, or that follow nothing."""
    own = [
        name
        for name in pool
        if name.startswith("ranking.") or (name.startswith("request.") and name.endswith(".default"))
    ]
    if "ranking.repeatable" in own:
        yield Draft(
            "unstable",
            "",
            "The same request is scored differently each time.",
            f"{counted(len(own), 'relation')} between answers broken",
            "Make scores follow from the request alone.",
            ["ranking.repeatable", *(n for n in own if n != "ranking.repeatable")],
            _proofs(pool, own),
        )
        return
    if "ranking.permutation" in own:
        rank = _counted_up(scene)
        index = scene.contract.success.place("index")
        names = (
            [n for n in own if n != "ranking.permutation"]
            if rank
            else [n for n in own if n in {"ranking.independent", "ranking.duplicates"}]
        )
        if (
            rank
            and (echo := scene.contract.success.place("echo")) is not None
            and (exact := f"response.{echo.name}.exact") in pool
        ):
            names.append(exact)
        title = (
            f"`{index.name if index else 'index'}` is the place in the answer, not in the list that was sent."
            if rank
            else "A score depends on the document's place in the list."
        )
        yield Draft(
            "index-is-rank" if rank else "position",
            "",
            title,
            "indices that count up in every answer" if rank else "the same documents in another order",
            "Let `index` name the document in the request's list." if rank else "Score each document by itself.",
            ["ranking.permutation", *names],
            _proofs(pool, ["ranking.permutation"]),
        )
        own = [name for name in own if name not in names]
    relevance = [name for name in own if name.startswith("ranking.relevance.")]
    chunks = [name for name in own if name.startswith("ranking.chunks.")]
    texts = [
        name
        for name in own
        if name.startswith(("ranking.query", "ranking.document", "ranking.words", "ranking.scripts"))
    ]
    if "ranking.query_matters" in own:
        rest = [name for name in (*relevance, *chunks, *texts) if name != "ranking.query_matters"]
        counts = (
            [name for name in pool if name.startswith("usage.") and name.endswith(".grows")] if not relevance else []
        )
        yield Draft(
            "query",
            "",
            "Scores do not follow the query.",
            f"{counted(len(rest) + 1, 'clause')} on what is scored",
            "Look at how query and documents reach the model.",
            ["ranking.query_matters", *rest, *counts],
            _proofs(pool, ["ranking.query_matters"]),
        )
        return
    if len(relevance) >= _SEVERAL:
        yield Draft(
            "relevance",
            "",
            "Scores do not follow relevance: documents that answer the query do not come first.",
            "pairs of queries and documents in several languages",
            "Look at how query and documents reach the model.",
            [*relevance, *chunks, *texts],
            _proofs(pool, relevance),
        )
        return
    chunk_limit = scene.contract.request_field("chunk_limit")
    default = f"request.{chunk_limit.name}.default" if chunk_limit is not None else ""
    if chunk_limit is not None and default in own:
        names = [name for name in (*chunks, "ranking.own_score") if name in own]
        yield Draft(
            "default",
            chunk_limit.name,
            f"Where `{chunk_limit.name}` is left out, its default {json.dumps(chunk_limit.schema.get('default'))} does not hold: long documents are scored otherwise.",
            "long documents with the field and without it",
            f"Take a missing `{chunk_limit.name}` for {json.dumps(chunk_limit.schema.get('default'))}.",
            [default, *names],
            _proofs(pool, [default, *names]),
        )
        return
    parts = [name for name in chunks if name.rpartition(".")[2] in {"first", "middle", "last"}]
    if len(parts) >= _SEVERAL:
        yield Draft(
            "chunks",
            "",
            "Parts of long documents are not read.",
            f"answers in {len(parts)} places of a long document not found",
            "Score every chunk, and let the best one count.",
            chunks,
            _proofs(pool, parts),
        )


def _counted_up(scene: Scene) -> bool:
    """Whether the indices of every answer count up from 0 while its results are sorted by score."""
    seen = [
        reading
        for reading in scene.answers
        if reading.indices is not None and len(reading.indices) > 1 and reading.scores is not None
    ]
    return bool(seen) and all(
        r.indices == list(range(len(r.indices or ()))) and r.scores == sorted(r.scores or (), reverse=True)
        for r in seen
    )


def counts(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Token counts that are wrong in one way wherever they stand."""
    for word, title in (
        ("grows", "Token counts do not grow with the documents."),
        ("limit_free", "Token counts depend on the limit: only the results are counted."),
    ):
        names = [name for name in pool if name.startswith("usage.") and name.endswith(f".{word}")]
        base = next((one for name in names for one in scene.failed[name].clause.rests_on if one in scene.failed), None)
        if names and base is None:
            yield Draft(
                "counts",
                word,
                title,
                f"{counted(len(names), 'count')} alike",
                "Count all that was read.",
                names,
                _proofs(pool, names),
            )
