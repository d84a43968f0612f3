"""Comparisons to look at: of mocks, right and wrong ones, asked once for all tests of a worker."""

from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from conformance.compare.behaviour_table import LimitSearch
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import Comparison, compare
from conformance.compare.survey import Survey, ask
from conformance.contract import Contract, load
from conformance.mock import MockServer
from conformance.running import Target
from tests.compare.hostile import NAME, HostileRules, contract
from tests.contract.frozen import frozen

REACH = LimitSearch(documents=128, bytes=32_768)
MODEL = "BAAI/bge-reranker-v2-m3"
FAULTS = {"percent": "score_percent", "no limit": "no_limit", "odd 400": "error_400_shape"}


def asked(first: Contract, *others: Contract) -> Survey:
    return Survey((first, *others), reach=REACH, model=MODEL)


def subject(
    name: str,
    contract: Contract,
    what: Survey,
    fault: str | None = None,
    *,
    observed: bool = False,
    judge: Contract | None = None,
) -> ComparedTarget:
    """Start a mock, ask it, and stop it."""
    with MockServer(contract, fault=fault, observed=observed, key="mock-key") as server:
        own = judge or contract
        return ask(name, Target(name, server.base_url, own, {str(own.key_env): server.key}), what)


def many(wanted: Sequence[tuple[str, Contract, str | None, bool]], what: Survey) -> list[ComparedTarget]:
    with ExitStack():
        return [subject(name, contract, what, fault, observed=observed) for name, contract, fault, observed in wanted]


def told(vendor: str) -> Contract:
    """Return a shipped contract, or its frozen copy once the vendor's page has changed: these tests name what stands in it."""
    kept = frozen(vendor)
    return live if (live := load(vendor)).vendored == kept.vendored else kept


@pytest.fixture(scope="session")
def siliconflow() -> Contract:
    return told("siliconflow")


@pytest.fixture(scope="session")
def woagent() -> Contract:
    return told("woagent")


@pytest.fixture(scope="session")
def zoo(siliconflow: Contract, woagent: Contract) -> list[ComparedTarget]:
    """Ask the mock, woagent's, the observed SiliconFlow, and three that are wrong in one way each."""
    wanted: list[tuple[str, Contract, str | None, bool]] = [
        ("mock", siliconflow, None, False),
        ("woagent", woagent, None, False),
        ("observed", siliconflow, None, True),
    ]
    wanted += [(name, siliconflow, fault, False) for name, fault in FAULTS.items()]
    return many(wanted, asked(siliconflow))


@pytest.fixture(scope="session")
def compared(zoo: list[ComparedTarget], siliconflow: Contract) -> Comparison:
    return compare(zoo, siliconflow, REACH, made=1_700_000_000.0)


@pytest.fixture(scope="session")
def hostile(zoo: list[ComparedTarget], tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Compare the mock and a server whose page, name and every answer are hostile."""
    bad = contract(tmp_path_factory.mktemp("hostile"))
    what = asked(zoo[0].contract)
    with MockServer(bad, rules=HostileRules(bad, "mock-key"), key="mock-key") as server:
        found = ask(NAME, Target(NAME, server.base_url, bad, {"HOSTILE_API_KEY": "mock-key"}), what)
    return compare([zoo[0], found], zoo[0].contract, REACH, made=1_700_000_000.0)
