"""The mock's catalogue of faults, its lawful variants and its chaos, as the suite sees them; `nox -s faults` runs the whole."""

from fnmatch import fnmatchcase

import pytest

from conformance.contract import load, names
from conformance.mock import MockServer
from conformance.mock.faults import CHAOS, faults
from conformance.mock.lawful import Lawful
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct
from conformance.selftest.matrix import measure, why
from conformance.selftest.stage import play
from tests.sampling import sampled
from tests.suite.weather import OWN

CONTRACT = load("siliconflow")


def judge(mock: MockServer, profile: str = "smoke", *select: str) -> Run:
    settings = Settings(profile=profile, select=select)
    return conduct(Target("mock", mock.base_url, CONTRACT, {str(CONTRACT.key_env): mock.key}), settings)


def broken(run: Run) -> list[str]:
    return [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


@pytest.mark.parametrize("vendor", names())
def test_catalogue_is_large_and_plain(vendor: str) -> None:
    """There are at least 120 faults, each with one sentence and what it breaks."""
    found = faults(load(vendor))
    assert len(found) >= 120
    assert all(fault.sentence.endswith(".") and fault.breaks for fault in found.values())


@pytest.mark.parametrize("name", sampled(list(faults(CONTRACT)), 4))
def test_fault_is_found(name: str) -> None:
    """A fault breaks the requirement that names the right clause, by day or else by night; what fails is asked again. Played without a socket."""
    runs = (broken(play(CONTRACT, [name], settings=Settings(profile=profile))) for profile in ("smoke", "nightly"))
    assert any(fnmatchcase(clause, faults(CONTRACT)[name].breaks) for found in runs for clause in found)


@pytest.mark.parametrize("name", sampled(list(faults(CONTRACT))[5::240], 1))
def test_fault_is_found_over_http(name: str) -> None:
    """The same over a socket, planned in at most 150 requests."""
    with MockServer(CONTRACT, fault=name) as mock:
        run = judge(mock)
    assert any(fnmatchcase(clause, faults(CONTRACT)[name].breaks) for clause in broken(run)), broken(run)
    assert run.requests <= 350


@pytest.mark.parametrize("seed", sampled(range(200), 3))
def test_lawful_server_gives_no_finding(seed: int) -> None:
    """A lawful server of any style and scorer is kept, with exit status 0."""
    run = play(CONTRACT, rules=Lawful(CONTRACT, "mock-key", seed))
    assert (run.exit_code, broken(run)) == (0, [])


@pytest.mark.parametrize(("vendor", "seed"), sampled([(vendor, seed) for seed in range(34) for vendor in names()], 2))
def test_lawful_server_gives_no_finding_at_night(vendor: str, seed: int) -> None:
    """Nor does one by any contract in the nightly profile, which asks for more and generates requests."""
    contract = load(vendor)
    run = play(contract, rules=Lawful(contract, "mock-key", seed), settings=Settings(profile="nightly"))
    assert (run.exit_code, broken(run)) == (0, [])


@pytest.mark.parametrize("name", sampled(CHAOS, 2))
def test_chaos_is_no_breach(name: str) -> None:
    """A slow, busy or cut-off service breaks nothing; what stays hidden is inconclusive."""
    with MockServer(CONTRACT, chaos=name, seed=3) as mock:
        assert set(broken(judge(mock))) <= OWN.get(name, set())


@pytest.mark.parametrize(
    "name", sampled(["trace_constant", "error_400_shape", "last_pair", "echo_strips", "limit_plus_one"], 1)
)
def test_rare_fault_is_found_at_night(name: str) -> None:
    """A fault in one answer of twenty is found by the nightly profile."""
    areas = {faults(CONTRACT)[name].breaks, "response.*", "error.*"}
    with MockServer(CONTRACT, fault=name, every=20) as mock:
        run = judge(mock, "nightly", *sorted(areas))
    assert any(fnmatchcase(clause, faults(CONTRACT)[name].breaks) for clause in broken(run)), broken(run)
    # Planned are at most 500; what is rare is asked again.
    assert run.requests <= 600


def test_nightly_is_quiet_on_a_faithful_server() -> None:
    """Generated requests, valid and invalid, find nothing on a faithful mock, and both kinds were sent."""
    with MockServer(CONTRACT) as mock:
        run = judge(mock, "nightly")
    assert broken(run) == []
    verdicts = {verdict.clause.id: verdict for verdict in run.verdicts}
    assert verdicts["fuzz.allowed"].outcome is Outcome.PASS
    assert verdicts["fuzz.forbidden"].outcome is Outcome.PASS


def test_outage_is_inconclusive() -> None:
    """A service that answers nothing but 503 after the control is no breach; one odd request that is never answered is."""
    with MockServer(CONTRACT, fault="crash_emoji") as mock:
        assert "response.no_server_error" in broken(judge(mock))


def test_matrix_tells_what_is_blind() -> None:
    """The matrix counts, and every requirement that no request can provoke says why."""
    matrix = measure("woagent", jobs=1, step=150)
    assert [row.fault for row in matrix.rows if not row.seen] == []
    assert all(why(name) for name in ("error.429.shape", "error.503.media_type", "error.504.shape", "error.403.shape"))
