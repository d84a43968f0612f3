"""A night for people: Markdown for a step summary or a chat, and a line for each target at a terminal."""

from collections.abc import Sequence
from typing import TextIO

from conformance import __version__
from conformance.document import moment, text
from conformance.model.verdict import Outcome
from conformance.nightly.night import Night, TargetNight, TargetState
from conformance.report import markdown as md
from conformance.report.difference import headline, listed, moved
from conformance.report.terminal import say
from conformance.store.difference import LISTS, ClauseChange

_ROWS = 40
_COUNTED = (Outcome.PASS, Outcome.FAIL, Outcome.KNOWN_DEVIATION, Outcome.INCONCLUSIVE)
_NAMED = 3
_WORDS = 1_000


def markdown(night: Night) -> str:
    """Return a night as GitHub's Markdown, short enough for a comment; servers' words stand in code."""
    page = md.render(
        "night.md.j2",
        night=night,
        started=moment(night.started),
        version=__version__,
        counted=_COUNTED,
        sections=[(target, _lists(target)) for target in night.targets],
        moved=moved,
        rows=_ROWS,
    )
    return md.fit(page, "summary.json")


def _lists(target: TargetNight) -> list[tuple[str, str, Sequence[ClauseChange]]]:
    found = target.difference
    if found is None:
        return []
    lists = [(name, words, listed(found, name)) for name, words in LISTS.items() if name != "still_broken"]
    return [(name, words, changes) for name, words, changes in lists if changes]


def show(night: Night, stream: TextIO) -> None:
    """Write each target in a line, with what newly fails."""
    for target in night.targets:
        show_target(target, stream)


def show_target(target: TargetNight, stream: TextIO) -> None:
    """Write one target's night: a line, then what newly fails by its causes."""
    name = f"{text.one_line(target.name):<24}"
    if target.state is not TargetState.RAN or target.run is None or target.difference is None:
        say([f"{name} {target.state}: {text.one_line(target.reason)}"], stream)
        return
    drifted = f"; {len(target.news)} drifted" if target.news else ""
    run = target.run
    say(
        [f"{name} exit status {run.exit_code}, {run.requests} requests. {headline(target.difference)}{drifted}"], stream
    )
    why = [run.notice] if run.notice else []
    say([f"  {text.one_line(line, _WORDS)}" for line in (*why, *target.hints)], stream)
    say([f"  newly failing: {line}" for line in newly_failing(target)], stream)


def newly_failing(target: TargetNight) -> list[str]:
    """Return what newly fails: a line for each cause, and for each clause that no cause explains."""
    new = [change.clause for change in target.alarming]
    lines = []
    for cause in target.new_causes:
        names = [clause.id for clause in new if clause.id in cause.requirements]
        lines.append(f"{text.one_line(cause.title)} ({text.few(names, _NAMED)})")
    explained = {name for cause in target.causes for name in cause.requirements}
    return lines + [f"{clause.id}: {text.one_line(clause.sentence)}" for clause in new if clause.id not in explained]
