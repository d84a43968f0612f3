"""Faults of tokenizers, templates and half precision: words that are lost where they stand, scores that are no scores."""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract import Contract
from conformance.mock import scorer
from conformance.mock.faults.fault import Fault, after, reading, remembering, replace
from conformance.mock.rules import Rules

# What is lost in a document: what is wrong with that in a sentence, and what is left.
_LOST: dict[str, tuple[str, Callable[[str], str]]] = {
    "braces": ("What stands in braces is lost in a template.", lambda text: re.sub(r"\{[^{}]*\}", "", text)),
    "double_braces": (
        "What stands in double braces is lost in a template.",
        lambda text: re.sub(r"\{\{.*?\}\}", "", text),
    ),
    "fence": ("What stands in a code fence is not read.", lambda text: re.sub(r"```.*?```", "", text, flags=re.DOTALL)),
    "comment": ("What stands in a comment of HTML is not read.", lambda text: re.sub(r"<!--.*?-->", "", text)),
    "thoughts": (
        "What stands between a model's signs for its thoughts is not read.",
        lambda text: re.sub(r"<think>.*?</think>", "", text),
    ),
    "combining": (
        "Words with a combining mark are not read.",
        lambda text: re.sub("\\w*[\u0300-\u036f]\\w*", "", text),
    ),
    "first_word": ("A document's first word is lost.", lambda text: text.split(None, 1)[-1] if text.strip() else text),
    "digits_alone": ("A document of digits alone is not read.", lambda text: "" if text.isdigit() else text),
}
_LONG, _START, _FEW, _UNEVEN = 40, 100, 2, 20


def lost_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, (sentence, left) in _LOST.items():
        yield Fault(f"lost_{name}", sentence, "ranking.*", reading(left))
    yield Fault.of("query_middle", after("query", _middle))
    yield Fault.of("query_by_start", remembering("query", dict, _by_start))
    yield Fault.of("sigmoid_again", after("score", _squashed))
    yield Fault.of("padding_null", replace("score", _padded))
    if contract.request_field("limit") is not None:
        yield Fault.of("limit_16_bits", replace("value", _short))
    if contract.success.place("output_tokens") is not None and contract.request_field("echo_switch") is not None:
        yield Fault.of("counts_echo_as_output", replace("count", _written))
    if contract.models and contract.request_field("model") is not None:
        yield Fault.of("model_any_tag", replace("validate", _untagged))


def _middle(text: str) -> str:
    return scorer.hollowed(text) if len(scorer.ends(text)) > _LONG else text


def _by_start(known: dict[str, str], original: Any, _rules: Rules, body: Any) -> str:
    return known.setdefault(original(body)[:_START], original(body))


def _squashed(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 8)


def _padded(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> float:
    longest = max(scorer.count(rules.text(one)) for one in rules.documents(body))
    lost = scorer.count(query) <= _FEW and scorer.count(rules.text(item)) * _UNEVEN < longest
    return math.nan if lost else float(original(body, query, position, item))


def _short(original: Any, _rules: Rules, body: Any, role: str) -> Any:
    value = original(body, role)
    return value & 0xFFFF if role == "limit" and isinstance(value, int) and value > 0 else value


def _written(original: Any, rules: Rules, body: Any, rows: Any) -> Any:
    found = original(body, rows)
    echoed = sum(scorer.count(rules.text(item)) for item in rules.documents(body)) if rules.echoes(body) else 0
    return {**found, "output_tokens": found["output_tokens"] + echoed}


def _untagged(original: Any, rules: Rules, body: Any) -> None:
    name = rules.names["model"]
    if isinstance(body, dict) and isinstance(body.get(name), str):
        body[name] = body[name].partition(":")[0]
    original(body)
