"""The comparison in a sentence, and in a few words for each target."""

from attrs import frozen

from conformance.compare.comparison import Answer, Comparison, Exit
from conformance.compare.moving import Fate, Finding, Move
from conformance.compare.uses import SERVICE

_MEANINGS = {
    Exit.STANDS_IN: "nothing that is used breaks, as far as shown",
    Exit.BREAKS: "something that is used breaks",
    Exit.NOT_SHOWN: "of at least one target nothing could be shown",
}
_FEW, _FEWER, _CROWD = 6, 3, 3


@frozen
class Card:
    """What one move comes to: the answer, its sentence, how many uses end how, and the first reasons."""

    move: Move
    answer: str
    sentence: str
    counts: tuple[tuple[Fate, int], ...]
    reasons: tuple[Finding, ...]
    more: int


def cards(comparison: Comparison) -> tuple[Card, ...]:
    """Return one card for each target but the first."""
    return tuple(_card(comparison, move) for move in comparison.moves)


def _card(comparison: Comparison, move: Move) -> Card:
    names = [use.said for use in comparison.uses]
    answer = comparison.answer(move)
    counts = move.counted(use.said for use in comparison.used)
    reasons: list[Finding] = []
    for fate in (Fate.BREAKS, Fate.CHANGES):
        reasons += [next(finding for finding in move.of(name) if finding.fate is fate) for name in names if move.fate(name) is fate]
    notice = comparison.subject(move.target).notice
    few = _FEW if len(comparison.moves) <= _CROWD else _FEWER
    return Card(move, answer, notice or _sentence(answer, counts, move.fate(SERVICE.said)), tuple(counts.items()), tuple(reasons[:few]), max(len(reasons) - few, 0))


def _sentence(answer: str, counts: dict[Fate, int], service: Fate) -> str:
    broken, changed, works, total = counts[Fate.BREAKS], counts[Fate.CHANGES], counts[Fate.WORKS], sum(counts.values())
    beside = {Fate.BREAKS: " The service itself breaks what is sent.", Fate.CHANGES: " The service itself keeps less than it must."}.get(service, "")
    if broken:
        more = f", {changed} change{'s' if changed == 1 else ''} silently" if changed else ""
        return f"{broken} of {total} uses break{'s' if broken == 1 else ''}{more}.{beside}"
    if changed:
        return f"{changed} of {total} uses change{'s' if changed == 1 else ''} silently, and none breaks.{beside}"
    if answer != Answer.UNKNOWN:
        return f"All {works} uses that could be shown work alike.{beside}"
    return "Nothing that was answered shows it."


def headline(comparison: Comparison) -> str:
    """Return the answer to the page's one question, in one sentence."""
    first = comparison.names[0]
    answers = [comparison.answer(move) for move in comparison.moves]
    if len(answers) == 1:
        other = comparison.moves[0].target
        return {
            Answer.NO: f"{other} cannot stand in for {first}",
            Answer.CARE: f"{other} can stand in for {first}, with care",
            Answer.YES: f"{other} can stand in for {first}, as far as shown",
            Answer.UNKNOWN: f"Whether {other} can stand in for {first} was not shown",
        }[answers[0]]
    able = sum(answer in {Answer.YES, Answer.CARE} for answer in answers)
    unknown = answers.count(Answer.UNKNOWN)
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
