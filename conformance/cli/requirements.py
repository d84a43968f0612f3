"""`rerank-conformance requirements`: the checks of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, table
from conformance.cli.options import options_of
from conformance.cli.output import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.probes.kit import Kit


@click.command("requirements")
@click.argument("name", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@formats("markdown")
@options_of("requirements")
def command(name: str, form: str, *, coverage: bool, profile: str) -> None:
    """List the checks of CONTRACT (a vendor's name, a file or a folder) with level and source. Default: siliconflow."""
    from conformance.cli.loading import contract
    from conformance.document import picked
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements

    kit = Kit(contract(name), full=profile != "smoke")
    if coverage:
        _coverage(kit, profile, form)
        return
    rows = [{"requirement": one.clause.id, **picked(one.clause, "level sentence source")} for one in requirements(kit)]
    cells = [tuple(row.values()) for row in rows]
    if form == "json":
        say_json(rows)
    elif form == "text":
        table(("check", "level", "sentence", "source"), cells)
    else:
        _page(tuple(rows[0]), [(f"`{name}`", *others) for name, *others in cells])


def _coverage(kit: Kit, profile: str, form: str) -> None:
    from conformance.probes.coverage import coverage

    found = list(coverage(kit))
    if form == "json":
        value = [
            {
                "form": one.form,
                "profile": profile,
                "features": {name: list(levels) for name, levels in one.factors.items()},
                "pairs": one.total,
                "covered": len(one.held),
                "left_out": [[list(choice) for choice in pair] for pair in one.left_out],
            }
            for one in found
        ]
        say_json(value)
        return
    rows = [
        (one.form if not number else "", f"{len(one.held)} of {one.total}" if not number else "", line)
        for one in found
        for number, line in enumerate([*one.words()] or ["nothing"])
    ]
    (table if form == "text" else _page)(("request", f"pairs that {profile} covers", "left out"), rows)


def _page(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as Markdown."""
    say(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        say("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |")
