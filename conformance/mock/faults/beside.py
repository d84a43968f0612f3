"""Faults that lose a part of a text only beside something else, or only words of one kind: drawn from all pairs of both."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, listed, replace, rewritings
from conformance.mock.rules import Rules
from conformance.probes.kit import Kit

# What is lost beside a field that should not matter: the method, and what becomes of its result.
_PARTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "first_line": ("text", lambda text: text.split("\n")[0]),
    "question_line": ("query", lambda text: text.split("\n")[0]),
    "question_start": ("query", lambda text: text[:80]),
    "first_chunk": ("cut", lambda parts: parts[:1]),
}
# Kinds that no question has.
_LINES = frozenset({"items", "headings"})
_ROLES = ("limit", "echo_switch")
_LEAST, _CHARACTERS = 12, 128


def beside_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, words, lost in rewritings("kind"):
        for holder, method in (("question", "query"), ("document", "text")):
            if holder == "document" or name not in _LINES:
                apply = _changed(method, lost)
                yield Fault.of("{holder}_loses_{name}", apply, holder=holder, name=name, words=words)
    yield from listed(contract, {"chinese_128": _changed("text", _short)}, _CHARACTERS=_CHARACTERS)
    for role, (name, (method, change)) in product(_ROLES, _PARTS.items()):
        if (field := contract.request_field(role)) is not None:
            key = f"{{role}}_{name}"
            yield from listed(contract, {key: _changed(method, change, field.name)}, role=role, field=field)
    if contract.request_field("limit") is not None and Kit(contract).most_documents(_LEAST) == _LEAST:
        yield Fault.of("limit_shards", replace("rank", _sharded))


def _short(text: str) -> str:
    return text[:_CHARACTERS] if re.search("[\u3400-\u9fff]", text) else text


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
