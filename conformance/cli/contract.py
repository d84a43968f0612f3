"""`rerank-conformance contract`: the effective contract, for other tools to read."""

import click

from conformance.cli import completing
from conformance.cli.formatting import emit, formats


@click.command("contract")
@click.argument("name", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@formats(default="yaml")
def command(name: str, form: str) -> None:
    """Print CONTRACT (a vendor's name, a file or a folder) with its overlay applied. Default: siliconflow."""
    import sys

    from conformance.cli.loading import contract

    document = contract(name).document
    if form == "json":
        emit(document)
        return
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 100
    yaml.dump(document, sys.stdout)
