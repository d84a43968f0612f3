"""What drifted: an item for each thing, with a fingerprint that stays, and when it was first and last seen."""

import hashlib
from enum import StrEnum

from attrs import field, frozen

from conformance.model.fact import Fact
from conformance.store.record import Record


class DriftState(StrEnum):
    """What the last run says of an item."""

    NEW = "new"  # not seen in any earlier run
    BACK = "back"  # seen earlier, not in the run before
    STANDING = "standing"  # seen in the run before too
    GONE = "gone"  # seen in the run before, and not now
    PAST = "past"  # seen earlier, not in the last two runs


@frozen
class DriftItem:
    """One thing that is not as the contract says, or not as it was; `sentence` tells it without a server's words but names.

    `first` and `last` are the runs that saw it first and last.
    """

    kind: str
    place: str
    state: DriftState
    sentence: str
    first: Record = field(repr=False)
    last: Record = field(repr=False)
    fact: Fact | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same kind and place on every night and machine."""
        return hashlib.sha256(f"{self.kind}\n{self.place}".encode()).hexdigest()[:16]

    @property
    def news(self) -> bool:
        """Whether the last run says something else of it than the one before."""
        return self.state in {DriftState.NEW, DriftState.BACK, DriftState.GONE}
