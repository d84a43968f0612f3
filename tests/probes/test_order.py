"""In which order a run asks."""

from itertools import groupby, pairwise

from conformance.probes.kit import Kit
from conformance.probes.probe import LAST, Expect
from conformance.running import Settings
from conformance.running.plan import Plan
from conformance.selftest.stage import loaded

_TAKEN = {Expect.ACCEPT, Expect.OBSERVE}


def test_refused_requests_stand_between_others() -> None:
    """What a refusal leaves behind shows in the next answer: refusals come alone and in a row, with others in between."""
    plan = Plan(Kit(loaded("siliconflow")), Settings())
    asked = [probe.expect in _TAKEN for probe in plan.probes if probe.priority != LAST]
    refused = {sum(1 for _ in some) for taken, some in groupby(asked) if not taken}
    assert {1, 6} <= refused
    assert sum(not one and other for one, other in pairwise(asked)) > 20
