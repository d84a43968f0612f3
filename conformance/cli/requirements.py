"""`rerank-conformance requirements`: the table of clauses."""

import click

from conformance.cli.output import say, say_json


@click.command("requirements")
@click.option("--contract", "name", default="siliconflow", show_default=True, metavar="NAME|FILE", help="The contract.")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
def command(name: str, form: str) -> None:
    """List all requirements of a contract with level and source."""
    from conformance.cli.loading import contract
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements

    clauses = [item.clause for item in requirements(Kit(contract(name)))]
    if form == "json":
        rows = [
            {"requirement": c.id, "level": c.level.value, "sentence": c.sentence, "source": c.source} for c in clauses
        ]
        say_json(rows)
        return
    say("| requirement | level | sentence | source |\n|---|---|---|---|")
    for clause in clauses:
        cells = (f"`{clause.id}`", clause.level.value, clause.sentence, clause.source)
        say("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
