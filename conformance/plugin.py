"""The pytest plugin: `pytest --pyargs conformance --target …` makes each requirement a test item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.running import Target

_MINE = "conformance.suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name a target."""
    group = parser.getgroup("rerank conformance")
    group.addoption("--target", default="mock", help="mock, mock:VENDOR, a base URL or a name from targets.toml (default: mock)")
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
    from conformance.targets import TargetError, contract_of

    given = config.getoption("--contract")
    try:
        return str(given) if given else contract_of(str(config.getoption("--target")))
    except TargetError as error:
        msg = f"--target: {error}"
        raise pytest.UsageError(msg) from error


@pytest.fixture(scope="session")
def conformance_target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Resolve the target, starting the embedded mock where it is asked for."""
    from conformance.contract import ContractError
    from conformance.targets import Options, TargetError, resolve

    given = request.config.getoption("--contract")
    options = Options(contract_name=given and str(given), key_env=request.config.getoption("--api-key-env"), deviations=tuple(request.config.getoption("--deviations")))
    try:
        with resolve(str(request.config.getoption("--target")), options) as (target, _):
            yield target
    except (TargetError, ContractError) as error:
        msg = f"--target: {error}"
        raise pytest.UsageError(msg) from error
