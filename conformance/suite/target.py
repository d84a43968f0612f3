"""The target of the suite's items, as pytest's options name it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest

from conformance.contract import ContractError, load
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.targets import Options, TargetError, contract_of, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.running import Target


def ids(config: pytest.Config) -> list[str]:
    """Return the ids of the contract's requirements; raises pytest.UsageError."""
    given = config.getoption("rerank_contract")
    try:
        name = str(given) if given else contract_of(str(config.getoption("rerank_target")))
        return [item.clause.id for item in requirements(Kit(load(name)))]
    except (TargetError, ContractError) as error:
        raise pytest.UsageError(f"{'--rerank-contract' if given else '--rerank-target'}: {error}") from error


@contextmanager
def target(config: pytest.Config) -> Iterator[Target]:
    """Yield the target, its embedded mock running where it is asked for; ends the session for one that cannot be asked."""
    given = config.getoption("rerank_contract")
    deviations = tuple(config.getoption("rerank_deviations"))
    key_env = config.getoption("rerank_api_key_env")
    options = Options(contract_name=given and str(given), key_env=key_env, deviations=deviations)
    try:
        with resolve(str(config.getoption("rerank_target")), options) as (found, _):
            yield found
    except (TargetError, ContractError) as error:
        end(config, f"--rerank-target: {error}", pytest.ExitCode.USAGE_ERROR)


def end(config: pytest.Config, words: str, status: int) -> NoReturn:
    """End the session with one paragraph; a worker of xdist cannot, so each of its items fails with it."""
    if hasattr(config, "workerinput"):
        pytest.fail(words, pytrace=False)
    pytest.exit(words, returncode=status)
