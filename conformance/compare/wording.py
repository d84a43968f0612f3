"""The comparison in a sentence, in a few words for each target, and in one line of numbers for each."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import CanReplace, Comparison, ComparisonExit
from conformance.compare.differences import DifferenceGroup
from conformance.compare.migration import Effect, Migration
from conformance.compare.uses import IMPLIED

_MEANINGS = {
    ComparisonExit.CAN_REPLACE: "nothing fails that this comparison is to fail for, as far as shown",
    ComparisonExit.BREAKS: "something that is used breaks",
    ComparisonExit.NOT_SHOWN: "nothing could be shown of at least one target",
}
_FEW, _FEWER, _CROWD = 6, 3, 3
# What stands in a cell of a table of clauses.
MARKS = {
    ClauseState.KEPT: "✓",
    ClauseState.BROKEN: "✗ failed",
    ClauseState.KNOWN: "≈ known",
    ClauseState.SURPRISE: "✓ unexpected",
    ClauseState.UNKNOWN: "? not shown",
    ClauseState.ABSENT: "–",
}


@frozen
class MigrationCard:
    """What a move to one target comes to: the answer, its sentence, how many uses end how, and the worst causes; `more` counts the others."""

    migration: Migration
    answer: str
    sentence: str
    counts: tuple[tuple[Effect, int], ...]
    causes: tuple[DifferenceGroup, ...]
    more: int


def cards(comparison: Comparison) -> tuple[MigrationCard, ...]:
    """Return one card for each target but the first."""
    return tuple(_card(comparison, *pair) for pair in zip(comparison.migrations, comparison.differences, strict=True))


def _card(comparison: Comparison, migration: Migration, causes: tuple[DifferenceGroup, ...]) -> MigrationCard:
    answer = comparison.answer(migration)
    counts = migration.counted(use.said for use in comparison.used)
    notice = comparison.subject(migration.target).notice
    few = _FEW if len(comparison.migrations) <= _CROWD else _FEWER
    sentence = notice or _sentence(answer, counts, {use.said: migration.effect(use.said) for use in IMPLIED})
    return MigrationCard(migration, answer, sentence, tuple(counts.items()), causes[:few], max(len(causes) - few, 0))


def _sentence(answer: str, counts: dict[Effect, int], implied: dict[str, Effect]) -> str:
    total = sum(counts.values())
    verbs = {
        Effect.BREAKS: ("breaks", "break"),
        Effect.CHANGES: ("changes silently", "change silently"),
        Effect.DIFFERS: ("works otherwise", "work otherwise"),
    }
    told = [f"{counts[effect]} {words[counts[effect] != 1]}" for effect, words in verbs.items() if counts[effect]]
    beside = [
        f"{use[0].upper()}{use[1:]}, which every use rests on, {verbs[effect][0]}."
        for use, effect in implied.items()
        if effect in verbs
    ]
    hidden = counts[Effect.UNKNOWN]
    unshown = [f"{hidden} {'was' if hidden == 1 else 'were'} not shown."] if hidden and hidden < total else []
    if told:
        return " ".join([f"Of {total} use{'' if total == 1 else 's'}, {' and '.join(told)}.", *beside])
    if answer == CanReplace.UNKNOWN or not counts[Effect.WORKS]:
        return " ".join(["No answer shows whether what is used works.", *beside])
    works = counts[Effect.WORKS]
    alone = (" in itself" if works == 1 else " in themselves") if beside else ""
    if total == 1:
        told = [f"The use works alike{alone}."]
    elif works == total:
        told = [f"All {total} uses work alike{alone}."]
    else:
        told = [f"{works} of {total} uses work{'s' if works == 1 else ''} alike{alone}."]
    # What every use rests on comes first: no use works where that does not.
    return " ".join([*beside, *told, *unshown])


def headline(comparison: Comparison) -> str:
    """Return the answer to the page's one question, in one sentence."""
    first = comparison.names[0]
    answers = [comparison.answer(migration) for migration in comparison.migrations]
    if len(answers) == 1:
        other = comparison.migrations[0].target
        return {
            CanReplace.NO: f"{other} cannot replace {first}",
            CanReplace.CARE: f"{other} can replace {first}, with care",
            CanReplace.YES: f"{other} can replace {first}, as far as shown",
            CanReplace.UNKNOWN: f"Whether {other} can replace {first} was not shown",
        }[answers[0]]
    able = sum(answer in {CanReplace.YES, CanReplace.CARE} for answer in answers)
    unknown = answers.count(CanReplace.UNKNOWN)
    told = f"{able or 'None'} of {len(answers)} targets can replace {first}"
    return f"{told}; for {unknown} it was not shown" if unknown else told


def scope(comparison: Comparison) -> str:
    """Return what the headline is about."""
    contract = comparison.subjects[0].contract.name
    if comparison.traffic is not None:
        number = len(comparison.traffic.sent)
        return f"for what {f'{number:,} recorded requests use' if number != 1 else 'one recorded request uses'} of {contract}"
    if comparison.stated:
        number = len(comparison.used)
        if number != 1:
            return f"for the {number} uses of {contract} that were stated"
        return f"for the one use of {contract} that was stated"
    return f"for everything that the contract of {contract} offers ({len(comparison.used)} uses)"


def meaning(comparison: Comparison) -> str:
    """Return what the exit status says."""
    return _MEANINGS[comparison.exit_code]


def told(comparison: Comparison) -> dict[str, Any]:
    """Return what every template says of a comparison, by name."""
    return {"comparison": comparison, **{part.__name__: part(comparison) for part in (headline, scope, meaning)}}


FIRST = "first"


@frozen
class ClauseCount:
    """Clauses of one contract on one target: kept, broken, not shown."""

    kept: int
    broken: int
    unknown: int


@frozen
class SummaryRow:
    """One target in a line; None or an empty string stands for what was not shown.

    `tau` is Kendall's tau with the first target, `scale` that of the scores in a few words.
    `p50` is in milliseconds, `price` in US dollars for a million tokens.
    """

    target: str
    answer: str
    own: ClauseCount
    by_reference: ClauseCount
    scale: str
    ndcg: float | None
    tau: float | None
    p50: float | None
    price: float | None


def summary_rows(comparison: Comparison) -> tuple[SummaryRow, ...]:
    """Return one line for each target, in their order."""
    return tuple(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[SummaryRow]:
    answers = [FIRST, *(comparison.answer(migration) for migration in comparison.migrations)]
    scales = next((behaviour.cells for behaviour in comparison.behaviours if behaviour.id == "score.scale"), ())
    agreed = comparison.agreement
    for number, name in enumerate(comparison.names):
        scale = scales[number] if scales else None
        yield SummaryRow(
            target=name,
            answer=answers[number],
            own=_tally(comparison.own, number),
            by_reference=_tally(comparison.by_reference, number),
            scale=scale.key if scale is not None and scale.shown else "",
            ndcg=agreed.known[number].ndcg if agreed else None,
            # The first target's pairs stand first, in the order of the others.
            tau=agreed.pairs[number - 1].tau if agreed and number else None,
            p50=comparison.costs[number].p50,
            price=comparison.costs[number].price,
        )


def _tally(matrix: ClauseTable, number: int) -> ClauseCount:
    states = [cell.state for cell in matrix.column(number)]
    kept = states.count(ClauseState.KEPT) + states.count(ClauseState.SURPRISE)
    broken = states.count(ClauseState.BROKEN) + states.count(ClauseState.KNOWN)
    return ClauseCount(kept, broken, states.count(ClauseState.UNKNOWN))
