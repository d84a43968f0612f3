"""The options of commands, written as their help shows them, and what numbers and names may be: `nan` and `inf` are no amount of anything."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
# What several options are.
COUNT: Mapping[str, Any] = {"type": click.IntRange(1)}
REPEATED: Mapping[str, Any] = {"multiple": True}
FOLDER_OUT: Mapping[str, Any] = {"type": click.Path(file_okay=False, writable=True)}
FILE_OUT: Mapping[str, Any] = {"type": click.Path(dir_okay=False, writable=True)}
FOLDER_IN: Mapping[str, Any] = {"type": click.Path(exists=True, file_okay=False)}


def options(told: str, **more: Mapping[str, Any]) -> Decorator:
    """Return what adds options to a command, one for each line: its flags, what its value is called, its help, two spaces or more between.

    A word without dashes beside the flags names the parameter; an option without a name for its value is a switch, unless
    it has a type. `more` holds, by the parameter's name, what a line does not say: type, default, whether it repeats.
    """
    made = []
    for line in told.strip().splitlines():
        flags, *called, words = re.split(r"\s{2,}", line.strip(), maxsplit=2)
        name = flags.split()[-1].partition("/")[0].lstrip("-").replace("-", "_")
        own: dict[str, Any] = {"show_default": "default" in more.get(name, {}), **more.get(name, {})}
        own |= {"metavar": called[0]} if called else {"is_flag": "type" not in own}
        kind = Dependent if {"needs", "without"} & own.keys() else click.Option
        made.append(click.option(*flags.split(), cls=kind, help=words, **own))

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(made):
            command = one(command)
        return command

    return add


class Dependent(click.Option):
    """An option that needs another one, or that cannot stand beside some: one that would do nothing is refused, not passed over."""

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
