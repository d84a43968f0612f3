"""The committed clients, whatever their contracts say today: they enforce what is in the YAML, no more and no less."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.contract import Contract, clients, load
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from scripts.regenerate import GENERATED, package_name
from tests.client.package import imported
from tests.client.test_vendors import snake

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 100)
    | st.sampled_from([0.5, 4.0, 1e30])
    | st.sampled_from(["", "a", "4", "apple"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "image", "other"]), inner, max_size=2)
    ),
    max_leaves=6,
)


def judge(package: Any) -> Callable[[Any], bool]:
    """Return whether the client takes a body, by the module that it imports with the first request."""
    checker = import_module(f"{package.__name__}._runtime.checking").Checker(package._contract.SCHEMA)

    def takes(body: Any) -> bool:
        try:
            checker.check(body)
        except package.RequestValidationError:
            return False
        return True

    return takes


@pytest.fixture(scope="module", params=clients())
def committed(request: pytest.FixtureRequest) -> Iterator[tuple[Contract, Any]]:
    with imported(GENERATED, package_name(request.param)) as package:
        yield load(request.param), package


def test_client_and_contract_agree(committed: tuple[Contract, Any]) -> None:
    """On generated requests, valid and invalid, the client's judgement is that of the contract's schema, which the mock uses too."""
    contract, package = committed
    takes = judge(package)
    bodies = st.fixed_dictionaries(
        {},
        optional={
            name: VALUES | st.sampled_from(["apple", ["a", {"text": "b"}], {"image": "u"}, 1, True])
            for name in contract.fields
        },
    )

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies)
    def agrees(body: dict[str, Any]) -> None:
        assert takes(body) == contract.request_validator.is_valid(body)

    agrees()


def test_client_and_contract_agree_on_every_probe(committed: tuple[Contract, Any]) -> None:
    """On every request that the suite derives, the client's judgement is that of the contract's schema."""
    contract, package = committed
    bodies = [
        probe.request.json
        for item in requirements(Kit(contract))
        for probe in item.probes
        if isinstance(probe.request.json, dict)
    ]
    assert any(map(contract.request_validator.is_valid, bodies))
    assert not all(map(contract.request_validator.is_valid, bodies))
    takes = judge(package)
    for body in bodies:
        assert takes(body) == contract.request_validator.is_valid(body)


def test_bounds_are_the_contracts(committed: tuple[Contract, Any]) -> None:
    """A number just outside a bound is refused before anything is sent, with the bound of the YAML in the message."""
    contract, package = committed
    bounds = [
        (name, part.schema[keyword], step)
        for name, part in contract.fields.items()
        for keyword, step in (("minimum", -1), ("maximum", 1))
        if keyword in part.schema
    ]
    assert bounds
    with package.Client(api_key="a-key", base_url="http://127.0.0.1:9") as client:
        for name, bound, step in bounds:
            with pytest.raises(package.RequestValidationError, match=str(bound)):
                client.rerank(
                    **{snake(key): value for key, value in Kit(contract).body().items()} | {snake(name): bound + step}
                )
