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


class FormatError(Exception):
    """Some formats could not be made; the message names them. The others are whole."""


def write(run: Run, folder: Path, exchanges: Iterable[Exchange] | None = None) -> None:
    """Write all formats into a folder, which is made; each file appears whole or not at all.

    A format that fails takes no other with it. Raises OSError, and in the end FormatError.

    `exchanges` go into the HAR, one at a time (default: those that the run holds).
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Callable[[TextIO], object]] = {HAR: lambda out: har.write(run.exchanges.values() if exchanges is None else exchanges, out)}
    writers |= {name: lambda out, render=render: out.write(render(run)) for name, render in FORMATS.items()}  # type: ignore[misc]
    failed = []
    for name, writer in writers.items():
        try:
            with _whole(folder / name) as out:
                writer(out)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a formatter's mistake is not the others'
            failed.append(f"{name} ({type(error).__name__}: {' '.join(str(error).split())[:200]})")
    if failed:
        msg = f"{' and '.join(failed)} could not be made; the other formats are whole"
        raise FormatError(msg)


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
            yield out
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)
