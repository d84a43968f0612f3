"""A comparison: everything that its report says, computed once."""

import time
from collections.abc import Sequence
from enum import IntEnum

from attrs import frozen

from conformance.compare.agreement import Agreement, AgreementUnavailableError, agreement
from conformance.compare.behaviour import Habit, Reach, habits
from conformance.compare.cost import Cost, costs
from conformance.compare.fact import Matrix, own_matrix, stand_in_matrix
from conformance.compare.ground import Ground
from conformance.compare.moving import Fate, Move, moves
from conformance.compare.paper import Row, paper
from conformance.compare.portable import Portable, portable
from conformance.compare.subject import Subject
from conformance.compare.traffic import Traffic
from conformance.compare.uses import SERVICE, Use, Vocabulary
from conformance.contract import Contract


class Exit(IntEnum):
    """Exit statuses of a comparison."""

    STANDS_IN = 0
    BREAKS = 1
    USAGE = 2
    NOT_SHOWN = 3


class Answer:
    """Whether a target can stand in for the first, in a word."""

    NO = "no"
    CARE = "with care"
    YES = "yes"
    UNKNOWN = "not shown"


@frozen
class Comparison:
    """All parts; `stated` is false where no use was stated and everything the first contract offers is asked about."""

    subjects: tuple[Subject, ...]
    reference: Contract
    uses: tuple[Use, ...]
    stated: bool
    traffic: Traffic | None
    paper: tuple[Row, ...]
    own: Matrix
    stand_in: Matrix
    habits: tuple[Habit, ...]
    moves: tuple[Move, ...]
    portable: tuple[Portable, ...]
    agreement: Agreement | None
    agreement_notice: str
    costs: tuple[Cost, ...]
    made: float

    @property
    def names(self) -> tuple[str, ...]:
        """The targets' names, the first one's first."""
        return tuple(subject.name for subject in self.subjects)

    def answer(self, move: Move) -> str:
        """Return whether the target of a move can stand in for the first."""
        fates = [move.fate(use.said) for use in self.uses]
        if Fate.BREAKS in fates:
            return Answer.NO
        if all(move.fate(use.said) is not Fate.WORKS for use in self.used) or self.subject(move.target).notice or self.subjects[0].notice:
            return Answer.UNKNOWN
        return Answer.CARE if Fate.CHANGES in fates else Answer.YES

    @property
    def used(self) -> tuple[Use, ...]:
        """What is used of the service, without the service itself."""
        return tuple(use for use in self.uses if use is not SERVICE)

    def subject(self, name: str) -> Subject:
        """Return a target by its name."""
        return next(subject for subject in self.subjects if subject.name == name)

    @property
    def exit_code(self) -> Exit:
        """What the whole says: something breaks, or nothing could be shown of somebody, or all can stand in as far as shown."""
        answers = [self.answer(move) for move in self.moves]
        if Answer.NO in answers:
            return Exit.BREAKS
        return Exit.NOT_SHOWN if Answer.UNKNOWN in answers else Exit.STANDS_IN


def compare(
    subjects: Sequence[Subject], reference: Contract, reach: Reach, uses: tuple[Use, ...] = (), traffic: Traffic | None = None, made: float | None = None
) -> Comparison:
    """Put everything side by side; no I/O.

    `uses` are of the first target's contract; empty for all that it offers.
    Moves rest on the first target's contract, whichever the reference is.
    """
    first = subjects[0].contract
    wanted = (*(uses or (traffic.uses if traffic else ()) or Vocabulary(first).uses), SERVICE)
    rows = paper([subject.contract for subject in subjects])
    table = habits(subjects, reach)
    moved = moves(Ground(subjects, first, stand_in_matrix(subjects, first), table, rows, wanted, traffic))
    try:
        agreed, notice = agreement(subjects), ""
    except AgreementUnavailableError as error:
        agreed, notice = None, str(error)
    return Comparison(
        subjects=tuple(subjects),
        reference=reference,
        uses=wanted,
        stated=bool(uses or traffic),
        traffic=traffic,
        paper=rows,
        own=own_matrix(subjects),
        stand_in=stand_in_matrix(subjects, reference),
        habits=table,
        moves=moved,
        portable=portable(wanted, rows, [subject.name for subject in subjects], moved),
        agreement=agreed,
        agreement_notice=notice,
        costs=costs(subjects),
        made=time.time() if made is None else made,
    )
