"""Explanations of how answers rank: how many results, in which order, by which scores, and what is counted."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.causes.cover import cover
from conformance.causes.draft import Draft, counted, drafted
from conformance.causes.kin import Kin, reads, wanted
from conformance.causes.scene import Pool, Scene, Symptom, proofs
from conformance.checks.features import long
from conformance.checks.reading import Reading
from conformance.contract import select

_SEVERAL, _MANY, _PROVEN = 2, 3, 6
_STEADY, _LIMIT = "response.steady", "ranking.limit"
# Texts that are told apart may be so on a narrow scale, whatever else is wrong with their scores.
_SCALE, _TOLD_APART = "ranking.relevance.spread", "ranking.tells_apart"
# That a field has no effect shows in ranks, too.
_EFFECTS = frozenset({"ranking.chunks.limit", "ranking.chunks.count"})


def results(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """How many results come back, and in which order."""
    place = scene.contract.success.place("results")
    if place is None:
        return
    at = f"response.{place.name}".rstrip(".")
    both = [f"{at}.all", f"{at}.limit"]
    got = {reading.exchange.id: (len(reading.results or ()), wanted(reading)) for reading in scene.answers}
    names = [
        name
        for name in both
        # Where more come than the limit asks for, that is another thing than results that are missing.
        if pool.get(name)
        and (name == both[0] or not any(got[one][0] > got[one][1] for one in scene.failed[name].failing & got.keys()))
    ]
    shown = proofs(pool, names)
    seen = [got[name] for name in shown if name in got]
    most, short = max((number for number, _ in got.values()), default=0), {asked - number for number, asked in seen}
    bound = max((got[one.exchange.id][0] for one in scene.answers if one.limit is not None), default=0)
    way = subject = ""
    merged, limit = _merged(scene.answers), scene.contract.request_field("limit")
    values: dict[str, Any] = {"most": most, "more": merged, "limit": limit.name if limit else "limit"}
    if names and merged is not None:
        way = subject = "twins"
    elif len(names) == len(both) and seen and not most:
        way = "none"
    elif len(names) == len(both) and seen and all(number == most < asked for number, asked in seen):
        way = "most"
    elif names == both[1:] and seen and all(number == bound < asked for number, asked in seen):
        way, values["most"] = "limit", bound
    elif len(names) == len(both) and len(short) == 1 and min(short) > 0:
        way, values["short"] = "one" if min(short) == 1 else "fewer", min(short)
    elif names[:1] == both[:1] and seen and min(short) > 0:
        whole = [reading for reading in scene.answers if reading.limit is None]
        # Of proofs only some are kept.
        few = [reading for reading in whole if got[reading.exchange.id][0] < got[reading.exchange.id][1]]
        parts, rest = cover(scene, few, [reading for reading in whole if reading not in few])
        least = min((got[reading.exchange.id][1] for reading in few), default=0)
        if any(got[name][1] < least for name in shown if name in got):
            # Where fewer are asked for, what is missing is another thing.
            names = both[:1]
        if len(parts) == 1 and not rest:
            way, subject, values["words"] = "beside", parts[0].trait.name, parts[0].words
    if way:
        if (both[1] in names or way == "twins") and _LIMIT in pool and not scene.once(Kin).beside(_LIMIT, names):
            names.append(_LIMIT)
        yield drafted(f"results.{way}", names, shown, subject, met=len(seen), **values)
    yield from _ascending(scene, pool, f"{at}.sorted")
    yield from _defaulted(scene, pool)


def _merged(answers: Sequence[Reading]) -> str | None:
    """Return what is to be said besides where a document that comes twice gets one result; None where that is not all that is missing but for one bound."""
    short = [one for one in answers if few(one)]
    free = max((len(one.results or ()) for one in answers if one.limit is None), default=0)
    ends = set()
    for one in short:
        number, each = len(one.results or ()), len({json.dumps(item, sort_keys=True) for item in one.documents})
        bound = one.limit if one.limit is not None else free
        # Who merges what a limit left has as many fewer as come twice.
        least = bound - len(one.documents) + each if one.limit is not None else bound
        if not min(each, least) <= number <= min(each, bound) or len(set(one.indices or ())) < len(one.indices or ()):
            return None
        if one.limit is None or number == each:
            ends.add(number == each)
    if True not in ends:
        return None
    return f" Without a limit there are never more than {counted(free, 'result')}." if False in ends else ""


def _ascending(scene: Scene, pool: Pool, order: str) -> Iterator[Draft]:
    """Results of which the lowest score always comes first: the order is turned round, or scores are distances."""
    several = [one.scores for one in scene.answers if len(set(one.scores or ())) > 1]
    if not pool.get(order) or any(scores != sorted(scores or ()) for scores in several):
        return
    far = [name for name in pool if name.startswith("ranking.")]
    distances = sum(name.startswith("ranking.relevance.") for name in far) >= _SEVERAL
    key = "ascending.distances" if distances else "ascending.order"
    yield drafted(key, [order, *(far if distances else ())], proofs(pool, [order]), met=len(several))


def few(reading: Reading) -> bool:
    """Whether results are missing in an answer."""
    return len(reading.results or ()) < wanted(reading)


def _defaulted(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Documents that come back, or do not, against the default, where nobody says whether they shall; where somebody does, it holds."""
    echo, switch = scene.contract.success.place("echo"), scene.contract.request_field("echo_switch")
    if echo is None or switch is None:
        return
    default = switch.schema.get("default") is True
    if any(
        reading.asked("echo_switch") is default and bool(select(reading.answer, echo.path)) is not default
        for reading in scene.answers
    ):
        return

    def left_out(symptom: Symptom) -> bool:
        """Whether a document is missing now and then where nobody asks for it."""
        return symptom.reading.asked("echo_switch") is None and f"`{echo.name}`" in symptom.proof.expected

    names = [f"response.{echo.name}.{'present' if default else 'absent'}", f"request.{switch.name}.default"]
    if all(pool.get(name) for name in names) and all(s.reading.asked("echo_switch") is None for s in pool[names[0]]):
        shown = pool.get(_STEADY, ())
        steady = [_STEADY] if sum(map(left_out, shown)) * 2 > len(shown) else []
        yield drafted(
            f"default.{'left_out' if default else 'sent'}",
            [*names, *steady],
            proofs(pool, names),
            switch.name,
            field=switch.name,
            default=json.dumps(default),
            who="Now and then documents" if steady else "Documents",
        )


def ranking(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Scores that move, that follow the place, or that follow nothing."""
    own = [
        name
        for name in pool
        if (name.startswith("ranking.") and (name != _SCALE or _TOLD_APART in pool))
        or (name.startswith("request.") and name.endswith(".default"))
    ]
    if "ranking.repeatable" in own:
        moved = scene.failed["ranking.repeatable"]
        # Where only what is sent again moves, other answers have another reason; so have one or two texts, where chance would hit any.
        lost = frozenset().union(*(scene.failed[name].failing for name in own if reads(name)))
        # Chance moves no count: what is not counted either is not read.
        uncounted = any(_is_count(name) and scene.failed[name].failing & lost for name in pool)
        names = [
            name
            for name in own
            if (not moved.features or scene.failed[name].failing <= moved.failing)
            and (not reads(name) or (len(lost) >= _MANY and not uncounted))
        ]
        names.sort(key=lambda name: name != "ranking.repeatable")
        yield drafted("unstable", names, pool, met=len(names))
        own = [name for name in own if name not in names]
        if not own:
            return
    if _of_rank(scene) and not {"ranking.permutation", "ranking.query_matters"} & set(own):
        own = [name for name in own if name.startswith("ranking.") and name not in _EFFECTS]
        if own:
            yield drafted("scores-of-rank", own, pool, met=len(own))
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
            and not scene.once(Kin).rewritten(exact)
        ):
            names.append(exact)
        shown = proofs(pool, ["ranking.permutation"])
        key = "scored.index-is-rank" if rank else "scored.position"
        yield drafted(key, ["ranking.permutation", *names], shown, index=index.name if index else "index")
        own = [name for name in own if name not in names]
    # What moves scores spoils their order, too.
    relevance = [name for name in own if name.startswith("ranking.relevance.") and not _based(scene, name)]
    chunks = [name for name in own if name.startswith("ranking.chunks.")]
    texts = [
        name
        for name in own
        if name.startswith(("ranking.query", "ranking.document", "ranking.words", "ranking.scripts"))
    ]
    if "ranking.query_matters" in own:
        # What is said of relevance goes with it, whatever else it rests on.
        rest = [
            name
            for name in own
            if name.startswith("ranking.relevance.") or (name in {*chunks, *texts} and name != "ranking.query_matters")
        ]
        counts = [name for name in pool if _is_count(name)] if not relevance else []
        names = ["ranking.query_matters", *rest, *counts]
        yield drafted("scored.query", names, proofs(pool, names[:1]), met=len(rest) + 1)
        return
    if len(relevance) >= _SEVERAL:
        yield drafted("scored.relevance", [*relevance, *chunks, *texts], proofs(pool, relevance))
        return
    chunk_limit = scene.contract.request_field("chunk_limit")
    default = f"request.{chunk_limit.name}.default" if chunk_limit is not None else ""
    # What other documents move, or another option, moves such scores, too.
    if chunk_limit is not None and default in own and not _based(scene, default):
        names = [name for name in (*chunks, "ranking.own_score") if name in own]
        value = json.dumps(chunk_limit.schema.get("default"))
        field = chunk_limit.name
        yield drafted("default.chunks", [default, *names], pool, field, field=field, default=value)
        return
    parts = [name for name in chunks if name.rpartition(".")[2] in {"first", "middle", "last"}]
    whole = [symptom.reading for symptom in pool.get("ranking.document.whole", ())]
    far = bool(whole) and all(any(map(long, one.texts)) for one in whole)
    if len(parts) >= _SEVERAL or (parts and far):
        names = [*chunks, *(name for name in texts if far and name == "ranking.document.whole")]
        yield drafted("chunks", names, proofs(pool, parts), met=len(parts))


def _is_count(name: str) -> bool:
    """Whether a clause says that a count grows with the texts."""
    return name.startswith("usage.") and name.endswith(".grows")


def _based(scene: Scene, name: str) -> bool:
    """Whether a clause that another one rests on fails with it."""
    return any(
        one in scene.failed and not scene.once(Kin).beside(name, [one]) for one in scene.failed[name].clause.rests_on
    )


def _of_rank(scene: Scene) -> bool:
    """Whether lists of as many documents get the same scores, whatever is asked and ranked."""
    seen: dict[int, dict[str, list[float]]] = defaultdict(dict)
    for one in scene.answers:
        if len(set(one.scores or ())) >= _MANY:
            asked = json.dumps([one.asked("query"), sorted(one.texts)])
            seen[len(one.documents)][asked] = sorted(one.scores or (), reverse=True)
    several = [list(found.values()) for found in seen.values() if len(found) > 1]
    # Under a limit the first ones come.
    alike = all(
        one == other for found in several for some in found[1:] for one, other in zip(found[0], some, strict=False)
    )
    return sum(map(len, several)) >= _PROVEN and alike


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
    for word in ("free", "grows", "tokens"):
        names = [name for name in pool if name.startswith("usage.") and name.endswith(f".{word}")]
        if names and not any(_based(scene, name) for name in names):
            yield drafted(f"counts.{word}", names, pool, word, met=len(names))
