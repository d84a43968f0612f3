"""Generated requests: how many, and what is held of them."""

import pytest

from conformance.contract import load
from conformance.mock import MockServer
from conformance.model.verdict import Outcome
from conformance.recording import Recording, begin
from conformance.requirements.tally import ALLOWED, FORBIDDEN
from conformance.running import Ledger, Settings, Target, conduct


@pytest.mark.matrix
def test_what_is_held_does_not_grow(tmp_path):
    """Of hundreds of generated exchanges that break nothing a few are held; the journal has all of them, and each was judged."""
    contract = load("siliconflow")
    settings = Settings(profile="deep", max_requests=1_300)
    with MockServer(contract) as mock:
        target = Target("mock", mock.base_url, contract, {contract.key_env or "": mock.key})
        journal = begin(tmp_path, target, settings)
        run = conduct(target, settings, journal=journal)
        journal.close()
    generated = [exchange for exchange in Recording.read(tmp_path).exchanges() if exchange.generated]
    held = [exchange for exchange in run.exchanges.values() if exchange.generated]
    assert len(generated) > 500
    assert len(held) < 40
    assert run.requests == mock.calls
    verdicts = {verdict.clause.id: verdict for verdict in run.verdicts}
    for name in ("fuzz.allowed", "fuzz.forbidden"):
        assert verdicts[name].outcome is Outcome.PASS


@pytest.mark.matrix
def test_many_broken_hold_a_few(tmp_path):
    """Of hundreds of exchanges that break the same clause the smallest are held."""
    contract = load("siliconflow")
    target = Target("mock", "http://127.0.0.1:1", contract)
    with MockServer(contract, fault="status_200") as mock:
        recorded = begin(tmp_path, target, Settings())
        conduct(
            Target("mock", mock.base_url, contract, {contract.key_env or "": mock.key}),
            Settings(profile="nightly", select=(ALLOWED.id, FORBIDDEN.id), max_requests=250),
            journal=recorded,
        )
        recorded.close()
    refused = [exchange for exchange in Recording.read(tmp_path).exchanges() if exchange.generated]
    ledger = Ledger(target.kit)
    for _ in range(4):
        for exchange in refused:
            ledger.recall(exchange)
    finding = next(iter(ledger.tally.expected.values()))
    assert len(finding.broken) <= 48
    assert len(ledger.tally.held) <= 2_000
