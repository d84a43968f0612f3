"""The subset that all compared targets keep: what may be used of every one of them in the same way."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import frozen

from conformance.compare.moving import Fate, Move
from conformance.compare.paper import Facts, Row
from conformance.compare.shape import bounds_said
from conformance.compare.uses import Use

_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


class Reach(StrEnum):
    """How far a use carries."""

    EVERYWHERE = "portable"
    PAPER = "portable on paper"
    NOT = "not portable"


@frozen
class Portable:
    """One use over all targets: how far it carries, within which values, and where it does not (target and reason)."""

    use: str
    reach: Reach
    within: tuple[str, ...]
    blockers: tuple[tuple[str, str], ...]


def portable(uses: Sequence[Use], rows: Sequence[Row], names: Sequence[str], moves: Sequence[Move]) -> tuple[Portable, ...]:
    """Return for each use whether every target keeps it alike, and the values that all of them take."""
    return tuple(_one(use, rows, names, moves) for use in uses if use.area not in {"errors", "service"})


def _one(use: Use, rows: Sequence[Row], names: Sequence[str], moves: Sequence[Move]) -> Portable:
    row = next((row for row in rows if row.area == use.area and row.cells[0].name == use.name), None)
    blockers: dict[str, str] = {}
    for number, cell in enumerate(row.cells if row else ()):
        if not cell.present:
            blockers[names[number]] = "its contract does not have it"
        elif row and cell.name != row.cells[0].name:
            blockers[names[number]] = f"called `{cell.name}` there"
    for move in moves:
        worst = next((finding for fate in (Fate.BREAKS, Fate.CHANGES) for finding in move.of(use.said) if finding.fate is fate), None)
        if worst is not None:
            blockers.setdefault(move.target, f"{worst.fate}: {worst.words}")
    within = tuple(_within(row.cells)) if row and all(cell.present for cell in row.cells) else ()
    narrowed = _narrowed(use, row, blockers, moves, within)
    if narrowed is not None:
        return narrowed
    if blockers:
        return Portable(use.said, Reach.NOT, within, tuple(blockers.items()))
    shown = all(move.fate(use.said) is Fate.WORKS for move in moves)
    return Portable(use.said, Reach.EVERYWHERE if shown else Reach.PAPER, within, ())


def _narrowed(use: Use, row: Row | None, blockers: Mapping[str, str], moves: Sequence[Move], within: tuple[str, ...]) -> Portable | None:
    """Return a use that carries within narrower values: each target works with some, and all contracts share some."""
    if row is None or not within or use.area != "request" or any(not cell.present or cell.name != row.cells[0].name for cell in row.cells):
        return None
    works = all(any(finding.fate is Fate.WORKS and not finding.requirement for finding in move.of(use.said)) for move in moves)
    only_bounds = all(
        finding.fate not in {Fate.BREAKS, Fate.CHANGES} or finding.requirement.startswith("request.")
        for move in moves
        for finding in move.of(use.said)
    )
    return Portable(use.said, Reach.EVERYWHERE, within, tuple(blockers.items())) if works and only_bounds and blockers else None


def _within(cells: Sequence[Facts]) -> Iterator[str]:
    """Yield the values that all contracts take: common forms, the narrowest bounds, common names."""
    held = [{form.type: form for form in cell.forms} for cell in cells]
    common = [kind for kind in held[0] if all(kind in other for other in held)]
    if not common:
        yield "no form in common"
        return
    yield " or ".join(common)
    bounds: dict[str, Any] = {}
    for column in held:
        for kind in common:
            for key, value in column[kind].bounds:
                bounds[key] = _narrowest(key, bounds[key], value) if key in bounds else value
    yield from bounds_said(bounds)
    listed = [set(cell.enum or cell.models) for cell in cells]
    if any(listed):
        first = cells[0].enum or cells[0].models or next((cell.enum or cell.models for cell in cells if cell.enum or cell.models), ())
        shared = [name for name in first if all(not names or name in names for names in listed)]
        yield f"one of {', '.join(shared)}" if shared else "no value in common"
    only = [set(cell.only_models) for cell in cells if cell.only_models]
    if only:
        yield f"only for {', '.join(sorted(set.intersection(*only))) or 'no model in common'}"


def _narrowest(key: str, one: Any, other: Any) -> Any:
    bare = key.removeprefix("items.")
    if bare in _LOW:
        return max(one, other)
    return min(one, other) if bare in _HIGH else one
