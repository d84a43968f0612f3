"""What a night found, target by target."""

from enum import StrEnum

from attrs import frozen

from conformance.drift.item import Item
from conformance.model.exit import Exit
from conformance.store.compare import Change, Difference
from conformance.store.record import Record

_UNTOLD = {Exit.INCONCLUSIVE, Exit.INTERRUPTED}


class State(StrEnum):
    """What became of a target in a night."""

    RAN = "ran"
    NOT_RUN = "not run"
    FAILED = "failed"


@frozen
class TargetNight:
    """One target: what was found and what of it is new.

    `reason` says why it was not run, or what kept it from running; `folder` is
    its run's, relative to the summary. `before` is the exit status of the night before, None without one. `warnings` are
    on its known deviations, one past its review date for instance.
    """

    name: str
    state: State
    reason: str = ""
    run: Record | None = None
    difference: Difference | None = None
    drift: tuple[Item, ...] = ()
    folder: str = ""
    before: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def alarming(self) -> tuple[Change, ...]:
        """What broke since the night before and does not merely flip."""
        return self.difference.alarming if self.difference else ()

    @property
    def silent(self) -> bool:
        """Whether this night could not tell, and the one before could."""
        return self.run is not None and self.run.exit_code in _UNTOLD and self.before not in _UNTOLD

    @property
    def news(self) -> tuple[Item, ...]:
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
        """The worst new verdict: broken, else nothing could be told, else kept. What was so the night before is not new."""
        if self.stopped:
            return Exit.INTERRUPTED
        if any(target.alarming for target in self.targets):
            return Exit.BROKEN
        if any(target.silent or target.state is State.FAILED for target in self.targets):
            return Exit.INCONCLUSIVE
        return Exit.KEPT if any(target.state is State.RAN for target in self.targets) else Exit.INCONCLUSIVE

    @property
    def headline(self) -> str:
        """The night in one sentence, without any server's words."""
        broken = sum(len(target.alarming) for target in self.targets)
        ran = sum(target.state is State.RAN for target in self.targets)
        asked = f"{ran} of {len(self.targets)} target{'' if len(self.targets) == 1 else 's'} asked"
        untold = sum(target.run is not None and target.run.exit_code in _UNTOLD and not target.silent for target in self.targets)
        if untold:
            asked += f", {untold} of which still cannot be judged"
        drifted = sum(len(target.news) for target in self.targets)
        if drifted:
            asked = f"{drifted} thing{'' if drifted == 1 else 's'} drifted; {asked}"
        if broken:
            where = sum(bool(target.alarming) for target in self.targets)
            return f"{broken} clause{'' if broken == 1 else 's'} newly broken at {where} target{'' if where == 1 else 's'}; {asked}"
        if not ran:
            return f"Nothing could be told: {asked}"
        if self.stopped:
            return f"Nothing newly broken, but the night was stopped; {asked}"
        if self.exit_code is Exit.INCONCLUSIVE:
            return f"Nothing newly broken, but not every target could be judged; {asked}"
        return f"Nothing newly broken; {asked}"
