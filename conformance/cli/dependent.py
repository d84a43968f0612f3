"""Options that go with others, or not beside them: one that would do nothing is refused, not passed over."""

from collections.abc import Mapping
from typing import Any

import click


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
