"""Every fault of the mock against the suite: what it breaks, what else fails, and which requirements see nothing."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from attrs import frozen

from conformance.contract import load
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.faults import faults
from conformance.mock.lawful import Lawful
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.selftest.stage import catalogue, loaded, play
from conformance.selftest.workers import spread


@frozen
class FaultResult:
    """One fault: what it should break, and the requirements that failed."""

    fault: str
    sentence: str
    breaks: str
    failed: tuple[str, ...]
    requests: int
    notice: str

    @property
    def seen(self) -> bool:
        """Whether a requirement that names the right clause failed."""
        return bool(self.hits)

    @property
    def hits(self) -> tuple[str, ...]:
        """Failed requirements among those that the fault names."""
        return tuple(name for name in self.failed if fnmatchcase(name, self.breaks))

    @property
    def others(self) -> tuple[str, ...]:
        """Failed requirements besides those that the fault names."""
        return tuple(name for name in self.failed if not fnmatchcase(name, self.breaks))


@frozen
class FaultMatrix:
    """All rows of a contract, the lawful servers that were drawn, and the requirements that no fault broke."""

    contract: str
    rows: tuple[FaultResult, ...]
    lawful: int
    alarms: tuple[tuple[int, tuple[str, ...]], ...]
    blind: tuple[str, ...]

    @property
    def missed(self) -> tuple[FaultResult, ...]:
        """The faults that no requirement saw which names them."""
        return tuple(row for row in self.rows if not row.seen)

    @property
    def requests(self) -> int:
        """How many requests a run took at most."""
        return max((row.requests for row in self.rows), default=0)


def _failed(run: Run) -> tuple[str, ...]:
    return tuple(verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL)


def _fault(job: tuple[str, str]) -> FaultResult:
    contract = loaded(job[0])
    fault = catalogue(contract)[job[1]]
    run = play(contract, [fault.name])
    return FaultResult(fault.name, fault.sentence, fault.breaks, _failed(run), run.requests, run.notice)


def _lawful(job: tuple[str, int]) -> tuple[int, tuple[str, ...]]:
    contract = loaded(job[0])
    run = play(contract, rules=Lawful(contract, MOCK_KEY, job[1]))
    return job[1], _failed(run) or ((run.notice,) if run.exit_code else ())


def measure(
    name: str,
    *,
    jobs: int,
    step: int = 1,
    lawful: int = 0,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> FaultMatrix:
    """Run the suite against every `step`-th fault and so many lawful servers, in as many processes as `jobs`."""
    contract = load(name)
    names = list(faults(contract))[::step]
    rows: list[FaultResult] = []
    alarms: list[tuple[int, tuple[str, ...]]] = []
    total = len(names) + lawful
    for row in spread(_fault, [(name, fault) for fault in names], jobs):
        rows.append(row)
        advance(len(rows), total)
    for number, (seed, failed) in enumerate(spread(_lawful, [(name, seed) for seed in range(lawful)], jobs), 1):
        if failed:
            alarms.append((seed, failed))
        advance(len(rows) + number, total)
    caught = {failed for row in rows for failed in row.failed}
    blind = tuple(item.clause.id for item in requirements(Kit(contract)) if item.clause.id not in caught)
    return FaultMatrix(name, tuple(rows), lawful, tuple(alarms), blind)


_WHY = (
    ("error.429.*", "no request provokes rate limiting in smoke"),
    ("error.503.*", "no request provokes an overload"),
    ("error.504.*", "no request provokes a timeout"),
    ("error.403.*", "no request provokes it on a server that answers 401"),
    ("headers.case", "the mock's HTTP library hands names on in lower case"),
    ("ranking.query.literal", "asked by nightly and deep only"),
    ("ranking.chunks.count", "asked by nightly and deep only"),
    ("request.branch.*", "its plain form is the control: refused, the whole run is inconclusive (exit status 3)"),
    ("response.*.image.type", "what comes back for an image is open (a vendor may redact it), so it is not asked for"),
)


def why(requirement: str) -> str:
    """Return why no fault of the catalogue can break a requirement, or an empty string."""
    return next((reason for glob, reason in _WHY if fnmatchcase(requirement, glob)), "")
