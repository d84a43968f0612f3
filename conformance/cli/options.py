"""The options of commands, as `options.toml` has them: what they go with, and what numbers and names may be. `nan` and `inf` are no amount of anything."""

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from conformance.cli import completing


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
                    words = f"{self.opts[0]} and {other} cannot be used together. Leave one of them out."
                    raise click.UsageError(words, ctx)
        return super().handle_parse_result(ctx, opts, args)


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
        """Return the text; fails as click does for an empty one, and for bytes that are no UTF-8."""
        found = super().convert(value, param, ctx)
        if re.search("[\ud800-\udfff]", found):
            self.fail(f"{found!r} is no text in UTF-8.", param, ctx)
        if not found.strip():
            self.fail("it is empty.", param, ctx)
        return found


# What a value may be, by the name that the file has for it.
_KINDS: Mapping[str, Any] = {
    "int": int,
    "file": click.Path(dir_okay=False),
    "written": click.Path(dir_okay=False, writable=True),
    "page": click.Path(dir_okay=False, exists=True, writable=True),
    "folder": click.Path(file_okay=False, writable=True),
    "place": click.Path(file_okay=False, path_type=Path),
    "recorded": Recorded(),
}


def options_of(section: str) -> Callable[[Callable[..., Any]], Any]:
    """Return what gives a command the options of a section of `options.toml`, in their order.

    A text is not empty: a variable of a shell that is not set stands for no default.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name, said in reversed(list(_entries(section))):
            command = _option(name, **said)(command)
        return command

    return add


@cache
def _text() -> str:
    return (files(__package__) / "options.toml").read_text(encoding="utf-8")


@cache
def _section(name: str) -> Mapping[str, Any]:
    """Return a section; the others are not read, for a command needs few of them."""
    return tomllib.loads(_text().partition(f"\n[{name}]\n")[2].partition("\n[")[0])


def _entries(section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, said in _section(section).items():
        if isinstance(said, str):
            other, _, one = said.partition(".")
            yield from (entry for entry in _entries(other) if one in {"*", entry[0]})
        else:
            yield name, said


def _option(name: str, flag: str, completes: str = "", switch: bool = False, **said: Any) -> Any:  # noqa: FBT002 - as the file has it
    spelling, _, metavar = flag.partition(" ")
    more: dict[str, Any] = {
        key: said.pop(key) for key in ("help", "default", "show_default", "multiple", "required") if key in said
    }
    more = {"show_default": "default" in more, **more}
    if completes:
        more["shell_complete"] = getattr(completing, completes)
    if said.keys() & {"needs", "without"}:
        more |= {"cls": Dependent, "needs": said.get("needs", ""), "without": tuple(said.get("without", ()))}
    kind = {"is_flag": True} if switch else {"type": _kind(**said), "metavar": metavar or None}
    return click.option(spelling, name, **kind, **more)


def _kind(kind: str = "", **said: Any) -> Any:
    """Return what a value may be: of a kind, one of some, a whole number in a range, an amount from or above a bound, else a text."""
    if "choice" in said:
        return click.Choice(said["choice"])
    if "range" in said:
        return click.IntRange(*said["range"])
    if bounds := said.keys() & {"least", "above"}:
        return Amount(said[bounds.pop()], min_open="above" in said)
    return _KINDS[kind] if kind else Text()
