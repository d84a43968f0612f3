"""Faults in the documents that come back."""

import html
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, after, listed, replace, rewritings, scoring, text_of_item
from conformance.mock.rules import Refusal

# What no pattern does.
_OWN: Mapping[str, Callable[[str], str]] = {
    "strips": str.strip,
    "lowers": str.lower,
    "escapes": html.escape,
    "unescapes": html.unescape,
}


def echo_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults in echoes, where the contract has any."""
    switch = contract.request_field("echo_switch")
    echo = contract.success.place("echo")
    if switch is None or echo is None:
        return
    for name, sentence, change in rewritings("echo", _OWN):
        yield Fault(f"echo_{name}", sentence, f"response*.{echo.path[-1]}.exact", after("echo", text_of_item(change)))
    yield from listed(contract, _FAULTS, last=echo.path[-1])
    below = {place.role: place.path[-1] for place in contract.request_places if place.path}
    if {"text", "image"} <= below.keys() and contract.success.place("text", under="echo") is not None:
        text, image = below["text"], below["image"]

        def as_text(item: Any) -> Any:
            return {text: item[image]} if isinstance(item, dict) and image in item else item

        yield Fault.of("echo_image_as_text", after("echo", as_text), last=echo.path[-1])
    moved = scoring(lambda score, rules, body, *_: score * (0.9 if rules.echoes(body) else 1))
    yield Fault.of("echo_moves_scores", moved)


def _refuse_switch(original: Any, rules: Any, body: Any) -> None:
    original(body)
    if body.get(rules.names["echo_switch"]) is True:
        raise Refusal(rules.refusal, "Documents are not returned here.")


def shifted(found: list[Row]) -> list[Row]:
    """Return results each of which carries its neighbour's document."""
    documents = [row.document for row in found]
    return [evolve(row, document=document) for row, document in zip(found, documents[1:] + documents[:1], strict=True)]


_FAULTS = {
    "echo_always": replace("echoes", lambda *_: True),
    "echo_refused": replace("validate", _refuse_switch),
    "echo_never": replace("echoes", lambda *_: False),
    "echo_rotated": after("rank", shifted),
}
