"""Faults that lose a part of a text only beside something else, or only words of one kind: drawn from all pairs of both."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, replace
from conformance.mock.rules import Rules
from conformance.probes.kit import Kit

# Words of one kind: in words, and what loses them.
_KINDS: dict[str, tuple[str, str]] = {
    "parentheses": ("Words in parentheses", r"\([^)]*\)"),
    "brackets": ("Words in brackets", r"\[[^]]*\]"),
    "braces": ("Words in braces", r"\{[^}]*\}"),
    "labels": ("Words before a colon", r"\S+:"),
    "long": ("Words of more than 12 letters", r"\w{13,}"),
    "signs": ("Words behind a dollar sign", r"\$\w+"),
    "paths": ("Words between slashes", r"/\S*/"),
    "items": ("Items of a list", r"(?m)^- .*$"),
    "headings": ("Headings", r"(?m)^# .*$"),
}
# What is lost beside a field that should not matter: in words, the method, and what becomes of its result.
_PARTS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "first_line": ("only the first line of a document is read", "text", lambda text: text.split("\n")[0]),
    "question_line": ("only the first line of the question is read", "query", lambda text: text.split("\n")[0]),
    "question_start": ("only 80 characters of the question are read", "query", lambda text: text[:80]),
    "first_chunk": ("only the first chunk of a document is read", "cut", lambda parts: parts[:1]),
}
# Kinds that no question has.
_LINES = frozenset({"items", "headings"})
_ROLES = ("limit", "echo_switch")
_LEAST, _CHARACTERS = 12, 128


def beside_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, (words, pattern) in _KINDS.items():
        methods = {"question": "query", "document": "text"} if name not in _LINES else {"document": "text"}
        for holder, method in methods.items():
            yield Fault.of(
                "{holder}_loses_{name}",
                _changed(method, partial(re.sub, pattern, " ")),
                holder=holder,
                name=name,
                words=words,
            )
    yield Fault.of(
        "chinese_128",
        _changed("text", lambda text: text[:_CHARACTERS] if re.search("[\u3400-\u9fff]", text) else text),
        _CHARACTERS=_CHARACTERS,
    )
    chunked = contract.request_field("chunk_limit") is not None
    for role, (name, (words, method, change)) in product(_ROLES, _PARTS.items()):
        field = contract.request_field(role)
        if field is not None and (chunked or method != "cut"):
            yield Fault.of(
                "{role}_{name}", _changed(method, change, field.name), role=role, name=name, field=field, words=words
            )
    if contract.request_field("limit") is not None and Kit(contract).most_documents(_LEAST) == _LEAST:
        yield Fault.of("limit_shards", replace("rank", _sharded))


def _changed(method: str, change: Callable[[Any], Any], field: str = "") -> Callable[[Rules], None]:
    """Return what changes what a method gives, where the request has a field that is not false."""

    def apply(rules: Rules) -> None:
        asked, ranks, original = [False], rules.rank, getattr(rules, method)

        def rank(body: Any) -> list[Row]:
            asked[0] = not field or body.get(field) not in {None, False}
            try:
                return ranks(body)
            finally:
                asked[0] = False

        # Only what is scored is changed: what comes back and what is counted stay.
        rules.rank = rank  # type: ignore[method-assign]
        setattr(rules, method, lambda *given: change(original(*given)) if asked[0] else original(*given))

    return apply


def _sharded(original: Any, rules: Rules, body: Any) -> list[Row]:
    """Rank both halves of a list, and keep half of the limit of each."""
    limit, rows = rules.value(body, "limit"), original(body)
    documents = rules.documents(body)
    if not isinstance(limit, int) or len(documents) < _LEAST or limit >= len(documents):
        return list(rows)
    ranked = original({name: value for name, value in body.items() if name != rules.names["limit"]})
    half, share = len(documents) // 2, -(-limit // 2)
    first, second = ([row for row in ranked if (row.index < half) is low][:share] for low in (True, False))
    return rules.order([*first, *second])[:limit]
