"""`rerank-conformance trend`: pass rate and latency over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import completing, storing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, tell, write_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.store.record import Record


@click.command("trend")
@click.argument("target", required=False, metavar="[TARGET]", shell_complete=completing.targets)
@options_of("trend")
@formats(schema="trend")
def command(target: str | None, last: int | None, out: str | None, where: str | None, form: str) -> int:
    """Draw the pass rate and the latency percentiles of TARGET over time (default: all targets)."""
    from conformance.cli.nearest import unknown_target

    with storing.store(where) as store:
        known = store.targets()
        if target is not None and target not in known:
            raise unknown_target(target, store)
        if not known:
            tell(store.nothing)
        runs = [run for one in (known if target is None else [target]) for run in store.runs(one, limit=last)]
    if out is not None:
        _draw(runs, Path(out))
    else:
        present("trend", runs, form)
    return 0


def _draw(runs: Sequence[Record], path: Path) -> None:
    from conformance.report.formats import render
    from conformance.report.trend_page import ManySeriesError

    form = {".svg": "svg", ".html": "html", ".htm": "html"}.get(path.suffix.lower())
    if form is None:
        raise click.UsageError(f"--out {path}: a trend is drawn into FILE.svg or FILE.html.")
    with refusing(ManySeriesError, of=f"--out {path}"):
        text = render("trend", form, runs)
    write_out(path, text)
    say(f"drawn: {path}")
