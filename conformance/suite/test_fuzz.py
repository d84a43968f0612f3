"""Generated requests as Hypothesis property tests, which shrink."""

from typing import Any

import pytest

from conformance.fuzzing.fuzz import FuzzingUnavailableError, broken, strategy
from conformance.probes.expected import expectation
from conformance.probes.kit import encode
from conformance.probes.probe import Probe
from conformance.running import Target


@pytest.mark.parametrize("positive", [True, False], ids=["allowed", "forbidden"])
def test_generated_requests(positive: bool, conformance_target: Target, request: pytest.FixtureRequest) -> None:
    """What the contract allows is taken, what it forbids is refused, and every answer keeps every clause on answers."""
    from hypothesis import HealthCheck, given, settings

    try:
        bodies = strategy(conformance_target.contract, positive=positive)
    except FuzzingUnavailableError as error:
        pytest.skip(str(error))
    kit = conformance_target.kit
    with conformance_target.sender().one_by_one() as send:

        @settings(
            max_examples=request.config.getoption("rerank_fuzz_examples"),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(bodies)
        def property_holds(body: Any) -> None:
            probe = Probe(kit.request(encode(body)), expectation(kit, body), "generated")
            exchange = send(probe.request)
            assert exchange is not None
            answer = exchange.response.text[:300] if exchange.response else exchange.error
            assert not broken(kit, probe, exchange, conformance_target.deviations), (
                f"expected to be {probe.expect}; got {exchange.response.status if exchange.response else '-'} {answer!r}"
            )

        property_holds()
