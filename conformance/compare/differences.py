"""What differs at a target, grouped by cause: a few causes in place of a row for every use that meets one."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from conformance.causes import causes
from conformance.compare.attribution import MigrationContext
from conformance.compare.migration import BOTH, Effect, Migration, UseFinding
from conformance.document.text import few

_TOLD = (Effect.BREAKS, Effect.CHANGES, Effect.DIFFERS)
_SHOWN = 4


@frozen
class DifferenceGroup:
    """One cause of differences: a sentence, the worst that it does, the uses that meet it, failed requirements and exchanges that show it."""

    id: str
    title: str
    effect: Effect
    uses: tuple[str, ...]
    requirements: tuple[str, ...]
    exchanges: tuple[str, ...]


def differences(context: MigrationContext, number: int, migration: Migration) -> tuple[DifferenceGroup, ...]:
    """Return the causes of what differs at a target, the worst first; no I/O.

    Failed clauses are grouped by what explains them. What was seen beside them joins the cause that the same use meets,
    else it stands for itself.
    """
    told = [finding for finding in migration.findings if finding.effect in _TOLD]
    if not told:
        return ()
    run = context.subjects[number].judged_by(context.contract)
    found = {
        cause.id: (cause.title, [finding for finding in told if finding.requirement in cause.requirements])
        for cause in causes(run.verdicts, run.exchanges, context.contract)
    }
    found = {name: (title, held) for name, (title, held) in found.items() if held}
    explained = {finding.requirement for _, held in found.values() for finding in held}
    for finding in told:
        if finding.requirement in explained:
            continue
        home = _home(found, finding) or finding.alike or finding.words
        found.setdefault(home, (home, []))[1].append(finding)
    groups = (_group(name, title, held) for name, (title, held) in found.items())
    return tuple(sorted(groups, key=lambda group: (_TOLD.index(group.effect), -len(group.uses))))


def _home(found: Mapping[str, tuple[str, list[UseFinding]]], finding: UseFinding) -> str | None:
    """Return the cause of a failed clause that the same use meets and that is no milder, or None."""

    def met(one: UseFinding) -> bool:
        no_milder = _TOLD.index(one.effect) <= _TOLD.index(finding.effect)
        return bool(one.requirement) and one.use == finding.use and no_milder

    return next((name for name, (_, held) in found.items() if any(map(met, held))), None)


def _group(name: str, title: str, held: Sequence[UseFinding]) -> DifferenceGroup:
    worst = min((finding.effect for finding in held), key=_TOLD.index)
    uses = _each(finding.use for finding in held)
    if title == held[0].alike:
        title = title.replace("{}", named(uses), 1)
    elif title == held[0].words and len(uses) == 1:
        title = f"{uses[0]}: {title}"
    both = all(finding.words.startswith(BOTH) for finding in held)
    return DifferenceGroup(
        name,
        f"{BOTH} {title}" if both else title,
        worst,
        uses,
        _each(f.requirement for f in held),
        _each(e for f in held for e in f.exchanges)[:_SHOWN],
    )


def named(uses: Sequence[str], most: int = 4) -> str:
    """Return the first names of a list in code, and how many more there are."""
    shown = [f"`{use}`" for use in dict.fromkeys(uses)]
    if len(shown) > most:
        return few(shown, most)
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))
