"""What numbers and names on the command line may be: `nan` and `inf` are no amount of anything."""

import math
from typing import Any

import click


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
