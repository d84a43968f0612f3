"""Requirements on pairs of requests: what must not change an answer, and what must."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import evolve

from conformance.checks.reading import Reading
from conformance.contract.schema import types
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.probes.texts import CHINESE, DOCUMENTS, ENGLISH, IRRELEVANT, ORDER, many
from conformance.requirements.branches import relevance_request
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement
from conformance.requirements.transport import spellings

# Two lawful answers to one request may differ by 2e-4 of the span of scores; from 1e-2 on it is another score.
SAME = 1e-2

# Where the same request does not come back the same, nothing else that sets two answers side by side says anything.
STEADY = ("ranking.repeatable",)
# And where no English text is ranked by its relevance, no part of one is.
RELEVANCE = ("ranking.relevance.english",)

Scores = dict[Any, float]
Keyed = tuple[str, Request, Sequence[Any]]


def metamorphic_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield the relations that hold between two answers, whatever the model."""
    primary = kit.primary
    texts = DOCUMENTS
    names = list(range(len(texts)))

    def ask(documents: Sequence[str], repeat: int = 0, **roles: Any) -> Request:
        return kit.request(kit.body(documents=kit.documents(primary, documents), **roles), repeat=repeat)

    base: Keyed = ("the list as it stands", ask(texts), names)

    def same(name: str, sentence: str, source: str, *others: Keyed, first: Keyed = base, impact: Impact = Impact.CHANGES, roles: tuple[str, ...] = ("score",)) -> Requirement:
        return _equal(Clause(f"ranking.{name}", sentence, Level.MUST, source, impact, roles, rests_on=STEADY if name != "repeatable" else ()), first, others)

    practice = "practice: caches, tests and thresholds rest on it"
    yield same("repeatable", "The same request gives the same ranking.", practice, ("the same again", ask(texts, repeat=1), names))
    yield same(
        "permutation",
        "The order of the documents moves no score, and `index` follows the document.",
        "practice: response order taken for input order broke clients (milvus #53672, llama_index #20597)",
        ("another order", ask([texts[i] for i in ORDER]), list(ORDER)),
        impact=Impact.BREAKS,
        roles=("index", "results", "score"),
    )
    yield same(
        "independent",
        "A document's score does not depend on the other documents.",
        "practice: batches are merged by score",
        ("one irrelevant document more", ask([IRRELEVANT, *texts]), [None, *names]),
        ("two of the documents alone", ask([texts[1], texts[3]]), [1, 3]),
    )
    if kit.has("echo_switch"):
        switch = kit.named("echo_switch")
        other = switch.schema.get("default") is not True
        label = "with the documents returned" if other else "without the documents"
        yield same("echo", f"`{switch.name}` moves no score.", f"{switch.pointer}/description", (label, ask(texts, echo_switch=other), names), roles=("echo_switch", "score"))
    if kit.has("limit"):
        lots = many(kit.most_documents(60))
        yield _prefix(kit, base, [ask(texts, limit=k) for k in (1, 3)], ask(lots, limit=3), ask(lots))
    yield from _defaults(kit, base, ask)
    item = kit.items(primary)
    # With the echo on, the same answers also show what comes back for objects and single strings.
    on = {"echo_switch": True} if kit.has("echo_switch") else {}
    objects = [kit.content(item, "text", text) for text in texts]
    if all(objects) and kit.contract.request_validator.is_valid(body := kit.body(documents=objects, **on)):
        yield same(
            "text_object",
            "A text and an object holding it are the same document.",
            f"{item.get('x-pointer', '#')}",
            ("objects for texts", kit.request(body), names),
            first=("texts", ask(texts, **on), names),
            roles=("documents", "text", "score"),
        )
    single = kit.body(documents=texts[0], **on)
    if kit.takes_string(primary) and kit.contract.request_validator.is_valid(single):
        yield same(
            "single_string",
            "A single string counts as a list of one.",
            f"{kit.named('documents').pointer}/description",
            ("a single string", kit.request(single), [0]),
            first=("a list of one", ask(texts[:1], **on), [0]),
            roles=("documents", "score"),
        )
    if kit.has("chunk_overlap"):
        overlap = kit.named("chunk_overlap")
        value = next(v for v in (overlap.schema.get("maximum"), 10) if v is not None)
        model = kit.named("model").name if kit.has("model") else None
        twin = ask(texts, chunk_overlap=value)
        plain = kit.body(documents=kit.documents(primary, texts)) | ({model: twin.json[model]} if model else {})
        yield same(
            "overlap_short",
            f"`{overlap.name}` does not matter to documents of one chunk.",
            f"{overlap.pointer}/description",
            (f"`{overlap.name}` {value}", twin, names),
            first=("without it", kit.request(plain), names),
            roles=("chunk_overlap", "score"),
        )
    yield same("spelling", "White space, escapes and the order of keys in the JSON move no score.", "RFC 8259", *((label, request, names) for label, request in spellings(kit).items()))
    doubled = (texts[0], texts[1], texts[0], texts[1], texts[0])
    yield _duplicates(ask(doubled, **({"echo_switch": True} if kit.has("echo_switch") else {})), doubled)
    models = kit.models_of(primary)
    if models:
        for language, pairs, start in (("english", ENGLISH, 0), ("chinese", CHINESE, len(ENGLISH))):
            yield _relevance(kit, language, [relevance_request(kit, pairs, i, models[(start + i) % len(models)]) for i in range(len(pairs))])


def _values(reading: Reading, names: Sequence[Any]) -> Scores:
    return {names[index]: score for index, score in (reading.by_index or {}).items() if index < len(names) and names[index] is not None}


def probe_all(requests: Sequence[Request], label: str, priority: int = 4) -> tuple[Probe, ...]:
    """Return probes that are only looked at by a relation; another requirement says whether they are taken."""
    return tuple(Probe(request, Expect.OBSERVE, label, priority) for request in requests)


def _equal(clause: Clause, first: Keyed, others: Sequence[Keyed]) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for label, request, names in others:
            both = evidence.answered(finding, (first[1], request))
            if both is None:
                continue
            one, other = _values(both[0], first[2]), _values(both[1], names)
            moved = [(abs(one[key] - other[key]), key) for key in one.keys() & other.keys()]
            if not moved:
                finding.hide("the two answers share no document")
                continue
            worst, key = max(moved, key=lambda pair: pair[0])
            if worst > SAME * evidence.contract.score_span:
                text = DOCUMENTS[key] if isinstance(key, int) and key < len(DOCUMENTS) else key
                finding.fail(both[1], f"{first[0]} and {label}: the score {one[key]} for {text!r} ({both[0].exchange.id})", f"the score {other[key]}")
            else:
                finding.keep(*both)
        return finding

    requests = [first[1], *(request for _, request, _ in others)]
    return Requirement(clause, judge, probe_all(requests, clause.sentence))


def _prefix(kit: Kit, base: Keyed, limited: Sequence[Request], few_of_many: Request, many_all: Request) -> Requirement:
    limit = kit.named("limit")
    clause = Clause("ranking.limit", f"`{limit.name}` keeps the best results, with the scores they have without it.", Level.MUST, f"{limit.pointer}/description", Impact.BREAKS, ("limit", "results"), rests_on=STEADY)
    pairs = [(base[1], request) for request in limited] + [(many_all, few_of_many)]

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for number, (whole, cut) in enumerate(pairs, 1):
            if number == len(pairs) and evidence.of(cut) is None:
                continue
            both = evidence.answered(finding, (whole, cut))
            if both is None:
                continue
            everything, kept = both[0].by_index or {}, both[1].by_index or {}
            if set(kept) - set(everything):
                finding.hide("the answer without a limit lacks documents")
                continue
            best = sorted(everything.values(), reverse=True)[: len(kept)]
            got = sorted((everything[index] for index in kept), reverse=True)
            apart = max((abs(a - b) for a, b in zip(best, got, strict=True)), default=0.0)
            moved = max((abs(score - everything[index]) for index, score in kept.items()), default=0.0)
            if apart > SAME * evidence.contract.score_span:
                finding.fail(both[1], f"the best {len(kept)} of {both[0].exchange.id}, scored {best}", f"indices {sorted(kept)}, scored {got} there")
            elif moved > SAME * evidence.contract.score_span:
                finding.fail(both[1], f"the scores of {both[0].exchange.id}", f"a score that is {moved:g} away")
            else:
                finding.keep(*both)
        return finding

    core = probe_all([request for pair in pairs[:-1] for request in pair], clause.sentence)
    return Requirement(clause, judge, (*core, *(evolve(probe, core=False) for probe in probe_all(pairs[-1], clause.sentence))))


def _defaults(kit: Kit, base: Keyed, ask: Callable[..., Request]) -> Iterator[Requirement]:
    for item in kit.primary.fields.values():
        if "default" not in item.schema or item.role is None:
            continue
        explicit = ask(DOCUMENTS, **{item.role: item.schema["default"]})
        clause = Clause(f"request.{item.name}.default", f"`{item.name}` left out is `{item.name}` {item.schema['default']!r}.", Level.MUST, f"{item.pointer}/default", Impact.CHANGES, (item.role,), rests_on=STEADY)
        model = kit.primary.by_role("model")
        if "boolean" in types(item.schema) or model is None or explicit.json.get(model.name) == base[1].json.get(model.name):
            yield _equal(clause, base, [("the default spelt out", explicit, base[2])])


def _duplicates(request: Request, texts: Sequence[str]) -> Requirement:
    clause = Clause("ranking.duplicates", "The same text has the same score wherever it stands in a list.", Level.MUST, "practice: a score belongs to a text, not to a place", Impact.CHANGES, ("documents", "score"), rests_on=STEADY)

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        found = evidence.answered(finding, [request])
        if found is None:
            return finding
        scores = found[0].by_index or {}
        for text in dict.fromkeys(texts):
            own = [scores[i] for i, other in enumerate(texts) if other == text and i in scores]
            if own and max(own) - min(own) > SAME * evidence.contract.score_span:
                finding.fail(found[0], f"one score for {text!r}", f"scores from {min(own)} to {max(own)}")
        if not finding.broken:
            finding.keep(*found)
        return finding

    return Requirement(clause, judge, probe_all([request], clause.sentence))


def _relevance(kit: Kit, language: str, requests: Sequence[Request]) -> Requirement:
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
        for number, request in enumerate(requests):
            found = evidence.answered(finding, [request])
            scores = found[0].by_index or {} if found else {}
            for other in scores.keys() - {number}:
                if found and number in scores:
                    (won if scores[number] > scores[other] else lost).append((found[0], scores[number], scores[other]))
        pairs = len(requests) * (len(requests) - 1)
        if len(won) * 2 > pairs:
            finding.hidden.clear()
            finding.keep(*(reading for reading, _, _ in won))
        elif len(lost) * 2 >= pairs:
            reading, own, other_score = lost[0]
            finding.fail(reading, "the relevant document above an irrelevant one", f"{own} against {other_score}, and so in {len(lost)} of {pairs} pairs")
        return finding

    return Requirement(clause, judge, probe_all(requests, clause.sentence))
