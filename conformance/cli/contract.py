"""`rerank-conformance contract`: the effective contract, for other tools to read."""

import click

from conformance.cli.output import say_json


@click.command("contract")
@click.argument("name", default="siliconflow")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def command(name: str, form: str) -> None:
    """Print the contract NAME (a vendor or a file) with its overlay applied."""
    import sys

    from conformance.cli.loading import contract

    document = contract(name).document
    if form == "json":
        say_json(document)
        return
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 100
    yaml.dump(document, sys.stdout)
