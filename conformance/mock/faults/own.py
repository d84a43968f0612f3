"""Faults that one clause alone finds: small ways of going wrong that leave everything else as it is."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock import scorer
from conformance.mock.app import Call
from conformance.mock.faults.fault import Fault, listed, plain, refusing, remembering, replace, scoring, texts, wired
from conformance.mock.rules import Refusal, Rules
from conformance.model.exchange import HTTP_BEFORE
from conformance.probes.kit import Kit

_LESS, _LATER = 0.8, 0.005
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LONG_QUESTION, _WORDY_QUESTION = 1_200, 600


def _lower(test: Callable[[Rules, Any, Any], bool]) -> Callable[[Rules], None]:
    """Lower the scores of the documents that a test on rules, body and document picks."""
    return scoring(lambda score, rules, body, _place, item: score * (_LESS if test(rules, body, item) else 1))


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


def _older(_status: int, call: Call) -> bool:
    return call.version == HTTP_BEFORE


def _lower_where(test: Callable[[bytes], bool]) -> Callable[[Rules], None]:
    """Lower the scores of an answer to bytes that a test picks."""

    def apply(rules: Rules) -> None:
        parse, rank = rules.parse, rules.rank
        met = False

        def look(raw: bytes) -> Any:
            nonlocal met
            met = test(raw)
            return parse(raw)

        def lower(body: Any) -> Any:
            return [evolve(row, score=row.score * _LESS) if met else row for row in rank(body)]

        rules.parse, rules.rank = look, lower  # type: ignore[method-assign]

    return apply


def _again(rules: Rules) -> None:
    seen: Counter[bytes] = Counter()

    def known(raw: bytes) -> bool:
        seen[raw] += 1
        return seen[raw] > 1

    _lower_where(known)(rules)


def _unescaped(original: Any, rules: Rules, raw: bytes) -> Any:
    if b"\\/" in raw:
        raise Refusal(rules.refusal, "The body is not valid JSON.", "syntax")
    return original(raw)


def _sends(*roles: str) -> Callable[[Rules, Any], bool]:
    """Return whether a body has the fields of all these roles."""
    return lambda rules, body: all(rules.names[role] in body for role in roles)


def _single(rules: Rules, body: Any, *_item: Any) -> bool:
    return isinstance(body.get(rules.names["documents"]), str)


_SENT = {
    "again_lower": _again,
    "twin_lower": _lower(lambda rules, body, item: texts(rules, body).count(rules.text(item)) > 1),
    "slower": remembering("wait", count, lambda waits, *_: next(waits) * _LATER),
    "spelling_lower": _lower_where(lambda raw: b"\n" in raw or b"\\u00" in raw),
    "escaped_slash_refused": replace("parse", _unescaped),
}
_OBJECTS = {"object_lower": _lower(lambda _r, _b, item: isinstance(item, dict))}
_STRINGS = {"single_lower": _lower(_single), "single_refused": refusing(_single)}
_ASKED = {
    "query_refuses_emoji": refusing(lambda rules, body: "🦊" in rules.query(body)),
    "limit_and_echo_refused": refusing(_sends("limit", "echo_switch")),
    "limit_and_overlap_refused": refusing(_sends("limit", "chunk_overlap")),
    "instruction_replaces": replace(
        "query", lambda original, rules, body: rules.value(body, "instruction") or original(body)
    ),
    "limit_ranks_first": replace("score", _shortlisted),
}
_READ = {
    "long_question_refused": refusing(lambda rules, body: len(rules.query(body)) > _LONG_QUESTION),
    "long_question_inverts": scoring(
        lambda score, rules, body, *_: 1 - score if len(rules.query(body)) > _WORDY_QUESTION else score
    ),
    "guarded": refusing(lambda rules, body: any("DROP TABLE" in text for text in texts(rules, body))),
    "blank_best": scoring(lambda score, rules, _b, _p, item: score if rules.text(item).strip() else 1.0),
    "question_itself_worst": scoring(
        lambda score, rules, body, _p, item: 0.0 if rules.text(item) == rules.query(body) else score
    ),
    "overlap_leaves_out": replace("cut", _gaps),
    "refuses_chunked": _framed(b"transfer-encoding"),
    "refuses_expect": _framed(b"expect"),
    "older_refused": wired(_older, plain("HTTP Version Not Supported"), 505),
    "older_chunked": wired(_older, lambda headers, data: ([*headers, ("transfer-encoding", "chunked")], data)),
}


def own_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    kit = Kit(contract)
    yield from listed(contract, _SENT)
    # Where all are objects, none stands beside another form.
    if kit.content(kit.primary.items, "text", "apple") and kit.primary.takes.is_valid("apple"):
        yield from listed(contract, _OBJECTS)
    if kit.takes_string(kit.primary):
        yield from listed(contract, _STRINGS)
    yield from listed(contract, _ASKED)
    models = contract.models
    if len(models) > 1:

        def latin(score: float, rules: Rules, body: Any, _place: int, item: Any) -> float:
            unread = body.get(rules.names["model"]) == models[1] and _CHINESE.search(rules.text(item))
            return 0.001 if unread else score

        yield Fault.of("second_model_latin", scoring(latin), model=models[1])
    yield from listed(contract, _READ)
