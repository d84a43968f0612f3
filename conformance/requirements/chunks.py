"""Requirements on long documents: cut into chunks, scored by their best one."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from attrs import evolve

from conformance.checks.reading import Reading
from conformance.contract import Field
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority
from conformance.probes.texts import filler, with_needle
from conformance.requirements.evidence import Evidence
from conformance.requirements.over_models import merged, over_models
from conformance.requirements.requirement import MOVED, RELEVANCE, STEADY, Requirement, of_answers, probe_all
from conformance.requirements.scale import CHANGE, WOBBLE

# Longer than the 8,192 tokens that today's rerankers read at once, so that a service must cut.
_WORDS = 9_000
_PLACES = (("first", 0.0), ("middle", 0.5), ("last", 1.0))
# Times that the answer is given there: once drowns in a chunk of a thousand words, where a text is scored by the mean of its words.
_PASSAGE = 6
# Where it is no matter whether a chunk ends within it, so often that what stands around it does not outweigh it here and there.
_THRICE = 3
# As a part of the span, what stands out from filler; and as a part of what an answer adds to it elsewhere, what does not.
_SHOWS, _FAINT = 10 * CHANGE, 0.1
# And of what it adds to most, what it adds to the least where chunks are alike.
_EVEN = 0.5
# A best chunk keeps its score however much follows it; a mean over chunks halves when the length doubles.
_DROP = 0.2
# Of two answers the best chunk counts once; a mean or a sum counts both. Beyond what batching moves.
_TWICE, _MOVES = 0.4, 2 * WOBBLE
# Of twice as many chunks the best one is a little better by chance; their sum is twice as much.
_GROWN = 0.5
# Words of a document, and the depths in it at which an answer stands.
_DEEP, _DEPTHS = 1_440, 24
_HUGE = 2**63 - 1
# What a second chunk adds to the first, less an overlap and rounding.
_NEARLY = (0.6, 1.4)


def chunk_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what "the highest score among the chunks" promises."""
    shared = (*(name for name, _ in _PLACES), "best")
    yield from over_models(kit, _of_model, frozenset(f"ranking.chunks.{name}" for name in shared))


def _of_model(kit: Kit) -> Iterator[Requirement]:
    field = next(
        (item for item in kit.primary.fields.values() if item.schema.get("x-rerank-chunk-score") == "best"), None
    )
    if field is None or field.role is None or kit.model(kit.primary, field.name) is None:
        return
    primary, model = kit.primary, kit.named("model").name if kit.has("model") else None
    models = [name for name in kit.models_of(primary) if kit.contract.takes(name, field.name)]

    def ask(*texts: str, of: int = 0, **roles: Any) -> dict[str, Any]:
        asked = {model: models[of % len(models)]} if model is not None else {}
        return {**kit.body(documents=kit.documents(primary, texts), **roles), **asked}

    texts = [filler(_WORDS), *(with_needle(_WORDS, place, _PASSAGE) for _, place in _PLACES)]
    everywhere = kit.request(ask(*texts))
    # The last one by itself, where one string may be: its score is the same.
    single = [kit.request({**ask(), kit.named("documents").name: texts[-1]})] if kit.takes_string(primary) else []
    alone = [evolve(one, core=False) for one in probe_all(single, "a long document in place of a list", Priority.LONG)]
    for number, (name, _) in enumerate(_PLACES, 1):
        clause = Clause.of("ranking.chunks.{name}", name=name, field=field, rests_on=(*STEADY, *RELEVANCE))

        def holds(
            finding: Finding, evidence: Evidence, found: Sequence[Reading], number: int = number, name: str = name
        ) -> None:
            scores = found[0].by_index or {}
            if not set(range(len(_PLACES) + 1)) <= scores.keys():
                finding.hide("a long document is missing from the results")
                return
            scale = evidence.scale(found[0])
            # The last chunk is seldom full: what is found in it may well score above what is found in a full one.
            most = max(scores[place] - scores[0] for place in range(1, max(number, len(_PLACES) - 1) + 1))
            told = f"the document with the answer in its {name} chunk above {scores[0]}, the score of the same filler without"
            faint = most > _SHOWS * scale.span and scores[number] - scores[0] < _FAINT * most
            if scale.saturated(scores.values()) or scale.blurs(most):
                finding.hide("the scores of long documents are all at one end of the scale, or a few steps apart")
            elif not scale.apart(scores[number], scores[0]):
                finding.fail(found[0], told, f"{scores[number]}")
            elif faint and not scale.many_times(scores[number], scores[0]):
                finding.fail(found[0], f"{told}, as far as in another chunk ({scores[0] + most})", f"{scores[number]}")

        # Early, so that there is time until the same is asked with a limit.
        probes = probe_all([everywhere], clause.sentence, Priority.REFUSED)
        yield Requirement(clause, of_answers([everywhere], holds), (*probes, *alone))
    best = _best(kit, field, ask, everywhere)
    overlap = primary.by_role("chunk_overlap")
    if overlap is not None and "maximum" in overlap.schema and kit.most_documents(_DEPTHS + 3) == _DEPTHS + 3:
        seamless = _seamless(kit, overlap.name, ask, int(overlap.schema["maximum"]), field)
        yield seamless
        best = merged([best, _twice(best.clause, seamless.probes[0].request)])
    yield best
    if field.role == "chunk_limit":
        yield _counted(kit, field, ask)
        yield _limited(kit, field, everywhere, ask(*texts, chunk_limit=1))


def _counted(kit: Kit, field: Field, ask: Callable[..., dict[str, Any]]) -> Requirement:
    """Return the requirement that a limit of two chunks reads twice as far as one of one: an answer stands deeper in each document."""
    clause = Clause.of("ranking.chunks.count", field=field)
    texts = [filler(_DEEP), *(with_needle(_DEEP, depth / _DEPTHS, _THRICE) for depth in range(_DEPTHS))]
    wrapped = [kit.content(kit.primary.items, "text", text) for text in texts]
    # In objects where there are such, and with next to no overlap: who takes it for the step from chunk to chunk reads hardly further with the second one.
    overlap = {"chunk_overlap": 1} if kit.has("chunk_overlap") else {}
    documents = {kit.named("documents").name: wrapped} if all(wrapped) else {}
    requests = [kit.request({**ask(*texts, chunk_limit=limit, **overlap), **documents}) for limit in (1, 2)]

    def far(reading: Reading) -> int | None:
        """Return how many depths are read."""
        scores = reading.by_index or {}
        if len(scores) < len(texts) or scores[1] - scores[0] < 10 * CHANGE * reading.contract.score_span:
            return None
        return sum(scores[number] - scores[0] > (scores[1] - scores[0]) / 2 for number in range(1, len(texts)))

    def holds(finding: Finding, _evidence: Evidence, both: Sequence[Reading]) -> None:
        one, two = map(far, both)
        if one is None or two is None or one in {0, _DEPTHS}:
            finding.hide("the answer's depth does not show in the scores")
            return
        # Where a chunk ends between two depths, or within an answer, it reads one more or less.
        least, most = max(1, min(_NEARLY[0] * one, one - 2)), max(_NEARLY[1] * one, one + 1)
        if two < _DEPTHS and not least <= two - one <= most:
            told = f"about twice as many of {_DEPTHS} depths read as with one chunk, {one} ({both[0].exchange.id})"
            finding.fail(both[1], told, f"{two}")

    probes = tuple(evolve(probe, core=False) for probe in probe_all(requests, clause.sentence, Priority.DEEP))
    return Requirement(clause, of_answers(requests, holds), probes)


def _limited(kit: Kit, field: Field, unlimited: Request, limited: dict[str, Any]) -> Requirement:
    """Return the requirement that a limit of one chunk cuts: where documents come back another code may read them, so that it is asked there first."""
    clause = Clause.of("ranking.chunks.limit", field=field, rests_on=(*STEADY, *RELEVANCE))

    def judge(evidence: Evidence, reading: Reading) -> Finding:
        finding, last, whole = Finding(), len(_PLACES), evidence.answered(Finding(), [unlimited])
        free, cut = (whole[0].by_index or {}) if whole else {}, reading.by_index or {}
        if not whole or not {0, last} <= free.keys() & cut.keys():
            finding.hide("a long document is missing from the results")
        elif free[last] - free[0] < 10 * CHANGE * evidence.scale(reading).span:
            finding.hide("the answer in the last chunk does not stand out, so its loss would not either")
        elif cut[last] - cut[0] > 0.9 * (free[last] - free[0]):
            told = f"less than {free[last]}, the score with all chunks ({whole[0].exchange.id})"
            finding.fail(reading, told, f"{cut[last]} with one chunk")
        elif max(cut.get(place, 1.0) for place in range(1, last + 1)) - cut[0] < _FAINT * (free.get(1, 0.0) - free[0]):
            # Whichever chunk is read: a limit is each document's own, and leaves one of each.
            finding.wrong = f"`{field.name}` leaves documents without a chunk that is read."
            told = f"more than {cut[0]}, the score without an answer, for one of {last} documents with one in another chunk"
            finding.fail(reading, told, f"{[cut[place] for place in range(1, last + 1)]} with one chunk")
        else:
            finding.keep(reading)
        return finding

    # The same documents, and long after the first time: a cache may hold their answer without the limit.
    beside = _beside(kit, clause, "echo_switch", [limited], judge, Priority.LAST)
    plain = probe_all([kit.request(limited)], clause.sentence, Priority.LAST)
    more = (*probe_all([unlimited], clause.sentence, Priority.LONG), *(evolve(one, core=False) for one in plain))
    return evolve(beside, probes=(*beside.probes, *more))


def _seamless(kit: Kit, name: str, ask: Callable[..., dict[str, Any]], most: int, field: Field) -> Requirement:
    """Return the requirement that chunks which overlap leave nothing out: an answer stands at each depth of a document."""
    rests_on = (*STEADY, *RELEVANCE, *MOVED, *(f"ranking.chunks.{name}" for name, _ in _PLACES))
    clause = Clause.of("ranking.chunks.seamless", name=name, most=most, field=field, rests_on=rests_on)
    texts = [filler(_DEEP), *(with_needle(_DEEP, depth / _DEPTHS) for depth in range(_DEPTHS + 1))]
    # And at two depths, far from the last chunk: see `_twice`.
    twice = " ".join([with_needle(_DEEP // 2, 0.5)] * 2)
    limit = kit.primary.by_role("chunk_limit")
    # And as many chunks as can be said: no limit at all.
    roles = {"chunk_limit": limit.schema.get("maximum", _HUGE)} if limit is not None else {}
    # Of another model than the other clauses ask about.
    bare = ask(*texts, twice, of=1, chunk_overlap=most, **roles)

    def judge(evidence: Evidence, reading: Reading) -> Finding:
        finding, scores = Finding(), reading.by_index or {}
        scale = evidence.scale(reading)
        gains = {depth: score - scores.get(0, 1.0) for depth, score in scores.items() if 0 < depth < len(texts)}
        # In a last chunk that is short an answer may count for many times as much as in whole ones, where it shows by little or not at all.
        shown = [depth for depth in gains if scale.apart(scores[depth], scores.get(0, 1.0))]
        usual = median([gains[depth] for depth in shown] or [0.0])
        drowns = min(shown, default=len(texts)) > len(texts) // 2 or scale.blurs(usual)
        if len(gains) < len(texts) - 1 or max(gains.values()) < _SHOWS * scale.span or drowns:
            finding.hide("the answer's depth does not show in the scores")
        elif not (lost := [depth for depth, gain in gains.items() if gain < _FAINT * usual]):
            finding.keep(reading)
        elif (between := [depth for depth, gain in gains.items() if _FAINT * usual <= gain < _EVEN * usual]) and (
            len(between) >= len(lost) or scale.saturated(scores[depth] for depth in (0, *lost))
        ):
            # Here it adds little and there nothing, by chance or because there is no lower score.
            finding.hide("what an answer adds differs from depth to depth")
        else:
            told = f"more than {scores[0]}, the score without an answer, for each of {len(gains)} depths"
            finding.fail(reading, told, f"as much for the depths {sorted(lost)}")
        return finding

    return _beside(kit, clause, "limit", [bare], judge, Priority.DEEP)


def _twice(clause: Clause, request: Request) -> Requirement:
    """Return the requirement that the best one counts of two answers in the last of some documents; each but the first one has one."""

    def holds(finding: Finding, evidence: Evidence, found: Sequence[Reading]) -> None:
        scores, last = found[0].by_index or {}, len(found[0].documents) - 1
        if len(scores) <= last:
            finding.hide("a long document is missing from the results")
            return
        once = max(scores[depth] for depth in range(1, last)) - scores[0]
        span = evidence.scale(found[0]).span
        if scores[last] - scores[0] - once > max(_MOVES * span, _TWICE * once):
            told = f"about {scores[0] + once}, the score with the answer at one place in the document"
            finding.fail(found[0], told, f"{scores[last]} with the answer at two")
        elif once < _MOVES * span:
            finding.hide("the answer in a long document does not show in the scores")

    return Requirement(clause, of_answers([request], holds), probe_all([request], clause.sentence, Priority.DEEP))


def _beside(
    kit: Kit,
    clause: Clause,
    role: str,
    bodies: Sequence[dict[str, Any]],
    judge_one: Callable[[Evidence, Reading], Finding],
    priority: Priority,
) -> Requirement:
    """Return a requirement that is asked about with a limit, or with the documents asked back, which should not matter.

    Where it fails, it is asked without: what is right then is blamed on it. A small profile asks the first body alone.
    """

    def beside(body: dict[str, Any]) -> dict[str, Any]:
        value = len(body[kit.named("documents").name]) if role == "limit" else True
        return {kit.named(role).name: value} if kit.has(role) else {}

    asked = [(kit.request({**body, **beside(body)}), kit.request(body)) for body in bodies]

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for number, (rich, plain) in enumerate(asked):
            if number and evidence.of(rich) is None:
                continue
            for reading in evidence.answered(finding, [rich]) or ():
                one, alone = judge_one(evidence, reading), evidence.of(plain)
                finding.absorb(one)
                finding.hidden.extend(one.hidden)
                other = judge_one(evidence, alone) if alone is not None and alone.answered else Finding()
                if one.broken and other.kept:
                    finding.features = (f"`{kit.named(role).name}`",)
                elif not one.broken:
                    finding.absorb(other)
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        for rich, plain in asked:
            reading = evidence.of(rich)
            if reading is not None and reading.answered and judge_one(evidence, reading).broken:
                yield plain

    first, *rest = probe_all([rich for rich, _ in asked], clause.sentence, priority)
    return Requirement(clause, judge, (first, *(evolve(probe, core=False) for probe in rest)), closer=closer)


def _best(kit: Kit, field: Field, ask: Callable[..., dict[str, Any]], everywhere: Request) -> Requirement:
    clause = Clause.of("ranking.chunks.best", field=field)
    half = _WORDS // 2
    cases = ((half, 0.0), (_WORDS, 0.0), (_WORDS, 1.0))
    short, long, last = (with_needle(words, place, _PASSAGE) for words, place in cases)
    default = (
        {"chunk_limit": field.schema["default"]} if field.role == "chunk_limit" and "default" in field.schema else {}
    )
    # The third text is asked about without a limit too: what is left out must be the default.
    # The fourth has the answer twice, and not in its last chunk: that one may be short, and all of it the answer.
    bare = ask(short, long, last, f"{short} {short}", filler(half), **default)

    def judge(evidence: Evidence, reading: Reading) -> Finding:
        finding, scores, span = Finding(), reading.by_index or {}, evidence.scale(reading).span
        plain = evidence.of(everywhere)
        placed = (plain.by_index if plain is not None else None) or {}
        filled = placed.get(0)
        if filled is None or not {0, 1, 2, 3, 4} <= scores.keys():
            finding.hide("a long document is missing from the results")
            return finding
        # What else is in the answer's chunk differs from place to place.
        once = max(scores[1], scores[2], *placed.values()) - filled
        gain = max(scores[0], scores[1]) - filled
        if abs(scores[0] - scores[1]) > max(CHANGE * span, _DROP * gain):
            finding.fail(reading, f"about {scores[0]}, the score of a document half as long", f"{scores[1]}")
        elif filled - scores[4] > max(_SHOWS * span, _FAINT * gain, _GROWN * scores[4]):
            finding.fail(reading, f"about {scores[4]}, the score of half as much that answers nothing", f"{filled}")
        elif scores[3] - filled - once > max(_MOVES * span, _TWICE * once):
            told = f"about {filled + once}, the score with the answer at one place in the document"
            finding.fail(reading, told, f"{scores[3]} with the answer at two")
        elif once < _MOVES * span:
            finding.hide("the answer in a long document does not show in the scores")
        else:
            finding.keep(reading)
        return finding

    overlap = kit.primary.by_role("chunk_overlap")
    beside = [{**bare, overlap.name: overlap.schema["maximum"]}] if overlap and "maximum" in overlap.schema else []
    return _beside(kit, clause, "echo_switch", [bare, *beside], judge, Priority.LONG)
