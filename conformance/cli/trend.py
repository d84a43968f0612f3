"""`rerank-conformance trend`: pass rate and latency over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import storing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.store.record import Record


@click.command("trend")
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N runs of each target.")
@click.option("--json", "as_json", is_flag=True, help="Write the points as JSON (report/schemas/trend.schema.json).")
@click.option("--out", type=click.Path(dir_okay=False, writable=True), metavar="FILE", help="Draw into FILE.svg (one target) or FILE.html.")
@storing.option
def command(target: str | None, last: int | None, as_json: bool, out: str | None, where: str | None) -> int:
    """Draw the pass rate and the latency percentiles of TARGET (default: of all) over time."""
    import sys

    with storing.store(where) as store:
        known = store.targets()
        if target is not None and target not in known:
            msg = f"{store.location.shown} holds no run of {target!r}; its targets: {', '.join(known) or 'none'}."
            raise click.UsageError(msg)
        runs = [run for one in (known if target is None else [target]) for run in store.runs(one, limit=last)]
    if out is not None:
        _draw(runs, Path(out))
    elif as_json:
        import orjson

        from conformance.report.trend import document

        sys.stdout.buffer.write(orjson.dumps(document(runs), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        from conformance.report.trend import show

        show(runs, sys.stdout)
    return 0


def _draw(runs: Sequence[Record], path: Path) -> None:
    from conformance.report.drawing import DrawingUnavailableError, html, svg
    from conformance.report.trend import pictures

    drawn = list(pictures(runs))
    try:
        if path.suffix.lower() in {".html", ".htm"}:
            content = html(drawn)
        elif path.suffix.lower() != ".svg":
            msg = f"--out {path}: a trend is drawn into FILE.svg or FILE.html."
            raise click.UsageError(msg)
        elif len(drawn) != 1:
            msg = f"--out {path}: an SVG is of one series, and these are {len(drawn)}: {'; '.join(name for name, _ in drawn[:8])}. Name a TARGET, or write a FILE.html."
            raise click.UsageError(msg)
        else:
            content = svg(*drawn[0]) + "\n"
        path.write_text(content, encoding="utf-8")
    except DrawingUnavailableError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        msg = f"--out {path}: cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error
    click.echo(f"drawn: {path}")
