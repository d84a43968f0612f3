"""Faults that one clause alone finds: small ways of going wrong that leave everything else as it is."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock import scorer
from conformance.mock.faults.fault import Fault, plain, refusing, replace, wired
from conformance.mock.rules import Refusal, Rules
from conformance.probes.kit import Kit

_LESS, _LATER = 0.8, 0.005
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LONG_QUESTION, _WORDY_QUESTION = 1_200, 600


def _lower(test: Callable[[Rules, Any, Any], bool]) -> Callable[[Rules], None]:
    """Lower the scores of the documents that a test on rules, body and document picks."""
    return replace(
        "score",
        lambda original, rules, body, query, position, item: (
            original(body, query, position, item) * (_LESS if test(rules, body, item) else 1)
        ),
    )


def _scoring(change: Callable[[float, Rules, Any, Any], float]) -> Callable[[Rules], None]:
    """Change the scores: from a score, the rules, the body and the document."""
    return replace(
        "score",
        lambda original, rules, body, query, position, item: change(
            original(body, query, position, item), rules, body, item
        ),
    )


def _gaps(original: Any, rules: Rules, body: Any, text: str) -> list[str]:
    overlap, count = rules.value(body, "chunk_overlap"), len(scorer.ends(text))
    if not overlap or count <= scorer.CHUNK:
        found: list[str] = original(body, text)
        return found
    starts = range(0, count, scorer.CHUNK + int(overlap))
    return [scorer.part(text, first, first + scorer.CHUNK) for first in starts]


def _shortlisted(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> Any:
    limit = rules.value(body, "limit")
    return 0.0 if limit and position >= 2 * limit else original(body, query, position, item)


def _framed(name: bytes) -> Callable[[Rules], None]:
    """Refuse requests with a header that says how the body is sent."""
    return wired(lambda _status, call: bool(call.header(name)), plain("Length Required"), 411)


def _again(rules: Rules) -> None:
    parse, rank = rules.parse, rules.rank
    seen: set[bytes] = set()
    known = False

    def remember(raw: bytes) -> Any:
        nonlocal known
        known = raw in seen
        seen.add(raw)
        return parse(raw)

    def lower(body: Any) -> Any:
        return [evolve(row, score=row.score * _LESS) if known else row for row in rank(body)]

    rules.parse, rules.rank = remember, lower  # type: ignore[method-assign]


def _slower(rules: Rules) -> None:
    waits = count()
    rules.wait = lambda: next(waits) * _LATER  # type: ignore[method-assign]


def _spelt(rules: Rules) -> None:
    parse, rank = rules.parse, rules.rank
    odd = False

    def look(raw: bytes) -> Any:
        nonlocal odd
        odd = b"\n" in raw or b"\\u00" in raw
        return parse(raw)

    def lower(body: Any) -> Any:
        return [evolve(row, score=row.score * _LESS) if odd else row for row in rank(body)]

    rules.parse, rules.rank = look, lower  # type: ignore[method-assign]


def _unescaped(original: Any, rules: Rules, raw: bytes) -> Any:
    if b"\\/" in raw:
        raise Refusal(rules.refusal, "The body is not valid JSON.", "syntax")
    return original(raw)


def own_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    kit = Kit(contract)
    primary = kit.primary
    yield Fault.of("again_lower", _again)
    yield Fault.of(
        "twin_lower",
        _lower(
            lambda rules, body, item: [rules.text(one) for one in rules.documents(body)].count(rules.text(item)) > 1
        ),
    )
    yield Fault.of("slower", _slower)
    yield Fault.of("spelling_lower", _spelt)
    yield Fault.of("escaped_slash_refused", replace("parse", _unescaped))
    if kit.content(primary.items, "text", "apple"):
        yield Fault.of("object_lower", _lower(lambda _r, _b, item: isinstance(item, dict)))
    if kit.takes_string(primary):
        yield Fault.of(
            "single_lower", _lower(lambda rules, body, _item: isinstance(body.get(rules.names["documents"]), str))
        )
        yield Fault.of(
            "single_refused", refusing(lambda rules, body: isinstance(body.get(rules.names["documents"]), str))
        )
    yield Fault.of("query_refuses_emoji", refusing(lambda rules, body: "🦊" in rules.query(body)))
    if contract.request_field("limit") is not None and contract.request_field("echo_switch") is not None:
        yield Fault.of(
            "limit_and_echo_refused",
            refusing(lambda rules, body: rules.names["limit"] in body and rules.names["echo_switch"] in body),
        )
    if contract.request_field("limit") is not None and contract.request_field("chunk_overlap") is not None:
        yield Fault.of(
            "limit_and_overlap_refused",
            refusing(lambda rules, body: rules.names["limit"] in body and rules.names["chunk_overlap"] in body),
        )
    if contract.request_field("instruction") is not None:
        yield Fault.of(
            "instruction_replaces",
            replace("query", lambda original, rules, body: rules.value(body, "instruction") or original(body)),
        )
    if contract.request_field("limit") is not None:
        yield Fault.of("limit_ranks_first", replace("score", _shortlisted))
    models = contract.models
    if len(models) > 1:
        yield Fault.of(
            "second_model_latin",
            _scoring(
                lambda score, rules, body, item: (
                    0.001
                    if body.get(rules.names["model"]) == models[1] and _CHINESE.search(rules.text(item))
                    else score
                )
            ),
            model=models[1],
        )
    yield Fault.of("long_question_refused", refusing(lambda rules, body: len(rules.query(body)) > _LONG_QUESTION))
    yield Fault.of(
        "long_question_inverts",
        _scoring(lambda score, rules, body, _item: 1 - score if len(rules.query(body)) > _WORDY_QUESTION else score),
    )
    yield Fault.of(
        "guarded", refusing(lambda rules, body: any("DROP TABLE" in rules.text(item) for item in rules.documents(body)))
    )
    yield Fault.of("blank_best", _scoring(lambda score, rules, _body, item: score if rules.text(item).strip() else 1.0))
    yield Fault.of(
        "question_itself_worst",
        _scoring(lambda score, rules, body, item: 0.0 if rules.text(item) == rules.query(body) else score),
    )
    if contract.request_field("chunk_overlap") is not None:
        yield Fault.of("overlap_leaves_out", replace("cut", _gaps))
    yield Fault.of("refuses_chunked", _framed(b"transfer-encoding"))
    yield Fault.of("refuses_expect", _framed(b"expect"))
