"""Faults that lose a part of what was asked, count wrongly, or look at credentials and names carelessly."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from conformance.contract import Contract
from conformance.contract.roles import GROWING
from conformance.mock import scorer
from conformance.mock.faults.fault import Fault, after, reading, remembering, replace, text_of_item
from conformance.mock.faults.requests import unserved
from conformance.mock.rules import Rules


def _until(pattern: str, text: str) -> str:
    return re.split(pattern, text, maxsplit=1)[0]


# What ends what is read of a text: in words, and as a pattern.
_ENDS = {
    "token": ("</s>", "</s>"),
    "separator": ("[SEP]", r"\[SEP\]"),
    "end": ("<|endoftext|>", r"<\|endoftext\|>"),
    "quote": ("a quote", '"'),
    "percent": ("a percent sign", "%"),
    "emoji": ("an emoji", "[\U0001f300-\U0001faff]"),
    "ampersand": ("&", "&"),
    "hebrew": ("right-to-left text", "[\u0590-\u05ff]{2,}"),
    "bars": ("three bars", r"\|\|\|"),
    "template": ("a word of a prompt's template", "<Document>"),
}
_CUTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "first_line": ("only the first line is read", lambda text: text.splitlines()[0] if text.splitlines() else text),
    **{
        f"after_{name}": (f"what follows {what} is not read", partial(_until, pattern))
        for name, (what, pattern) in _ENDS.items()
    },
    "before_template": (
        "what precedes a word of a prompt's template is not read",
        lambda text: text.split("<Document>")[-1],
    ),
    "after_16_signs": (
        "what follows sixteen Chinese signs is not read",
        lambda text: "".join(re.split("(?<=[\u4e00-\u9fff])", text)[:16]),
    ),
    "marked_lines": ("lines that begin with # or | are not read", lambda text: re.sub(r"(?m)^\s*[#|].*$", "", text)),
    "500_characters": ("only 500 characters are read", lambda text: text[:500]),
    "unspaced": (
        "a hundred letters without a space are not read",
        lambda text: " ".join(word for word in text.split(" ") if len(word) < 100),
    ),
}
_LETTERS = {
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "hangul": "\uac00-\ud7af",
    "cyrillic": "\u0400-\u04ff",
    "kana": "\u3040-\u30ff",
    "greek": "\u0370-\u03ff",
    "thai": "\u0e00-\u0e7f",
    "tamil": "\u0b80-\u0bff",
}


def _folded(text: str) -> str:
    """Return a text as a search index has it: the letters from U+0100 to U+017F without their marks."""
    return re.sub("[\u0100-\u017f]", lambda letter: unicodedata.normalize("NFD", letter[0])[0], text)


_ECHOES: dict[str, tuple[str, Callable[[str], str]]] = {
    "bom": ("a byte order mark is dropped", lambda text: text.removeprefix("\ufeff")),
    "separators": ("line separators become line ends", lambda text: re.sub("[\u2028\u2029\x85]", "\n", text)),
    "nbsp": ("no-break spaces become spaces", lambda text: text.replace("\u00a0", " ")),
    "nfd": ("texts come back decomposed", lambda text: unicodedata.normalize("NFD", text)),
    "controls": ("control characters are dropped", lambda text: re.sub(r"[\x01-\x08\x1b\x7f]", "", text)),
    "lone_return": ("a lone carriage return becomes a line end", lambda text: re.sub("\r(?!\n)", "\n", text)),
    "soft_hyphen": ("soft hyphens are dropped", lambda text: text.replace("\u00ad", "")),
    "10000_characters": ("texts are cut at 10,000 characters", lambda text: text[:10_000]),
    "65535_characters": ("texts are cut at 65,535 characters", lambda text: text[:65_535]),
    "missing": ("what a table has for missing is lost", lambda text: "" if text in {"NaN", "N/A"} else text),
    "line_ends": ("white space before line ends is dropped", lambda text: re.sub(r"[ \t]+(?=\r?\n)", "", text)),
    "empty_line": ("empty lines are dropped", lambda text: re.sub("\n{2,}", "\n", text)),
    "tokens": ("special tokens are dropped", lambda text: re.sub(r"</?s>|\[[A-Z]{3,4}\]|<\|\w+\|>", "", text)),
    "no_character": ("what is no character is replaced", lambda text: re.sub("[\ufdd0\ufffe\uffff]", "\ufffd", text)),
    "prototype": ("what objects of JavaScript inherit is lost", lambda text: "" if text == "__proto__" else text),
    "masked": ("e-mail addresses are masked", lambda text: re.sub(r"\S+@\S+", "***", text)),
    "private_use": ("characters of private use are dropped", lambda text: re.sub("[\ue000-\uf8ff]", "", text)),
    "formula": (
        "what a spreadsheet would compute is quoted",
        lambda text: f"'{text}" if text[:1] in set("=+-@") else text,
    ),
    "ellipsis": ("three dots become one sign", lambda text: text.replace("...", "…")),
    "leading_line": ("a line end at the start is dropped", lambda text: text.removeprefix("\n")),
    "wide_space": ("ideographic spaces become spaces", lambda text: text.replace("\u3000", " ")),
    "folded": ("letters of Latin Extended lose their marks", _folded),
    "long_numbers": ("numbers of eleven digits and more are masked", lambda text: re.sub(r"\d{11,}", "***", text)),
    "typewriter": (
        "typographic quotes and dashes become those of ASCII",
        lambda text: text.translate(dict(zip(map(ord, "‘’“”–—"), "''\"\"--", strict=True))),
    ),
    "doubled": ("of two backslashes one is left", lambda text: text.replace("\\\\", "\\")),
}


def part_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract's roles allow."""
    for name, (words, cut) in _CUTS.items():
        yield Fault(f"query_{name}", f"Of the question, {words}.", "r*", after("query", cut))
        if name not in {"500_characters", "unspaced"}:
            yield Fault.of("document_{name}", reading(cut), name=name, words=words)
    yield from _long()
    yield Fault.of("query_ignored", after("query", lambda _text: "the same question"))
    yield Fault.of("query_last_word", after("query", lambda text: " ".join(text.split(" ")[:-1]) or text))
    for name, letters in _LETTERS.items():
        yield Fault(f"script_{name}", f"{name.title()} is not read.", "ranking.scripts", _illegible(letters))
    echo = contract.success.place("echo")
    if echo is not None:
        yield Fault.of("echo_by_likeness", replace("rank", _by_likeness), last=echo.path[-1])
        for name, (words, change) in _ECHOES.items():
            yield Fault.of(
                "echo_{name}", after("echo", text_of_item(change)), name=name, words=words, last=echo.path[-1]
            )
    if any(contract.success.place(role) is not None for role in GROWING):
        for name, (sentence, breaks, counted) in _COUNTS.items():
            yield Fault(f"counts_{name}", sentence, f"usage.{breaks}", _count(counted))
        if all(contract.success.place(role) is not None for role in GROWING):
            yield Fault.of(
                "total_with_echo",
                replace("count", lambda original, rules, body, rows: _more(original(body, rows), rules, body)),
            )
    if contract.credential is not None and contract.secured:
        yield from _careless()
    if contract.models and contract.request_field("model") is not None:
        yield from _naming(contract)


def _illegible(letters: str) -> Callable[[Rules], None]:
    """Return what does not read some letters of documents."""
    unread = re.compile(f"[{letters}]")
    return replace("score_chunk", lambda original, _rules, query, chunk: original(query, unread.sub("", chunk)))


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


def _ends(text: str) -> str:
    return scorer.hollowed(text) if len(scorer.ends(text)) > _MIDDLE else text


def _overflow(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> Any:
    return 0.0 if len(rules.text(item)) > _OVERFLOW else original(body, query, position, item)


def _long() -> Iterator[Fault]:
    yield Fault.of("long_prompt", replace("score", _prompt))
    where = "ranking.document.whole"
    yield Fault("long_middle", "The middle of a long document is not read.", where, reading(_ends))
    yield Fault("long_overflow", "A document of 3,000 characters scores 0.", where, replace("score", _overflow))


def _more(counts: Any, rules: Rules, body: Any) -> Any:
    return {**counts, "total_tokens": counts["total_tokens"] * (2 if rules.echoes(body) else 1)}


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


# What is counted, of the rules, the body and the faithful count; what is wrong with that in a sentence, and the end of the clause that it breaks.
_COUNTS: dict[str, tuple[str, str, Callable[[Rules, Any, int], int]]] = {
    "no_query": (
        "The question is not counted.",
        "*",
        lambda rules, body, _n: sum(len(rules.text(item)) // 3 + 1 for item in rules.documents(body)),
    ),
    "once": (
        "A text that comes twice is counted once.",
        "*",
        lambda rules, body, _n: (
            sum(len(text) // 3 + 1 for text in {rules.text(item) for item in rules.documents(body)})
            + len(rules.query(body))
        ),
    ),
    "first_batch": (
        "Only the first 64 documents are counted.",
        "*",
        lambda rules, body, n: n * min(64, len(rules.documents(body))) // max(len(rules.documents(body)), 1),
    ),
    "capped": ("No more than 4,096 tokens are counted.", "*.grows", lambda _r, _b, n: min(n, 4096)),
    "capped_later": ("No more than 8,192 tokens are counted.", "*.grows", lambda _r, _b, n: min(n, 8192)),
    "first_lines": (
        "Of a document the first line alone is counted.",
        "*.grows",
        _counting(lambda text: text.partition("\n")[0]),
    ),
    "ascii": (
        "What is no ASCII is dropped before documents are counted.",
        "*.grows",
        _counting(lambda text: text.encode("ascii", "ignore").decode()),
    ),
    "alone": (
        "Beside one document the question is not counted.",
        "*.grows",
        lambda rules, body, n: n - scorer.count(rules.query(body)) if len(rules.documents(body)) == 1 else n,
    ),
    "echo": ("What comes back is counted too.", "*", lambda rules, body, n: 2 * n if rules.echoes(body) else n),
}


def _careless() -> Iterator[Fault]:
    def when(test: Callable[[str, str], bool]) -> Callable[[Rules], None]:
        def authorise(original: Any, rules: Rules, header: str | None) -> None:
            given = (header or "").removeprefix(rules.credential.prefix if rules.credential else "")
            if not test(given, rules.key):
                original(header)

        return replace("authorise", authorise)

    for name, sentence, breaks, test in (
        ("any_case", "The key's case does not matter.", "auth.case", lambda given, key: given.lower() == key.lower()),
        ("same_length", "Any key of the right length is taken.", "auth.*", lambda given, key: len(given) == len(key)),
        ("same_letters", "The key's letters may come in any order.", "auth.*", lambda a, b: sorted(a) == sorted(b)),
        ("first_word", "What follows the key does not matter.", "auth.*", str.startswith),
        ("same_end", "Of a key the last four characters are looked at.", "auth.length", lambda a, b: a[-4:] == b[-4:]),
    ):
        yield Fault(f"key_{name}", sentence, breaks, when(test))

    def trusting(good: list[str | None], original: Any, _rules: Rules, header: str | None) -> None:
        if len(good) < _TRUSTED:
            original(header)
            good.append(header)

    yield Fault.of("key_trusted_later", remembering("authorise", list, trusting))


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
