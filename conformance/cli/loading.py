"""Contracts and known deviations for commands: what cannot be loaded becomes a usage error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conformance.cli.output import refusing, tell
from conformance.contract import Contract, ContractError, load

if TYPE_CHECKING:
    from conformance.model.deviation import Deviation


def contract(name: str) -> Contract:
    """Return a contract by name or file; raises click.UsageError with one paragraph."""
    with refusing(ContractError):
        found = load(name)
    warn(found)
    return found


def warn(contract: Contract) -> None:
    """Name what an overlay says of places that its document does not have: a correction that is lost changes what is judged."""
    for action in contract.unmatched:
        tell(f"warning: {contract.source}: the overlay's action on {action.target} matches nothing there.")


def deviations(names: Iterable[str]) -> tuple[Deviation, ...]:
    """Return the known deviations of vendors or files; raises click.UsageError with one paragraph."""
    from conformance.verdict import deviation

    with refusing(deviation.DeviationError):
        return tuple(item for name in names for item in deviation.load(name))
