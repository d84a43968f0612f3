"""What is known of one requirement on one target."""

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from conformance.model.clause import Clause, Level
from conformance.model.deviation import Deviation
from conformance.model.finding import Proof


class Outcome(StrEnum):
    """The six verdicts."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    KNOWN_DEVIATION = "known_deviation"
    SURPRISE_PASS = "surprise_pass"  # noqa: S105
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


@frozen
class Verdict:
    """A clause, what became of it, why in one sentence, and the exchanges that show it.

    `deviations` are those that explain a known deviation, or that are gone where
    a clause is kept by surprise. `model` tells that what was seen is the served
    model's doing, not the service's; such a verdict is inconclusive. `failing` are all exchanges
    that show a failure, where `exchanges` are only some; `wrong` says what is wrong where that is more than its clause says.
    `features` are the fewest, in words, with which the failure shows.
    """

    clause: Clause
    outcome: Outcome
    detail: str
    exchanges: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    model: bool = False
    failing: frozenset[str] = frozenset()
    wrong: str = ""
    features: tuple[str, ...] = ()


@frozen
class Observation:
    """How the target answers where its contract leaves the answer open; never a failure."""

    id: str
    sentence: str
    value: str
    exchanges: tuple[str, ...] = field(default=())


def judged_musts(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    """Return how many MUST clauses that can be provoked and apply were judged, and how many there are."""
    musts = [
        v
        for v in verdicts
        if v.clause.level is Level.MUST and v.clause.provoked and v.outcome is not Outcome.NOT_APPLICABLE
    ]
    return sum(v.outcome is not Outcome.INCONCLUSIVE for v in musts), len(musts)
