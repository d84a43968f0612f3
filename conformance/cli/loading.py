"""Contracts for commands: what cannot be loaded becomes a usage error."""

import click

from conformance.contract import Contract, ContractError, load


def contract(name: str) -> Contract:
    """Return a contract by name or file; raises click.UsageError with one paragraph."""
    try:
        return load(name)
    except ContractError as error:
        raise click.UsageError(str(error)) from error
