"""A run's folder: every format of its report."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.report import har, html, junit, markdown, run_json

HAR = "exchanges.har"
# What is rendered from a run alone; the HAR is written from its recording.
FORMATS: dict[str, Callable[[Run], str]] = {
    "run.json": run_json.render,
    "junit.xml": junit.render,
    "report.md": markdown.render,
    "report.html": html.render,
}


def write(run: Run, folder: Path, exchanges: Iterable[Exchange] | None = None) -> None:
    """Write all formats into a folder, which is made; each file appears whole or not at all. Raises OSError.

    `exchanges` go into the HAR, one at a time (default: those that the run holds).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _whole(folder / HAR) as out:
        har.write(run.exchanges.values() if exchanges is None else exchanges, out)
    for name, render in FORMATS.items():
        with _whole(folder / name) as out:
            out.write(render(run))


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    partial = path.with_name(f".{path.name}.part")
    with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
        yield out
    partial.replace(path)
