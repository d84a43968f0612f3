"""Contracts and known deviations for commands: what cannot be loaded becomes a usage error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from conformance.contract import Contract, ContractError, load

if TYPE_CHECKING:
    from conformance.model.deviation import Deviation


def contract(name: str) -> Contract:
    """Return a contract by name or file; raises click.UsageError with one paragraph."""
    try:
        return load(name)
    except ContractError as error:
        raise click.UsageError(str(error)) from error


def deviations(names: Iterable[str]) -> tuple[Deviation, ...]:
    """Return the known deviations of vendors or files; raises click.UsageError with one paragraph."""
    from conformance.verdict import deviation

    try:
        return tuple(item for name in names for item in deviation.load(name))
    except deviation.DeviationError as error:
        raise click.UsageError(str(error)) from error
