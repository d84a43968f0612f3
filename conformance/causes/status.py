"""Explanations by status: what is refused, or breaks, where the contract asks for something else."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import partial

from attrs import evolve

from conformance.causes.breach import Breaches
from conformance.causes.cover import CoverPart, carriers, cover, excused
from conformance.causes.draft import Draft, counted, drafted, listed, quoted
from conformance.causes.scene import Pool, Scene, StatusClass, Symptom, Way, proofs, status_class
from conformance.causes.trait import RequestTrait, traits
from conformance.checks.reading import Reading
from conformance.model.exchange import NOT_JSON, SERVER_ERROR

_FEW, _REDIRECT, _REFUSED = 3, 300, 400
# Models, fields, forms of one field, and bodies that cannot be read are one thing to mend.
_TOGETHER = {
    **{group: group for group in ("model", "field", "lacking", "unread")},
    **dict.fromkeys(("form", "item", "image"), "forms"),
}
_VERBS = {"refused": "refused with", "broke": "answered with"}
# Says nothing of whether a request had to be accepted.
DOCUMENTED = "response.status.documented"


def mostly(symptoms: tuple[Symptom, ...], exchanges: set[str]) -> bool:
    """Whether more than half of a clause's proofs lie among some exchanges, and none of one on every answer is an accepted request elsewhere."""
    others = [symptom for symptom in symptoms if symptom.exchange not in exchanges]
    return len(others) * 2 < len(symptoms) and not any(
        one.clause.id.startswith("response.") and one.status_class is StatusClass.ACCEPTED for one in others
    )


def said(statuses: Iterable[int], last: str = "and") -> str:
    """Return statuses as a sentence has them."""
    known = list(dict.fromkeys(statuses))
    numbers = listed([str(status) for status in known if status], last=last) if any(known) else ""
    return f" {last} ".join(filter(None, (numbers and f"status {numbers}", "" if all(known) else "no answer")))


def invalid(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Invalid requests, or strangers, that are all answered with one status which the contract does not have for them."""
    breaking = scene.once(_breaking)
    for way, one, many in (
        (Way.INVALID, "invalid request", "invalid requests"),
        (Way.STRANGER, "request with wrong credentials", "requests with wrong credentials"),
    ):
        refused = [
            reading
            for reading in scene.of(way, StatusClass.REFUSED, StatusClass.BROKE)
            if reading.exchange.id not in scene.explained
            and not (_unanswered(reading) and reading.exchange.id in breaking)
        ]
        cited: dict[int, set[str]] = defaultdict(set)
        for symptoms in pool.values():
            for symptom in symptoms:
                if symptom.way is way and symptom.status_class is not StatusClass.ACCEPTED and not symptom.about_error:
                    cited[symptom.reading.status].add(symptom.exchange)
        wanted = _wanted(scene, way)
        # What breaks the server is another thing than a refusal with another status.
        wrong = {one.exchange.id for one in refused if str(one.status) != wanted and one.status < SERVER_ERROR}
        for status in sorted(cited, key=lambda one: -len(cited[one])):
            same = {reading.exchange.id for reading in refused if reading.status == status}
            # What is accepted beside them is another thing to mend; only a clause on all answers is shared.
            clauses = [
                name
                for name, symptoms in pool.items()
                if not about_error(symptoms)
                and not apart(name)
                # What no status explains alone is told with the one that most get.
                and mostly(symptoms, same | wrong)
                and (
                    all(s.exchange in same for s in symptoms)
                    if name.startswith("request.")
                    # Of proofs only some are kept.
                    else name == DOCUMENTED or len(scene.failed[name].failing - same - wrong) <= len(same | wrong)
                )
            ]
            met = len(same)
            if status >= SERVER_ERROR and met * 2 < len(refused):
                # What breaks on a few requests alone is told by what they have in common.
                continue
            # What is refused with it beside them, and may be, is the same pattern.
            beside = pool.get(DOCUMENTED, ())
            if all(s.reading.status == status for s in beside):
                same |= {s.exchange for s in beside}
            if met < _FEW or not clauses or wanted == str(status):
                continue
            also = sorted({scene.readings[other].status for other in proofs(pool, clauses) & wrong} - {status})
            told = said((status, *also), "or")
            met += sum(one.status in also for one in refused)
            same |= {one.exchange.id for one in refused if one.status in also}
            same |= _likewise(scene, same, status)
            wrong = set()
            refusal = "refused" if status else "not accepted"
            who = (
                f"Every {one} that is {refusal} gets"
                if met == len(refused)
                else (not also and _who(scene, refused, status))
                or f"{met} of {len(refused)} {many} that are {refusal} get"
            )
            # A 4xx that the contract leaves open says something else than what is wrong.
            untrue = status < SERVER_ERROR and not wanted.isdigit()
            yield drafted(
                "status.untrue" if untrue else "status.wrong",
                clauses,
                same,
                str(status),
                f"{counted(met, one, many)} get {told}",
                kind="" if way is Way.INVALID else "credentials",
                who=who,
                told=told,
                met=met,
                wanted=f", not {wanted}" if wanted else "",
                answer=wanted,
                remedy=scene.failed[clauses[0]].clause.mend,
            )


def _likewise(scene: Scene, same: set[str], status: int) -> set[str]:
    """Return the strangers whose body cannot be read either, and breaks the server in the same way: it is not for their key."""
    unread = {one for name in same for one in traits(scene.readings[name], Way.VALID) if one.group == "unread"}
    strangers = scene.of(Way.STRANGER, StatusClass.BROKE)
    return {one.exchange.id for one in strangers if one.status == status and unread & traits(one, Way.VALID)}


def _who(scene: Scene, refused: list[Reading], status: int) -> str:
    """Return the beginning of a sentence on the requests that get a status, where one or two traits tell them from all others."""
    mine, others = [one for one in refused if one.status == status], [one for one in refused if one.status != status]
    parts, rest = cover(scene, mine, [*others, *scene.answers])
    words = listed([part.words for part in parts], last="or") if parts and not rest and len(parts) < _FEW else ""
    if not words:
        breaches = Breaches(scene.contract)

        def wrong(reading: Reading) -> set[str]:
            unnamed = {one.name for one in traits(reading, Way.INVALID) if one.group == "unnamed"}
            return unnamed | {name for name, _ in breaches.of(reading)}

        shared = set.intersection(*map(wrong, mine)).difference(*map(wrong, others))
        words = f"a wrong value of {quoted(sorted(shared))}, or none," if len(shared) == 1 else ""
    return f"Requests with {words} get" if words else ""


def apart(name: str) -> bool:
    """Whether a clause is a thing of its own, whatever status its answers have: what leaks, or says nothing, does so with another one, too."""
    return name.startswith("security.") or name == "error.says"


def _breaking(scene: Scene) -> frozenset[str]:
    """Return what breaks the server, or is sent elsewhere, for what valid requests are, or for a field on which it does whatever the value: they have an explanation of their own."""
    every = [one for one in scene.readings.values() if _unanswered(one)]
    valid = [one for one in every if scene.way[one.exchange.id] is Way.VALID]
    names = {name for one in valid if isinstance(one.body, dict) for name in one.body}
    names.difference_update(
        *(one.body for one in scene.readings.values() if one.answered and isinstance(one.body, dict))
    )
    beside = {one.exchange.id for one in every if isinstance(one.body, dict) and not names.isdisjoint(one.body)}
    return frozenset(beside.union(*excused(scene, every, valid).values()))


def _unanswered(reading: Reading) -> bool:
    """Whether a request broke the server, or was sent elsewhere."""
    return status_class(reading) is StatusClass.BROKE or _REDIRECT <= reading.status < _REFUSED


def about_error(symptoms: tuple[Symptom, ...]) -> bool:
    """Whether a clause speaks of the body of an error, which says nothing of the status."""
    return any(symptom.about_error for symptom in symptoms)


def _wanted(scene: Scene, way: Way) -> str:
    if way is Way.STRANGER:
        named = [code for code in scene.contract.answers if code in {"401", "403"}]
        return named[0] if named else "401"
    return str(scene.contract.refusal) if scene.contract.refusal is not None else "a 4xx"


def broke(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Yield drafts of requests that the server breaks on: 5xx, or no answer."""
    cited = {
        s.exchange
        for symptoms in pool.values()
        for s in symptoms
        # Where no valid request was ever accepted, what breaks HTTP is no failure of some of them.
        if s.status_class is StatusClass.BROKE
        and not s.about_error
        and (scene.answers or not s.reading.exchange.mangled)
    } - scene.explained
    if not cited:
        return
    bad = [
        reading
        for name, reading in scene.readings.items()
        if status_class(reading) is StatusClass.BROKE
        and (name in cited or reading.available)
        and name not in scene.explained
    ]
    breaking = scene.once(_breaking)
    valid = [one for one in bad if scene.way[one.exchange.id] is Way.VALID or one.exchange.id in breaking]
    invalid = [one for one in bad if one not in valid]
    others = (
        scene.answers
        + scene.of(Way.INVALID, StatusClass.ACCEPTED, StatusClass.REFUSED)
        + scene.of(Way.STRANGER, StatusClass.ACCEPTED)
        + scene.of(Way.VALID, StatusClass.REFUSED)
    )
    # What is refused for its body or its key does not come as far as a valid request, but where one thing explains both.
    whole = cover(scene, bad, others) if invalid else ([], {""})
    parted = (
        [(whole, others)]
        if not whole[1]
        else [(_covered(scene, valid, scene.answers), scene.answers), (_covered(scene, invalid, others), others)]
    )
    for covered, good in parted:
        yield from _parts(scene, pool, covered, good, "broke")


def refused(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Yield drafts of valid requests that are refused."""
    cited = {
        s.exchange
        for name, symptoms in pool.items()
        for s in symptoms
        if s.way is Way.VALID and s.status_class is StatusClass.REFUSED and name != DOCUMENTED and not s.about_error
    } - scene.explained
    parts: dict[RequestTrait, CoverPart] = {}
    rest: set[str] = set()
    beside = {
        s.exchange for s in pool.get(DOCUMENTED, ()) if s.way is Way.VALID and s.status_class is StatusClass.REFUSED
    }
    for bad in _signs(scene, cited, beside - scene.explained):
        found, left = _covered(scene, bad, scene.answers)
        for part in found:
            if part.exchanges & cited:
                known = parts.get(part.trait, part)
                parts[part.trait] = evolve(
                    part, exchanges=part.exchanges | known.exchanges, having=part.having | known.having
                )
        rest |= left & cited
    yield from _parts(scene, pool, ([*parts.values()], rest), scene.answers, "refused")


def _signs(scene: Scene, cited: set[str], beside: set[str]) -> list[list[Reading]]:
    """Return refusals that look alike together: by status, and whether they are JSON.

    Beside them stand other valid requests, and invalid ones that get a status which such do not get as a rule.
    """
    invalid = [one for one in scene.of(Way.INVALID, StatusClass.REFUSED) if one.exchange.id not in scene.explained]
    usual = Counter(one.status for one in invalid).most_common(1)
    found: dict[tuple[int, bool], list[Reading]] = defaultdict(list)
    asked = [scene.readings[name] for name in sorted(cited | beside)]
    for one in (*asked, *(one for one in invalid if one.status != usual[0][0])):
        found[one.status, one.answer is NOT_JSON].append(one)
    return [group for group in found.values() if any(one.exchange.id in cited for one in group)]


def _covered(scene: Scene, bad: list[Reading], good: list[Reading]) -> tuple[list[CoverPart], set[str]]:
    """Return the traits that explain some requests, and what none explains; what is taken alone, and not together, is what a judge found."""
    parts, left = cover(scene, bad, good)
    for verdict in scene.failed.values():
        if len(verdict.features) > 1 and verdict.failing & left:
            found = []
            for whatever in (False, True):
                # What is refused beside one value of a field is so beside any, unless such a request is accepted.
                carrying = partial(scene.carries, some=verdict.features, whatever=whatever)
                having = frozenset(one.exchange.id for one in bad if carrying(one.exchange.id))
                if having and not (whatever and any(carrying(one.exchange.id) for one in good)):
                    words = [re.sub(r"^(`[^`]+`) .*", r"\1", one) if whatever else one for one in verdict.features]
                    others, rest = cover(scene, [one for one in bad if one.exchange.id not in having], good)
                    trait = RequestTrait("pair", "together", listed(words))
                    found.append(([*others, CoverPart(trait, having, having)], rest))
            return min(found, key=lambda one: (len(one[1]), len(one[0])), default=(parts, left))
    return parts, left


def _wherever(scene: Scene, part: CoverPart) -> frozenset[str]:
    """Return all requests with a trait that were refused for it, whatever else is wrong with them: a model hides the rest; another trait a wrong key, where it has a status of its own."""
    asked = scene.of(Way.STRANGER, StatusClass.REFUSED, StatusClass.BROKE)
    usual = Counter(one.status for one in asked).most_common(1)
    own = {scene.readings[name].status for name in part.exchanges}.difference(status for status, _ in usual)
    found = [one for one in asked if one.status in own]
    if part.trait.group == "model":
        found += [
            one for way in (Way.VALID, Way.INVALID) for one in scene.of(way, StatusClass.REFUSED, StatusClass.BROKE)
        ]
    failing = [scene.readings[name] for name in part.exchanges]
    return part.exchanges | carriers({part.trait}, found, failing, scene.answers)[part.trait]


def _parts(
    scene: Scene, pool: Pool, covered: tuple[list[CoverPart], set[str]], good: list[Reading], kind: str
) -> Iterator[Draft]:
    rest = set(covered[1])
    parts = [evolve(part, exchanges=_wherever(scene, part)) for part in covered[0]]
    merged: dict[str, list[CoverPart]] = defaultdict(list)
    for part in parts:
        merged[_TOGETHER.get(part.trait.group, f"{part.trait.group}.{part.trait.name}")].append(part)
    for shared, group in merged.items():
        exchanges = {name for part in group for name in part.exchanges}
        having = exchanges.union(*(part.having for part in group))
        if (
            len(parts) > _FEW
            and len(exchanges) == 1
            and not any(mostly(symptoms, having) for symptoms in pool.values())
        ):
            # Among many that fail, what is odd about a single one that no clause is about explains nothing.
            rest |= exchanges
            continue
        claimed = [name for name, symptoms in pool.items() if mostly(symptoms, having) and not apart(name)]
        # Beside a model that is not served, something else may be refused too.
        claimed.sort(key=lambda name: shared == "model" and scene.failed[name].clause.roles != ("model",))
        plain = proofs(pool, claimed[:1]) & exchanges if shared == "model" else exchanges
        met = Counter(scene.readings[name].status for name in sorted(plain or exchanges)).most_common(3)
        statuses = said(status for status, number in met if number * _FEW >= met[0][1])
        words = listed([part.words for part in group], last="or")
        away = all(_REDIRECT <= status < _REFUSED for status, _ in met)
        breaks = kind == "broke" and any(scene.way[name] is Way.VALID for name in exchanges)
        several = shared == "model" and len(group) > 1
        draft = drafted(
            f"refused.{'models' if several else 'parts'}",
            claimed,
            exchanges,
            group[0].trait.name if shared == "model" and not several else shared,
            "; ".join(part.words for part in group),
            kind=kind,
            verb="sent elsewhere with" if away else _VERBS[kind],
            statuses=statuses,
            who=f"Requests with {words} are" if good else "Every valid request is",
            note="".join(part.trait.note for part in group),
            number=len(group),
            models=[part.trait.name for part in group],
            words=words,
            passing=len(good),
            mend="model" if shared == "model" else "away" if away else "valid" if breaks else kind,
        )
        draft.title = draft.title.replace("with no answer", "with nothing")
        draft.family = kind if shared != "model" else ""
        yield draft
    if rest:
        one = len(rest) == 1
        statuses = said(sorted(scene.readings[name].status for name in rest))
        claimed = [name for name, symptoms in pool.items() if mostly(symptoms, rest) and not apart(name)]
        asked = {s.asked for name in claimed for s in pool[name] if s.exchange in rest} - {""}
        why = (
            f": {listed(sorted(asked))}"
            if asked
            else f", and nothing sets {'it' if one else 'them'} apart from those that pass"
        )
        yield drafted(
            "refused.other",
            claimed,
            rest,
            "other",
            kind=kind,
            verb=_VERBS[kind],
            statuses=statuses,
            be="is" if one else "are",
            why=why,
            mend=kind,
        )
