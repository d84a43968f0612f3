"""What can be said of a request, by the contract's roles: the traits that failing requests may share."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import isinf
from typing import Any

from attrs import field, frozen

from conformance.causes.scene import Way
from conformance.checks.reading import Reading

_LONG_VALUE = 60
_FEWER = "fewer than"
UNDECLARED, BODY = "undeclared", "body"
# Of traits that explain as much, the one that says most comes first.
RANK = (
    "way body unread model unnamed text spelt spelling header lacking field switch beyond form item image size value twice pair"
).split()
# Too many texts have these.
COMMON = frozenset({"other", "edges", "combining", "script"})


@frozen
class RequestTrait:
    """One property of a request: its group, its name within it, how a sentence says it (`with …`), and a note on that for its end."""

    group: str
    name: str
    words: str = field(eq=False)
    note: str = field(default="", eq=False)

    @property
    def about(self) -> str:
        """The field that the trait is about; another word for one that is about none."""
        return re.split("[:.]", self.name)[0]

    @property
    def rank(self) -> int:
        """How early the trait is chosen among equals."""
        return len(RANK) if self.name.rpartition(":")[2] in COMMON else RANK.index(self.group)


# A scan by a pattern is slow in a body of megabytes; most lack the sign that it starts with.
_DEPTH, _DIGITS = 50, 20
_DEEP = re.compile(rf"(?:\{{[^{{}}\[\]]{{0,40}}:){{{_DEPTH}}}")
_HALF = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_OPENED = re.compile(r"\{\s*\n")
_ESCAPED = re.compile(r"\\u00[2-7][0-9a-fA-F]")
_NO_NUMBER = re.compile(r"\b(?:NaN|Infinity)\b")
# What is odd about a text: its name, its words, and how it is found.
_TEXTS = tuple(
    (name, words, re.compile(pattern))
    for name, words, pattern in (
        ("nul", "a NUL", "\x00"),
        ("astral", "an emoji or another character beyond the basic plane", "[\U00010000-\U0010ffff]"),
        ("surrogate", "half of a surrogate pair", "[\ud800-\udfff]"),
        ("empty", "an empty string", r"\A\Z"),
        ("blank", "nothing but white space", r"\A\s+\Z"),
        ("edges", "white space at an end", r"\A\s+\S|\S\s+\Z"),
        ("lines", "line ends", "[\n\r\v\f\x85\u2028\u2029]"),
        ("control", "control characters", r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"),
        ("markup", "HTML", r"(?i:</?(?:a|b|br|div|em|html|i|p|script|span|strong|u)\b[^<>]*>)|&\w+;"),
        ("rtl", "right-to-left letters", "[\u0590-\u08ff]"),
        ("combining", "combining marks", "[\u0300-\u036f]"),
        ("other", "letters beyond ASCII", r"[^\x00-\x7f]"),
    )
)

# How a request is odd, as a sentence has it after `with`.
WAYS = {
    Way.INVALID: "a body that breaks the contract",
    Way.MEDIA: "an undeclared media type",
    Way.ROUTE: "an undeclared path or method",
    Way.STRANGER: "wrong credentials",
}


def traits(reading: Reading, way: Way) -> frozenset[RequestTrait]:
    """Return all that can be said of a request in words."""
    return frozenset(_traits(reading, way))


def _traits(reading: Reading, way: Way) -> Iterator[RequestTrait]:
    request = reading.exchange.request
    if way is not Way.VALID:
        yield RequestTrait("way", str(way), WAYS[way])
    parameter = (request.header("content-type") or "").partition(";")[2].strip()
    if parameter:
        yield RequestTrait("header", "content-type.parameter", "a parameter in the Content-Type")
    media = (request.header("content-type") or "").partition(";")[0]
    if media != media.lower():
        yield RequestTrait("header", "content-type.case", "a Content-Type in other case")
    for name, words in (("expect", "an Expect header"), ("transfer-encoding", "a body that is sent in chunks")):
        if request.header(name):
            yield RequestTrait("header", name, words)
    yield from _raw(request.body)
    if isinstance(reading.body, dict):
        yield from _fields(reading)


def _raw(raw: bytes) -> Iterator[RequestTrait]:
    if not raw:
        yield RequestTrait("unread", "empty", "an empty body")
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        yield RequestTrait("unread", "utf8", "a body that is not UTF-8")
        return
    if "[" * _DEPTH in text or (text.count("{") >= _DEPTH and _DEEP.search(text)):
        yield RequestTrait("body", "nesting", "deeply nested JSON")
    if ("\\ud" in text or "\\uD" in text) and _HALF.search(text):
        yield RequestTrait("body", "surrogate", "an escaped half of a surrogate pair")
    if (raw[:1] in b"{[" and text != text.strip()) or '" : ' in text or _OPENED.match(text):
        yield RequestTrait("spelling", "space", "white space in the JSON")
    if "\\u00" in text and _ESCAPED.search(text):
        yield RequestTrait("spelling", "escapes", "escaped letters in the JSON")
    numbers: set[RequestTrait] = set()

    def note(name: str, words: str, odd: Callable[[str], bool]) -> Callable[[str], None]:
        return lambda number: numbers.add(RequestTrait("body", name, words)) if odd(number) else None

    try:
        parsed = json.loads(
            text,
            parse_constant=note("nan", "NaN or Infinity in the JSON", bool),
            parse_int=note("huge", "a number of many digits", lambda number: len(number.lstrip("-")) >= _DIGITS),
            parse_float=note("overflow", "a number beyond every float", lambda number: isinf(float(number))),
        )
    except (ValueError, RecursionError):
        yield RequestTrait("unread", "syntax", "a body that is not JSON")
        return
    yield from numbers
    if _NO_NUMBER.search(text):
        yield RequestTrait("body", "letters-nan", "the word NaN or Infinity in the JSON")
    if not isinstance(parsed, dict):
        yield RequestTrait("unread", "no-object", "a body that is not an object")


def form(value: Any) -> str:
    """Return in words what sort of JSON a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    return "a string" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def _fields(reading: Reading) -> Iterator[RequestTrait]:
    contract = reading.contract
    for item in contract.fields.values():
        if item.required and item.name not in reading.body:
            yield RequestTrait("lacking", item.name, f"no `{item.name}`")
    for name, value in reading.body.items():
        known = contract.fields.get(name)
        if known is None:
            yield RequestTrait("field", UNDECLARED, "a field that the contract does not declare")
            continue
        role = known.role
        yield RequestTrait("field", name, f"`{name}`")
        if role == "model":
            yield RequestTrait("model", str(value)[:_LONG_VALUE], f"the model `{str(value)[:_LONG_VALUE]}`")
            if isinstance(value, str) and contract.models and value not in contract.models:
                yield RequestTrait("unnamed", name, "a model that the contract does not name")
            continue
        yield RequestTrait("form", f"{name}:{form(value)}", f"`{name}` as {form(value)}")
        if isinstance(value, bool):
            yield RequestTrait("switch", f"{name}:{json.dumps(value)}", f"`{name}` {json.dumps(value)}")
        elif role not in {"query", "documents"} and not isinstance(value, dict | list):
            yield RequestTrait(
                "value",
                f"{name}:{json.dumps(value)[:_LONG_VALUE]}",
                f"`{name}` {json.dumps(value, ensure_ascii=False)[:_LONG_VALUE]}",
            )
    yield from _documents(reading)
    yield from _spelt(reading)
    if reading.limit is not None and reading.limit > len(reading.documents):
        limit = contract.request_field("limit")
        yield RequestTrait(
            "beyond",
            limit.name if limit else "limit",
            f"`{limit.name if limit else 'limit'}` above the number of documents",
        )


def _documents(reading: Reading) -> Iterator[RequestTrait]:
    known = reading.contract.request_field("documents")
    value = reading.asked("documents")
    if known is None or not isinstance(value, list):
        return
    if any(isinstance(item, dict) and not reading.contract.inner_keys("image").isdisjoint(item) for item in value):
        yield RequestTrait("image", known.name, f"an image in `{known.name}`")
    for kind in {"an empty object" if item == {} else form(item) for item in value}:
        yield RequestTrait("item", f"{known.name}:{kind}", f"{kind} in `{known.name}`")
    if len(value) == 1:
        yield RequestTrait("size", f"{known.name}:one", f"a single item in `{known.name}`")
    spelt = [item if isinstance(item, str) else json.dumps(item, sort_keys=True) for item in value]
    if len(set(spelt)) < len(spelt):
        yield RequestTrait("twice", known.name, f"an item of `{known.name}` that comes twice")


def _spelt(reading: Reading) -> Iterator[RequestTrait]:
    """Yield what is odd about the texts, wherever one stands and in the field where it stands."""
    for role in ("query", "documents", "instruction"):
        known = reading.contract.request_field(role)
        field = known.name if known else role
        for name, words in {odd for text in _texts(reading, role) for odd in _oddities(text)}:
            yield RequestTrait("text", name, f"{words} in a text")
            yield RequestTrait("spelt", f"{field}:{name}", f"{words} in `{field}`")


# A run asks with the same few hundred texts again and again.
@lru_cache(maxsize=1024)
def _oddities(text: str) -> tuple[tuple[str, str], ...]:
    """Return what is odd about a text: its name and its words."""
    return tuple((name, words) for name, words, pattern in _TEXTS if pattern.search(text))


def _texts(reading: Reading, *roles: str) -> Iterator[str]:
    """Yield the texts of some roles."""
    for role in roles:
        value = reading.asked(role)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield item
            elif isinstance(item, dict):
                yield from (inner for inner in item.values() if isinstance(inner, str))


def figure(number: float) -> str:
    """Return a number with all its digits, a comma after each three."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,.15g}"


@frozen
class Measure:
    """A number that a request has: its name, and its unit as a sentence has it, empty for the value of a field."""

    name: str
    words: str = field(eq=False)

    def said(self, counted: str, valued: str, bound: float) -> str:
        """Return how a sentence says that the number is beyond a bound: a count has units, the value of a field has none."""
        if self.words and counted == _FEWER and bound == 1:
            return f"no {self.words}"
        number = figure(bound)
        return f"{counted} {number} {self.words}" if self.words else f"`{self.name}` {valued} {number}"


def measures(reading: Reading) -> Mapping[Measure, float]:
    """Return the numbers of a request: how many documents, how long they are, and its numeric fields."""
    if not isinstance(reading.body, dict):
        return {}
    found = {Measure(BODY, "bytes in the body"): float(len(reading.exchange.request.body))}
    documents = reading.contract.request_field("documents")
    if documents is not None and documents.name in reading.body:
        found[Measure(f"{documents.name}.count", "documents")] = len(reading.documents)
        if isinstance(reading.body[documents.name], list):
            found[Measure(f"{documents.name}.items", f"items in the list `{documents.name}`")] = len(reading.documents)
        for name, words, roles in (
            ("each", f"characters in one of `{documents.name}`", ("documents",)),
            ("length", "characters in one text", ("query", "documents")),
        ):
            found[Measure(f"{documents.name}.{name}", words)] = max(map(len, _texts(reading, *roles)), default=0)
    query = reading.contract.request_field("query")
    if query is not None and isinstance(reading.body.get(query.name), str):
        found[Measure(f"{query.name}.length", f"characters in `{query.name}`")] = len(reading.body[query.name])
    for name, value in reading.body.items():
        if name in reading.contract.fields and isinstance(value, int | float) and not isinstance(value, bool):
            found[Measure(name, "")] = float(value) if abs(value) < 1e300 else 1e300
    return found
