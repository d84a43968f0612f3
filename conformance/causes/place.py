"""Explanations of what is wrong in one place of an answer, with all that rests on it; and in one header."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from conformance.causes.draft import Draft, counted, drafted, short
from conformance.causes.kin import Kin
from conformance.causes.scene import Pool, Scene, proofs
from conformance.causes.shape import HEADER, NOT_NULL, UNUSABLE, WHOLE, shaped
from conformance.causes.trait import form
from conformance.checks.reading import Reading, as_float
from conformance.contract import Place, select
from conformance.contract.schema import alternatives, flatten

_PROVEN = 3
_ROOM = 120
_HAVING = frozenset({"an object", "a number"})


def places(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """One place of an answer that is wrong, with all that rests on it."""
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
    for draft in _patterns(scene, pool, wrong):
        claimed.update(draft.clauses)
        yield draft
    # The outermost first: what stands in a broken object is broken with it.
    for where in sorted(wrong, key=lambda one: one.count(".") if one else -1):
        for base in _apart(scene, [name for name in wrong[where] if name not in claimed]):
            unusable = not UNUSABLE.isdisjoint(name.rpartition(".")[2] for name in base)
            broken = frozenset().union(*(scene.failed[name].failing for name in base))
            rest = [
                name
                for name in pool
                if name not in claimed
                and name not in wrong[where]
                and _rests(name, where, roles, unusable=unusable)
                and scene.failed[name].failing & broken
            ]
            claimed.update((*base, *rest))
            yield _of_place(scene, pool, where, base, rest)
    yield from _indices(scene, pool, roles, claimed)


def _apart(scene: Scene, names: list[str]) -> list[list[str]]:
    """Return clauses on one place parted: it is missing in some answers, and wrong in others alone."""
    lacking = [name for name in names if name.endswith(".required")]
    others = [name for name in names if name not in lacking]
    missing, wrong = (frozenset().union(*(scene.failed[name].failing for name in some)) for some in (lacking, others))
    return [some for some in ((others, lacking) if missing.isdisjoint(wrong) else (names,)) if some]


def _indices(scene: Scene, pool: Pool, roles: dict[str, str], claimed: set[str]) -> Iterator[Draft]:
    """Yield drafts of indices that point outside the list or come twice, with what rests on them: one thing, unless judges tell the two apart."""
    index = roles.get("index", "")
    found = [name for name in (f"response.{index}.range", f"response.{index}.unique") if name in pool.keys() - claimed]
    parted = len(found) > 1 and scene.once(Kin).told_apart(*found)
    for ranged in [[name] for name in found] if parted else filter(None, [found]):
        failing = frozenset().union(*(scene.failed[name].failing for name in ranged))
        from_one = _from_one(scene.answers)
        # Such answers are not ranked: what fails in others has a reason of its own, unless no answer with several results has right ones.
        always = from_one or all(one.exchange.id in failing for one in scene.answers if len(one.results or ()) > 1)
        rest = [
            name
            for name in pool.keys() - claimed - {*found}
            if (always or scene.failed[name].failing & failing)
            and _rests(name, index, roles, unusable=False)
            and not scene.once(Kin).rewritten(name)
        ]
        claimed.update((*ranged, *rest))
        yield _of_place(scene, pool, index, ranged, sorted(rest, key=[*pool].index), from_one=from_one)


def _patterns(scene: Scene, pool: Pool, wrong: Mapping[str, list[str]]) -> Iterator[Draft]:
    """One sort of JSON that stands in several places where the contract has another one."""
    sorts: dict[str, list[str]] = {}
    for where, names in wrong.items():
        sorts.setdefault(_form(scene, pool, where, names), []).append(where)
    for sort, alike in sorts.items():
        if not sort or len(alike) < _PROVEN:
            continue
        names = [name for where in alike for name in wrong[where]]
        key, subject = ("sort.null-places", "") if sort == "null" else ("sort.other-sort", sort)
        yield drafted(key, names, pool, subject, sort=sort.capitalize(), places=alike, met=len(alike))


def headers(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """One header that is missing, or that has another value than it should."""
    found: dict[str, list[str]] = {}
    for name in pool:
        if name.startswith(HEADER):
            found.setdefault(name.removeprefix(HEADER).rpartition(".")[0], []).append(name)
    answers = [one.exchange.response for one in scene.readings.values() if one.success]
    for header, names in found.items():
        seen = any(response is not None and response.header(header) for response in answers)
        alike = max(len(scene.failed[name].failing) for name in names)
        where = f"in {counted(alike, 'answer')}" if seen else "everywhere"
        lacking = any(name.endswith(".required") for name in names)
        way = "unique" if names == [f"{HEADER}{header}.unique"] else "lacking" if lacking else "wrong"
        yield drafted(f"header.{way}", names, pool, header, header=header, where=where, met=alike)


def _from_one(answers: Sequence[Reading]) -> bool:
    """Whether the indices of every answer that has a result for each document count from 1."""
    whole = [reading for reading in answers if reading.indices and len(reading.indices) == len(reading.documents)]
    return bool(whole) and all(
        sorted(reading.indices or ()) == list(range(1, len(reading.documents) + 1)) for reading in whole
    )


def _form(scene: Scene, pool: Pool, where: str, names: list[str]) -> str:
    """Return the sort of JSON that stands in a place, where that is all that is wrong with it; else an empty string."""
    path = _path(scene, where)
    if not {name.rpartition(".")[2] for name in names} <= NOT_NULL:
        return ""
    found = [{form(value) for value in select(scene.readings[one].answer, path)} for one in proofs(pool, names)]
    shared = set.intersection(*found) if found else set()
    # A null among others is what is wrong; an object may be a wrong one for what it has, a number for its value.
    if "null" in shared:
        return "null"
    return shared.pop() if shared and len(set().union(*found)) == 1 and not shared & _HAVING else ""


def _members(scene: Scene, pool: Pool, where: str, names: list[str]) -> list[str]:
    """Return what the objects have that stand in a place, where they all have the same, and something that the contract does not declare there."""
    schemas = (one.schema for one in scene.contract.success.places if one.name == where)
    declared = {name for one in schemas for leaf in alternatives(one) for name in flatten(leaf).get("properties", {})}
    found = [value for one in proofs(pool, names) for value in select(scene.readings[one].answer, _path(scene, where))]
    alike = {tuple(value) if isinstance(value, dict) else () for value in found}
    members = list(alike.pop()) if len(alike) == 1 else []
    return members if not declared.issuperset(members) else []


def _path(scene: Scene, where: str) -> tuple[str, ...]:
    """Return the path of a place by its name; one without a role is known by its name alone."""
    place = next((one for one in scene.contract.success.places if one.name == where), None)
    return place.path if place is not None else tuple("*" if part == "items" else part for part in where.split("."))


def _rests(name: str, place: str, roles: dict[str, str], *, unusable: bool) -> bool:
    """Whether a clause cannot pass where a place is wrong."""
    inside, _, word = name.partition(".")[2].rpartition(".")
    if name in WHOLE:
        return False
    if name.startswith(("response.", "usage.")) and not name.startswith(HEADER):
        if inside == place and not (
            # What is wrong with a document is no reason for it to come unasked.
            word == "absent" or (place == roles.get("results") and word in {"sorted", "all", "limit"} and not unusable)
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


def _of_place(
    scene: Scene, pool: Pool, place: str, base: list[str], rest: list[str], *, from_one: bool = False
) -> Draft:
    shown, keywords, names = proofs(pool, base), {name.rpartition(".")[2] for name in base}, [*base, *rest]
    score, about = scene.contract.success.place("score"), f"`{place}`" if place else "the answer"
    if score is not None and place == score.name and not keywords & UNUSABLE and (seen := _values(scene, shown, score)):
        # A cosine of two vectors is no less than -1.
        key = "scores.logits" if min(seen) < -1 else "scores.score-range"
        return drafted(key, names, shown, met=len(names), about=about, least=min(seen), most=max(seen))
    sort, members = _form(scene, pool, place, base), _members(scene, pool, place, base)
    subject, clause = about if place else "The answer", scene.failed[base[0]].clause
    way = "members" if keywords <= NOT_NULL and members else "wrong"
    if from_one:
        way = "one"
    elif keywords == {"required"}:
        way = "some" if _met(scene, place) else "lacking"
    elif sort:
        way = "null" if sort == "null" else "sort"
    return drafted(
        f"place.{way}",
        names,
        shown,
        place,
        subject,
        met=len(names),
        about=about,
        subject=subject,
        place=place,
        sort=sort,
        members=members,
        wrong=clause.wrong.removesuffix("."),
        actual=short(pool[base[0]][0].proof.actual, _ROOM),
        remedy=clause.mend,
    )


def _met(scene: Scene, place: str) -> bool:
    """Whether some answer, or some result of one, has a place."""
    path = _path(scene, place)
    return any(select(reading.answer, path) for reading in scene.answers)


def _values(scene: Scene, exchanges: Iterable[str], place: Place) -> list[float]:
    found = [value for name in exchanges for value in select(scene.readings[name].answer, place.path)]
    return [as_float(value) for value in found if isinstance(value, int | float) and not isinstance(value, bool)]
