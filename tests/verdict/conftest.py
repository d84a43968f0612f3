"""The live service as it is seen: today's observations and deviations, beside the document that they were made against."""

import shutil

import pytest

from conformance.contract import Contract, load
from conformance.contract.resources import contracts_root
from conformance.mock import MockServer
from conformance.mock.observed import FILE
from conformance.model.deviation import Deviation
from conformance.model.run import Run
from conformance.running import Settings, Target, conduct
from conformance.verdict.deviation import load as known
from tests.contract.frozen import FROZEN


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Return the frozen contract with the shipped observations: a new document of the vendor's changes neither."""
    folder = tmp_path_factory.mktemp("openapi") / "siliconflow"
    shutil.copytree(FROZEN / "siliconflow", folder)
    shutil.copy(contracts_root() / "siliconflow" / FILE, folder)
    return load(str(folder))


@pytest.fixture(scope="session")
def deviations() -> tuple[Deviation, ...]:
    return known("siliconflow")


def judge(contract: Contract, mock: MockServer, deviations: tuple[Deviation, ...] = (), **settings: object) -> Run:
    with mock:
        return conduct(
            Target("live", mock.base_url, contract, {str(contract.key_env): mock.key}, deviations=deviations),
            Settings(**settings),
        )  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def explained(live: Contract, deviations: tuple[Deviation, ...]) -> Run:
    """Return a run on the service as it is seen, its deviations known."""
    return judge(live, MockServer(live, observed=True), deviations)
