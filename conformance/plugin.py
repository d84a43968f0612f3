"""The pytest plugin: the fixture `rerank_mock`, and `pytest --pyargs conformance --rerank-target …`.

It is loaded into every pytest run of an environment. So everything that it adds has `rerank` in its name,
and nothing of the suite is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.mock import MockServer

_MINE = "conformance.suite"
_DEFAULT_CONTRACT = "siliconflow"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name a target."""
    group = parser.getgroup("rerank-conformance", "checks of rerank APIs")
    group.addoption(
        "--rerank-target",
        default="mock",
        metavar="TARGET",
        help="what `--pyargs conformance` judges: mock, mock:VENDOR, a base URL or a name from targets.toml (default: mock)",
    )
    group.addoption(
        "--rerank-contract",
        default=None,
        metavar="NAME|FILE",
        help="contract to judge by, and of the fixture rerank_mock (default: the target's own, siliconflow for a URL)",
    )
    group.addoption(
        "--rerank-api-key-env",
        default=None,
        metavar="VAR",
        help="environment variable that holds the key (default: the contract's)",
    )
    group.addoption(
        "--rerank-deviations",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="known deviations, of a vendor by name or in a TOML file: expected to fail; repeatable",
    )
    group.addoption(
        "--rerank-fuzz-examples",
        type=int,
        default=50,
        metavar="N",
        help="generated requests for each property (default: 50)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse deviations that cannot be loaded before anything is collected."""
    config.addinivalue_line(
        "markers",
        "rerank_mock(contract, key, scores): what the fixture rerank_mock serves, which key it takes, and how it ranks",
    )
    given = config.getoption("rerank_deviations")
    if given:
        from conformance.verdict import deviation

        try:
            for name in given:
                deviation.load(name)
        except deviation.DeviationError as error:
            raise pytest.UsageError(f"--rerank-deviations: {error}") from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make an item of each requirement of the contract."""
    if "requirement" in metafunc.fixturenames and metafunc.module.__name__.startswith(_MINE):
        from conformance.suite.target import ids

        metafunc.parametrize("requirement", ids(metafunc.config))


@pytest.fixture(scope="session")
def _rerank_mocks() -> Iterator[dict[tuple[str, str | None], MockServer]]:
    """Keep the mocks of a session, one for each contract and key: starting one takes longer than most tests."""
    running: dict[tuple[str, str | None], MockServer] = {}
    yield running
    for mock in running.values():
        mock.__exit__()


@pytest.fixture
def rerank_mock(request: pytest.FixtureRequest, _rerank_mocks: dict[tuple[str, str | None], MockServer]) -> MockServer:
    """Serve a rerank API on loopback, by its contract.

    `base_url` and `key` are what a client takes, `requests` the bodies that came. `script(scores=[…])` ranks,
    `fail_next(429, retry_after=2)` fails. `@pytest.mark.rerank_mock(contract="woagent", key="…", scores=[…])` chooses;
    the contract is else that of --rerank-contract, else SiliconFlow's. Every test begins with a mock that was told nothing.
    """
    asked = _asked(request)
    name = str(asked.get("contract") or request.config.getoption("rerank_contract") or _DEFAULT_CONTRACT)
    key = asked.get("key")
    if (name, key) not in _rerank_mocks:
        from conformance.contract import ContractError, load
        from conformance.mock import MockServer

        try:
            _rerank_mocks[name, key] = MockServer(load(name), key=key).__enter__()
        except ContractError as error:
            pytest.fail(f"rerank_mock: {error}", pytrace=False)
    mock = _rerank_mocks[name, key]
    mock.told.reset()
    if "scores" in asked:
        mock.script(scores=asked["scores"])
    return mock


def _asked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the marker says; fails the test for what it cannot say."""
    marker = request.node.get_closest_marker("rerank_mock")
    if marker is None:
        return {}
    if marker.args or not marker.kwargs.keys() <= {"contract", "key", "scores"}:
        pytest.fail("The marker rerank_mock takes contract=, key= and scores=, each by name.", pytrace=False)
    return dict(marker.kwargs)
