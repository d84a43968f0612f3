"""What requests carry beside what is wrong with them: lawful by itself, and never the reason for a refusal."""

import pytest

from conformance.contract import load, names
from conformance.probes.company import Companions
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.fields import field_requirements
from conformance.running import Settings, Target, plan
from tests.sampling import sampled


def refused(kit: Kit) -> dict[str, Probe]:
    """Return the probes on fields that are to be refused, by label."""
    probes = [probe for item in field_requirements(kit) for probe in item.probes]
    return {probe.label: probe for probe in probes if probe.expect is Expect.REFUSE}


@pytest.mark.parametrize("vendor", names())
def test_every_company_is_taken(vendor: str) -> None:
    """Each company alone makes a lawful request, and the first one is the plain request."""
    kit = Kit(load(vendor))
    for branch in kit.branches:
        met = list(Companions(kit, branch))
        assert met[0].fields == {}
        assert len(met) > 5
        assert all(kit.contract.request_validator.is_valid(one.beside(kit.body(branch), "")) for one in met)


@pytest.mark.parametrize("vendor", names())
def test_every_model_is_in_a_company(vendor: str) -> None:
    """A check of one model alone is met: each model of a form of the request is in one of its companies."""
    kit = Kit(load(vendor))
    for branch in kit.branches:
        model = branch.by_role("model")
        if model is not None:
            plain = kit.body(branch)
            asked = {one.beside(plain, "").get(model.name) for one in Companions(kit, branch)}
            assert set(kit.models_of(branch)) - {None} <= asked


@pytest.mark.parametrize("vendor", names())
def test_what_is_wrong_stays_wrong(vendor: str) -> None:
    """In company, too, a request is one that the contract refuses, and most requests come in one."""
    kit = Kit(load(vendor))
    found = refused(kit)
    assert not any(
        kit.contract.request_validator.is_valid(kit.contract.flat(probe.request.json)) for probe in found.values()
    )
    core = [label for label, probe in found.items() if probe.core]
    assert sum(", beside " in label for label in core) > len(core) / 2


def test_a_wrong_item_ends_lists_of_other_lengths() -> None:
    """A wrong document stands last among few documents and among many, so that who checks the first ones alone is seen."""
    kit = Kit(load("siliconflow"))
    documents = kit.named("documents").name
    lists = [
        probe.request.json[documents] for label, probe in refused(kit).items() if label.startswith("`documents.items`")
    ]
    assert {len(listed) > 16 for listed in lists} == {True, False}


@pytest.mark.parametrize("vendor", sampled(names(), 2))
def test_profiles_use_what_is_left_and_no_more(vendor: str) -> None:
    """`smoke` plans 150 requests at most and `nightly` 500; what is asked where room is left is asked in `nightly` alone, if there is room."""
    target = Target("mock", "http://127.0.0.1", load(vendor), {})
    small, large = (plan(target, Settings(profile=profile)) for profile in ("smoke", "nightly"))
    assert len(small.asked) <= 150
    assert len(small.asked) + 50 < len(large.asked) < 500
    # Requests that are generated come before it, too.
    assert any(probe.priority == Priority.SPARE for probe in large.probes) or len(large.asked) >= 450
    assert not any(probe.priority == Priority.SPARE for probe in small.probes)
