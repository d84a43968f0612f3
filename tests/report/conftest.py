"""Runs to render: a real one, and one whose server sends what no page should show as it is."""

import datetime as dt

import attrs
import pytest

from conformance.contract import load
from conformance.mock import MockServer
from conformance.model.clause import Clause, Level
from conformance.model.deviation import Deviation
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.finding import Proof
from conformance.model.run import Run
from conformance.model.verdict import Observation, Outcome, Verdict
from conformance.running import Settings, Target, conduct
from conformance.verdict.deviation import load as known
from tests.peers.handmade import Handmade

HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=1"> \x1b[31mred\x1b[0m \u202egnp.exe |a|b| @someone `code` ]]>&amp;'


@pytest.fixture(scope="session")
def real() -> Run:
    contract = load("siliconflow")
    with Handmade("percent") as peer:
        return conduct(Target("peer", peer.base_url, contract, {str(contract.key_env): peer.key}), Settings())


@pytest.fixture(scope="session")
def hostile() -> Run:
    request = Request(
        "POST",
        "/rerank",
        (("Content-Type", "application/json"), ("Authorization", "Bearer $SILICONFLOW_API_KEY")),
        HOSTILE.encode() + b"\xff\x00",
    )
    big = Response(
        200, (("Content-Type", f"text/html; {HOSTILE}".replace("\x1b", "")),), (HOSTILE * 20_000).encode() + b"\xff"
    )
    exchanges = {
        "e1": Exchange("e1", request, "http://127.0.0.1:1/rerank", big, None, 1_700_000_000.0, 0.01),
        "e2": Exchange("e2", request, "http://127.0.0.1:1/rerank", None, f"cut {HOSTILE}", 1_700_000_000.0, 0.01, 3),
    }
    clause = Clause("response.hostile", f"A sentence {HOSTILE}", Level.MUST, HOSTILE)
    other = Clause("response.unseen", "Another.", Level.SHOULD, "#")
    verdicts = (
        Verdict(
            clause,
            Outcome.FAIL,
            HOSTILE * 500,
            ("e1", "e2"),
            (Proof("e1", HOSTILE, HOSTILE), Proof("e2", "an answer", HOSTILE)),
        ),
        Verdict(other, Outcome.INCONCLUSIVE, HOSTILE),
    )
    return Run(
        HOSTILE,
        "http://127.0.0.1:1",
        "siliconflow",
        "1",
        "0" * 64,
        "smoke",
        0,
        1_700_000_000.0,
        1.0,
        4,
        1,
        "SILICONFLOW_API_KEY",
        verdicts,
        (Observation("observed.x", "What", HOSTILE, ("e1",)),),
        exchanges,
        HOSTILE,
    )


@pytest.fixture(scope="session")
def deviating() -> Run:
    """Return a run with known deviations seen, one gone, one past its review and one that fits no clause."""
    contract = load("siliconflow")

    def entry(requirement: str, review_by: dt.date) -> Deviation:
        return Deviation(requirement, f"Told by `somebody` {HOSTILE}", HOSTILE, "R", "2020-02", review_by)

    mine = (
        entry("response.results.sorted", dt.date(9999, 1, 1)),
        entry("error.404.shape", dt.date(2020, 3, 1)),
        entry("no.such.clause", dt.date(9999, 1, 1)),
    )
    with MockServer(contract, observed=True) as mock:
        target = Target(
            "as seen",
            mock.base_url,
            contract,
            {str(contract.key_env): mock.key},
            deviations=(*mine, *known("siliconflow")),
        )
        return conduct(target, Settings(select=("error.*", "response.results.sorted", "body.empty")))


@pytest.fixture(scope="session")
def worst(real: Run) -> Run:
    """Two hundred clauses, all but the odd one broken, each by eight exchanges."""
    names = list(real.exchanges)
    verdicts = []
    for number in range(200):
        clause = attrs.evolve(real.verdicts[number % len(real.verdicts)].clause, id=f"request.field{number}.maximum")
        proofs = tuple(
            Proof(names[(number * 3 + k) % len(names)], "a refusal with 400", "200 with results") for k in range(8)
        )
        outcome = Outcome.FAIL if number % 4 else Outcome.KNOWN_DEVIATION
        verdicts.append(
            Verdict(
                clause,
                outcome,
                "Expected a refusal with 400; came 200.",
                tuple(proof.exchange for proof in proofs),
                proofs,
            )
        )
    return attrs.evolve(real, verdicts=tuple(verdicts), exit_code=1, causes=(), hints=())


@pytest.fixture(scope="session")
def silent(real: Run) -> Run:
    """Return a run whose target was not there."""
    notice = "No answer from http://127.0.0.1:1/rerank: the connection was refused."
    verdicts = tuple(Verdict(verdict.clause, Outcome.INCONCLUSIVE, notice) for verdict in real.verdicts)
    return attrs.evolve(
        real, verdicts=verdicts, observations=(), exchanges={}, requests=3, exit_code=3, notice=notice, causes=()
    )
