"""What the findings of a move rest on."""

from collections.abc import Sequence

from attrs import frozen

from conformance.compare.behaviour_table import BehaviourRow
from conformance.compare.clause_table import ClauseTable
from conformance.compare.compared import ComparedTarget
from conformance.compare.recorded_traffic import RecordedTraffic
from conformance.compare.spec_diff import SpecRow
from conformance.compare.uses import Use
from conformance.contract import Contract


@frozen
class MigrationContext:
    """The targets, the first one's contract, the matrix that it judged, the table of habits, the paper, and what is used."""

    subjects: Sequence[ComparedTarget]
    contract: Contract
    matrix: ClauseTable
    behaviours: Sequence[BehaviourRow]
    spec_diff: Sequence[SpecRow]
    uses: tuple[Use, ...]
    traffic: RecordedTraffic | None = None
