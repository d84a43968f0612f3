"""`rerank-conformance trend`: pass rate and latency over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing
from conformance.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.store.record import Record


@click.command("trend")
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N runs of each target.")
@click.option("--json", "as_json", is_flag=True, help="Write the points as JSON (document/schemas/trend.schema.json).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Draw into FILE.svg (one target) or FILE.html.",
)
@storing.option
def command(target: str | None, last: int | None, as_json: bool, out: str | None, where: str | None) -> int:
    """Draw the pass rate and the latency percentiles of TARGET (default: of all) over time."""
    import sys

    from conformance.report.formats import render, show

    with storing.store(where) as store:
        known = store.targets()
        if target is not None and target not in known:
            msg = f"{store.location.shown} holds no run of {target!r}; its targets: {', '.join(known) or 'none'}."
            raise click.UsageError(msg)
        runs = [run for one in (known if target is None else [target]) for run in store.runs(one, limit=last)]
    if out is not None:
        _draw(runs, Path(out))
    elif as_json:
        sys.stdout.buffer.write(render("trend", "json", runs).encode())
    else:
        show("trend", runs, sys.stdout)
    return 0


def _draw(runs: Sequence[Record], path: Path) -> None:
    from conformance.report.formats import render
    from conformance.report.svg import DrawingUnavailableError
    from conformance.report.trend_page import ManySeriesError

    form = {".svg": "svg", ".html": "html", ".htm": "html"}.get(path.suffix.lower())
    if form is None:
        msg = f"--out {path}: a trend is drawn into FILE.svg or FILE.html."
        raise click.UsageError(msg)
    try:
        path.write_text(render("trend", form, runs), encoding="utf-8")
    except DrawingUnavailableError as error:
        raise click.UsageError(str(error)) from error
    except ManySeriesError as error:
        msg = f"--out {path}: {error}"
        raise click.UsageError(msg) from error
    except OSError as error:
        msg = f"--out {path}: cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error
    say(f"drawn: {path}")
