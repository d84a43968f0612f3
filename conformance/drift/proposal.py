"""The overlay that would document what answers hold beyond their contract.

Nothing of a server's words goes in but names, codes and media types that look
like such, and the types of what stood there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.contract import Answer, Contract, place
from conformance.contract.overlay import Action
from conformance.contract.schema import POINTER, Schema
from conformance.document import moment
from conformance.drift.item import DriftItem
from conformance.model.fact import Fact, Kind, is_name, path_of
from conformance.traits.documented import CODES, at, objects
from conformance.traits.facts import code_paths
from conformance.traits.json_shape import openapi

_MEDIA = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}")
_STATUS = re.compile(r"[1-5]\d\d")
_CODE = re.compile(r"[\w.-]{1,64}")


def propose(contract: Contract, items: Sequence[DriftItem]) -> list[Action]:
    """Return an action of OpenAPI Overlay 1.0 for each item that is undocumented, to be appended to the contract's overlay.

    Items that no action can document (keys that look like no names, say) have none.
    """
    facts = [(item.fact, item) for item in items if item.fact is not None and not item.fact.documented]
    codes: dict[str, list[Any]] = {}
    for fact, _ in facts:
        if fact.kind is Kind.ERROR_CODE:
            status, _, code = fact.place.partition(" ")
            if _CODE.fullmatch(code):
                codes.setdefault(status, []).append(int(code) if code.isdigit() else code)
    writer = _Writer(contract, codes)
    return [
        Action(target, _reason(item, words), update)
        for fact, item in facts
        for target, words, update in writer.of(fact)
    ]


def document(contract: Contract, actions: Sequence[Action]) -> dict[str, Any]:
    """Return an overlay document of these actions."""
    return {
        "overlay": "1.0.0",
        "info": {"title": f"{contract.name} rerank, seen in answers and not documented", "version": "1.0.0"},
        "actions": [
            {"target": action.target, "description": action.description, "update": action.update} for action in actions
        ],
    }


def _reason(item: DriftItem, words: str) -> str:
    return f"Seen in answers from {moment(item.first.started)[:10]} to {moment(item.last.started)[:10]}, and not documented: {words}."


class _Writer:
    """Writes updates for facts of one contract."""

    def __init__(self, contract: Contract, codes: dict[str, list[Any]]) -> None:
        self._contract = contract
        self._codes = codes
        self._modern = not str(contract.document.get("openapi", "3.0")).startswith("3.0")
        self._paths = code_paths(contract)

    def of(self, fact: Fact) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield target, words and update for a fact; nothing where it cannot be documented."""
        if fact.kind is Kind.FIELD:
            yield from self._field(fact)
        elif fact.kind is Kind.STATUS and _STATUS.fullmatch(fact.place):
            yield from self._status(fact)
        elif fact.kind is Kind.HEADER and is_name(fact.place):
            update = {"headers": {fact.place: {"description": "Seen in answers.", "schema": {"type": "string"}}}}
            yield self._target(self._contract.success.pointer), f"the header {fact.place} of a success", update
        elif fact.kind is Kind.ERROR_CODE:
            yield from self._code(fact)

    def _field(self, fact: Fact) -> Iterator[tuple[str, str, dict[str, Any]]]:
        status, path = path_of(fact.place)
        answer = self._answer(status)
        owners = objects(at(answer, path[:-1])) if answer is not None else []
        if not owners or not is_name(path[-1]):
            return
        schema = openapi(fact.value, modern=self._modern)
        if path in self._paths and self._codes.get(status):
            schema[CODES] = self._codes[status]
        pointer = str(owners[0][POINTER])
        yield self._target(pointer), f"`{path[-1]}` in {pointer.rpartition('/')[2]}", {"properties": {path[-1]: schema}}

    def _status(self, fact: Fact) -> Iterator[tuple[str, str, dict[str, Any]]]:
        content = {}
        for media, shape in (fact.value or {}).items():
            if _MEDIA.fullmatch(media):
                schema = openapi(shape, modern=self._modern)
                for path in self._paths:
                    self._note_codes(schema, path, fact.place)
                content[media] = {"schema": schema}
        answer = {"description": "Seen in answers.", **({"content": content} if content else {})}
        yield self._target(f"{self._contract.pointer}/responses"), f"status {fact.place}", {fact.place: answer}

    def _note_codes(self, schema: Schema, path: Sequence[str], status: str) -> None:
        for key in path:
            schema = schema.get("items" if key == "*" else "properties", {})
            schema = schema if key == "*" else schema.get(key, {})
        if schema and self._codes.get(status):
            schema[CODES] = self._codes[status]

    def _code(self, fact: Fact) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield the action for a code of a documented field; one of an undocumented field or status goes with that."""
        status, _, code = fact.place.partition(" ")
        answer = self._answer(status)
        if answer is None or not _CODE.fullmatch(code):
            return
        for path in self._paths:
            found = at(answer, path)
            if found:
                yield (
                    self._target(str(found[0][POINTER])),
                    f"the error code {code} of {status}",
                    {CODES: [int(code) if code.isdigit() else code]},
                )
                return

    def _answer(self, status: str) -> Answer | None:
        return self._contract.answer(int(status)) if _STATUS.fullmatch(status) else None

    def _target(self, pointer: str) -> str:
        return place.path(place.location(self._contract.document, pointer))
