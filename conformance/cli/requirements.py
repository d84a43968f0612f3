"""`rerank-conformance requirements`: the checks of a contract."""

from __future__ import annotations

import click

from conformance.cli import completing
from conformance.cli.formatting import emit, formats, table


@click.command("requirements")
@click.argument("name", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@formats("markdown")
def command(name: str, form: str) -> None:
    """List the checks of CONTRACT (a vendor's name, a file or a folder) with level and source. Default: siliconflow."""
    from conformance.cli.loading import contract
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements

    clauses = [item.clause for item in requirements(Kit(contract(name)))]
    if form == "json":
        emit(
            [{"requirement": c.id, "level": c.level.value, "sentence": c.sentence, "source": c.source} for c in clauses]
        )
        return
    rows = [(clause.id, clause.level.value, clause.sentence, clause.source) for clause in clauses]
    if form == "text":
        table(("check", "level", "sentence", "source"), rows)
        return
    click.echo("| requirement | level | sentence | source |\n|---|---|---|---|")
    for identity, *others in rows:
        click.echo(
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in (f"`{identity}`", *others)) + " |"
        )
