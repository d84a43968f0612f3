"""The command line. Each command is a file, imported only when it is called."""

import sys

from conformance.cli.group import cli

USAGE = 2
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; exit 2 with one paragraph for bad input, 130 for Ctrl-C."""
    import click

    try:
        status = cli.main(prog_name="rerank-conformance", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(USAGE)
    except click.ClickException as error:
        where = getattr(error, "ctx", None)
        name = where.command_path if where is not None else "rerank-conformance"
        click.echo(f"{name}: {' '.join(error.format_message().split())}", err=True)
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(_INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)
