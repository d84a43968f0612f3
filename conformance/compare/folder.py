"""A comparison's folder: every format of its report."""

from collections.abc import Callable
from pathlib import Path

from conformance.compare import csv_form, json_form, markdown_form, page
from conformance.compare.comparison import Comparison

FORMATS: dict[str, Callable[[Comparison], str]] = {
    "compare.json": json_form.render,
    "compare.csv": csv_form.render,
    "compare.md": markdown_form.render,
    "compare.html": page.render,
}


def write(comparison: Comparison, folder: Path) -> None:
    """Write all formats into a folder, which is made; each file appears whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in FORMATS.items():
        partial = folder / f".{name}.part"
        partial.write_text(render(comparison), encoding="utf-8", errors="backslashreplace", newline="")
        partial.replace(folder / name)
