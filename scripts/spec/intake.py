"""Whether a text is a vendor's page or document that can be used. Nothing is written here."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from conformance.contract import ContractError, document, operation, page
from conformance.contract.catalogue import recognise, refused
from conformance.contract.schema import escape

_DEPTH = 60
_NODES = 200_000
_NAME = 200
_WEB = ("<!doctype html", "<html", "<head", "<body")


@frozen
class Taken:
    """A document as published that has an operation which ranks.

    The page is None for a bare document. Then follow the document's text, what it holds as far as that operation reaches,
    and the operation. The last two are others that may rank too, and what is broken and not needed.
    """

    page: str | None = field(repr=False)
    body: str = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    where: operation.Where
    others: tuple[str, ...] = ()
    wanted: bool = False
    notes: tuple[str, ...] = ()


def take(text: str, name: str, wanted: str | None = None) -> Taken:
    """Return the OpenAPI document that a text is, or holds between fences; raises ContractError with one sentence that names it.

    `wanted` is the path of the operation that ranks, where it is not the likeliest.
    """
    if not text.strip():
        raise ContractError(f"{name} is empty.")
    if text.lstrip("\ufeff \t\r\n")[:200].lower().startswith(_WEB):
        msg = f"{name} is a web page (HTML), not the Markdown, YAML or JSON that it shows. Documentation sites often serve that at the same address with `.md`."
        raise ContractError(msg)
    blocks = list(page.blocks(text))
    if not blocks:
        return _usable(None, text, name, wanted)
    first: ContractError | None = None
    for block in blocks:
        try:
            return _usable(text, block, name, wanted)
        except ContractError as error:
            first = first or error
    assert first is not None  # noqa: S101
    raise first


def _usable(whole: str | None, body: str, name: str, wanted: str | None) -> Taken:
    parsed = document.parse(body, name)
    with refused(Path(name)):
        recognise(parsed)
        where = operation.choose(parsed, wanted)
        reduced = operation.reduce(parsed, where)
    for complaint in _complaints(reduced.document):
        raise ContractError(f"{name} is no usable OpenAPI document: {complaint}")
    others = tuple(path for path, _ in operation.ranks(parsed) if path != where[0]) if wanted is None else ()
    return Taken(whole, body, reduced.document, where, others, wanted is not None, reduced.notes)


def _complaints(parsed: Any) -> Iterator[str]:
    """Say what makes the part of a document that is needed unfit for the tools that read it after this one."""
    count = 0
    stack: list[tuple[Any, int, str]] = [(parsed, 0, "#")]
    while stack:
        node, depth, where = stack.pop()
        count += 1
        if depth > _DEPTH:
            yield f"it is nested more than {_DEPTH} deep."
            return
        if count > _NODES:
            yield f"it holds more than {_NODES:,} values; that is no rerank contract."
            return
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield (
                    f"{where}: the reference {_shown(reference)} does not point into the document itself, and nothing else is fetched; "
                    f"{operation.BUNDLE}"
                )
                return
            long = next((key for key in node if len(key) > _NAME and depth < _DEPTH), None)
            if long is not None and not long.startswith("/"):
                yield f"a name in it is {len(long):,} characters long ({_shown(long)})."
                return
            stack.extend(
                (value, depth + 1, f"{where}/{escape(key)}") for key, value in node.items() if not key.startswith("x-")
            )
        elif isinstance(node, float) and not math.isfinite(node) and "/example" not in where:
            yield f"{where} is {node}, which JSON has no number for; take it out, or put a number in its place."
            return
        elif isinstance(node, list):
            stack.extend((value, depth + 1, f"{where}/{number}") for number, value in enumerate(node))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")


def published(text: str) -> bool:
    """Whether a text is a document, or a page that holds one; prose and web pages are not."""
    return page.extract(text) is not None or text.lstrip("\ufeff \t\r\n").startswith(
        ("openapi", "swagger", "{", '"openapi')
    )
