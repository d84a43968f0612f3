"""A comparison: everything that its report says, computed once."""

import time
from collections.abc import Sequence
from enum import IntEnum, StrEnum

from attrs import frozen

from conformance.compare.attribution import MigrationContext
from conformance.compare.behaviour_table import BehaviourRow, LimitSearch, behaviours
from conformance.compare.clause_table import ClauseTable, own_table, reference_table
from conformance.compare.compared import ComparedTarget
from conformance.compare.differences import DifferenceGroup, differences
from conformance.compare.migration import Effect, Migration, migrations
from conformance.compare.portable import Portable, portable
from conformance.compare.ranking_agreement import AgreementUnavailableError, RankingAgreement, agreement
from conformance.compare.recorded_traffic import RecordedTraffic
from conformance.compare.spec_diff import SpecRow, spec_diff
from conformance.compare.uses import IMPLIED, Use, Vocabulary
from conformance.compare.workload_cost import WorkloadCost, costs
from conformance.contract import Contract


class ComparisonExit(IntEnum):
    """Exit statuses of a comparison."""

    CAN_REPLACE = 0
    BREAKS = 1
    USAGE = 2
    NOT_SHOWN = 3


class FailOn(StrEnum):
    """What a comparison ends with exit status 1 for."""

    BREAKS = "breaks"
    CHANGES = "changes"
    NEVER = "never"


class CanReplace(StrEnum):
    """Whether a target can replace the first, in a word."""

    NO = "no"
    CARE = "with care"
    YES = "yes"
    UNKNOWN = "not shown"


def can_replace(migration: Migration, uses: Sequence[Use], *, stated: bool) -> CanReplace:
    """Return whether the target of a migration can replace the first for these uses.

    Nothing that was asked for by name goes unsaid: a use that was stated and not shown is no *yes*.
    """
    effects = {migration.effect(use.said) for use in uses}
    used = {migration.effect(use.said) for use in uses if use not in IMPLIED}
    if Effect.BREAKS in effects:
        return CanReplace.NO
    if used <= {Effect.UNKNOWN}:
        return CanReplace.UNKNOWN
    if effects & {Effect.CHANGES, Effect.DIFFERS} or (stated and Effect.UNKNOWN in used):
        return CanReplace.CARE
    return CanReplace.YES


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
    by_reference: ClauseTable
    behaviours: tuple[BehaviourRow, ...]
    migrations: tuple[Migration, ...]
    differences: tuple[tuple[DifferenceGroup, ...], ...]
    portable: tuple[Portable, ...]
    agreement: RankingAgreement | None
    agreement_notice: str
    costs: tuple[WorkloadCost, ...]
    made: float
    fail_on: FailOn = FailOn.BREAKS

    @property
    def names(self) -> tuple[str, ...]:
        """The targets' names, the first one's first."""
        return tuple(subject.name for subject in self.subjects)

    def answer(self, migration: Migration) -> CanReplace:
        """Return whether the target of a migration can replace the first."""
        silent = bool(self.subject(migration.target).notice or self.subjects[0].notice or self.subjects[0].mute)
        if silent and not migration.breaks(self.uses):
            return CanReplace.UNKNOWN
        return can_replace(migration, self.uses, stated=self.stated)

    @property
    def used(self) -> tuple[Use, ...]:
        """What is used of the service, without what every use implies."""
        return tuple(use for use in self.uses if use not in IMPLIED)

    def subject(self, name: str) -> ComparedTarget:
        """Return a target by its name."""
        return next(subject for subject in self.subjects if subject.name == name)

    @property
    def exit_code(self) -> ComparisonExit:
        """What the whole says: something breaks, or nothing could be shown of somebody, or all can replace the first as far as shown."""
        answers = [self.answer(migration) for migration in self.migrations]
        silent = any(migration.effect(use.said) is Effect.CHANGES for migration in self.migrations for use in self.uses)
        breaks = CanReplace.NO in answers or (self.fail_on is FailOn.CHANGES and silent)
        if breaks and self.fail_on is not FailOn.NEVER:
            return ComparisonExit.BREAKS
        return ComparisonExit.NOT_SHOWN if CanReplace.UNKNOWN in answers else ComparisonExit.CAN_REPLACE


def compare(
    subjects: Sequence[ComparedTarget],
    reference: Contract,
    reach: LimitSearch,
    uses: tuple[Use, ...] = (),
    traffic: RecordedTraffic | None = None,
    made: float | None = None,
    fail_on: FailOn = FailOn.BREAKS,
) -> Comparison:
    """Put everything side by side; no I/O.

    `uses` are of the first target's contract; empty for all that it offers.
    Moves rest on the first target's contract, whichever the reference is.
    """
    first = subjects[0].contract
    wanted = (*(uses or (traffic.uses if traffic else ()) or Vocabulary(first).uses), *IMPLIED)
    rows = spec_diff([subject.contract for subject in subjects])
    table = behaviours(subjects, reach)
    context = MigrationContext(subjects, first, reference_table(subjects, first), table, rows, wanted, traffic)
    moved = migrations(context)
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
        by_reference=reference_table(subjects, reference),
        behaviours=table,
        migrations=moved,
        differences=tuple(differences(context, number, migration) for number, migration in enumerate(moved, 1)),
        portable=portable(wanted, rows, [subject.name for subject in subjects], moved),
        agreement=agreed,
        agreement_notice=notice,
        costs=costs(subjects),
        made=time.time() if made is None else made,
        fail_on=fail_on,
    )
