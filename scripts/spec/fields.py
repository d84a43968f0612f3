"""Fields that are gone, called otherwise or stand elsewhere, however the forms around them are written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.contract import Contract
from conformance.contract.schema import Schema, alternatives, placeless
from scripts.spec import lawful, renames
from scripts.spec.change import Change, Severity
from scripts.spec.lawful import Path


def gone(old: Contract, new: Contract, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield a change for each field that its place no longer has and that no change tells of."""
    told = set(_told(changes))
    for side, head, one, other in _sides(old, new):
        before, after = dict(_fields(one, ())), dict(_fields(other, ()))
        for path, schema in before.items():
            if path not in after and not any((side, path[: length + 1]) in told for length in range(len(path))):
                told.add((side, path))
                beside = {place[-1]: found for place, found in after.items() if place[:-1] == path[:-1]}
                yield _change(side, path, head + lawful.pointer_of(path), _now(path, schema, beside, before, after))


def _sides(old: Contract, new: Contract) -> Iterator[tuple[str, str, Schema, Schema]]:
    yield ("request", f"{new.pointer}/requestBody/content/application~1json/schema", old.wire_schema, new.wire_schema)
    for status, one, other in lawful.described(old, new):
        if one and other:
            yield status, f"{new.pointer}/responses/{status}/content/application~1json/schema", one, other


def _fields(schema: Any, above: Path) -> Iterator[tuple[Path, Any]]:
    for leaf in alternatives(schema) if isinstance(schema, dict) else ():
        for name, member in leaf.get("properties", {}).items():
            yield (*above, name), member
            yield from _fields(member, (*above, name))
        yield from _fields(leaf.get("items"), (*above, "items"))


def _told(changes: Iterable[Change]) -> Iterator[tuple[str, Path]]:
    for change in changes:
        place = lawful.path_of(change.pointer)
        if place is not None and place[1]:
            yield place[:2]
            if change.rule == "renamed":
                yield place[0], (*place[1][:-1], str(change.before))


def _now(
    path: Path, schema: Any, beside: Mapping[str, Any], before: Mapping[Path, Any], after: Mapping[Path, Any]
) -> Path:
    """Return where a field is now, an empty path where it is nowhere."""
    come = {name: placeless(found) for name, found in beside.items() if (*path[:-1], name) not in before}
    found = renames.find({"properties": {path[-1]: placeless(schema)}}, {"properties": come}).names.get(path[-1])
    if found is not None:
        return (*path[:-1], found)
    elsewhere = [place for place in after if place[-1] == path[-1] and place not in before]
    return elsewhere[0] if len(elsewhere) == 1 else ()


def _change(side: str, path: Path, pointer: str, now: Path) -> Change:
    name = ".".join(path)
    where = "of the request" if side == "request" else f"of an answer {side}"
    rule, said = "field-moved", f"is at `{'.'.join(now)}` now"
    if not now:
        rule, said = "field-removed", "was removed"
    elif now[:-1] == path[:-1]:
        rule, said = "renamed", f"is called `{now[-1]}` now"
    sentence = f"Field `{name}` {where} {said}."
    return Change(rule, Severity.BREAKING, pointer, sentence, path[-1], ".".join(now) or None, origin="fields")
