"""The one table of formats: what each product of the suite can be written as.

A new format is a module with a function and a line here. Modules are named and
not imported, so that a command loads only what it shows.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from attrs import frozen

from conformance.document import to_json
from conformance.document.folder import whole
from conformance.document.run import FILES
from conformance.model.exchange import Exchange
from conformance.model.run import Run
from conformance.recording import Recording

Writer = Callable[[TextIO], Any]


class FormatError(Exception):
    """Some formats could not be made; the message names them. The others are whole."""


@frozen
class Product:
    """One product: its document as plain values, its schema (of `conformance.document`), and its formats.

    `forms` names for each format `module:function` of this package, from the
    product to text; `terminal` one that takes a stream too. `files` are the formats that
    are written into the product's folder.
    """

    document: str
    schema: str
    terminal: str
    forms: Mapping[str, str]
    files: Mapping[str, str]


PRODUCTS: Mapping[str, Product] = {
    "run": Product(
        document="conformance.document.run:document",
        schema="run",
        terminal="conformance.report.run_terminal:show",
        forms={
            "junit": "conformance.report.junit:render",
            "markdown": "conformance.report.run_markdown:render",
            "html": "conformance.report.run_page:render",
            "har": "conformance.report.har:render",
        },
        files=FILES,
    ),
    "night": Product(
        document="conformance.nightly.document:document",
        schema="night",
        terminal="conformance.report.night:show",
        forms={"markdown": "conformance.report.night:markdown"},
        files={"json": "summary.json", "markdown": "summary.md"},
    ),
    "difference": Product(
        document="conformance.store.document:of_difference",
        schema="difference",
        terminal="conformance.report.difference:show",
        forms={"markdown": "conformance.report.difference:markdown"},
        files={},
    ),
    "history": Product(
        document="conformance.store.document:of_history",
        schema="history",
        terminal="conformance.report.history:show",
        forms={},
        files={},
    ),
    "trend": Product(
        document="conformance.store.document:of_trend",
        schema="trend",
        terminal="conformance.report.trend:show",
        forms={"svg": "conformance.report.trend_page:svg", "html": "conformance.report.trend_page:html"},
        files={},
    ),
    "drift": Product(
        document="conformance.drift.document:document",
        schema="drift",
        terminal="conformance.report.drift:show",
        forms={"markdown": "conformance.report.drift:markdown"},
        files={},
    ),
    "comparison": Product(
        document="conformance.compare.document:document",
        schema="comparison",
        terminal="conformance.report.comparison_terminal:show",
        forms={
            "csv": "conformance.report.comparison_csv:render",
            "markdown": "conformance.report.comparison_markdown:render",
            "html": "conformance.report.comparison_page:render",
        },
        files={"json": "compare.json", "csv": "compare.csv", "markdown": "compare.md", "html": "compare.html"},
    ),
    "faults": Product(
        document="conformance.selftest.document:document",
        schema="faults",
        terminal="conformance.report.faults:show",
        forms={"markdown": "conformance.report.faults:markdown"},
        files={},
    ),
}


def document(product: str, value: Any) -> Any:
    """Return a product as plain values, which keep its schema."""
    return _named(PRODUCTS[product].document)(value)


def render(product: str, form: str, value: Any) -> str:
    """Return a product in a format: `json`, or one of its own."""
    if form == "json":
        return to_json(document(product, value))
    return str(_named(PRODUCTS[product].forms[form])(value))


def show(product: str, value: Any, stream: TextIO, **options: Any) -> None:
    """Write a product for a person at a terminal."""
    _named(PRODUCTS[product].terminal)(value, stream, **options)


def write(product: str, value: Any, folder: Path) -> None:
    """Write a product's formats into its folder, which is made; each file appears whole or not at all.

    A format that fails takes no other with it. Raises OSError, and in the end FormatError.
    """
    files = PRODUCTS[product].files
    _write({name: partial(_into, product, form, value) for form, name in files.items()}, folder)


def write_run(run: Run, folder: Path, exchanges: Iterable[Exchange] | None = None) -> None:
    """Write a run's formats as `write` does, but the HAR one exchange at a time.

    It holds those of the folder's recording unless `exchanges` are given. Raises RecordingError, OSError and FormatError.
    """
    from conformance.report import har

    held = Recording.read(folder).exchanges() if exchanges is None else exchanges
    writers: dict[str, Writer] = {FILES["har"]: lambda out: har.write(held, out)}
    for form, name in FILES.items():
        writers.setdefault(name, partial(_into, "run", form, run))
    _write(writers, folder)


def _into(product: str, form: str, value: Any, out: TextIO) -> None:
    out.write(render(product, form, value))


def _write(writers: Mapping[str, Writer], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name, writer in writers.items():
        try:
            with whole(folder / name) as out:
                writer(out)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a formatter's mistake is not the others'
            failed.append(f"{name} ({type(error).__name__}: {' '.join(str(error).split())[:200]})")
    if failed:
        raise FormatError(f"{' and '.join(failed)} could not be made; the other formats are whole")


def _named(where: str) -> Callable[..., Any]:
    module, _, function = where.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
