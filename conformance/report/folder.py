"""A run's folder: every format of its report."""

from collections.abc import Callable
from pathlib import Path

from conformance.report import har, html, junit, markdown, run_json
from conformance.verdict.run import Run

FORMATS: dict[str, Callable[[Run], str]] = {
    "exchanges.har": har.render,
    "run.json": run_json.render,
    "junit.xml": junit.render,
    "report.md": markdown.render,
    "report.html": html.render,
}


def write(run: Run, folder: Path) -> None:
    """Write all formats into a folder, which is made; each file appears whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in FORMATS.items():
        partial = folder / f".{name}.part"
        partial.write_text(render(run), encoding="utf-8", errors="backslashreplace", newline="\n")
        partial.replace(folder / name)
