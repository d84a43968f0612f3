"""Contracts and known deviations for commands: what cannot be loaded becomes a usage error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conformance.cli.output import refusing
from conformance.contract import Contract, ContractError, load

if TYPE_CHECKING:
    from conformance.model.deviation import Deviation


def contract(name: str) -> Contract:
    """Return a contract by name or file; raises click.UsageError with one paragraph."""
    with refusing(ContractError):
        return load(name)


def deviations(names: Iterable[str]) -> tuple[Deviation, ...]:
    """Return the known deviations of vendors or files; raises click.UsageError with one paragraph."""
    from conformance.verdict import deviation

    with refusing(deviation.DeviationError):
        return tuple(item for name in names for item in deviation.load(name))
