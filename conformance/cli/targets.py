"""`rerank-conformance targets`: which targets there are, and whether each is ready."""

from pathlib import Path
from typing import Any

import click

from conformance.cli.formatting import formats, table
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say_json


@click.command("targets")
@options_of("targets")
@formats()
def command(targets_file: str | None, form: str) -> None:
    """List the targets: where each is, and whether it is ready or what is missing."""
    from conformance.contract import ContractError
    from conformance.document import picked
    from conformance.targets import TargetError, read

    with refusing(TargetError, ContractError):
        entries = read(Path(targets_file) if targets_file else None)
        rows: list[dict[str, Any]] = [
            {
                **picked(entry, "target:name base_url"),
                "contract": entry.contract.name,
                **picked(entry, "key_env:variable profile deviations enabled"),
                "missing": list(entry.missing()),
                "from": entry.origin,
            }
            for entry in entries.values()
        ]
    if form == "json":
        say_json(rows)
        return
    columns = ("target", "base_url", "contract", "key_env", "from")
    table(
        ("target", "base URL", "contract", "key variable", "from", "ready?"),
        ([*(str(row[name]) for name in columns), _state(row)] for row in rows),
    )


def _state(row: dict[str, Any]) -> str:
    """Return `ready`, or what to do first."""
    words = "; ".join(row["missing"]) or "ready"
    return words if row["enabled"] else f"{words} (disabled: `nightly` leaves it out)"
