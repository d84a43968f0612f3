"""Requirements on pairs of answers: what must not move a score, and what must.

They are judged between all answers that share what a relation needs, not between two requests made for it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import product

from attrs import evolve

from conformance.checks.check import show
from conformance.checks.features import long, planned, told
from conformance.checks.reading import Reading
from conformance.contract import Field
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.explanation import Features
from conformance.model.finding import Finding
from conformance.probes.design import LONG_ALIKE, alike_requests, base_requests
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority, Probe
from conformance.probes.texts import CHINESE, ENGLISH
from conformance.requirements.branches import relevance_request
from conformance.requirements.combinations import Combinations
from conformance.requirements.evidence import Evidence
from conformance.requirements.movement import Scored
from conformance.requirements.relevance import (
    best_results,
    own_scores,
    query_beside,
    query_matters,
    raw_scores_matter,
    relevance,
    told_apart,
)
from conformance.requirements.requirement import REPEATABLE, Requirement, probe_all, unless_coarse
from conformance.requirements.scores import CUT

OWN, PERMUTATION = "ranking.own_score", "ranking.permutation"
# Roles of fields that move no score, where it is so with texts of one chunk at the least: each with the end of its clause's id.
_IDLE = {
    "echo_switch": "echo",
    "limit": "limit_free",
    "handling": "handling",
    "truncation": "truncation",
    "chunk_overlap": "overlap_short",
    "chunk_limit": "chunks_short",
}
# Fewer results, or fewer answers, may stand in the order of the input by chance.
_FEW = 2
# Roles of fields whose default no score and no document tells.
_TOLD_NOWHERE = frozenset({"model", "query", "documents", "handling", "text_cap"})


def relation_requirements(kit: Kit, combinations: Combinations) -> Iterator[Requirement]:
    """Yield the relations that hold between answers, whatever the model."""
    base = tuple(base_requests(kit))
    label = "one list in many ways, whose scores are compared"
    asked = probe_all([*base, *combinations.requests], label, Priority.TAKEN)
    # What is asked again is asked in the end: nothing is worse then; and what limits a list that a cache may hold whole.
    asked = tuple(
        evolve(probe, priority=Priority.LAST) if _again(kit, probe.request, base) else probe for probe in asked
    )
    likenesses = tuple(alike_requests(kit))
    alike = probe_all(likenesses, "the same letters in other texts", Priority.EARLY)
    # The last two are asked about where requests are left over.
    asked += tuple(
        evolve(probe, core=False, priority=Priority.SPARE if probe in alike[-2:] else Priority.EARLY) for probe in alike
    )
    clauses = {clause.id: (clause, factor) for clause, factor in _clauses(kit)}
    others = tuple(frozenset(factor.split()) for _, factor in clauses.values() if factor)
    for clause, factor in clauses.values():
        closer = partial(_closer, combinations) if clause.id == OWN else None
        yield Requirement(clause, partial(_moved, clause.id, factor, others), asked, closer=closer)
    if kit.has("limit"):
        yield best_results(kit, asked, tuple(clauses))
    yield query_matters(kit, base)
    if not kit.contract.coarse_scores:
        yield unless_coarse(own_scores(kit, asked))
    if kit.has("instruction"):
        yield from query_beside(kit)
    if kit.has("raw_scores") and not kit.contract.coarse_scores:
        yield unless_coarse(raw_scores_matter(kit))
    if combinations.requests and not kit.contract.coarse_scores:
        yield unless_coarse(told_apart(kit, combinations, likenesses[LONG_ALIKE]))
    yield from _defaults(kit, asked, tuple(clauses))
    models = kit.models_of(kit.primary)
    for language, pairs, start, most in (
        (("english", ENGLISH, 0, 1), ("chinese", CHINESE, len(ENGLISH), 1)) if models else ()
    ):
        requests = [relevance_request(kit, pairs, i, models[(start + i) % len(models)]) for i in range(len(pairs))]
        asked = probe_all(requests, f"relevance ({language})", Priority.ODD)
        yield relevance(kit, language, tuple(evolve(probe, core=number < most) for number, probe in enumerate(asked)))


def _again(kit: Kit, request: Request, base: Sequence[Request]) -> bool:
    """Whether a request is one of another request once more, as it is or with a limit."""
    limited = request in base and planned(request, kit.contract).asked("limit") is not None
    return bool(request.repeat) or limited


def _clauses(kit: Kit) -> Iterator[tuple[Clause, str]]:
    """Yield each clause with the factor that must not move a score."""
    field, form = kit.named("documents"), kit.primary.items
    documents = field.name
    factors = {
        REPEATABLE: "request/again",
        PERMUTATION: "documents/place",
        "ranking.independent": f"{documents}/count {documents}/lengths {documents}/blank {documents}/script",
        "ranking.duplicates": f"{documents}/twin {documents}/repeats",
        "ranking.spelling": "body/spelling",
    }
    for key, factor in factors.items():
        yield Clause.of(key), factor
    for role, name in _IDLE.items():
        if kit.has(role):
            yield Clause.of(f"ranking.{name}", field=kit.named(role)), kit.named(role).name
    if kit.content(form, "text", "apple"):
        pointer = form.get("x-pointer", "#")
        yield Clause.of("ranking.text_object", pointer=pointer), f"documents/own {documents}/form"
    if kit.takes_string(kit.primary):
        yield Clause.of("ranking.single_string", field=field), f"{documents}/single"
    yield Clause.of(OWN), ""


def _closer(combinations: Combinations, evidence: Evidence) -> Iterator[Request]:
    """Yield simpler requests where more than one set of features could move a score."""
    passing = [one.features for judged in evidence.scores.judged for one in judged.agreeing]
    for _, moved in evidence.blamed:
        yield from combinations.trace(evidence, {one.reading.exchange.id: one.features for one in moved}, passing)


def _moved(name: str, factors: str, others: Sequence[frozenset[str]], evidence: Evidence) -> Finding:
    """Say whether one factor moves scores; what several do together, or none that has a clause, is the last clause's."""
    finding, own = Finding(), set(factors.split())
    everywhere = _counts_places(reading for reading in evidence.by_key.values() if reading.answered)
    for some, moved in evidence.blamed:
        guilty = {feature.factor for feature in some}
        if everywhere or (not guilty and _counts_places(one.reading for one in moved)):
            # Whatever seems to move these scores does not: each index is the place in the answer, so they are other documents' scores.
            if name == PERMUTATION:
                _accuse(evidence, finding, some, moved)
            continue
        if not guilty and _unsteady(evidence):
            if name == REPEATABLE:
                _accuse(evidence, finding, some, moved)
            continue
        if (
            (bool(guilty) and guilty <= own)
            if name != OWN
            else not (guilty and any(guilty <= other for other in others))
        ):
            _accuse(evidence, finding, some, moved)
    varied = [judged for judged, factors in evidence.scores.varied if name == OWN or factors & own]
    if not varied and not finding.broken:
        finding.hide("no text was scored both ways")
    finding.keep(
        *{one.reading.exchange.id: one.reading for judged in varied[:4] for one in judged.agreeing[:2]}.values()
    )
    return finding


def _counts_places(readings: Iterable[Reading]) -> bool:
    """Whether every answer numbers its results from nought on, in the order that they come in."""
    answers = {one.exchange.id: one.indices or [] for one in readings}.values()
    return sum(len(indices) > _FEW for indices in answers) > _FEW and all(
        indices == list(range(len(indices))) for indices in answers
    )


def _unsteady(evidence: Evidence) -> bool:
    """Whether one and the same request was scored in two ways."""
    for judged in evidence.scores.judged:
        seen: dict[tuple[bytes, str], list[float]] = {}
        for one in (*judged.agreeing, *judged.deviating):
            place = one.levels["documents/place"].level
            seen.setdefault((one.reading.exchange.request.body, place), []).append(one.score)
        tolerance = evidence.scores.wobble((*judged.agreeing, *judged.deviating))
        if any(max(scores) - min(scores) > tolerance for scores in seen.values()):
            return True
    return False


def _accuse(evidence: Evidence, finding: Finding, some: Features, moved: Sequence[Scored]) -> None:
    finding.features = finding.features or tuple(told(feature) for feature in sorted(some))
    for one in moved:
        if any(proof.exchange == one.reading.exchange.id for proof in finding.broken):
            continue
        value = evidence.scores.value(one.reading, one.text, moved)
        expected = f"the score {value} for {show(one.text)}, as in the other answers"
        finding.fail(one.reading, expected, f"the score {one.score}")


def _defaults(kit: Kit, asked: tuple[Probe, ...], relations: Sequence[str]) -> Iterator[Requirement]:
    """Yield for each field with a default that to leave it out is to send it; read off texts that the field matters to."""
    for item in kit.primary.fields.values():
        if "default" not in item.schema or item.role is None or item.role in _TOLD_NOWHERE:
            continue
        echo = kit.contract.success.place("echo") if item.role == "echo_switch" else None
        if echo is not None and kit.contract.always_echoes:
            # The switch switches nothing.
            continue
        told = "present" if item.schema["default"] is True else "absent"
        clause = Clause.of(
            "request.{item.name}.default",
            item=item,
            default=item.schema["default"],
            shown=json.dumps(item.schema["default"]),
            # What comes back, or does not, though the request says otherwise is no better without a word.
            rests_on=(*relations, *([f"response.{echo.name}.{told}"] if echo is not None else [])),
        )
        yield Requirement(clause, partial(_left_out, item), asked)


def _left_out(item: Field, evidence: Evidence) -> Finding:
    finding = (_echoes if item.role == "echo_switch" else _scores)(item, evidence)
    finding.unless_shown("no text that it matters to was scored both with it and without")
    return finding


def _echoes(item: Field, evidence: Evidence) -> Finding:
    """Say whether documents come back, where the field is left out, as they do by its default."""
    finding = Finding()
    for reading in evidence.by_key.values():
        if not reading.answered or item.name in reading.body or not reading.results:
            continue
        echoes = reading.of_results("echo")
        came = echoes is not None and any(echo is not None for echo in echoes)
        kept = came is (item.schema["default"] is True) or reading.contract.success.place("echo") is None
        expected, actual = f"what `{item.name}` {item.schema['default']!r} gives", f"{'' if came else 'no '}documents"
        finding.note(reading, kept=kept, expected=expected, actual=actual)
    return finding


def _scores(item: Field, evidence: Evidence) -> Finding:
    """Say whether texts score the same where the field is left out and where it has its default."""
    finding = Finding()
    if _unsteady(evidence):
        finding.hide("the same request is scored in two ways")
        return finding
    # What something else moves says nothing of this field, nor does what may be moved by that.
    others = [(some, moved) for some, moved in evidence.blamed if item.name not in {part.factor for part in some}]
    strays = {id(one) for _, moved in others for one in moved}
    for seen in evidence.scores.seen.values():
        steady = [
            one for one in seen if id(one) not in strays and not any(some and _unusual(one, some) for some, _ in others)
        ]
        bare = [one for one in steady if item.name not in one.reading.body]
        spelt = [one for one in steady if one.reading.body.get(item.name, ...) == item.schema["default"]]
        if not bare or not spelt or (item.role in CUT and not long(seen[0].text)):
            continue
        one, other = max(product(bare, spelt), key=lambda pair: abs(pair[0].score - pair[1].score))
        expected = f"{one.score} for {show(one.text)}, as without `{item.name}` ({one.reading.exchange.id})"
        kept = abs(one.score - other.score) <= evidence.scores.wobble((one, other))
        finding.note(other.reading, kept=kept, expected=expected, actual=f"{other.score}")
    return finding


def _unusual(one: Scored, some: Features) -> bool:
    """Whether a request chose otherwise than usual wherever some features do."""
    return not any(one.levels[part.factor].plain for part in some if part.factor in one.levels)
