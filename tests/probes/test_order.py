"""In which order a run asks."""

from itertools import groupby, pairwise

import pytest

from conformance.contract import load, names
from conformance.mock import MockServer
from conformance.probes.kit import Kit
from conformance.probes.pinned import pinned
from conformance.probes.probe import Expect, Priority
from conformance.running import Settings, Target, conduct, plan
from conformance.running.plan import Plan
from conformance.selftest.stage import loaded

_TAKEN = {Expect.ACCEPT, Expect.OBSERVE}


def test_refused_requests_stand_between_others() -> None:
    """What a refusal leaves behind shows in the next answer: refusals come alone and in a row, with others in between."""
    plan = Plan(Kit(loaded("siliconflow")), Settings())
    asked = [probe.expect in _TAKEN for probe in plan.probes if probe.priority != Priority.LAST]
    refused = {sum(1 for _ in some) for taken, some in groupby(asked) if not taken}
    assert {1, 6} <= refused
    assert sum(not one and other for one, other in pairwise(asked)) > 20


@pytest.mark.parametrize("name", names())
def test_a_small_budget_leaves_out_what_matters_least(name: str) -> None:
    """A night that may send a hundred requests asks the control, every kind of wrong credentials and each pinned question: drift is told by them."""
    contract, settings = load(name), Settings("nightly", max_requests=100)
    with MockServer(contract) as mock:
        target = Target("any", mock.base_url, contract, {contract.key_env or "": mock.key})
        asked = {exchange.request.key for exchange in conduct(target, settings).exchanges.values()}
    the_plan = plan(target, settings)
    wrong = [
        probe
        for probe in the_plan.probes
        if probe.expect is Expect.UNAUTHORISED and probe.core and probe.priority != Priority.LAST
    ]
    assert len(wrong) > 10
    must = [the_plan.kit.control, *(probe.request for probe in (*wrong, *(one for _, one in pinned(the_plan.kit))))]
    assert [request for request in must if request.key not in asked] == []
