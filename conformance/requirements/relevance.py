"""Requirements on what a score follows: the question, the relevance of a text, and a limit that leaves the best."""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations
from typing import Any
from unicodedata import normalize

from attrs import evolve

from conformance.checks.check import show
from conformance.checks.features import long, odd
from conformance.checks.reading import Reading, text_of
from conformance.checks.structure import dotted
from conformance.contract import validator
from conformance.contract.instances import sample
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.pool import ODD, kindred
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.texts import NEAR_QUERIES, NUMBERED, filler
from conformance.requirements.combinations import Combinations, attribute, featured
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import RELEVANCE, Requirement, of_answers, probe_all, unless_coarse
from conformance.requirements.scores import ranked
from conformance.requirements.wholeness import DOCUMENT, QUESTION

# So many different scores are no accident where they come again; texts that have nothing to do with either question may share one.
_VARIED = 4
# Fewer Latin letters are no word that a model without common ones knows.
_WORD_LETTERS = 3
# And so many where a switch makes others of them.
_SPREAD = 5
# Characters that a chunk holds at the least.
_CHUNK = 250
_WORD = re.compile(r"[a-z0-9]\w*")


def query_matters(kit: Kit, base: Sequence[Request]) -> Requirement:
    """Return that another question gives other scores."""
    clause = Clause.of("ranking.query_matters", field=kit.named("query"))
    return _other_scores(clause, (base[0], base[-2]))


def _other_scores(clause: Clause, asked: tuple[Request, Request]) -> Requirement:
    """Return the requirement that two questions about the same documents do not have the same scores."""

    def holds(finding: Finding, evidence: Evidence, both: Sequence[Reading]) -> None:
        one, other = both[0].by_index or {}, both[1].by_index or {}
        shared = one.keys() & other.keys()
        if any(one[at] != other[at] for at in shared):
            return
        # What is at an end of the scale already is there for both, and other texts than those that tell the questions apart score alike.
        told = [both[0].texts[at] for at in shared if not evidence.scale(both[0]).saturated((one[at],))]
        if not _concerned(both[0], both[1], told):
            finding.hide("the texts that tell the questions apart are at an end of the scale")
        else:
            expected = f"other scores than those of another question ({both[0].exchange.id})"
            finding.fail(both[1], expected, f"the same scores: {show(list(other.values()))}")

    return Requirement(clause, of_answers(asked, holds), probe_all(asked, clause.sentence))


def own_scores(kit: Kit, asked: Sequence[Probe]) -> Requirement:
    """Return that no question gets the answer of another one, read off whatever documents were asked about twice."""
    clause = Clause.of(
        "ranking.query.own",
        field=kit.named("query"),
        rests_on=(
            "ranking.query_matters",
            *(["ranking.query_beside"] if kit.has("instruction") else []),
            *QUESTION,
            "ranking.words",
        ),
    )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        kept: dict[str, Reading] = {}
        seen: dict[Hashable, list[Reading]] = defaultdict(list)
        for reading in evidence.by_key.values():
            if reading.answered and reading.by_index and not reading.asks_by_image:
                seen[(*reading.once(ranked)[1:], *reading.texts)].append(reading)
        for one, other in chain.from_iterable(combinations(alike, 2) for alike in seen.values()):
            both = [reading.by_index or {} for reading in (one, other)]
            shared = both[0].keys() & both[1].keys()
            if any(both[0][index] != both[1][index] for index in shared):
                kept |= {reading.exchange.id: reading for reading in (one, other)}
                continue
            scores, scale = {index: both[0][index] for index in shared}, evidence.scale(one)
            # A text that scores as those do that have nothing to do with the question gains nothing by a part of it, to some models.
            common = _common(list(scores.values()))
            # Nor does what is rounded to an end of the scale.
            own = {index: score for index, score in scores.items() if score != common and not scale.ended(score)}
            # And a word of a long question may be worth less than a wide step.
            lost = scale.wide and all(long(text_of(reading.asked("query"))) for reading in (one, other))
            told = (one.texts[index] for index in own)
            if len({*own.values()}) >= _VARIED and not lost and _concerned(one, other, told):
                expected = f"other scores than those of another question ({one.exchange.id})"
                finding.fail(other, expected, f"the same scores: {show(list(both[1].values()))}")
        finding.keep(*kept.values())
        if not finding.broken and not finding.kept:
            finding.hide("no documents were asked about twice")
        return finding

    # Beside an instruction near questions are asked anyway.
    near = () if kit.has("instruction") else near_requests(kit)
    return Requirement(clause, judge, (*asked, *probe_all(near, clause.sentence)))


def near_requests(kit: Kit) -> tuple[Request, Request]:
    """Return two questions that only a number tells apart, about texts that have to do with both, and an empty one; beside an instruction, where one may be said.

    The second one has a limit of just the list's length.
    """
    documents = kit.documents(kit.primary, (*NUMBERED, ""))
    roles: dict[str, Any] = {}
    if kit.has("instruction"):
        schema = kit.named("instruction").schema
        usual = sample(schema)
        # One of many words: what shares its room with the question leaves little of that.
        told = f"{usual} {ODD}" if validator(schema).is_valid(f"{usual} {ODD}") else usual
        # And the documents come back: what is put around a text for the model does not.
        roles = {"instruction": told, **kit.echoing}
    limit = {kit.named("limit").name: len(documents)} if kit.has("limit") else {}
    one, other = (kit.body(query=kit.query(kit.primary, text), documents=documents, **roles) for text in NEAR_QUERIES)
    return kit.request(one), kit.request({**other, **limit})


def _common(scores: Sequence[float]) -> float | None:
    """Return the score that most texts have, if several have it: they may have nothing to do with the question."""
    return next((score for score, times in Counter(scores).most_common(1) if times > 1), None)


def _concerned(one: Reading, other: Reading, texts: Iterable[str]) -> bool:
    """Whether one of two questions has words, and no common ones, that the other has not and one of the texts has more of: to some models no other counts."""
    asked, others = (_words(text_of(reading.asked("query"))) for reading in (one, other))
    common = {word for word in asked ^ others if word.isascii() and word.isalpha() and len(word) < _WORD_LETTERS}
    own, its = (some - rest - common - _words(filler(1)) for some, rest in ((asked, others), (others, asked)))
    # In a text of several chunks another one may be the best.
    chunks = one.contract.request_field("chunk_limit") is not None
    whole = (text for text in texts if not chunks or len(text) <= _CHUNK)
    return any(len(own & held) != len(its & held) for held in map(_words, whole))


@lru_cache(4096)
def _words(text: str) -> frozenset[str]:
    """Return what every model can tell of a text: its words of Latin letters and of digits, whatever their form and however often they come."""
    return frozenset(_WORD.findall(normalize("NFKD", text).casefold()))


def query_beside(kit: Kit) -> Iterator[Requirement]:
    """Yield that the question still counts beside an instruction, and that this one may be any text."""
    item = kit.named("instruction")
    first, second = near_requests(kit)
    clause = Clause.of("ranking.query_beside", item=item, rests_on=("ranking.query_matters", *QUESTION))
    yield unless_coarse(_other_scores(clause, (first, second)))
    if kit.contract.flat(first.json)[item.name] != sample(item.schema):
        taken = Clause.of("request.{query.name}.any_text", query=item, roles=("instruction",))
        asked = Probe(
            first,
            Expect.ACCEPT,
            "an instruction with odd characters",
            Priority.TAKEN,
            carried=odd(first, kit.contract, item.name),
        )
        yield expecting(taken, [asked])


def raw_scores_matter(kit: Kit) -> Requirement:
    """Return that the switch for raw scores does something: answers with other values of it do not have the same scores."""
    item = kit.named("raw_scores")
    asked = kit.body(raw_scores=sample(item.schema) if "default" not in item.schema else not item.schema["default"])
    clause = Clause.of("request.{item.name}.counts", item=item, rests_on=RELEVANCE)

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        beside: dict[Hashable, list[tuple[bool, Reading]]] = defaultdict(list)
        for reading in evidence.by_key.values():
            model = reading.asked("model")
            takes = not isinstance(model, str) or kit.contract.takes(model, item.name)
            if takes and reading.answered and reading.by_index and not reading.asks_by_image:
                rest = tuple(part for part in reading.once(ranked) if not part.startswith(f"{item.name}="))
                beside[rest].append((reading.wanted("raw_scores") is True, reading))
        for (raw, one), (other_raw, other) in chain.from_iterable(combinations(some, 2) for some in beside.values()):
            both = [{each.texts[at]: score for at, score in (each.by_index or {}).items()} for each in (one, other)]
            shared = [(score, both[1][text]) for text, score in both[0].items() if text in both[1]]
            if raw == other_raw or len({score for score, _ in shared}) < _SPREAD:
                continue
            if all(score == moved for score, moved in shared):
                told = f"other scores than those with another `{item.name}`, or without one ({one.exchange.id})"
                finding.fail(other, told, f"the same scores: {show([score for score, _ in shared])}")
            else:
                finding.keep(one, other)
        finding.unless_shown("no documents were asked about with two values of it")
        return finding

    bare = {name: value for name, value in asked.items() if name != item.name}
    probes = probe_all([kit.request(bare), kit.request(asked)], clause.sentence)
    return Requirement(clause, judge, tuple(evolve(probe, core=False, priority=Priority.EARLY) for probe in probes))


def relevance(kit: Kit, language: str, probes: Sequence[Probe]) -> Requirement:
    """Return that most documents that answer a question of a language score above those that do not."""
    by_others = [] if f"ranking.relevance.{language}" in RELEVANCE else [DOCUMENT]
    clause = Clause.of(
        "ranking.relevance.{language}",
        language=language,
        title=language.title(),
        kit=kit,
        rests_on=("ranking.own_score", "ranking.scripts", *by_others),
    )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        won: list[tuple[Reading, float, float]] = []
        lost: list[tuple[Reading, float, float]] = []
        pairs = 0
        for number, probe in enumerate(probes):
            if not probe.core and evidence.of(probe.request) is None:
                continue
            pairs += len(probes) - 1
            found = evidence.answered(finding, [probe.request])
            scores = found[0].by_index or {} if found else {}
            for other in scores.keys() - {number}:
                if found and number in scores:
                    own, its = scores[number], scores[other]
                    if own == its and evidence.scale(found[0]).saturated((own, its)):
                        finding.hide("the scores of texts of different relevance are all at one end of the scale")
                    else:
                        (won if own > its else lost).append((found[0], own, its))
        if len(won) * 2 > pairs:
            finding.hidden.clear()
            finding.keep(*(reading for reading, _, _ in won))
        elif len(lost) * 2 >= pairs:
            reading, own, other_score = lost[0]
            finding.fail(
                reading,
                "the relevant document above an irrelevant one",
                f"{own} against {other_score}, and so in {len(lost)} of {pairs} pairs",
            )
        return finding

    return Requirement(clause, judge, tuple(probes))


def best_results(kit: Kit, asked: tuple[Probe, ...], relations: Sequence[str]) -> Requirement:
    """Return that a limit leaves the best results."""
    limit, results = kit.named("limit"), kit.contract.success.place("results")
    counted = f"response.{dotted(results.path)}.limit" if results is not None else ""
    clause = Clause.of("ranking.limit", limit=limit, rests_on=(*relations, counted))

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for reading in evidence.by_key.values():
            tolerance = evidence.scores.tolerance(reading)
            scores = reading.by_index if reading.answered and reading.limit else None
            if not scores or len(scores) >= len(reading.documents):
                continue
            # Both come from one other answer: what moves scores is another clause's.
            for others in evidence.scores.beside(reading):
                kept, left = others.keys() & scores.keys(), others.keys() - scores.keys()
                if not kept or not left:
                    continue
                best, worst = max(left, key=others.__getitem__), min(others[index] for index in kept)
                if others[best] - worst > 2 * tolerance:
                    finding.fail(
                        reading,
                        f"the best {len(scores)} results: {show(reading.texts[best])} scores {others[best]} in another answer",
                        f"results down to {worst} there",
                    )
                    break
                finding.keep(reading)
        finding.unless_shown("no list was ranked both with a limit and without")
        return finding

    return Requirement(clause, judge, asked)


def _kinships(reading: Reading) -> set[int]:
    """Return how much the texts of a request have to do with its question; of an image a model may know nothing."""
    asked = text_of(reading.asked("query"))
    return {kindred(asked, text_of(item)) or 0 for item in reading.documents if not reading.textless(item)}


def _unseen(evidence: Evidence) -> Iterator[tuple[Reading, float]]:
    """Yield an answer with images that one model scores all alike, for whatever question, with that score; those by address and those by bytes apart."""
    seen: dict[Hashable, list[tuple[str, str, float, Reading]]] = defaultdict(list)
    for reading in evidence.by_key.values():
        for index, score in (reading.by_index or {}).items() if reading.shows_images else ():
            if reading.textless(reading.documents[index]):
                image = reading.texts[index]
                kind = reading.asked("model"), image.startswith("data:")
                seen[kind].append((text_of(reading.asked("query")), image, score, reading))
    for found in seen.values():
        asked, images, scores, readings = zip(*found, strict=True)
        several = len(set(asked)) >= _SPREAD and len(set(images)) > 2
        if several and len(set(scores)) == 1 and not evidence.scale(readings[0]).ended(scores[0]):
            yield readings[0], scores[0]


def told_apart(kit: Kit, combinations: Combinations, more: Sequence[Request]) -> Requirement:
    """Return that texts of different relevance do not all score the same, in combined requests and in some more."""
    score = kit.contract.success.place("score")
    clause = Clause.of(
        "ranking.tells_apart",
        pointer=score.pointer if score is not None else "#",
        rests_on=("ranking.query_matters", *RELEVANCE),
    )

    def split(evidence: Evidence) -> tuple[list[Reading], list[Reading]]:
        failing: list[Reading] = []
        passing: list[Reading] = []
        for request in (*combinations.all, *more):
            reading = evidence.of(request)
            scores = reading.by_index if reading is not None and reading.answered else None
            # Where a limit leaves the best ones, all of them may be at the end of the scale; long questions have a clause of their own.
            if (
                reading is not None
                and scores
                and len(scores) > 2
                and len(scores) == len(reading.documents)
                # Documents that have as much to do with the question may well share a score.
                and len(_kinships(reading)) > 1
                and not long(text_of(reading.asked("query")))
                and not reading.asks_by_image
                and not evidence.scale(reading).saturated(scores.values())
            ):
                (failing if len(set(scores.values())) == 1 else passing).append(reading)
        return failing, passing

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        failing, passing = split(evidence)
        for reading in failing:
            finding.fail(
                reading,
                f"{len(reading.scores or ())} texts of different relevance with different scores",
                f"{(reading.scores or [0.0])[0]} for all",
            )
        attribute(finding, evidence, failing, passing)
        for reading, score in _unseen(evidence):
            finding.fail(
                reading, "different images with different scores, for one question or another", f"{score} for all"
            )
        finding.unless_shown("no list of three texts was answered")
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        failing, passing = split(evidence)
        yield from combinations.trace(evidence, featured(evidence, failing), featured(evidence, passing).values())

    return Requirement(clause, judge, combinations.probes, closer=closer)
