"""`rerank-conformance contract`: the effective contract, for other tools to read."""

from io import StringIO

import click

from conformance.cli import completing
from conformance.cli.formatting import formats
from conformance.cli.output import say, say_json


@click.command("contract")
@click.argument("name", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@formats(default="yaml")
def command(name: str, form: str) -> None:
    """Print CONTRACT (a vendor's name, a file or a folder) with its overlay applied. Default: siliconflow."""
    from conformance.cli.loading import contract
    from conformance.document.text import visible

    document = contract(name).document
    if form == "json":
        say_json(document)
        return
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 100
    yaml.dump(document, out := StringIO())
    if visible(out.getvalue()) != out.getvalue():
        # Spelt out as YAML does, so that it is the same document.
        yaml.allow_unicode = False
        yaml.dump(document, out := StringIO())
    say(out.getvalue(), nl=False)
