"""What the findings of a move rest on."""

from collections.abc import Sequence

from attrs import frozen

from conformance.compare.behaviour import Habit
from conformance.compare.fact import Matrix
from conformance.compare.paper import Row
from conformance.compare.subject import Subject
from conformance.compare.traffic import Traffic
from conformance.compare.uses import Use
from conformance.contract import Contract


@frozen
class Ground:
    """The targets, the first one's contract, the matrix that it judged, the table of habits, the paper, and what is used."""

    subjects: Sequence[Subject]
    contract: Contract
    matrix: Matrix
    habits: Sequence[Habit]
    paper: Sequence[Row]
    uses: tuple[Use, ...]
    traffic: Traffic | None = None
