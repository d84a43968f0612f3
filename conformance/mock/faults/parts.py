"""Faults that lose a part of what was asked, count wrongly, or look at credentials and names carelessly."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.contract import Contract
from conformance.mock import scorer
from conformance.mock.faults.fault import (
    Fault,
    after,
    listed,
    reading,
    remembering,
    replace,
    rewritings,
    text_of_item,
    texts,
)
from conformance.mock.faults.requests import unserved
from conformance.mock.rules import Rules


def _folded(text: str) -> str:
    """Return a text as a search index has it: the letters from U+0100 to U+017F without their marks."""
    return re.sub("[\u0100-\u017f]", lambda letter: unicodedata.normalize("NFD", letter[0])[0], text)


# What no pattern does.
_OWN: Mapping[str, Callable[[str], str]] = {
    "folded": _folded,
    "typewriter": lambda text: text.translate(dict(zip(map(ord, "‘’“”–—"), "''\"\"--", strict=True))),
}


def part_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, words, cut in rewritings("cut"):
        yield Fault(f"query_{name}", f"Of the question, {words}.", "r*", after("query", cut))
        if name not in {"500_characters", "unspaced"}:
            yield Fault.of("document_{name}", reading(cut), name=name, words=words)
    yield from listed(contract, _READ)
    for name, words, cut in rewritings("script"):
        apply = replace("score_chunk", lambda original, _r, query, chunk, cut=cut: original(query, cut(chunk)))
        yield Fault(f"script_{name}", f"{words} is not read.", "ranking.scripts", apply)
    echo = contract.success.place("echo")
    if echo is not None:
        yield Fault.of("echo_by_likeness", replace("rank", _by_likeness), last=echo.path[-1])
        for name, words, change in rewritings("part", _OWN):
            apply = after("echo", text_of_item(change))
            yield Fault.of("echo_{name}", apply, name=name, words=words, last=echo.path[-1])
    yield from listed(contract, {f"counts_{name}": _count(counted) for name, counted in _COUNTS.items()})
    yield from listed(contract, {"total_with_echo": replace("count", _more)})
    yield from listed(contract, _CARELESS)
    if contract.models and contract.request_field("model") is not None:
        yield from _naming(contract)


def _by_likeness(original: Any, rules: Rules, body: Any) -> Any:
    documents, rows = rules.documents(body), original(body)
    likes = [" ".join(rules.text(item).casefold().split()) for item in documents]
    for row in rows:
        # Beside another fault, an index may point beyond the list.
        if row.echo and row.index < len(likes):
            row.document = rules.echo(documents[likes.index(likes[row.index])])
    return rows


_PROMPT, _MIDDLE, _OVERFLOW, _TRUSTED = 300, 200, 3_000, 60


def _prompt(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> Any:
    """Score by what is left of the question in a prompt that begins with the document."""
    left = max(_PROMPT - len(scorer.ends(rules.text(item))), 0)
    kept = scorer.ends(query)[:left]
    return original(body, query[: kept[-1]] if kept else "", position, item)


def _overflow(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> Any:
    return 0.0 if len(rules.text(item)) > _OVERFLOW else original(body, query, position, item)


# What is read wrongly.
_READ = {
    "long_prompt": replace("score", _prompt),
    "long_middle": reading(lambda text: scorer.hollowed(text) if len(scorer.ends(text)) > _MIDDLE else text),
    "long_overflow": replace("score", _overflow),
    "query_ignored": after("query", lambda _text: "the same question"),
    "query_last_word": after("query", lambda text: " ".join(text.split(" ")[:-1]) or text),
}


def _count(change: Callable[[Rules, Any, int], int]) -> Callable[[Rules], None]:
    def counted(original: Any, rules: Rules, body: Any, rows: Any) -> Any:
        found = original(body, rows)
        return {**found, **{name: change(rules, body, found[name]) for name in ("input_tokens", "total_tokens")}}

    return replace("count", counted)


def _counting(left: Callable[[str], str]) -> Callable[[Rules, Any, int], int]:
    """Return what counts of each document what is left of it, beside the whole question."""

    def counted(rules: Rules, body: Any, _count: int) -> int:
        asked = scorer.count(rules.query(body))
        return sum(scorer.count(left(rules.text(item))) + asked for item in rules.documents(body))

    return counted


def _batched(rules: Rules, body: Any, count: int) -> int:
    documents = len(rules.documents(body))
    return count * min(64, documents) // max(documents, 1)


def _more(original: Any, rules: Rules, body: Any, rows: Any) -> Any:
    counts = original(body, rows)
    return {**counts, "total_tokens": counts["total_tokens"] * (2 if rules.echoes(body) else 1)}


# What is counted, of the rules, the body and the faithful count.
_COUNTS: dict[str, Callable[[Rules, Any, int], int]] = {
    "no_query": lambda rules, body, _n: sum(len(text) // 3 + 1 for text in texts(rules, body)),
    "once": lambda rules, body, _n: (
        sum(len(text) // 3 + 1 for text in set(texts(rules, body))) + len(rules.query(body))
    ),
    "first_batch": _batched,
    "capped": lambda _r, _b, n: min(n, 4096),
    "capped_later": lambda _r, _b, n: min(n, 8192),
    "first_lines": _counting(lambda text: text.partition("\n")[0]),
    "ascii": _counting(lambda text: text.encode("ascii", "ignore").decode()),
    "alone": lambda rules, body, n: n - scorer.count(rules.query(body)) if len(rules.documents(body)) == 1 else n,
    "echo": lambda rules, body, n: 2 * n if rules.echoes(body) else n,
}


def _taken(test: Callable[[str, str], bool]) -> Callable[[Rules], None]:
    """Return what lets a key in that a test on it and the right one takes."""

    def authorise(original: Any, rules: Rules, header: str | None) -> None:
        given = (header or "").removeprefix(rules.credential.prefix if rules.credential else "")
        if not test(given, rules.key):
            original(header)

    return replace("authorise", authorise)


def _trusting(good: list[str | None], original: Any, _rules: Rules, header: str | None) -> None:
    if len(good) < _TRUSTED:
        original(header)
        good.append(header)


_CARELESS = {
    "key_any_case": _taken(lambda given, key: given.lower() == key.lower()),
    "key_same_length": _taken(lambda given, key: len(given) == len(key)),
    "key_same_letters": _taken(lambda given, key: sorted(given) == sorted(key)),
    "key_first_word": _taken(str.startswith),
    "key_same_end": _taken(lambda given, key: given[-4:] == key[-4:]),
    "key_trusted_later": remembering("authorise", list, _trusting),
}


def _naming(contract: Contract) -> Iterator[Fault]:
    models = contract.models

    def loose(like: Callable[[str, str], bool]) -> Callable[[Rules], None]:
        def validate(original: Any, rules: Rules, body: Any) -> None:
            name = rules.names["model"]
            if isinstance(body, dict) and isinstance(asked := body.get(name), str) and asked not in models:
                body[name] = next((model for model in models if like(asked, model)), asked)
            original(body)

        return replace("validate", validate)

    for name, how, like in (
        ("any_case", "in any case", lambda name, model: name.lower() == model.lower()),
        ("without_vendor", "without its vendor", lambda name, model: model.endswith(f"/{name}")),
        ("by_prefix", "by its beginning", lambda name, model: len(name) > 3 and model.startswith(name)),
    ):
        if name != "without_vendor" or any("/" in model for model in models):
            yield Fault(f"model_{name}", f"A model's name is taken {how}.", "request.*.unknown", loose(like))
    third = models[min(2, len(models) - 1)]
    if len(models) > 1:
        yield Fault.of("third_model_missing", unserved(third), third=third)
