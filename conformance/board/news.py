"""What happened lately: checks that newly failed, and those that pass again."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from conformance.board.standing import BoardCheck, BoardTarget
from conformance.model.verdict import Outcome
from conformance.store.record import LETTERS, UNSHOWN, Record

_FAILED = LETTERS[Outcome.FAIL]
_PASSED = LETTERS[Outcome.PASS] + LETTERS[Outcome.SURPRISE_PASS]
_ROOM = uuid.uuid5(uuid.NAMESPACE_URL, "rerank-conformance/board")


@frozen
class Event:
    """Checks of one target that changed in one night, all in the same way."""

    standing: BoardTarget
    run: Record
    failed: bool
    checks: tuple[BoardCheck, ...]

    @property
    def id(self) -> str:
        """The same whenever the site is built: target, night and way."""
        return uuid.uuid5(_ROOM, f"{self.standing.name}\n{self.run.id}\n{self.failed}").urn

    @property
    def title(self) -> str:
        """One sentence."""
        number = len(self.checks)
        what = (
            ("newly fails" if self.failed else "passes again")
            if number == 1
            else ("newly fail" if self.failed else "pass again")
        )
        subject = f"{self.checks[0].id}" if number == 1 else f"{number} checks"
        return f"{self.standing.name}: {subject} {what}"


def events(standings: Sequence[BoardTarget], most: int) -> list[Event]:
    """Return the last events of some targets, the newest first; a check that flips from night to night is no news."""
    found = [event for standing in standings for event in _of(standing)]
    return sorted(found, key=lambda event: (-event.run.started, event.standing.name, not event.failed))[:most]


def _of(standing: BoardTarget) -> Iterator[Event]:
    changed: dict[tuple[int, bool], list[BoardCheck]] = {}
    for check in standing.checks:
        if check.flaky is None and (_FAILED in check.track.letters):
            for number, failed in _turns(check):
                changed.setdefault((number, failed), []).append(check)
    for (number, failed), checks in changed.items():
        yield Event(standing, standing.runs[number], failed, tuple(checks))


def _turns(check: BoardCheck) -> Iterator[tuple[int, bool]]:
    """Yield the runs with which a check began to fail or to pass again; nights that could not tell are passed over."""
    shown = [
        (number, letter)
        for number, letter in zip(check.track.runs, check.track.letters, strict=True)
        if letter not in UNSHOWN
    ]
    for (_, before), (number, now) in pairwise(shown):
        if now == _FAILED != before:
            yield number, True
        elif before == _FAILED and now in _PASSED:
            yield number, False
