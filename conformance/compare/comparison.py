"""A comparison: everything that its report says, computed once."""

import time
from collections.abc import Sequence
from enum import IntEnum

from attrs import frozen

from conformance.compare.behaviour_table import BehaviourRow, LimitSearch, behaviours
from conformance.compare.clause_table import ClauseTable, own_table, stand_in_table
from conformance.compare.compared import ComparedTarget
from conformance.compare.context import MigrationContext
from conformance.compare.migration import Effect, Migration, migrations
from conformance.compare.portable import Portable, portable
from conformance.compare.ranking_agreement import AgreementUnavailableError, RankingAgreement, agreement
from conformance.compare.recorded_traffic import RecordedTraffic
from conformance.compare.spec_diff import SpecRow, spec_diff
from conformance.compare.uses import SERVICE, Use, Vocabulary
from conformance.compare.workload_cost import WorkloadCost, costs
from conformance.contract import Contract


class ComparisonExit(IntEnum):
    """Exit statuses of a comparison."""

    STANDS_IN = 0
    BREAKS = 1
    USAGE = 2
    NOT_SHOWN = 3


class CanReplace:
    """Whether a target can stand in for the first, in a word."""

    NO = "no"
    CARE = "with care"
    YES = "yes"
    UNKNOWN = "not shown"


@frozen
class Comparison:
    """All parts; `stated` is false where no use was stated and everything the first contract offers is asked about."""

    subjects: tuple[ComparedTarget, ...]
    reference: Contract
    uses: tuple[Use, ...]
    stated: bool
    traffic: RecordedTraffic | None
    spec_diff: tuple[SpecRow, ...]
    own: ClauseTable
    stand_in: ClauseTable
    behaviours: tuple[BehaviourRow, ...]
    migrations: tuple[Migration, ...]
    portable: tuple[Portable, ...]
    agreement: RankingAgreement | None
    agreement_notice: str
    costs: tuple[WorkloadCost, ...]
    made: float

    @property
    def names(self) -> tuple[str, ...]:
        """The targets' names, the first one's first."""
        return tuple(subject.name for subject in self.subjects)

    def answer(self, migration: Migration) -> str:
        """Return whether the target of a move can stand in for the first."""
        effects = [migration.effect(use.said) for use in self.uses]
        if Effect.BREAKS in effects:
            return CanReplace.NO
        if all(migration.effect(use.said) is not Effect.WORKS for use in self.used) or self.subject(migration.target).notice or self.subjects[0].notice:
            return CanReplace.UNKNOWN
        return CanReplace.CARE if Effect.CHANGES in effects else CanReplace.YES

    @property
    def used(self) -> tuple[Use, ...]:
        """What is used of the service, without the service itself."""
        return tuple(use for use in self.uses if use is not SERVICE)

    def subject(self, name: str) -> ComparedTarget:
        """Return a target by its name."""
        return next(subject for subject in self.subjects if subject.name == name)

    @property
    def exit_code(self) -> ComparisonExit:
        """What the whole says: something breaks, or nothing could be shown of somebody, or all can stand in as far as shown."""
        answers = [self.answer(migration) for migration in self.migrations]
        if CanReplace.NO in answers:
            return ComparisonExit.BREAKS
        return ComparisonExit.NOT_SHOWN if CanReplace.UNKNOWN in answers else ComparisonExit.STANDS_IN


def compare(
    subjects: Sequence[ComparedTarget], reference: Contract, reach: LimitSearch, uses: tuple[Use, ...] = (), traffic: RecordedTraffic | None = None, made: float | None = None
) -> Comparison:
    """Put everything side by side; no I/O.

    `uses` are of the first target's contract; empty for all that it offers.
    Moves rest on the first target's contract, whichever the reference is.
    """
    first = subjects[0].contract
    wanted = (*(uses or (traffic.uses if traffic else ()) or Vocabulary(first).uses), SERVICE)
    rows = spec_diff([subject.contract for subject in subjects])
    table = behaviours(subjects, reach)
    moved = migrations(MigrationContext(subjects, first, stand_in_table(subjects, first), table, rows, wanted, traffic))
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
        spec_diff=rows,
        own=own_table(subjects),
        stand_in=stand_in_table(subjects, reference),
        behaviours=table,
        migrations=moved,
        portable=portable(wanted, rows, [subject.name for subject in subjects], moved),
        agreement=agreed,
        agreement_notice=notice,
        costs=costs(subjects),
        made=time.time() if made is None else made,
    )
