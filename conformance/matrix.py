"""Every fault of the mock against the suite: what it breaks, what else fails, and which requirements see nothing."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from multiprocessing import get_context

from attrs import frozen

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.faults import faults
from conformance.mock.lawful import Lawful
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.running import Settings, Target, conduct

_KEY = "mock-key"


@frozen
class Row:
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
        return any(fnmatchcase(name, self.breaks) for name in self.failed)

    @property
    def others(self) -> tuple[str, ...]:
        """Failed requirements besides those that the fault names."""
        return tuple(name for name in self.failed if not fnmatchcase(name, self.breaks))


@frozen
class Matrix:
    """All rows of a contract, the lawful servers that were drawn, and the requirements that no fault broke."""

    contract: str
    rows: tuple[Row, ...]
    lawful: int
    alarms: tuple[tuple[int, tuple[str, ...]], ...]
    blind: tuple[str, ...]


def _failed(run: Run) -> tuple[str, ...]:
    return tuple(verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL)


def _fault(job: tuple[str, str]) -> Row:
    contract = load(job[0])
    fault = faults(contract)[job[1]]
    with MockServer(contract, key=_KEY, fault=fault.name) as mock:
        run = conduct(Target("mock", mock.base_url, contract, {contract.key_env or "API_KEY": _KEY}), Settings())
    return Row(fault.name, fault.sentence, fault.breaks, _failed(run), run.requests, run.notice)


def _lawful(job: tuple[str, int]) -> tuple[int, tuple[str, ...]]:
    contract = load(job[0])
    with MockServer(contract, key=_KEY, rules=Lawful(contract, _KEY, job[1])) as mock:
        run = conduct(Target("mock", mock.base_url, contract, {contract.key_env or "API_KEY": _KEY}), Settings())
    return job[1], _failed(run) or ((run.notice,) if run.exit_code else ())


def measure(name: str, *, jobs: int, step: int = 1, lawful: int = 0, advance: Callable[[int, int], None] = lambda _done, _total: None) -> Matrix:
    """Run the suite against every `step`-th fault and so many lawful servers, in as many processes as `jobs`."""
    contract = load(name)
    names = list(faults(contract))[::step]
    rows: list[Row] = []
    alarms: list[tuple[int, tuple[str, ...]]] = []
    total = len(names) + lawful
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for row in pool.map(_fault, [(name, fault) for fault in names], chunksize=4):
            rows.append(row)
            advance(len(rows), total)
        for number, (seed, failed) in enumerate(pool.map(_lawful, [(name, seed) for seed in range(lawful)], chunksize=4), 1):
            if failed:
                alarms.append((seed, failed))
            advance(len(rows) + number, total)
    caught = {failed for row in rows for failed in row.failed}
    blind = tuple(item.clause.id for item in requirements(Kit(contract)) if item.clause.id not in caught)
    return Matrix(name, tuple(rows), lawful, tuple(alarms), blind)


_WHY = (
    ("error.429.*", "no request provokes rate limiting in smoke"),
    ("error.503.*", "no request provokes an overload"),
    ("error.504.*", "no request provokes a timeout"),
    ("error.403.*", "no request provokes it on a server that answers 401"),
    ("request.branch.*", "its plain form is the control: refused, the whole run is inconclusive (exit status 3)"),
    ("response.*.image.type", "what comes back for an image is open (a vendor may redact it), so it is not asked for"),
)


def why(requirement: str) -> str:
    """Return why no fault of the catalogue can break a requirement, or an empty string."""
    return next((reason for glob, reason in _WHY if fnmatchcase(requirement, glob)), "")


START, END = "<!-- faults: made by `nox -s faults` -->", "<!-- end of faults -->"


def summary(matrices: Sequence[Matrix]) -> str:
    """Return the table of a few numbers that the README shows."""
    rows = [
        f"| {m.contract} | {sum(row.seen for row in m.rows)} of {len(m.rows)} | {max((row.requests for row in m.rows), default=0)} | {len(m.alarms)} of {m.lawful} |"
        for m in matrices
    ]
    return "\n".join(["| contract | faults found | requests at most | false alarms on lawful servers |", "|---|---|---|---|", *rows])


def insert(text: str, table: str) -> str:
    """Return a page with the table between its markers; raises ValueError without them."""
    if START not in text or END not in text:
        msg = f"the page has no place for the table: {START} … {END}"
        raise ValueError(msg)
    return text[: text.index(START) + len(START)] + f"\n\n{table}\n\n" + text[text.index(END) :]


def markdown(matrix: Matrix) -> Iterator[str]:
    """Yield the lines of the matrix as Markdown."""
    seen = sum(row.seen for row in matrix.rows)
    requests = max((row.requests for row in matrix.rows), default=0)
    yield f"## {matrix.contract}"
    yield ""
    yield (
        f"{seen} of {len(matrix.rows)} faults are found by the requirement that names them, with at most {requests} requests each; "
        f"{len(matrix.alarms)} false alarms on {matrix.lawful} lawful servers."
    )
    yield ""
    yield "| fault | what it does | found by | what else fails |"
    yield "|---|---|---|---|"
    for row in matrix.rows:
        hits = [name for name in row.failed if fnmatchcase(name, row.breaks)]
        yield f"| `{row.fault}` | {row.sentence} | {_names(hits) or '**nothing**'} | {_names(row.others)} |"
    yield ""
    if matrix.blind:
        yield "Requirements that no fault of the catalogue breaks:"
        yield ""
        for name in matrix.blind:
            yield f"- `{name}`{': ' + why(name) if why(name) else ''}"
        yield ""


def _names(names: object) -> str:
    found = list(names)  # type: ignore[call-overload]
    return ", ".join(f"`{name}`" for name in found[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
