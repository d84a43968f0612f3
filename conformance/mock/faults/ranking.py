"""Faults in the ranking: which documents, in which order, with which scores."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, after, reading, replace, scoring
from conformance.mock.rules import Refusal
from conformance.probes.kit import Kit

_BYTE = 256


def _rows(change: Any) -> Any:
    return after("rank", change)


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.index)


def _placed(change: Callable[[int, int], Any]) -> Any:
    return _rows(lambda rows: [evolve(row, index=change(row.index, len(rows))) for row in rows])


def _scaled(change: Any) -> Any:
    return _rows(lambda rows: [evolve(row, score=change(row.score)) for row in rows])


def _written(key: bytes, number: bytes) -> Any:
    """Write a number that JSON does not know, or no float holds, in the place of scores."""
    return after("encode", lambda data: data.replace(key + b"0", key + number + b',"x":0'))


def _swap(rows: list[Row]) -> list[Row]:
    return [*rows[:-2], rows[-1], rows[-2]] if len(rows) > 2 else rows


def _cut(pick: Any) -> Any:
    """Cut to the limit before sorting, or otherwise wrongly."""

    def limit(original: Any, rules: Any, body: Any, rows: list[Row]) -> list[Row]:
        wanted = rules.value(body, "limit")
        return rows if wanted is None else rules.order(pick(rows, int(wanted)))

    return replace("limit", limit)


def _needs(test: Any) -> Any:
    """Refuse lists whose texts a test does not like."""

    def documents(original: Any, rules: Any, body: Any) -> Any:
        found = original(body)
        if not test([rules.text(item) for item in found]):
            raise Refusal(rules.refusal, "These documents are not supported.")
        return found

    return replace("documents", documents)


# What becomes of an index among so many rows: in words, and the end of the clause that it breaks.
_INDICES: dict[str, tuple[str, str, Callable[[int, int], Any]]] = {
    "one_based": ("counts from one", "range", lambda index, _count: index + 1),
    "negative": ("counts from the end", "*", lambda index, count: index - count),
    "byte": ("is counted in a byte", "unique", lambda index, _count: index % _BYTE),
    "zero": ("is always 0", "unique", lambda _index, _count: 0),
    "string": ("is a string", "type", lambda index, _count: str(index)),
    "float": ("is a float", "type", lambda index, _count: float(index)),
    "null": ("is null", "type", lambda _index, _count: None),
}
# What becomes of a score as it is sent, likewise.
_SCORES: dict[str, tuple[str, str, Callable[[float], Any]]] = {
    "percent": ("go to 100", "*", lambda score: score * 100),
    "logits": ("are raw logits", "*", lambda score: score * 16 - 10),
    "above": ("go a little above 1", "*", lambda score: score + 0.2),
    "string": ("are strings", "type", str),
    "null": ("are null", "type", lambda _score: None),
}
# How a document is scored, of score, rules, body, position and document: a sentence, and the clauses that it breaks.
_SCORINGS: dict[str, tuple[str, str, Callable[..., float]]] = {
    "score_constant": ("Every score is the same.", "ranking.relevance.*", lambda *_: 0.5),
    "score_inverted": ("The least relevant scores best.", "ranking.relevance.*", lambda score, *_: 1 - score),
    "score_by_length": (
        "Long documents score best.",
        "ranking.relevance.*",
        lambda _s, rules, _b, _p, item: min(1.0, len(rules.text(item)) / 100_000),
    ),
    "score_random": ("Scores are drawn anew each time.", "ranking.*", lambda *_: random.random()),
    "score_wobbles": (
        "Scores wobble by 0.05.",
        "ranking.*",
        lambda score, *_: min(1.0, score + random.random() * 0.05),
    ),
    "score_by_position": (
        "Later documents score lower.",
        "ranking.permutation",
        lambda score, _r, _b, position, _i: score / (1 + 0.1 * position),
    ),
    "score_by_batch": (
        "Scores depend on the number of documents.",
        "ranking.independent",
        lambda score, rules, body, *_: score / (1 + 0.02 * len(rules.documents(body))),
    ),
    "latin_only": (
        "Chinese is not read.",
        "ranking.relevance.chinese",
        lambda score, rules, _b, _p, item: score if rules.text(item).isascii() else 0.001,
    ),
}
# What is refused: in words, the end of the clause, and what the texts of a list must be.
_REFUSED: dict[str, tuple[str, str, Callable[[list[str]], bool]]] = {
    "one": ("A single document", "", lambda found: len(found) > 1),
    "empty_string": ("An empty string among the documents", ".empty_string", lambda found: "" not in found),
    "duplicates": ("A document that comes twice", ".duplicates", lambda found: len(set(found)) == len(found)),
    "nul": ("A NUL in a text", ".any_text", lambda found: not any("\x00" in text for text in found)),
}
_CHUNKS: dict[str, tuple[str, Callable[[list[str]], list[str]]]] = {
    "first_chunk": ("Only the first chunk is read.", lambda parts: parts[:1]),
    "last_chunk": ("Only the last chunk is read.", lambda parts: parts[-1:]),
    "loses_last_chunk": ("The last chunk is lost.", lambda parts: parts[:-1] or parts),
}
# Which rows are taken for a limit: a sentence, and the clause that it breaks (`at` is where the results stand).
_LIMITS: dict[str, tuple[str, str, Callable[[list[Row], int], list[Row]]]] = {
    "filled": (
        "A limit a little beyond the list is filled with the last one.",
        "{at}.limit",
        lambda rows, n: rows[:n] + rows[-1:] * min(max(n - len(rows), 0), 8),
    ),
    "plus_one": ("One result too many.", "{at}.limit", lambda rows, n: rows[: n + 1]),
    "minus_one": ("One result too few.", "{at}.limit", lambda rows, n: rows[: max(n - 1, 0)]),
    "first": ("The first documents are returned, not the best.", "ranking.limit", lambda rows, n: _in_order(rows)[:n]),
    "last": ("The last documents are returned, not the best.", "ranking.limit", lambda rows, n: _in_order(rows)[-n:]),
    "worst": ("The worst are returned.", "ranking.limit", lambda rows, n: rows[-n:]),
    "capped": ("The limit never goes above 10.", "{at}.limit", lambda rows, n: rows[: min(n, 10)]),
}


def ranking_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    places = {role: contract.success.place(role) for role in ("results", "index", "score")}
    index, score = (place.path[-1] if (place := places[role]) else role for role in ("index", "score"))
    at = ".".join(filter(None, ("response", places["results"].name if places["results"] else "results")))
    yield Fault.of("unsorted", _rows(_in_order))
    yield Fault.of("ascending", _rows(lambda rows: rows[::-1]))
    yield Fault.of("last_pair", _rows(_swap))
    yield Fault.of("index_rank", _rows(lambda rows: [evolve(row, index=i) for i, row in enumerate(rows)]))
    for name, (words, end, change) in _INDICES.items():
        if name != "byte" or Kit(contract).most_documents(_BYTE + 1) > _BYTE:
            yield Fault(f"index_{name}", f"`index` {words}.", f"response.*.{index}.{end}", _placed(change))
    yield from _scored(score)
    yield Fault.of(
        "dedup",
        replace("candidates", lambda _o, _r, documents: [i for i, d in enumerate(documents) if d not in documents[:i]]),
    )
    yield Fault.of(
        "drops_empty",
        replace("candidates", lambda _o, rules, documents: [i for i, d in enumerate(documents) if rules.text(d) != ""]),
    )
    most = Kit(contract).most_documents(120)
    if most > 50:
        yield Fault.of("cap_50", after("candidates", lambda found: found[:50]))
    if most > 100:
        yield Fault.of("cap_100", after("candidates", lambda found: found[:100]))
    if most > 64:
        yield Fault.of("refuses_many", _needs(lambda found: len(found) <= 64))
    for name, (words, end, test) in _REFUSED.items():
        yield Fault(f"refuses_{name}", f"{words} is refused.", f"request.*{end}", _needs(test))
    yield Fault.of("nul_ends", reading(lambda text: text.partition("\x00")[0]))
    yield Fault.of("nul_ends_question", after("query", lambda text: text.partition("\x00")[0]))
    longest = Kit(contract).longest_document(1_000_000) // 2
    yield Fault(
        "refuses_large",
        f"A document of {longest:,} characters is refused.",
        "request.*.large",
        _needs(lambda found: all(len(text) < longest for text in found)),
    )
    if contract.request_field("chunk_limit") is not None:
        yield from _chunked()
    if contract.request_field("chunk_overlap") is not None:
        yield Fault.of(
            "overlap_moves_scores",
            scoring(lambda score, rules, body, *_: score * (1 - (rules.value(body, "chunk_overlap") or 0) / 200)),
        )
    for role, words in (("handling", "how a request is handled"), ("truncation", "whether texts are cut")):
        if contract.request_field(role) is not None:
            yield Fault.of("{role}_moves_scores", _lowered(role), role=role, words=words)
    if contract.request_field("limit") is not None:
        yield from _limited(at)


def _lowered(role: str) -> Any:
    """Return what lowers the scores where a field is sent."""
    return scoring(lambda score, rules, body, *_: score * (0.9 if rules.names[role] in body else 1))


def _scored(score: str) -> Iterator[Fault]:
    """Yield wrong scores; `score` is what they are called."""
    key = f'"{score}":'.encode()
    for name, (words, end, change) in _SCORES.items():
        yield Fault(f"score_{name}", f"Scores {words}.", f"response.*.{score}.{end}", _scaled(change))
    yield Fault.of("score_nan", _written(key, b"NaN"))
    yield Fault.of("score_overflows", _written(key, b"1e999"), score=score)
    for name, (sentence, breaks, scored) in _SCORINGS.items():
        yield Fault(name, sentence, breaks, scoring(scored))


def _chunked() -> Iterator[Fault]:
    for name, (sentence, pick) in _CHUNKS.items():
        yield Fault(name, sentence, "ranking.chunks.*", after("cut", pick))
    yield Fault.of("mean_chunk", replace("combine", lambda _o, _r, scores: sum(scores) / len(scores)))
    yield Fault.of(
        "no_chunk_limit",
        replace(
            "cut",
            lambda original, rules, body, text: original(
                {k: v for k, v in body.items() if k != rules.names["chunk_limit"]}, text
            ),
        ),
    )


def _limited(at: str) -> Iterator[Fault]:
    yield Fault.of("no_limit", replace("limit", lambda _o, _r, _body, rows: rows), at=at)
    for name, (sentence, breaks, pick) in _LIMITS.items():
        yield Fault(f"limit_{name}", sentence, breaks.format(at=at), _cut(pick))
    yield Fault.of(
        "limit_default",
        replace(
            "limit",
            lambda original, rules, body, rows: original(body, rows) if rules.names["limit"] in body else rows[:5],
        ),
        at=at,
    )
    yield Fault.of(
        "limit_moves_scores", scoring(lambda score, rules, body, *_: score * (0.9 if rules.value(body, "limit") else 1))
    )
    yield Fault.of("limit_beyond_refused", replace("limit", _refuse_beyond))


def _refuse_beyond(original: Any, rules: Any, body: Any, rows: list[Row]) -> Any:
    wanted = rules.value(body, "limit")
    if wanted is not None and wanted > len(rows):
        raise Refusal(rules.refusal, "The limit is larger than the number of documents.")
    return original(body, rows)
