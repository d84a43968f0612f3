"""Every fault of the mock against every use: a server that fails a clause which touches a use is never answered by *yes*."""

from collections.abc import Iterator

from attrs import frozen

from conformance.compare.attribution import Attribution, MigrationContext
from conformance.compare.clause_table import ClauseState, reference_table
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import CanReplace, can_replace
from conformance.compare.migration import migrations
from conformance.compare.spec_diff import spec_diff
from conformance.compare.survey import Survey, SurveyPlan, judged_both_ways
from conformance.compare.uses import IMPLIED, Vocabulary
from conformance.contract import Contract
from conformance.exchange.environment import MOCK_KEY
from conformance.running import End, Target
from conformance.selftest.stage import play

_FAILED = {ClauseState.BROKEN, ClauseState.KNOWN}


@frozen
class FaultAndUse:
    """What a comparison answers for one use where the other server has one fault; `touched` names failed clauses that touch the use."""

    fault: str
    use: str
    answer: CanReplace
    touched: tuple[str, ...]

    @property
    def wrong(self) -> bool:
        """Whether the answer is *yes* though a failed clause touches the use."""
        return self.answer is CanReplace.YES and bool(self.touched)


def faulty(contract: Contract, fault: str | None = None) -> ComparedTarget:
    """Return the mock of a contract, asked what a run asks and wrong in one way, or in none."""
    run = play(contract, [fault] if fault else [])
    target = Target(fault or "mock", "http://127.0.0.1", contract, {contract.key_env or "API_KEY": MOCK_KEY})
    plans = SurveyPlan(target.kit, Survey((contract,), model=next(iter(contract.models), None)))
    return judged_both_ways(
        target.name, target, plans, run.exchanges.values(), End.COMPLETE, run.started, run.duration_s
    )


def answers(first: ComparedTarget, other: ComparedTarget) -> Iterator[FaultAndUse]:
    """Yield the answer for each single use of the first one's contract."""
    contract = first.contract
    table, rows = reference_table([first, other], contract), spec_diff([contract, contract])
    failed = [row for row in table.rows if row.cells[1].state in _FAILED]
    for use in Vocabulary(contract).uses:
        uses = (use, *IMPLIED)
        context = MigrationContext([first, other], contract, table, (), rows, uses)
        attribution = Attribution(context, 1)
        touched = tuple(row.clause.id for row in failed if attribution.touches(row, use))
        yield FaultAndUse(other.name, use.said, _answer(context), touched)


def _answer(context: MigrationContext) -> CanReplace:
    migration = migrations(context)[0]
    if context.subjects[1].notice and not migration.breaks(context.uses):
        return CanReplace.UNKNOWN
    return can_replace(migration, context.uses, stated=True)
