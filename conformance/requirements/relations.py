"""Requirements on pairs of answers: what must not move a score, and what must.

They are judged between all answers that share what a relation needs, not between two requests made for it.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from attrs import evolve

from conformance.checks.check import show
from conformance.checks.features import long, told
from conformance.checks.reading import Reading, text_of
from conformance.checks.structure import dotted
from conformance.contract import Field
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.model.explanation import Features, explain
from conformance.model.finding import Finding
from conformance.probes.design import base_requests
from conformance.probes.kit import Kit
from conformance.probes.pool import QUESTIONS
from conformance.probes.probe import LAST, Expect, Probe
from conformance.probes.sample import sample
from conformance.probes.texts import CHINESE, DOCUMENTS, ENGLISH
from conformance.requirements.branches import relevance_request
from conformance.requirements.combinations import Combinations
from conformance.requirements.evidence import Evidence
from conformance.requirements.movement import Scored
from conformance.requirements.requirement import Requirement
from conformance.requirements.scores import CHANGE, CUT

OWN, PERMUTATION, REPEATABLE = "ranking.own_score", "ranking.permutation", "ranking.repeatable"
# Fewer results, or fewer answers, may stand in the order of the input by chance.
_FEW = 2
# Where the same request does not come back the same, nothing else that sets two answers side by side says anything.
STEADY = (REPEATABLE,)
# And where no English text is ranked by its relevance, no part of one is.
RELEVANCE = ("ranking.relevance.english",)


def relation_requirements(kit: Kit, combinations: Combinations) -> Iterator[Requirement]:
    """Yield the relations that hold between answers, whatever the model."""
    base = tuple(base_requests(kit))
    asked = probe_all([*base, *combinations.requests], "relations between answers", 4)
    # What is asked again is asked in the end: nothing is worse then.
    asked = tuple(evolve(probe, priority=LAST) if probe.request.repeat else probe for probe in asked)
    clauses = {clause.id: (clause, factor) for clause, factor in _clauses(kit)}
    others = tuple(frozenset(factor.split()) for _, factor in clauses.values() if factor)
    for clause, factor in clauses.values():
        closer = partial(_closer, combinations) if clause.id == OWN else None
        yield Requirement(clause, partial(_moved, clause.id, factor, others), asked, closer=closer)
    if kit.has("limit"):
        yield _best(kit, asked, tuple(clauses))
    yield _query_matters(kit, base)
    if kit.has("instruction"):
        yield _beside(kit)
    if combinations.requests and not kit.contract.coarse_scores:
        yield _told_apart(kit, combinations)
    yield from _defaults(kit, asked, tuple(clauses))
    models = kit.models_of(kit.primary)
    for language, pairs, start, most in (
        (("english", ENGLISH, 0, 1), ("chinese", CHINESE, len(ENGLISH), 1)) if models else ()
    ):
        asked = probe_all(
            [relevance_request(kit, pairs, i, models[(start + i) % len(models)]) for i in range(len(pairs))],
            f"relevance ({language})",
            5,
        )
        yield _relevance(kit, language, tuple(evolve(probe, core=number < most) for number, probe in enumerate(asked)))


def _clauses(kit: Kit) -> Iterator[tuple[Clause, str]]:
    """Yield each clause with the factor that must not move a score."""
    documents = kit.named("documents").name
    practice = "practice: caches, tests and thresholds rest on it"

    def clause(name: str, sentence: str, source: str, *roles: str, impact: Impact = Impact.CHANGES) -> Clause:
        full = name if "." in name else f"ranking.{name}"
        return Clause(
            full, sentence, Level.MUST, source, impact, roles or ("score",), rests_on=() if full in STEADY else STEADY
        )

    yield clause("repeatable", "The same request gives the same ranking.", practice), "request/again"
    order = "practice: response order taken for input order broke clients (milvus #53672, llama_index #20597)"
    yield (
        clause(
            "permutation",
            "The order of the documents moves no score, and `index` follows the document.",
            order,
            "index",
            "results",
            "score",
            impact=Impact.BREAKS,
        ),
        "documents/place",
    )
    yield (
        clause(
            "independent",
            "A document's score does not depend on the other documents.",
            "practice: batches are merged by score",
        ),
        f"{documents}/count {documents}/lengths {documents}/blank {documents}/script",
    )
    yield (
        clause(
            "duplicates",
            "The same text has the same score wherever it stands in a list.",
            "practice: a score belongs to a text, not to a place",
            "documents",
            "score",
        ),
        f"documents/twin {documents}/repeats",
    )
    yield (
        clause("spelling", "White space, escapes and the order of keys in the JSON move no score.", "RFC 8259"),
        "body/spelling",
    )
    for role, name, sentence in (
        ("echo_switch", "echo", "`{}` moves no score."),
        ("limit", "limit_free", "`{}` moves no score."),
        ("chunk_overlap", "overlap_short", "`{}` does not matter to documents of one chunk."),
        ("chunk_limit", "chunks_short", "`{}` does not matter to documents of one chunk."),
    ):
        if kit.has(role):
            item = kit.named(role)
            yield clause(name, sentence.format(item.name), f"{item.pointer}/description", role, "score"), item.name
    form = kit.items(kit.primary)
    if kit.content(form, "text", "apple"):
        yield (
            clause(
                "text_object",
                "A text and an object holding it are the same document.",
                f"{form.get('x-pointer', '#')}",
                "documents",
                "text",
                "score",
            ),
            f"documents/own {documents}/form",
        )
    if kit.takes_string(kit.primary):
        yield (
            clause(
                "single_string",
                "A single string counts as a list of one.",
                f"{kit.named('documents').pointer}/description",
                "documents",
                "score",
            ),
            f"{documents}/single",
        )
    yield (
        clause(
            OWN,
            "A text's score depends on the model, the question and the text alone, whatever else a request carries.",
            practice,
        ),
        "",
    )


def probe_all(requests: Sequence[Request], label: str, priority: int = 4) -> tuple[Probe, ...]:
    """Return probes that are only looked at by a relation; another requirement says whether they are taken."""
    return tuple(Probe(request, Expect.OBSERVE, label, priority) for request in requests)


def _closer(combinations: Combinations, evidence: Evidence) -> Iterator[Request]:
    """Yield simpler requests where more than one set of features could move a score."""
    passing = [one.features for judged in evidence.scores.judged for one in judged.agreeing]
    for _, moved in evidence.blamed:
        yield from combinations.trace(evidence, {one.reading.exchange.id: one.features for one in moved}, passing)


def _moved(name: str, factors: str, others: Sequence[frozenset[str]], evidence: Evidence) -> Finding:
    """Say whether one factor moves scores; what several do together, or none that has a clause, is the last clause's."""
    finding, own = Finding(), set(factors.split())
    for some, moved in evidence.blamed:
        guilty = {feature.factor for feature in some}
        if not guilty and _counts_places(moved):
            # Nothing of a request moves these scores: each index is the place in the answer, so they are other documents' scores.
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
    varied = [
        judged
        for judged in evidence.scores.judged
        if name == OWN or len({f.level for one in judged.agreeing for f in one.features if f.factor in own}) > 1
    ]
    if not varied and not finding.broken:
        finding.hide("no text was scored both ways")
    finding.keep(
        *{one.reading.exchange.id: one.reading for judged in varied[:4] for one in judged.agreeing[:2]}.values()
    )
    return finding


def _counts_places(moved: Sequence[Scored]) -> bool:
    """Whether every answer numbers its results from nought on, in the order that they come in."""
    answers = {one.reading.exchange.id: one.reading.indices or [] for one in moved}.values()
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
        if any(max(scores) - min(scores) > CHANGE * evidence.contract.score_span for scores in seen.values()):
            return True
    return False


def _accuse(evidence: Evidence, finding: Finding, some: Features, moved: Sequence[Scored]) -> None:
    finding.features = finding.features or tuple(told(feature) for feature in sorted(some))
    for one in moved:
        if any(proof.exchange == one.reading.exchange.id for proof in finding.broken):
            continue
        value = evidence.scores.value(one.reading, one.text)
        finding.fail(
            one.reading, f"the score {value} for {show(one.text)}, as in the other answers", f"the score {one.score}"
        )


def _best(kit: Kit, asked: tuple[Probe, ...], relations: Sequence[str]) -> Requirement:
    limit, results = kit.named("limit"), kit.contract.success.place("results")
    counted = f"response.{dotted(results.path)}.limit" if results is not None else ""
    clause = Clause(
        "ranking.limit",
        f"`{limit.name}` keeps the best results.",
        Level.MUST,
        f"{limit.pointer}/description",
        Impact.BREAKS,
        ("limit", "results"),
        rests_on=(*relations, counted),
    )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for reading in evidence.by_key.values():
            scores = reading.by_index if reading.answered and reading.limit else None
            if not scores or len(scores) >= len(reading.documents):
                continue
            if any(
                abs(score - (evidence.scores.value(reading, reading.texts[index]) or score))
                > CHANGE * evidence.contract.score_span
                for index, score in scores.items()
            ):
                # Scores that move are another clause's.
                continue
            worst = min(scores.values())
            left = [
                (evidence.scores.value(reading, text), text)
                for index, text in enumerate(reading.texts)
                if index not in scores
            ]
            known = [(value, text) for value, text in left if value is not None]
            if not known:
                continue
            value, text = max(known)
            if value - worst > 2 * CHANGE * evidence.contract.score_span:
                finding.fail(
                    reading,
                    f"the best {len(scores)} results: {show(text)} scores {value} without the limit",
                    f"results down to {worst} without it",
                )
            else:
                finding.keep(reading)
        if not finding.kept and not finding.broken:
            finding.hide("no list was ranked both with a limit and without")
        return finding

    return Requirement(clause, judge, asked)


def _told_apart(kit: Kit, combinations: Combinations) -> Requirement:
    score = kit.contract.success.place("score")
    source = f"{score.pointer if score is not None else '#'}; practice: one score for all texts ranks nothing"
    clause = Clause(
        "ranking.tells_apart",
        "Texts that have more or less to do with a question do not all have one score.",
        Level.MUST,
        source,
        Impact.BREAKS,
        ("score", "documents"),
        rests_on=("ranking.query_matters", *RELEVANCE),
    )

    def split(evidence: Evidence) -> tuple[dict[str, Reading], list[Reading]]:
        failing, passing = {}, []
        for request in combinations.requests:
            reading = evidence.of(request)
            scores = reading.by_index if reading is not None and reading.answered else None
            # Where a limit leaves the best ones, all of them may be at the end of the scale; long questions have a clause of their own.
            if (
                reading is not None
                and scores
                and len(scores) > 2
                and len(scores) == len(reading.documents)
                # Documents that are all alike, and images of which a model knows nothing, may well share a score.
                and len({text_of(item) for item in reading.documents if not reading.textless(item)}) > 1
                and not long(text_of(reading.asked("query")))
                and not reading.asks_by_image
            ):
                if len(set(scores.values())) == 1:
                    failing[reading.exchange.id] = reading
                else:
                    passing.append(reading)
        return failing, passing

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        failing, passing = split(evidence)
        for reading in failing.values():
            finding.fail(
                reading,
                f"{len(reading.scores or ())} texts of different relevance with different scores",
                f"{(reading.scores or [0.0])[0]} for all",
            )
        if failing:
            told_of = {name: evidence.features[name] for name in failing if name in evidence.features}
            some = next(
                iter(
                    explain(
                        told_of,
                        [evidence.features[one.exchange.id] for one in passing if one.exchange.id in evidence.features],
                    )
                ),
                (frozenset(), []),
            )[0]
            finding.features = tuple(told(feature) for feature in sorted(some))
        elif passing:
            finding.keep(*passing[:12])
        else:
            finding.hide("no list of three texts was answered")
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        failing, passing = split(evidence)
        yield from combinations.trace(
            evidence,
            {name: evidence.features[name] for name in failing if name in evidence.features},
            [evidence.features[one.exchange.id] for one in passing if one.exchange.id in evidence.features],
        )

    return Requirement(clause, judge, combinations.probes, closer=closer)


def _defaults(kit: Kit, asked: tuple[Probe, ...], relations: Sequence[str]) -> Iterator[Requirement]:
    """Yield for each field with a default that to leave it out is to send it; read off texts that the field matters to."""
    for item in kit.primary.fields.values():
        if "default" not in item.schema or item.role is None or item.role in {"model", "query", "documents"}:
            continue
        clause = Clause(
            f"request.{item.name}.default",
            f"`{item.name}` left out is `{item.name}` {item.schema['default']!r}.",
            Level.MUST,
            f"{item.pointer}/default",
            Impact.CHANGES,
            (item.role,),
            rests_on=tuple(relations),
        )
        yield Requirement(clause, partial(_left_out, item), asked)


def _left_out(item: Field, evidence: Evidence) -> Finding:
    finding = Finding()
    if item.role == "echo_switch":
        for reading in evidence.by_key.values():
            echoes = (
                reading.of_results("echo")
                if reading.answered and item.name not in reading.body and reading.results
                else None
            )
            if reading.answered and item.name not in reading.body and reading.results:
                came = echoes is not None and any(echo is not None for echo in echoes)
                if came is not (item.schema["default"] is True) and reading.contract.success.place("echo") is not None:
                    finding.fail(
                        reading,
                        f"what `{item.name}` {item.schema['default']!r} gives",
                        "documents" if came else "no documents",
                    )
                else:
                    finding.keep(reading)
    for seen in evidence.scores.seen.values() if item.role != "echo_switch" else ():
        bare = [one for one in seen if item.name not in one.reading.body]
        spelt = [one for one in seen if one.reading.body.get(item.name) == item.schema["default"]]
        if not bare or not spelt or (item.role in CUT and not long(seen[0].text)):
            continue
        far = max(abs(one.score - other.score) for one in bare for other in spelt)
        if far > CHANGE * evidence.contract.score_span:
            finding.fail(
                spelt[0].reading,
                f"{bare[0].score} for {show(bare[0].text)}, as without `{item.name}` ({bare[0].reading.exchange.id})",
                f"{spelt[0].score}",
            )
        else:
            finding.keep(spelt[0].reading)
    if not finding.kept and not finding.broken:
        finding.hide("no text that it matters to was scored both with it and without")
    return finding


def _query_matters(kit: Kit, base: Sequence[Request]) -> Requirement:
    clause = Clause(
        "ranking.query_matters",
        "Another question gives the same documents other scores.",
        Level.MUST,
        f"{kit.named('query').pointer}/description",
        Impact.BREAKS,
        ("query", "score"),
    )
    return _other_scores(clause, (base[0], base[-2]))


def _other_scores(clause: Clause, asked: tuple[Request, Request]) -> Requirement:
    """Return the requirement that two questions about the same documents do not have the same scores."""

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        both = evidence.answered(finding, asked)
        if both is not None:
            one, other = both[0].by_index or {}, both[1].by_index or {}
            if one.keys() & other.keys() and all(one[index] == other[index] for index in one.keys() & other.keys()):
                finding.fail(
                    both[1],
                    f"other scores than those of another question ({both[0].exchange.id})",
                    f"the same ones: {show(list(other.values()))}",
                )
            else:
                finding.keep(*both)
        return finding

    return Requirement(clause, judge, probe_all(asked, clause.sentence))


def _beside(kit: Kit) -> Requirement:
    """Return that the question still counts beside an instruction."""
    item = kit.named("instruction")
    documents = kit.documents(kit.primary, DOCUMENTS)
    first, second = (
        kit.request(kit.body(query=kit.query(kit.primary, text), documents=documents, instruction=sample(item.schema)))
        for text in QUESTIONS
    )
    clause = Clause(
        "ranking.query_beside",
        f"Beside `{item.name}`, too, another question gives the same documents other scores.",
        Level.MUST,
        f"{item.pointer}/description",
        Impact.CHANGES,
        ("query", "score"),
        rests_on=("ranking.query_matters",),
    )
    return _other_scores(clause, (first, second))


def _relevance(kit: Kit, language: str, probes: Sequence[Probe]) -> Requirement:
    clause = Clause(
        f"ranking.relevance.{language}",
        f"A relevant document scores above an irrelevant one ({language.title()}, most of the pairs).",
        Level.SHOULD,
        f"{kit.contract.pointer}/description: documents are reranked by relevance to a query",
        Impact.BREAKS,
        ("query", "score"),
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
                    (won if scores[number] > scores[other] else lost).append((found[0], scores[number], scores[other]))
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
