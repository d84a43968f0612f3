"""How an option is written in a line, and what numbers and names may be: `nan` and `inf` are no amount of anything."""

import math
from collections.abc import Callable
from typing import Any

import click


def option(flags: str, metavar: str, words: str, kind: Any = None, **more: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return an option that takes a value: its flags and the parameter's name, separated by spaces, what the value is called, and its help.

    A text is not empty: a variable of a shell that is not set stands for no default.
    """
    shown = {"show_default": "default" in more, **more}
    return click.option(*flags.split(), metavar=metavar or None, help=words, type=kind or Text(), **shown)


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
