"""Faults in the documents that come back."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.fault import Fault, after, replace, scoring, text_of_item
from conformance.mock.rules import Refusal

_CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "strips": ("Space around a text is stripped.", str.strip),
    "lowers": ("Texts come back in lower case.", str.lower),
    "escapes": ("Texts come back escaped for HTML.", html.escape),
    "unescapes": ("Entities in texts are resolved.", html.unescape),
    "nfkc": ("Texts come back in NFKC.", lambda text: unicodedata.normalize("NFKC", text)),
    "nfc": ("Texts come back in NFC.", lambda text: unicodedata.normalize("NFC", text)),
    "drops_nul": ("NULs are dropped.", lambda text: text.replace("\x00", "")),
    "cuts": ("Texts come back cut to 1,000 characters.", lambda text: text[:1000]),
    "folds_space": ("Runs of white space become one.", lambda text: re.sub(r"[ \t]+", " ", text)),
    "unix_lines": ("Line ends are changed.", lambda text: text.replace("\r\n", "\n")),
    "ascii": ("What is no ASCII is dropped.", lambda text: text.encode("ascii", "ignore").decode()),
    "bmp": ("Emoji are dropped.", lambda text: "".join(char for char in text if ord(char) < 0x10000)),
}


def echo_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults in echoes, where the contract has any."""
    switch = contract.request_field("echo_switch")
    echo = contract.success.place("echo")
    if switch is None or echo is None:
        return
    for name, (sentence, change) in _CHANGES.items():
        yield Fault(f"echo_{name}", sentence, f"response*.{echo.path[-1]}.exact", after("echo", text_of_item(change)))
    yield Fault.of("echo_always", replace("echoes", lambda *_: True), last=echo.path[-1])
    yield Fault.of("echo_refused", replace("validate", _refuse_switch))
    yield Fault.of("echo_never", replace("echoes", lambda *_: False), last=echo.path[-1])
    yield Fault.of("echo_rotated", after("rank", shifted), last=echo.path[-1])
    below = {place.role: place.path[-1] for place in contract.request_places if place.path}
    if {"text", "image"} <= below.keys() and contract.success.place("text", under="echo") is not None:
        yield Fault.of(
            "echo_image_as_text",
            after(
                "echo",
                lambda item: (
                    {below["text"]: item[below["image"]]} if isinstance(item, dict) and below["image"] in item else item
                ),
            ),
            last=echo.path[-1],
        )
    yield Fault.of(
        "echo_moves_scores", scoring(lambda score, rules, body, *_: score * (0.9 if rules.echoes(body) else 1))
    )


def _refuse_switch(original: Any, rules: Any, body: Any) -> None:
    original(body)
    if body.get(rules.names["echo_switch"]) is True:
        raise Refusal(rules.refusal, "Documents are not returned here.")


def shifted(found: list[Row]) -> list[Row]:
    """Return results each of which carries its neighbour's document."""
    documents = [row.document for row in found]
    return [evolve(row, document=document) for row, document in zip(found, documents[1:] + documents[:1], strict=True)]
