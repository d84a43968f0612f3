"""The comparison in a sentence, and in a few words for each target."""

from attrs import frozen

from conformance.compare.comparison import CanReplace, Comparison, ComparisonExit
from conformance.compare.migration import Effect, Migration, UseFinding
from conformance.compare.uses import SERVICE

_MEANINGS = {
    ComparisonExit.STANDS_IN: "nothing that is used breaks, as far as shown",
    ComparisonExit.BREAKS: "something that is used breaks",
    ComparisonExit.NOT_SHOWN: "of at least one target nothing could be shown",
}
_FEW, _FEWER, _CROWD = 6, 3, 3


@frozen
class MigrationCard:
    """What one move comes to: the answer, its sentence, how many uses end how, and the first reasons."""

    migration: Migration
    answer: str
    sentence: str
    counts: tuple[tuple[Effect, int], ...]
    reasons: tuple[UseFinding, ...]
    more: int


def cards(comparison: Comparison) -> tuple[MigrationCard, ...]:
    """Return one card for each target but the first."""
    return tuple(_card(comparison, migration) for migration in comparison.migrations)


def _card(comparison: Comparison, migration: Migration) -> MigrationCard:
    names = [use.said for use in comparison.uses]
    answer = comparison.answer(migration)
    counts = migration.counted(use.said for use in comparison.used)
    reasons: list[UseFinding] = []
    for effect in (Effect.BREAKS, Effect.CHANGES):
        reasons += [next(finding for finding in migration.of(name) if finding.effect is effect) for name in names if migration.effect(name) is effect]
    notice = comparison.subject(migration.target).notice
    few = _FEW if len(comparison.migrations) <= _CROWD else _FEWER
    return MigrationCard(migration, answer, notice or _sentence(answer, counts, migration.effect(SERVICE.said)), tuple(counts.items()), tuple(reasons[:few]), max(len(reasons) - few, 0))


def _sentence(answer: str, counts: dict[Effect, int], service: Effect) -> str:
    broken, changed, works, total = counts[Effect.BREAKS], counts[Effect.CHANGES], counts[Effect.WORKS], sum(counts.values())
    beside = {Effect.BREAKS: " The service itself breaks what is sent.", Effect.CHANGES: " The service itself keeps less than it must."}.get(service, "")
    if broken:
        more = f", {changed} change{'s' if changed == 1 else ''} silently" if changed else ""
        return f"{broken} of {total} uses break{'s' if broken == 1 else ''}{more}.{beside}"
    if changed:
        return f"{changed} of {total} uses change{'s' if changed == 1 else ''} silently, and none breaks.{beside}"
    if answer != CanReplace.UNKNOWN:
        return f"All {works} uses that could be shown work alike.{beside}"
    return "Nothing that was answered shows it."


def headline(comparison: Comparison) -> str:
    """Return the answer to the page's one question, in one sentence."""
    first = comparison.names[0]
    answers = [comparison.answer(migration) for migration in comparison.migrations]
    if len(answers) == 1:
        other = comparison.migrations[0].target
        return {
            CanReplace.NO: f"{other} cannot stand in for {first}",
            CanReplace.CARE: f"{other} can stand in for {first}, with care",
            CanReplace.YES: f"{other} can stand in for {first}, as far as shown",
            CanReplace.UNKNOWN: f"Whether {other} can stand in for {first} was not shown",
        }[answers[0]]
    able = sum(answer in {CanReplace.YES, CanReplace.CARE} for answer in answers)
    unknown = answers.count(CanReplace.UNKNOWN)
    told = f"{able or 'None'} of {len(answers)} can stand in for {first}"
    return f"{told}; of {unknown} it was not shown" if unknown else told


def scope(comparison: Comparison) -> str:
    """Return what the headline is about."""
    contract = comparison.subjects[0].contract.name
    if comparison.traffic is not None:
        return f"for what {len(comparison.traffic.sent)} recorded requests use of {contract}"
    if comparison.stated:
        return f"for the {len(comparison.used)} uses of {contract} that were stated"
    return f"for everything that the contract of {contract} offers ({len(comparison.used)} uses)"


def meaning(comparison: Comparison) -> str:
    """Return what the exit status says."""
    return _MEANINGS[comparison.exit_code]
