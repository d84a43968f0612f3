"""What only a person can read: new facts that stand in prose alone."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from attrs import frozen

from conformance.contract import Contract
from conformance.contract.schema import POINTER
from scripts.spec import models
from scripts.spec.change import ABSENT, Change
from scripts.spec.schemas import nodes

_WORDS = ("description", "summary")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d(?![\w])")
_BINDING = re.compile(
    r"\b(must|only|required?|default|deprecated|removed?|limit(?:ed)?|maximum|minimum|at least|at most|up to|no longer|unsupported|supports?|not|never|always)\b",
    re.IGNORECASE,
)


@frozen
class Note:
    """A changed passage: where, the words that came and went, and the facts among them by name."""

    pointer: str
    came: str
    gone: str
    facts: tuple[str, ...]


def notes(changes: Sequence[Change], contracts: Sequence[Contract] = ()) -> tuple[Note, ...]:
    """Return every changed passage of prose, those with facts first, each passage once.

    A number or model that the schema beside the words says too, in one of `contracts`, is in a machine's words already.
    """
    said = {which: _said(contract) for which, contract in enumerate(contracts)}
    found: dict[tuple[str, str], Note] = {}
    # What only stands elsewhere now is nothing new.
    singles = [part for change in changes for part in (change.parts or (change,))]
    known = {text for change in singles if change.after is ABSENT for _, text in _descriptions(change.before, "")}
    for change in singles:
        for pointer, before, after in _texts(change):
            if not before and after in known:
                continue
            came, gone = _parted(before, after)
            beside = pointer.rpartition("/")[0]
            known_there = set().union(*(places.get(beside, set()) for places in said.values()))
            facts = tuple(fact for fact in _facts(came, gone) if fact.partition(" ")[2] not in known_there)
            found.setdefault((came, gone), Note(pointer, came, gone, facts))
    return tuple(sorted((note for note in found.values() if note.came or note.gone), key=lambda note: not note.facts))


def _said(contract: Contract) -> dict[str, set[str]]:
    """Return the facts that schemas state beside their words, as a note would name them, by where the schema is declared."""
    found: dict[str, set[str]] = {}
    for _, schema in nodes(contract):
        facts = found.setdefault(str(schema.get(POINTER)), set())
        for value in (item for held in schema.values() for item in (held if isinstance(held, list) else [held])):
            if isinstance(value, int | float | str) and not isinstance(value, bool):
                facts.add(f"{'model' if isinstance(value, str) else 'number'} {value}")
    return found


def _texts(change: Change) -> Iterator[tuple[str, str, str]]:
    """Yield descriptions that a change alters, with those of whole members that came."""
    name = change.pointer.rpartition("/")[2]
    if name in _WORDS:
        yield change.declared or change.pointer, _text(change.before), _text(change.after)
    elif change.before is ABSENT:
        for below, text in _descriptions(change.after, change.declared or change.pointer):
            yield below, "", text


def _descriptions(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _WORDS and isinstance(item, str):
                yield f"{pointer}/{key}", item
            else:
                yield from _descriptions(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _descriptions(item, f"{pointer}/{number}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parted(before: str, after: str) -> tuple[str, str]:
    """Return the words that came and those that went."""
    old, new = before.split(), after.split()
    came: list[str] = []
    gone: list[str] = []
    steps = [("replace", 0, len(old), 0, len(new))]
    if len(old) * len(new) < 4_000_000:
        steps = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    for kind, a, b, c, d in steps:
        if kind != "equal":
            gone += old[a:b]
            came += new[c:d]
    return " ".join(came), " ".join(gone)


def _facts(came: str, gone: str) -> Iterator[str]:
    """Name the facts that a passage gained and lost; what it had before and after is none."""
    new, old = _named(came), _named(gone)
    for word, facts, others in (("new", new, old), ("gone", old, new)):
        yield from (f"{word} {fact}" for fact in facts if fact not in others)


def _named(text: str) -> list[str]:
    listed = models.named(text)
    for name in listed:
        text = text.replace(name, " ")
    found = [f"model {name}" for name in listed]
    found += [f"number {number}" for number in _NUMBER.findall(text)]
    found += [f"word “{match[0].lower()}”" for match in _BINDING.finditer(text)]
    return list(dict.fromkeys(found))
