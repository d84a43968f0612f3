"""The features of a request, read off it by the contract's roles."""

import re
from statistics import median
from typing import Any

from conformance.checks.reading import Reading, text_of
from conformance.contract import Contract, Field
from conformance.contract.schema import flatten
from conformance.model.exchange import NOT_JSON, Exchange, Request
from conformance.model.explanation import Feature, Features, chosen

ABSENT = "absent"
# Sizes at which servers cut batches.
BATCHES = (1, 2, 8, 32, 64, 100, 128)
_LONG = 400
_MUCH = 10
_WORD, _LETTER = re.compile(r"\w"), re.compile(r"[^\W\d_]")


def features(reading: Reading) -> Features:
    """Return what a request whose body is an object carries, each thing that can be chosen alone; empty for other bodies."""
    contract, body = reading.contract, reading.body
    if body is NOT_JSON or not isinstance(body, dict):
        return frozenset()
    found = set()
    for item in contract.fields.values():
        if item.role == "documents":
            found |= _documents(item.name, reading, body.get(item.name))
        elif item.role == "query":
            found |= _query(item.name, body.get(item.name))
        else:
            found.add(_field(item, body, len(reading.documents)))
    found |= {chosen(name, "undeclared") for name in body.keys() - contract.fields.keys()}
    found.add(_spelling(reading))
    media = reading.exchange.request.header("content-type") or ""
    written = "with a parameter" if ";" in media else "in other case" if media != media.lower() else "as declared"
    framing = (
        "in chunks"
        if reading.exchange.request.header("transfer-encoding")
        else "after asking to go on"
        if reading.exchange.request.header("expect")
        else "whole"
    )
    found.add(chosen("body/framing", f"a body sent {framing}", plain=framing == "whole"))
    found.add(chosen("body/media", f"a media type {written}", plain=written == "as declared"))
    return frozenset(found)


def planned(request: Request, contract: Contract) -> Reading:
    """Return a request that was not sent yet, to be read like one that was."""
    return Reading(Exchange("", request, "", None, None, 0.0, 0.0), contract)


def lawful(request: Request, contract: Contract) -> bool:
    """Whether a contract's schema allows the body of a request."""
    if request.json is NOT_JSON:
        return True
    try:
        return bool(contract.request_validator.is_valid(contract.flat(request.json)))
    except ValueError:
        return False


def unusual(some: Features) -> Features:
    """Return those of some features that are not the usual choice."""
    return frozenset(one for one in some if not one.plain)


def odd(request: Request, contract: Contract, name: str) -> Features:
    """Return the unusual features of a request in one of its fields."""
    return frozenset(
        one for one in unusual(features(planned(request, contract))) if one.factor.partition("/")[0] == name
    )


def bucket(count: int) -> str:
    """Return a number of documents by the sizes at which servers cut batches: `3 to 8`."""
    below = max((size for size in BATCHES if size < count), default=0)
    above = next((size for size in BATCHES if size >= count), None)
    return f"more than {below}" if above is None else f"{above}" if above == below + 1 else f"{below + 1} to {above}"


def form_of(item: Any) -> str:
    """Return the form of a document or a query: `text`, or the keys of its object."""
    if isinstance(item, dict):
        return f"object with {' and '.join(sorted(item))}"
    return "text" if isinstance(item, str) else type(item).__name__


def long(text: str) -> bool:
    """Whether a text may be longer than a chunk of any reranker."""
    return len(text) > _LONG


def told(feature: Feature) -> str:
    """Return a feature in words for a finding."""
    factor, _, aspect = feature.factor.partition("/")
    if not aspect:
        return f"no `{factor}`" if feature.level == ABSENT else f"`{factor}` {feature.level}"
    return {
        "count": f"{feature.level} document{'' if feature.level == '1' else 's'}",
        "spelling": f"a body with {feature.level}",
        "media": feature.level,
        "framing": feature.level,
    }.get(aspect, f"{feature.level} in `{factor}`")


def _field(item: Field, body: dict[str, Any], count: int) -> Feature:
    if item.name not in body:
        return chosen(item.name, ABSENT, plain=True)
    value, schema = body[item.name], flatten(item.schema)
    level = "given"
    if isinstance(value, bool):
        level = str(value).lower()
    elif item.role == "limit" and isinstance(value, int | float):
        level = "1" if value == 1 else "within the list"
        level = "beyond the list" if value > count else "of the whole list" if value == count else level
    elif isinstance(value, int | float):
        level = next(
            (f"at its {word}" for word in ("minimum", "maximum") if schema.get(word) == value),
            "beyond 32 bits" if value > 1 << 31 else "within bounds",
        )
    elif item.role == "model" or "enum" in schema:
        level = str(value)
    elif isinstance(value, str):
        level = "short" if len(value) < 3 else "given" if value.isascii() else "with characters beyond ASCII"
    return chosen(item.name, level, plain=item.role == "model" and level == next(iter(_models(item)), level))


def _models(item: Field) -> list[str]:
    return list(item.schema.get("enum") or item.schema.get("x-rerank-models") or ())


def _query(name: str, value: Any) -> set[Feature]:
    text = text_of(value)
    found = {
        chosen(f"{name}/form", form_of(value), plain=isinstance(value, str)),
        _either(f"{name}/length", not long(text), "short text", "long text"),
    }
    kinds = ((_LETTER.search(text), "words"), (_WORD.search(text), "nothing but a number"), (text.strip(), "no word"))
    said = next((kind for found, kind in kinds if found), "nothing but space")
    return found | {_script(name, [text]), chosen(f"{name}/words", said, plain=said == "words")}


def _documents(name: str, reading: Reading, value: Any) -> set[Feature]:
    texts, forms = reading.texts, sorted({form_of(item) for item in reading.documents})
    lengths = [len(text) for text in texts] or [0]
    typical = max(lengths) <= _MUCH * max(median(lengths), 1)
    return {
        chosen(f"{name}/form", " and ".join(forms), plain=forms == ["text"]),
        chosen(f"{name}/count", bucket(len(texts)), plain=2 < len(texts) <= BATCHES[2]),
        _either(f"{name}/single", not isinstance(value, str), "a list", "one string in place of a list"),
        _either(f"{name}/repeats", len(set(texts)) == len(texts), "each text once", "a text twice"),
        _either(f"{name}/lengths", typical, "similar lengths", "one text much longer than the others"),
        _either(f"{name}/blank", all(text.strip() for text in texts), "no empty text", "an empty text"),
        _script(name, texts),
    }


def _either(factor: str, plain: bool, usual: str, other: str) -> Feature:
    """Return the level of a factor that has two."""
    return chosen(factor, usual if plain else other, plain=plain)


def _script(name: str, texts: list[str]) -> Feature:
    return _either(f"{name}/script", all(map(str.isascii, texts)), "plain ASCII", "characters beyond ASCII")


def _spelling(reading: Reading) -> Feature:
    body = reading.exchange.request.body
    compact = not body.startswith((b"\n", b"{\n", b"{ ")) and b"\\u" not in body
    return _either("body/spelling", compact, "compact JSON", "escapes" if b"\\u" in body else "white space")
