"""Faults in the ranking: which documents, in which order, with which scores."""

import random
from collections.abc import Iterator
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, after, replace
from conformance.mock.rules import Refusal
from conformance.probes.kit import Kit

_BYTE = 256


def _rows(change: Any) -> Any:
    return after("rank", change)


def _scaled(change: Any) -> Any:
    return _rows(lambda rows: [evolve(row, score=change(row.score)) for row in rows])


def _score(function: Any) -> Any:
    """Change a document's score: function(score, rules, body, position, item)."""
    return replace(
        "score",
        lambda original, rules, body, query, position, item: function(
            original(body, query, position, item), rules, body, position, item
        ),
    )


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


def _chunks(pick: Any) -> Any:
    return after("cut", pick)


def ranking_faults(contract: Contract) -> Iterator[Fault]:  # noqa: PLR0915 - a catalogue is long
    """Yield the faults that the contract's roles allow."""
    places = {role: contract.success.place(role) for role in ("results", "index", "score")}
    index, score = (place.path[-1] if (place := places[role]) else role for role in ("index", "score"))
    key = f'"{score}":'.encode()
    at = ".".join(filter(None, ("response", places["results"].name if places["results"] else "results")))
    yield Fault(
        "unsorted",
        "Results come in the order of the input.",
        "response*.sorted",
        _rows(lambda rows: sorted(rows, key=lambda row: row.index)),
    )
    yield Fault("ascending", "The worst result comes first.", "response*.sorted", _rows(lambda rows: rows[::-1]))
    yield Fault("last_pair", "The last two results are swapped.", "response*.sorted", _rows(_swap))
    yield Fault(
        "index_rank",
        "`index` is the place in the answer.",
        "ranking.permutation",
        _rows(lambda rows: [evolve(row, index=i) for i, row in enumerate(rows)]),
    )
    yield Fault(
        "index_one_based",
        "`index` counts from one.",
        f"response.*.{index}.range",
        _rows(lambda rows: [evolve(row, index=row.index + 1) for row in rows]),
    )
    yield Fault(
        "index_negative",
        "`index` counts from the end.",
        f"response.*.{index}.*",
        _rows(lambda rows: [evolve(row, index=row.index - len(rows)) for row in rows]),
    )
    if Kit(contract).most_documents(_BYTE + 1) > _BYTE:
        yield Fault(
            "index_byte",
            "`index` is counted in a byte.",
            f"response.*.{index}.unique",
            _rows(lambda rows: [evolve(row, index=row.index % _BYTE) for row in rows]),
        )
    yield Fault(
        "index_zero",
        "`index` is always 0.",
        f"response.*.{index}.unique",
        _rows(lambda rows: [evolve(row, index=0) for row in rows]),
    )
    yield Fault(
        "index_string",
        "`index` is a string.",
        f"response.*.{index}.type",
        _rows(lambda rows: [evolve(row, index=str(row.index)) for row in rows]),
    )
    yield Fault(
        "index_float",
        "`index` is a float.",
        f"response.*.{index}.type",
        _rows(lambda rows: [evolve(row, index=float(row.index)) for row in rows]),
    )
    yield Fault(
        "index_null",
        "`index` is null.",
        f"response.*.{index}.type",
        _rows(lambda rows: [evolve(row, index=None) for row in rows]),
    )
    yield Fault("score_percent", "Scores go to 100.", f"response.*.{score}.*", _scaled(lambda score: score * 100))
    yield Fault(
        "score_logits", "Scores are raw logits.", f"response.*.{score}.*", _scaled(lambda score: score * 16 - 10)
    )
    yield Fault(
        "score_above", "Scores go a little above 1.", f"response.*.{score}.*", _scaled(lambda score: score + 0.2)
    )
    yield Fault("score_string", "Scores are strings.", f"response.*.{score}.type", _scaled(str))
    yield Fault("score_null", "Scores are null.", f"response.*.{score}.type", _scaled(lambda _score: None))
    yield Fault(
        "score_nan",
        "Scores are NaN.",
        "response.json",
        after("encode", lambda data: data.replace(key + b"0", key + b'NaN,"x":0')),
    )
    yield Fault(
        "score_overflows",
        "Scores are beyond every float.",
        f"response.*.{score}.*",
        after("encode", lambda data: data.replace(key + b"0", key + b'1e999,"x":0')),
    )
    yield Fault("score_constant", "Every score is the same.", "ranking.relevance.*", _score(lambda *_: 0.5))
    yield Fault(
        "score_inverted", "The least relevant scores best.", "ranking.relevance.*", _score(lambda score, *_: 1 - score)
    )
    yield Fault(
        "score_by_length",
        "Long documents score best.",
        "ranking.relevance.*",
        _score(lambda _s, rules, _b, _p, item: min(1.0, len(rules.text(item)) / 100_000)),
    )
    yield Fault("score_random", "Scores are drawn anew each time.", "ranking.*", _score(lambda *_: random.random()))
    yield Fault(
        "score_wobbles",
        "Scores wobble by 0.05.",
        "ranking.*",
        _score(lambda score, *_: min(1.0, score + random.random() * 0.05)),
    )
    yield Fault(
        "score_by_position",
        "Later documents score lower.",
        "ranking.permutation",
        _score(lambda score, _r, _b, position, _i: score / (1 + 0.1 * position)),
    )
    yield Fault(
        "score_by_batch",
        "Scores depend on the number of documents.",
        "ranking.independent",
        _score(lambda score, rules, body, *_: score / (1 + 0.02 * len(rules.documents(body)))),
    )
    yield Fault(
        "latin_only",
        "Chinese is not read.",
        "ranking.relevance.chinese",
        _score(lambda score, rules, _b, _p, item: score if rules.text(item).isascii() else 0.001),
    )
    yield Fault(
        "dedup",
        "Equal documents are ranked once.",
        "response*.all",
        replace("candidates", lambda _o, _r, documents: [i for i, d in enumerate(documents) if d not in documents[:i]]),
    )
    yield Fault(
        "drops_empty",
        "Empty documents are dropped.",
        "response*.all",
        replace("candidates", lambda _o, rules, documents: [i for i, d in enumerate(documents) if rules.text(d) != ""]),
    )
    most = Kit(contract).most_documents(120)
    if most > 50:
        yield Fault(
            "cap_50", "Only 50 documents are ranked.", "response*.all", after("candidates", lambda found: found[:50])
        )
    if most > 100:
        yield Fault(
            "cap_100", "Only 100 documents are ranked.", "response.*", after("candidates", lambda found: found[:100])
        )
    if most > 64:
        yield Fault(
            "refuses_many",
            "More than 64 documents are refused.",
            "request.*.many",
            _needs(lambda found: len(found) <= 64),
        )
    yield Fault("refuses_one", "A single document is refused.", "request.*", _needs(lambda found: len(found) > 1))
    yield Fault(
        "refuses_empty_string",
        "An empty string among the documents is refused.",
        "request.*.empty_string",
        _needs(lambda found: "" not in found),
    )
    yield Fault(
        "refuses_duplicates",
        "A document that comes twice is refused.",
        "request.*.duplicates",
        _needs(lambda found: all(d not in found[:i] for i, d in enumerate(found))),
    )
    yield Fault(
        "refuses_nul",
        "A NUL in a text is refused.",
        "request.*.any_text",
        _needs(lambda found: not any("\x00" in text for text in found)),
    )
    yield Fault(
        "nul_ends",
        "A document ends at its first NUL, as a string of C does.",
        "ranking.document.nul",
        replace("cut", lambda original, _rules, body, text: original(body, text.partition("\x00")[0])),
    )
    longest = Kit(contract).longest_document(1_000_000) // 2
    yield Fault(
        "refuses_large",
        f"A document of {longest:,} characters is refused.",
        "request.*.large",
        _needs(lambda found: all(len(text) < longest for text in found)),
    )
    if contract.request_field("chunk_limit") is not None:
        yield Fault(
            "first_chunk", "Only the first chunk is read.", "ranking.chunks.*", _chunks(lambda parts: parts[:1])
        )
        yield Fault("last_chunk", "Only the last chunk is read.", "ranking.chunks.*", _chunks(lambda parts: parts[-1:]))
        yield Fault(
            "loses_last_chunk",
            "The last chunk is lost.",
            "ranking.chunks.*",
            _chunks(lambda parts: parts[:-1] or parts),
        )
        yield Fault(
            "mean_chunk",
            "A document scores as the mean of its chunks.",
            "ranking.chunks.best",
            replace("combine", lambda _o, _r, scores: sum(scores) / len(scores)),
        )
        yield Fault(
            "no_chunk_limit",
            "The limit of chunks is ignored.",
            "ranking.chunks.limit",
            replace(
                "cut",
                lambda original, rules, body, text: original(
                    {k: v for k, v in body.items() if k != rules.names["chunk_limit"]}, text
                ),
            ),
        )
    if contract.request_field("chunk_overlap") is not None:
        yield Fault(
            "overlap_moves_scores",
            "The overlap moves the scores of short documents.",
            "ranking.overlap_short",
            _score(lambda score, rules, body, *_: score * (1 - (rules.value(body, "chunk_overlap") or 0) / 200)),
        )
    if contract.request_field("limit") is not None:
        yield Fault(
            "no_limit", "The limit is ignored.", f"{at}.limit", replace("limit", lambda _o, _r, _body, rows: rows)
        )
        yield Fault("limit_plus_one", "One result too many.", f"{at}.limit", _cut(lambda rows, n: rows[: n + 1]))
        yield Fault(
            "limit_minus_one", "One result too few.", f"{at}.limit", _cut(lambda rows, n: rows[: max(n - 1, 0)])
        )
        yield Fault(
            "limit_first",
            "The first documents are returned, not the best.",
            "ranking.limit",
            _cut(lambda rows, n: sorted(rows, key=lambda row: row.index)[:n]),
        )
        yield Fault(
            "limit_last",
            "The last documents are returned, not the best.",
            "ranking.limit",
            _cut(lambda rows, n: sorted(rows, key=lambda row: row.index)[-n:]),
        )
        yield Fault("limit_worst", "The worst are returned.", "ranking.limit", _cut(lambda rows, n: rows[-n:]))
        yield Fault(
            "limit_capped", "The limit never goes above 10.", f"{at}.limit", _cut(lambda rows, n: rows[: min(n, 10)])
        )
        yield Fault(
            "limit_default",
            "Without a limit there are five results.",
            f"{at}.all",
            replace(
                "limit",
                lambda original, rules, body, rows: original(body, rows) if rules.names["limit"] in body else rows[:5],
            ),
        )
        yield Fault(
            "limit_moves_scores",
            "The limit moves the scores.",
            "ranking.limit_free",
            _score(lambda score, rules, body, *_: score * (0.9 if rules.value(body, "limit") else 1)),
        )
        yield Fault(
            "limit_beyond_refused",
            "A limit beyond the list is refused.",
            "request.*.beyond",
            replace("limit", _refuse_beyond),
        )


def _refuse_beyond(original: Any, rules: Any, body: Any, rows: list[Row]) -> Any:
    wanted = rules.value(body, "limit")
    if wanted is not None and wanted > len(rows):
        raise Refusal(rules.refusal, "The limit is larger than the number of documents.")
    return original(body, rows)
