"""The target that the options of a command name; several commands have them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli.output import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Contract
    from conformance.running import Target
    from conformance.targets import Entry, Options


@contextmanager
def resolved(
    name: str, given: dict[str, Any], recorded: Contract | None = None
) -> Iterator[tuple[Target, Entry | None]]:
    """Yield the target of a name and its entry in targets.toml, if it has one; what is wrong becomes a usage error."""
    from attrs import evolve

    from conformance.cli.loading import warn
    from conformance.cli.nearest import refuse_bare_address
    from conformance.contract import ContractError
    from conformance.targets import TargetError, resolve

    refuse_bare_address(name)
    path = Path(given["targets_file"]) if given["targets_file"] else None
    with refusing(TargetError, ContractError), resolve(name, evolve(options(given), recorded=recorded), path) as found:
        warn(found[0].contract)
        yield found


def options(given: dict[str, Any]) -> Options:
    """Return what a command line says of a target; raises TargetError."""
    from conformance.targets import Options, headers

    pairs, secrets = headers(tuple(given["headers"]))
    same = {name: given[name] for name in ("contract_name", "concurrency", "timeout", "rate", "as_observed")}
    listed: dict[str, Any] = {name: tuple(given[name]) for name in ("models", "deviations")}
    return Options(key_env=given["api_key_env"], headers=pairs, secrets=secrets, **same, **listed)
