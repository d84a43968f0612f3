"""The catalogue of faults as data, and each small fault of its own, played in this process."""

from fnmatch import fnmatchcase

import pytest

from conformance.contract import load, names
from conformance.mock.faults import faults
from conformance.mock.faults.own import own_faults
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.selftest.stage import play
from tests.sampling import sampled

OWN = [(vendor, fault.name) for vendor in ("siliconflow", "woagent") for fault in own_faults(load(vendor))]


@pytest.mark.parametrize("vendor", names())
def test_every_fault_names_a_clause_that_there_is(vendor: str) -> None:
    """What a fault should break is at least one requirement of the contract, so that no fault is missed for a renamed clause."""
    contract = load(vendor)
    ids = [item.clause.id for item in requirements(Kit(contract))]
    lost = {
        name: fault.breaks
        for name, fault in faults(contract).items()
        if not any(fnmatchcase(one, fault.breaks) for one in ids)
    }
    assert lost == {}


@pytest.mark.parametrize(("vendor", "name"), sampled(OWN, 3))
def test_small_fault_is_found(vendor: str, name: str) -> None:
    """A fault that leaves everything else as it is breaks its clause, and at most one more cause is told."""
    contract = load(vendor)
    run = play(contract, (name,))
    broken = [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]
    assert any(fnmatchcase(one, faults(contract)[name].breaks) for one in broken), broken
    assert len(run.causes) <= 2, run.causes
    assert run.exit_code == 1
