"""The whole circle: a service as it is seen, and what is known of it."""

from fnmatch import fnmatchcase
from pathlib import Path

import attrs
import pytest

from conformance.checks.check import show
from conformance.contract import Contract
from conformance.exchange.sender import Sender
from conformance.mock import MockServer
from conformance.mock.observed import load
from conformance.model.deviation import Deviation
from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.recording import Recording, begin
from conformance.requirements.catalogue import requirements, single_checks
from conformance.requirements.evidence import Evidence
from conformance.requirements.tally import Tally
from conformance.running import Settings, Target, conduct
from conformance.verdict.weigh import weigh
from tests.sampling import sampled
from tests.verdict.conftest import judge

# States that no deviation excuses, and why: see the head of deviations.toml.
INEXCUSABLE = {"unknown_error": "response.no_server_error", "error_under_200": "response.results.required"}


def of(run: Run, outcome: Outcome) -> set[str]:
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is outcome}


def test_deviations_explain_all_that_is_seen(explained: Run) -> None:
    """With its deviations known, the service as it is seen breaks nothing new: exit status 0."""
    assert of(explained, Outcome.FAIL) == set()
    assert explained.exit_code == 0
    assert of(explained, Outcome.SURPRISE_PASS) == set()


def test_strict_names_exactly_those(live: Contract, deviations: tuple[Deviation, ...], explained: Run) -> None:
    """Under --strict, and without the data, exactly the clauses that the deviations explain are broken: exit status 1."""
    strict = judge(live, MockServer(live, observed=True), deviations, strict=True)
    bare = judge(live, MockServer(live, observed=True))
    named = {name for standing in explained.deviations for name in standing.seen}
    assert of(strict, Outcome.FAIL) == of(bare, Outcome.FAIL) == of(explained, Outcome.KNOWN_DEVIATION) == named
    assert {
        "error.400.shape",
        "error.401.shape",
        "error.404.shape",
        "error.404.media_type",
        "response.status.documented",
    } <= named
    assert (strict.exit_code, bare.exit_code) == (1, 1)
    assert strict.deviations == ()


def _ask(contract: Contract, state: str, number: int) -> Exchange:
    """Send the control to a service in a state, as a request of its own."""
    with MockServer(contract, observed=True, state=state) as mock:
        sender = Sender(mock.base_url, {str(contract.key_env): mock.key}, attempts=1)
        with sender.one_by_one() as send:
            exchange = send(attrs.evolve(Kit(contract).control, repeat=100 + number))
    assert exchange
    return attrs.evolve(exchange, id=f"state-{state}", generated=False)


@pytest.fixture(scope="module")
def everything(live: Contract, explained: Run) -> Evidence:
    """Return all that a run sees, and the answer of each state that it cannot bring about."""
    states = [name for name in load(live).states if name not in INEXCUSABLE]
    asked = [_ask(live, name, number) for number, name in enumerate(states)]
    return Evidence.of_exchanges(live, [*explained.exchanges.values(), *asked], Kit(live).control)


def failed(live: Contract, everything: Evidence, known: tuple[Deviation, ...]) -> set[str]:
    verdicts, _ = weigh(requirements(Kit(live)), everything, known=known)
    return {verdict.clause.id for verdict in verdicts if verdict.outcome is Outcome.FAIL}


def test_every_entry_is_needed(live: Contract, deviations: tuple[Deviation, ...], everything: Evidence) -> None:
    """All entries together explain every state too, and without any single one of them something is broken that it names."""
    assert failed(live, everything, deviations) == set()
    for item in deviations:
        others = tuple(other for other in deviations if other is not item)
        new = failed(live, everything, others)
        assert new, item.requirement
        assert all(fnmatchcase(name, item.requirement) for name in new), (item.requirement, new)


@pytest.mark.parametrize(("state", "clause"), INEXCUSABLE.items())
def test_no_deviation_excuses_a_crash(
    live: Contract, deviations: tuple[Deviation, ...], explained: Run, state: str, clause: str
) -> None:
    """A server error, and an error under 200, stay broken whatever is known."""
    evidence = Evidence.of_exchanges(live, [*explained.exchanges.values(), _ask(live, state, 0)], Kit(live).control)
    assert clause in failed(live, evidence, deviations)


@pytest.mark.parametrize(
    ("fault", "clause"),
    sampled(
        [
            ("error_400_empty", "error.400.shape"),
            ("error_400_lacks_message", "error.400.shape"),
            ("error_400_shape", "error.400.shape"),
            ("error_400_null_message", "error.400.shape"),
            ("error_401_shape", "error.401.shape"),
            ("error_404_shape", "error.404.shape"),
            ("error_401_text", "error.401.media_type"),
            ("status_422", "error.status.invalid"),
            ("ignores.overlap_tokens.maximum", "request.overlap_tokens.maximum"),
        ],
        3,
    ),
)
def test_an_entry_hides_no_other_breach(
    live: Contract, deviations: tuple[Deviation, ...], fault: str, clause: str
) -> None:
    """A clause that is known to be broken in one way still fails when it is broken in another."""
    area = "*.".join([clause.partition(".")[0], ""]) if clause.startswith("request") else clause
    run = judge(
        live,
        MockServer(live, observed=True, fault=fault),
        deviations,
        select=(clause, area, "body.*", "auth.missing", "path.*"),
    )
    assert clause in of(run, Outcome.FAIL), [
        f"{v.clause.id} {v.outcome} {show(v.detail)}" for v in run.verdicts if v.outcome is not Outcome.PASS
    ]


def test_mended_is_a_surprise(live: Contract, deviations: tuple[Deviation, ...]) -> None:
    """A service that keeps the contract passes by surprise where a deviation is known, but only where it was really shown."""
    run = judge(live, MockServer(live), deviations)
    assert run.exit_code == 0
    assert of(run, Outcome.SURPRISE_PASS) == {
        "error.400.shape",
        "error.401.shape",
        "error.404.shape",
        "error.404.media_type",
        "request.documents.large",
    }
    # Nobody was without balance, and nothing else showed that a 402 is gone.
    assert "response.status.documented" in of(run, Outcome.PASS)
    assert {"error.403.shape", "error.429.shape", "error.503.shape"} <= of(run, Outcome.INCONCLUSIVE)


def test_generated_requests_know_the_deviations(live: Contract, deviations: tuple[Deviation, ...]) -> None:
    """Fuzzing spends its budget on what is new: a known deviation neither fails nor stops it."""
    run = judge(
        live,
        MockServer(live, observed=True),
        deviations,
        profile="nightly",
        select=("fuzz.*", "error.400.*"),
        max_requests=500,
    )
    assert of(run, Outcome.FAIL) == set()
    assert {"fuzz.allowed", "fuzz.forbidden"} <= of(run, Outcome.PASS)


def test_an_account_without_balance_is_told(live: Contract, deviations: tuple[Deviation, ...]) -> None:
    """Where no lawful request is taken nothing is judged, and the service's own words say why."""
    run = judge(live, MockServer(live, observed=True, state="no_balance"), deviations)
    assert run.exit_code == 3
    assert "balance is insufficient" in run.notice


def test_judged_again_alike(live: Contract, deviations: tuple[Deviation, ...], tmp_path: Path) -> None:
    """A recording holds the deviations and --strict: judged again it gives the same verdicts, and others' deviations others."""
    with MockServer(live, observed=True) as mock:
        target = Target("live", mock.base_url, live, {str(live.key_env): mock.key}, deviations=deviations)
        settings = Settings(select=("error.*", "body.empty"))
        journal = begin(tmp_path, target, settings)
        run = conduct(target, settings, journal=journal)
        journal.close()
    recording = Recording.read(tmp_path)
    again = recording.judged()
    assert [(v.clause.id, v.outcome, v.detail) for v in again.verdicts] == [
        (v.clause.id, v.outcome, v.detail) for v in run.verdicts
    ]
    assert [(s.deviation.plain(), s.seen) for s in again.deviations] == [
        (s.deviation.plain(), s.seen) for s in run.deviations
    ]
    assert of(again, Outcome.KNOWN_DEVIATION)
    for bare in (recording.judged(deviations=()), recording.judged(settings=attrs.evolve(settings, strict=True))):
        assert of(bare, Outcome.FAIL) == of(run, Outcome.KNOWN_DEVIATION)


def test_a_flood_of_known_ones_hides_no_new_one(
    live: Contract, deviations: tuple[Deviation, ...], explained: Run
) -> None:
    """Among thousands of generated requests that show what is known, a single new breach is kept, however large its request is."""
    known = next(e for e in explained.exchanges.values() if e.response and e.response.status == 400)
    assert known.response
    tally = Tally(Kit(live), single_checks(live), deviations)
    for number in range(3_000):
        new = number == 1_000
        response = attrs.evolve(known.response, body=b"<html>") if new else known.response
        request = attrs.evolve(
            known.request, body=b'{"padding": "%s"}' % (b"x" * (5_000 if new else 10)), repeat=number
        )
        tally.add(attrs.evolve(known, id=f"e{number}", request=request, response=response, attempts=1))
    assert tally.guilty == {"e1000"}
    assert len(tally.held) < 200
    evidence = Evidence.of_exchanges(live, list(explained.exchanges.values()), Kit(live).control, tally)
    verdicts, _ = weigh(requirements(Kit(live)), evidence, known=deviations)
    verdict = next(v for v in verdicts if v.clause.id == "error.400.shape")
    assert verdict.outcome is Outcome.FAIL
    assert verdict.exchanges == ("e1000",)
