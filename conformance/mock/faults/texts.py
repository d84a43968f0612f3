"""Faults of what texts say: templates, guards and languages that take the words of a text for their own."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract import Contract, validator
from conformance.mock.faults.fault import (
    Fault,
    after,
    listed,
    plain,
    refusing,
    remembering,
    replace,
    text_of_item,
    texts,
    wired,
)
from conformance.mock.rules import Rules

# What a body may hold at the most; and in ASCII what writers put in the place of quotes and dashes.
_LARGE = 400_000
_ASCII = str.maketrans("\u201c\u201d\u2018\u2019\u2013\u2014\u2011", "\"\"''---")
Wrong = Callable[[Rules, dict[str, Any]], bool]


def _asks(pattern: str) -> Wrong:
    return lambda rules, body: re.fullmatch(pattern, rules.query(body)) is not None and bool(rules.query(body).strip())


def _instructs(rules: Rules, body: dict[str, Any]) -> bool:
    said = rules.value(body, "instruction")
    return isinstance(said, str) and not said.isascii()


def _above(rules: Rules, body: dict[str, Any]) -> bool:
    value = rules.value(body, "handling")
    return isinstance(value, int) and value > 0


def _read_back(original: Any, rules: Rules, body: Any) -> Any:
    rows = original(body)
    lost = len(rows) > 1 and any(re.search(r"\[\d+\]", text) for text in texts(rules, body))
    return rows[:-1] if lost else rows


def _merged(original: Any, rules: Rules, body: Any) -> Any:
    first: dict[str, str] = {}
    for text in texts(rules, body):
        first.setdefault(text.strip().casefold(), text)
    # Beside another fault, an index may point beyond the list.
    found = dict(enumerate(texts(rules, body)))
    return [row for row in original(body) if not (text := found.get(row.index, "")).strip() or text in first.values()]


def _unlimited(original: Any, rules: Rules, body: Any, rows: Any) -> Any:
    blank = any(not text.strip() for text in texts(rules, body))
    return rows if blank else original(body, rows)


def _refused(header: str, sign: str, spared: str = "\0") -> Callable[[Rules], None]:
    """Return what refuses requests with a sign in a header; not where it stands in another one."""

    def wrong(_status: int, call: Any) -> bool:
        value = call.header(header.encode()) or ""
        return sign in value.replace(spared, "")

    return wired(wrong, plain("No."), 406)


def _served_below(rules: Rules) -> None:
    """Answer as the declared path what stands below it."""
    last = rules.contract.path.rpartition("/")[2]
    below = wired(
        lambda status, call: status == 404 and call.path.rstrip("/").rpartition("/")[0].endswith(last), status=200
    )
    below(rules)


def _adding(total: dict[str, int], original: Any, _rules: Rules, body: Any, rows: Any) -> dict[str, int]:
    for role, value in original(body, rows).items():
        total[role] = total.get(role, 0) + value
    return dict(total)


_FAULTS = {
    "ranks_read_back": replace("rank", _read_back),
    "likes_merged": replace("rank", _merged),
    "large_together": wired(lambda _status, call: len(call.body) > _LARGE, status=413),
    "instruction_ascii": refusing(_instructs),
    "handling_other": refusing(_above),
    "limit_beside_blank": replace("limit", _unlimited),
}
_HEADERS = {
    "accept_one": _refused("accept", ","),
    "trace_refused": _refused("traceparent", "-"),
    "media_unspaced": _refused("content-type", ";", "; "),
    "path_below": _served_below,
    "counts_up": remembering("count", dict, _adding),
}


def text_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    query = contract.request_field("query")
    for name, text, wrong in (("query_of_signs", "?!", r"\W+"), ("query_nought", "0", "0")):
        if query is not None and validator(query.schema).is_valid(text):
            yield Fault.of(name, refusing(_asks(wrong)))
    yield from listed(contract, _FAULTS, _LARGE=_LARGE)
    if contract.request_field("echo_switch") is not None or contract.always_echoes:
        yield Fault.of("echo_quotes", after("echo", text_of_item(lambda text: text.translate(_ASCII))))
    yield from listed(contract, _HEADERS)
