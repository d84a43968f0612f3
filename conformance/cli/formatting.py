"""How a command prints: a table or sentences for people, JSON for programs. Every command has `--format`."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from conformance.cli.output import say, say_json


def formats(
    *others: str, default: str = "text", schema: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option `--format`, with `json` and other forms beside the default one; the command gets it as `form`.

    With the name of a product's `schema`, `--format schema` prints the JSON Schema of the form `json`, and nothing is done.
    """

    def chosen(ctx: click.Context, _param: click.Parameter, value: str) -> str:
        if value == "schema" and not ctx.resilient_parsing:
            from conformance.document import schema as of

            say_json(of(schema))
            ctx.exit()
        return value

    return click.option(
        "--format",
        "form",
        type=click.Choice([default, *others, "json", *(["schema"] if schema else [])]),
        default=default,
        show_default=True,
        is_eager=True,
        callback=chosen,
        help=f"How to print the result{'; `schema` prints the JSON Schema of `json`' if schema else ''}.",
    )


def present(product: str, value: Any, form: str, **options: Any) -> None:
    """Print a product of the table of formats: `text` for people, with the options of its terminal form, or another form."""
    from conformance.report.formats import render, show

    if form == "text":
        show(product, value, sys.stdout, **options)
    else:
        say(render(product, form, value), nl=False)


def listing(rows: Sequence[Mapping[str, Any]], form: str) -> None:
    """Print rows by the names of their columns, which they share: as JSON, or as a table."""
    if form == "json":
        say_json(rows)
    else:
        table(tuple(rows[0]), (tuple(row.values()) for row in rows))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table for people; in a pipe each row is one line."""
    from conformance.report.terminal import table as show

    show(columns, rows, sys.stdout)
