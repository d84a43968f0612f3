"""How an option is written in a line, what it goes with, and what numbers and names may be: `nan` and `inf` are no amount of anything."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click


def option(
    spec: str, words: str, kind: Any = None, *, name: str = "", **more: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Return an option that takes a value, from how help writes it (`--max-requests N`) and its help; `name` is the parameter's where it is not the flag's.

    A text is not empty: a variable of a shell that is not set stands for no default.
    """
    flag, _, metavar = spec.partition(" ")
    shown = {"show_default": "default" in more, **more}
    return click.option(flag, *filter(None, [name]), metavar=metavar or None, help=words, type=kind or Text(), **shown)


class Dependent(click.Option):
    """An option that needs another one, or that cannot stand beside some."""

    def __init__(self, *told: Any, needs: str = "", without: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(*told, **more)
        self.needs, self.without = needs, without

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Take the option's value; fails as click does where it stands alone or beside one that it contradicts."""
        if self.name in opts:
            given = {flag for one in ctx.command.params if one.name in opts for flag in one.opts}
            if self.needs and self.needs not in given:
                raise click.UsageError(f"{self.opts[0]} has an effect only with {self.needs}. Add {self.needs}.", ctx)
            for other in self.without:
                if other in given:
                    raise click.UsageError(
                        f"{self.opts[0]} and {other} cannot be used together. Leave one of them out.", ctx
                    )
        return super().handle_parse_result(ctx, opts, args)


def folder_option(words: str) -> Callable[[Callable[..., Any]], Any]:
    """Return the option that names the folder which a command writes."""
    return option("--out DIR", words, click.Path(file_okay=False, writable=True))


class Recorded(click.Path):
    """The folder of a recorded run."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the folder; fails as click does for what is none, a file of such a folder too."""
        if Path(value).is_file():
            self.fail(f"{value} is a file. Name the folder of a recorded run.", param, ctx)
        return super().convert(value, param, ctx)


class Amount(click.FloatRange):
    """A finite number within a range."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; fails as click does for what is none."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return found


class Text(click.types.StringParamType):
    """A text that is not empty."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text; fails as click does for an empty one."""
        found = super().convert(value, param, ctx)
        if not found.strip():
            self.fail("it is empty.", param, ctx)
        return found
