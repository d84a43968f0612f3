"""What a night found, target by target."""

from enum import StrEnum

from attrs import frozen

from conformance.document.text import many
from conformance.drift.item import DriftItem
from conformance.model.cause import Cause
from conformance.model.exit import Exit
from conformance.store.difference import ClauseChange, Difference
from conformance.store.record import Record

_UNTOLD = {Exit.INCONCLUSIVE, Exit.INTERRUPTED}


class TargetState(StrEnum):
    """What became of a target in a night."""

    RAN = "ran"
    NOT_RUN = "not run"
    FAILED = "failed"


@frozen
class TargetNight:
    """One target: what was found and what of it is new.

    `reason` says why it was not run, or what kept it from running; `folder` is
    its run's, relative to the summary. `before` is the exit status of the night
    before, None without one. `warnings` are on its known deviations, one past its
    review date for instance. `hints` say what to try instead. `causes` explain all clauses that fail. `crashed` says that the suite failed, not the target; `reason` says at what.
    """

    name: str
    state: TargetState
    reason: str = ""
    run: Record | None = None
    difference: Difference | None = None
    drift: tuple[DriftItem, ...] = ()
    folder: str = ""
    before: int | None = None
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    crashed: bool = False

    @property
    def internal(self) -> bool:
        """Whether the suite itself failed: at the target, or at what it answered."""
        return self.crashed or (self.run is not None and self.run.exit_code == Exit.INTERNAL)

    @property
    def alarming(self) -> tuple[ClauseChange, ...]:
        """What fails since the night before and does not merely flip."""
        return self.difference.alarming if self.difference else ()

    @property
    def new_causes(self) -> tuple[Cause, ...]:
        """The causes that explain a newly failing clause, the worst first."""
        new = {change.clause.id for change in self.alarming}
        return tuple(cause for cause in self.causes if new & set(cause.requirements))

    @property
    def silent(self) -> bool:
        """Whether this night could not tell, and the one before could."""
        return self.run is not None and self.run.exit_code in _UNTOLD and self.before not in _UNTOLD

    @property
    def unjudged(self) -> bool:
        """Whether this night could not tell, nor could the one before."""
        return self.run is not None and self.run.exit_code in _UNTOLD and not self.silent

    @property
    def news(self) -> tuple[DriftItem, ...]:
        """What drifted and was not told before."""
        return tuple(item for item in self.drift if item.news)


@frozen
class Night:
    """All targets of a night; `started` is in seconds since the epoch, `stopped` says that somebody ended it early."""

    started: float
    targets: tuple[TargetNight, ...]
    stopped: bool = False

    @property
    def exit_code(self) -> Exit:
        """An error inside the suite, else the worst new verdict: failed, else nothing could be judged, else passed. What was so the night before is not new."""
        if self.stopped:
            return Exit.INTERRUPTED
        if any(target.internal for target in self.targets):
            return Exit.INTERNAL
        if any(target.alarming for target in self.targets):
            return Exit.BROKEN
        if any(target.silent or target.state is TargetState.FAILED for target in self.targets):
            return Exit.INCONCLUSIVE
        return Exit.KEPT if any(target.state is TargetState.RAN for target in self.targets) else Exit.INCONCLUSIVE

    @property
    def headline(self) -> str:
        """The night in one sentence, without any server's words."""
        failing = sum(len(target.alarming) for target in self.targets)
        ran = sum(target.state is TargetState.RAN for target in self.targets)
        asked = f"{ran} of {many(len(self.targets), 'target')} asked"
        if unjudged := sum(target.unjudged for target in self.targets):
            asked += f", {unjudged} of which still cannot be judged"
        if drifted := sum(len(target.news) for target in self.targets):
            asked = f"{many(drifted, 'thing')} drifted; {asked}"
        if broke := sum(target.internal for target in self.targets):
            asked = f"an error inside the suite at {many(broke, 'target')}; {asked}"
        if failing:
            where = sum(bool(target.alarming) for target in self.targets)
            verb = "fails" if failing == 1 else "fail"
            return f"{many(failing, 'clause')} newly {verb} at {many(where, 'target')}; {asked}"
        if not ran:
            return f"Nothing could be judged: {asked}"
        if self.stopped:
            return f"Nothing newly fails, but the night was stopped; {asked}"
        if self.exit_code in {Exit.INCONCLUSIVE, Exit.INTERNAL}:
            return f"Nothing newly fails, but not every target could be judged; {asked}"
        return f"Nothing newly fails; {asked}"
