"""Any two faults of the mock together: two causes, each naming its own clause. Played in this process, without a socket."""

import random
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import combinations

from attrs import frozen

from conformance.contract import Contract, load
from conformance.mock.faults import faults
from conformance.model.cause import Cause
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.selftest.stage import catalogue, loaded, play
from conformance.selftest.workers import spread

# A clause, and a request whose answer breaks it.
Sight = tuple[str, str]


@frozen
class PairResult:
    """Two faults, and the causes of a run against both.

    `first` and `second` are the ids of the causes that name a clause which the fault breaks.
    `hidden` says that nothing which one fault breaks alone fails beside the other one in a request that the other one alone answers well;
    so it is where the same answers come whether or not it is there. `alike` says that alone both are told by one clause, which has one cause.
    """

    faults: tuple[str, str]
    causes: tuple[Cause, ...]
    first: frozenset[str]
    second: frozenset[str]
    hidden: bool = False
    alike: bool = False

    @property
    def told(self) -> bool:
        """Whether each fault has a cause of its own."""
        return bool(self.first and self.second) and len(self.first | self.second) > 1

    @property
    def exact(self) -> bool:
        """Whether the two causes are all there are."""
        return self.told and len(self.causes) == 2


@frozen
class Pairs:
    """All pairs that were played."""

    contract: str
    rows: tuple[PairResult, ...]

    @property
    def shown(self) -> list[PairResult]:
        """The pairs of which both faults can be seen, each by a clause of its own."""
        return [row for row in self.rows if not (row.hidden or row.alike)]


def row(contract: Contract, one: str, other: str) -> PairResult:
    """Play two faults together; where they do not plainly make two causes, each alone, too."""
    run = play(contract, (one, other))
    known = catalogue(contract)
    broken = {clause for cause in run.causes for clause in cause.requirements}
    named = [{clause for clause in broken if fnmatchcase(clause, known[name].breaks)} for name in (one, other)]
    plain = _row(run, (one, other), named)
    if plain.exact and named[0].isdisjoint(named[1]):
        return plain
    alone = [_alone(contract, name) for name in (one, other)]
    sights = _sights(run)
    # What a fault shows beside the other one: what it breaks alone, breaks here, and the other one does not break alone.
    own = [
        {clause for clause, _ in (sights & alone[place][0]) - alone[1 - place][0] if clause in broken}
        for place in (0, 1)
    ]
    return _row(run, (one, other), own, alike=alone[0][1] == alone[1][1])


def _row(run: Run, faults: tuple[str, str], clauses: list[set[str]], *, alike: bool = False) -> PairResult:
    own = [frozenset(cause.id for cause in run.causes if some.intersection(cause.requirements)) for some in clauses]
    hidden = not all(clauses)
    return PairResult(
        faults, run.causes, own[0], own[1], hidden, not hidden and (alike or len(clauses[0] | clauses[1]) == 1)
    )


@lru_cache(maxsize=512)
def _alone(contract: Contract, name: str) -> tuple[frozenset[Sight], str]:
    """Return what a fault shows alone, and the clause by which it is told."""
    run = play(contract, (name,))
    return _sights(run), next((cause.requirements[0] for cause in run.causes), "")


def _sights(run: Run) -> frozenset[Sight]:
    return frozenset(
        (verdict.clause.id, run.exchanges[name].request.key)
        for verdict in run.verdicts
        if verdict.outcome is Outcome.FAIL
        for name in verdict.failing & run.exchanges.keys()
    )


def _job(job: tuple[str, str, str]) -> PairResult:
    return row(loaded(job[0]), job[1], job[2])


def chosen(contract: Contract, sample: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return pairs of faults: so many drawn at random, or all for 0."""
    everything = list(combinations(faults(contract), 2))
    return random.Random(seed).sample(everything, sample) if 0 < sample < len(everything) else everything


def measure(
    name: str,
    *,
    jobs: int,
    sample: int = 0,
    seed: int = 0,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Pairs:
    """Play pairs of a contract's faults in as many processes as `jobs`."""
    pairs = chosen(load(name), sample, seed)
    rows = []
    for found in spread(_job, [(name, *pair) for pair in pairs], jobs, 8):
        rows.append(found)
        advance(len(rows), len(pairs))
    return Pairs(name, tuple(rows))
