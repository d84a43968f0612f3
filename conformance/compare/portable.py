"""The subset that all compared targets keep: what may be used of every one of them in the same way."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import frozen

from conformance.compare.migration import Effect, Migration
from conformance.compare.spec_diff import SpecCell, SpecRow
from conformance.compare.uses import Use
from conformance.traits.schema_words import bounds_said

_LOW = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGH = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


class Portability(StrEnum):
    """How far a use carries."""

    EVERYWHERE = "portable"
    DOCUMENTED = "portable on paper"
    NOT = "not portable"


@frozen
class Portable:
    """One use over all targets: how far it carries, within which values, and where it does not (target and reason)."""

    use: str
    reach: Portability
    within: tuple[str, ...]
    blockers: tuple[tuple[str, str], ...]


def portable(
    uses: Sequence[Use], rows: Sequence[SpecRow], names: Sequence[str], migrations: Sequence[Migration]
) -> tuple[Portable, ...]:
    """Return for each use whether every target keeps it alike, and the values that all of them take."""
    return tuple(_one(use, rows, names, migrations) for use in uses if use.area not in {"errors", "service"})


def _one(use: Use, rows: Sequence[SpecRow], names: Sequence[str], migrations: Sequence[Migration]) -> Portable:
    row = next((row for row in rows if row.area == use.area and row.cells[0].name == use.name), None)
    blockers: dict[str, str] = {}
    for number, cell in enumerate(row.cells if row else ()):
        if not cell.present:
            blockers[names[number]] = "its contract does not have it"
        elif row and cell.name != row.cells[0].name:
            blockers[names[number]] = f"called `{cell.name}` there"
    for migration in migrations:
        told = migration.of(use.said)
        bad = [one for effect in (Effect.BREAKS, Effect.CHANGES) for one in told if one.effect is effect]
        for worst in bad[:1]:
            blockers.setdefault(migration.target, f"{worst.effect}: {worst.words}")
    within = tuple(_within(row.cells)) if row and all(cell.present for cell in row.cells) else ()
    narrowed = _narrowed(use, row, blockers, migrations, within)
    if narrowed is not None:
        return narrowed
    if blockers:
        return Portable(use.said, Portability.NOT, within, tuple(blockers.items()))
    shown = all(migration.effect(use.said) is Effect.WORKS for migration in migrations)
    return Portable(use.said, Portability.EVERYWHERE if shown else Portability.DOCUMENTED, within, ())


def _narrowed(
    use: Use, row: SpecRow | None, blockers: Mapping[str, str], migrations: Sequence[Migration], within: tuple[str, ...]
) -> Portable | None:
    """Return a use that carries within narrower values: each target works with some, and all contracts share some."""
    if row is None or not within or use.area != "request":
        return None
    if any(not cell.present or cell.name != row.cells[0].name for cell in row.cells):
        return None
    told = [migration.of(use.said) for migration in migrations]
    works = all(any(one.effect is Effect.WORKS and not one.requirement for one in found) for found in told)
    worse = [one for found in told for one in found if one.effect in {Effect.BREAKS, Effect.CHANGES}]
    only_bounds = all(one.asked for one in worse)
    if works and only_bounds and blockers:
        return Portable(use.said, Portability.EVERYWHERE, within, tuple(blockers.items()))
    return None


def _within(cells: Sequence[SpecCell]) -> Iterator[str]:
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
    listed = [names for cell in cells if (names := cell.enum or cell.models)]
    if listed:
        shared = [name for name in listed[0] if all(name in names for names in listed)]
        yield f"one of {', '.join(shared)}" if shared else "no value in common"
    only = [set(cell.only_models) for cell in cells if cell.only_models]
    if only:
        yield f"only for {', '.join(sorted(set.intersection(*only))) or 'no model in common'}"


def _narrowest(key: str, one: Any, other: Any) -> Any:
    bare = key.removeprefix("items.")
    if bare in _LOW:
        return max(one, other)
    return min(one, other) if bare in _HIGH else one
