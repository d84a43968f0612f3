"""Faults of tokenizers, templates and half precision: words that are lost where they stand, scores that are no scores."""

import math
from collections.abc import Iterator
from typing import Any

from conformance.contract import Contract
from conformance.mock import scorer
from conformance.mock.faults.fault import Fault, after, listed, reading, remembering, replace, rewritings, texts
from conformance.mock.rules import Rules

_LONG, _START, _FEW, _UNEVEN = 40, 100, 2, 20


def _padded(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> float:
    longest = max(map(scorer.count, texts(rules, body)))
    lost = scorer.count(query) <= _FEW and scorer.count(rules.text(item)) * _UNEVEN < longest
    return math.nan if lost else float(original(body, query, position, item))


def _short(original: Any, _rules: Rules, body: Any, role: str) -> Any:
    value = original(body, role)
    return value & 0xFFFF if role == "limit" and isinstance(value, int) and value > 0 else value


def _written(original: Any, rules: Rules, body: Any, rows: Any) -> Any:
    found = original(body, rows)
    echoed = sum(map(scorer.count, texts(rules, body))) if rules.echoes(body) else 0
    return {**found, "output_tokens": found["output_tokens"] + echoed}


def _untagged(original: Any, rules: Rules, body: Any) -> None:
    name = rules.names["model"]
    if isinstance(body, dict) and isinstance(body.get(name), str):
        body[name] = body[name].partition(":")[0]
    original(body)


_FAULTS = {
    "query_middle": after("query", lambda text: scorer.hollowed(text) if len(scorer.ends(text)) > _LONG else text),
    "query_by_start": remembering(
        "query", dict, lambda known, original, _r, body: known.setdefault(original(body)[:_START], original(body))
    ),
    "sigmoid_again": after("score", lambda score: round(1 / (1 + math.exp(-score)), 8)),
    "padding_null": replace("score", _padded),
    "limit_16_bits": replace("value", _short),
    "counts_echo_as_output": replace("count", _written),
}


def lost_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, sentence, left in rewritings("lost", {"digits_alone": lambda text: "" if text.isdigit() else text}):
        yield Fault(f"lost_{name}", sentence, "ranking.*", reading(left))
    yield from listed(contract, _FAULTS)
    if contract.models:
        yield from listed(contract, {"model_any_tag": replace("validate", _untagged)})
