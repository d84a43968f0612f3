"""Faults in the ranking: which documents, in which order, with which scores."""

import random
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, after, listed, reading, replace, scoring
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


def _lowered(role: str) -> Any:
    """Return what lowers the scores where a field is sent."""
    return scoring(lambda score, rules, body, *_: score * (0.9 if rules.names[role] in body else 1))


# What becomes of an index among so many rows.
_INDICES: dict[str, Callable[[int, int], Any]] = {
    "one_based": lambda index, _count: index + 1,
    "negative": lambda index, count: index - count,
    "byte": lambda index, _count: index % _BYTE,
    "zero": lambda _index, _count: 0,
    "string": lambda index, _count: str(index),
    "float": lambda index, _count: float(index),
    "null": lambda _index, _count: None,
}
# What becomes of a score as it is sent.
_SCORES: dict[str, Callable[[float], Any]] = {
    "percent": lambda score: score * 100,
    "logits": lambda score: score * 16 - 10,
    "above": lambda score: score + 0.2,
    "string": str,
    "null": lambda _score: None,
}
# How a document is scored, of score, rules, body, position and document.
_SCORINGS: dict[str, Callable[..., float]] = {
    "score_constant": lambda *_: 0.5,
    "score_inverted": lambda score, *_: 1 - score,
    "score_by_length": lambda _s, rules, _b, _p, item: min(1.0, len(rules.text(item)) / 100_000),
    "score_random": lambda *_: random.random(),
    "score_wobbles": lambda score, *_: min(1.0, score + random.random() * 0.05),
    "score_by_position": lambda score, _r, _b, position, _i: score / (1 + 0.1 * position),
    "score_by_batch": lambda score, rules, body, *_: score / (1 + 0.02 * len(rules.documents(body))),
    "latin_only": lambda score, rules, _b, _p, item: score if rules.text(item).isascii() else 0.001,
}
# What the texts of a list must be.
_REFUSED: dict[str, Callable[[list[str]], bool]] = {
    "refuses_one": lambda found: len(found) > 1,
    "refuses_empty_string": lambda found: "" not in found,
    "refuses_duplicates": lambda found: len(set(found)) == len(found),
    "refuses_nul": lambda found: not any("\x00" in text for text in found),
}
# Which rows are taken for a limit.
_LIMITS: dict[str, Callable[[list[Row], int], list[Row]]] = {
    "filled": lambda rows, n: rows[:n] + rows[-1:] * min(max(n - len(rows), 0), 8),
    "plus_one": lambda rows, n: rows[: n + 1],
    "minus_one": lambda rows, n: rows[: max(n - 1, 0)],
    "first": lambda rows, n: _in_order(rows)[:n],
    "last": lambda rows, n: _in_order(rows)[-n:],
    "worst": lambda rows, n: rows[-n:],
    "capped": lambda rows, n: rows[: min(n, 10)],
}


def _unbounded(original: Any, rules: Any, body: Any, text: str) -> Any:
    return original({k: v for k, v in body.items() if k != rules.names["chunk_limit"]}, text)


def _five(original: Any, rules: Any, body: Any, rows: list[Row]) -> Any:
    return original(body, rows) if rules.names["limit"] in body else rows[:5]


def _refuse_beyond(original: Any, rules: Any, body: Any, rows: list[Row]) -> Any:
    wanted = rules.value(body, "limit")
    if wanted is not None and wanted > len(rows):
        raise Refusal(rules.refusal, "The limit is larger than the number of documents.")
    return original(body, rows)


_ORDERS = {
    "unsorted": _rows(_in_order),
    "ascending": _rows(lambda rows: rows[::-1]),
    "last_pair": _rows(lambda rows: [*rows[:-2], rows[-1], rows[-2]] if len(rows) > 2 else rows),
    "index_rank": _rows(lambda rows: [evolve(row, index=i) for i, row in enumerate(rows)]),
}
_LEFT_OUT = {
    "dedup": replace("candidates", lambda _o, _r, found: [i for i, d in enumerate(found) if d not in found[:i]]),
    "drops_empty": replace("candidates", lambda _o, rules, found: [i for i, d in enumerate(found) if rules.text(d)]),
}
_NUL = {
    "nul_ends": reading(lambda text: text.partition("\x00")[0]),
    "nul_ends_question": after("query", lambda text: text.partition("\x00")[0]),
}
_FIELDS = {
    "first_chunk": after("cut", lambda parts: parts[:1]),
    "last_chunk": after("cut", lambda parts: parts[-1:]),
    "loses_last_chunk": after("cut", lambda parts: parts[:-1] or parts),
    "mean_chunk": replace("combine", lambda _o, _r, scores: sum(scores) / len(scores)),
    "no_chunk_limit": replace("cut", _unbounded),
    "overlap_moves_scores": scoring(
        lambda score, rules, body, *_: score * (1 - (rules.value(body, "chunk_overlap") or 0) / 200)
    ),
    "handling_moves_scores": _lowered("handling"),
    "truncation_moves_scores": _lowered("truncation"),
    "no_limit": replace("limit", lambda _o, _r, _body, rows: rows),
    **{f"limit_{name}": _cut(pick) for name, pick in _LIMITS.items()},
    "limit_default": replace("limit", _five),
    "limit_moves_scores": scoring(lambda score, rules, body, *_: score * (0.9 if rules.value(body, "limit") else 1)),
    "limit_beyond_refused": replace("limit", _refuse_beyond),
}


def ranking_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    places = {role: contract.success.place(role) for role in ("results", "index", "score")}
    index, score = (place.path[-1] if (place := places[role]) else role for role in ("index", "score"))
    at = ".".join(filter(None, ("response", places["results"].name if places["results"] else "results")))
    kit, key = Kit(contract), f'"{score}":'.encode()
    most = kit.most_documents(_BYTE + 1)
    yield from listed(contract, _ORDERS)
    for name, change in _INDICES.items():
        if name != "byte" or most > _BYTE:
            yield Fault.of(f"index_{name}", _placed(change), index=index)
    for name, scored in _SCORES.items():
        yield Fault.of(f"score_{name}", _scaled(scored), score=score)
    yield Fault.of("score_nan", _written(key, b"NaN"))
    yield Fault.of("score_overflows", _written(key, b"1e999"), score=score)
    yield from listed(contract, {name: scoring(scored) for name, scored in _SCORINGS.items()} | _LEFT_OUT)
    for cap in (50, 100):
        if most > cap:
            yield Fault.of(f"cap_{cap}", after("candidates", itemgetter(slice(cap))))
    if most > 64:
        yield Fault.of("refuses_many", _needs(lambda found: len(found) <= 64))
    yield from listed(contract, {name: _needs(test) for name, test in _REFUSED.items()} | _NUL)
    longest = kit.longest_document(1_000_000) // 2
    large = _needs(lambda found: all(len(text) < longest for text in found))
    yield Fault.of("refuses_large", large, longest=f"{longest:,}")
    yield from listed(contract, _FIELDS, at=at)
