"""`rerank-conformance targets`: which targets there are, and what they lack."""

from typing import Any

import click

from conformance.cli.output import say_json


@click.command("targets")
@click.option(
    "--targets",
    "targets_file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="File of targets (default: targets.toml in the working directory).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(targets_file: str | None, form: str) -> None:
    """List the targets by name, where they are, and what is missing before they can be asked."""
    import sys
    from pathlib import Path

    from conformance.contract import ContractError
    from conformance.targets import TargetError, read

    try:
        entries = read(Path(targets_file) if targets_file else None)
        rows: list[dict[str, Any]] = [
            {
                "target": entry.name,
                "base_url": entry.base_url,
                "contract": entry.contract.name,
                "key_env": entry.variable,
                "profile": entry.profile,
                "deviations": list(entry.deviations),
                "enabled": entry.enabled,
                "missing": list(entry.missing()),
                "from": entry.origin,
            }
            for entry in entries.values()
        ]
    except (TargetError, ContractError) as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        say_json(rows)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("target", "base URL", "contract", "key", "state", "from", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            *(Text(str(row[name])) for name in ("target", "base_url", "contract", "key_env")),
            Text("; ".join(row["missing"]) or "ready"),
            Text(str(row["from"])),
        )
    Console(width=None if sys.stdout.isatty() else 160).print(table)
