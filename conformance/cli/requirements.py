"""`rerank-conformance requirements`: the checks of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, table
from conformance.cli.output import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@click.command("requirements")
@click.argument("name", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@formats("markdown")
def command(name: str, form: str) -> None:
    """List the checks of CONTRACT (a vendor's name, a file or a folder) with level and source. Default: siliconflow."""
    from conformance.cli.loading import contract
    from conformance.document import picked
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements

    listed = requirements(Kit(contract(name)))
    rows = [{"requirement": one.clause.id, **picked(one.clause, "level sentence source")} for one in listed]
    cells = [tuple(row.values()) for row in rows]
    if form == "json":
        say_json(rows)
    elif form == "text":
        table(("check", "level", "sentence", "source"), cells)
    else:
        _page(tuple(rows[0]), [(f"`{name}`", *others) for name, *others in cells])


def _page(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as Markdown."""
    say(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        say("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |")
