"""The pytest plugin: `pytest --pyargs conformance --target …` makes each requirement a test item."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.engine import Target

_MINE = "conformance.suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name a target."""
    group = parser.getgroup("rerank conformance")
    group.addoption("--target", default="mock", help="mock, mock:VENDOR or a base URL to judge (default: mock)")
    group.addoption("--contract", default=None, help="contract to judge by (default: the target's own, siliconflow for a URL)")
    group.addoption("--api-key-env", default=None, help="environment variable that holds the key (default: the contract's)")
    group.addoption("--deviations", action="append", default=[], metavar="NAME|FILE", help="known deviations, of a vendor by name or in a TOML file: expected to fail; repeatable")
    group.addoption("--fuzz-examples", type=int, default=50, help="generated requests for each property (default: 50)")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse deviations that cannot be loaded before anything is collected."""
    given = config.getoption("--deviations")
    if given:
        from conformance.verdict import deviation

        try:
            for name in given:
                deviation.load(name)
        except deviation.DeviationError as error:
            raise pytest.UsageError(str(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of each requirement of the contract."""
    if "requirement" in metafunc.fixturenames and metafunc.module.__name__.startswith(_MINE):
        from conformance.contract import load
        from conformance.probes.kit import Kit
        from conformance.requirements.catalogue import requirements

        found = requirements(Kit(load(contract_name(metafunc.config))))
        metafunc.parametrize("requirement", [item.clause.id for item in found])


def contract_name(config: pytest.Config) -> str:
    """Return the name of the contract to judge by."""
    target = str(config.getoption("--target"))
    return str(config.getoption("--contract") or (target.partition(":")[2] if target.startswith("mock:") else "") or "siliconflow")


@pytest.fixture(scope="session")
def conformance_target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Resolve the target, starting the embedded mock where it is asked for."""
    from conformance.cli.run import MOCK, MOCK_KEY
    from conformance.contract import load
    from conformance.engine import Target
    from conformance.mock import MockServer
    from conformance.verdict import deviation

    name = str(request.config.getoption("--target"))
    contract = load(contract_name(request.config))
    known = tuple(item for given in request.config.getoption("--deviations") for item in deviation.load(given))
    variable = str(request.config.getoption("--api-key-env") or contract.key_env or "API_KEY")
    if name == MOCK or name.startswith(f"{MOCK}:"):
        with MockServer(load(name.partition(":")[2] or contract.name)) as server:
            yield Target(name, server.base_url, contract, {contract.key_env or "API_KEY": server.key}, deviations=known)
        return
    if "://" not in name:
        msg = f"--target {name}: neither mock, nor mock:VENDOR, nor a URL"
        raise pytest.UsageError(msg)
    loopback = "://127." in name or "://localhost" in name or "://[::1]" in name
    key = os.environ.get(variable) or (MOCK_KEY if loopback else None)
    if key is None:
        msg = f"no key: set the environment variable {variable}"
        raise pytest.UsageError(msg)
    yield Target(name, name.rstrip("/"), contract, {contract.key_env or "API_KEY": key}, deviations=known)
