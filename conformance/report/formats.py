"""The one table of formats: what each product of the suite can be written as.

A new format is a module with a function and a line here. Modules are named and
not imported, so that a command loads only what it shows.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from attrs import frozen

from conformance.document import to_json
from conformance.document.folder import whole
from conformance.document.process import stepping
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


def _product(name: str, document: str, show: str, files: Mapping[str, str] | None = None, **forms: str) -> Product:
    """Return a product; its document is named within `conformance`, what renders it within this package."""
    found = {form: f"conformance.report.{where}" for form, where in {"terminal": show, **forms}.items()}
    return Product(f"conformance.{document}", name, found.pop("terminal"), found, files or {})


_ALL = (
    _product(
        "run", "document.run:document", "run:show", FILES,
        junit="junit:render", markdown="run:markdown", html="run_page:render", har="har:render",
    ),
    _product(
        "night", "nightly.document:document", "night:show", {"json": "summary.json", "markdown": "summary.md"},
        markdown="night:markdown",
    ),
    _product("difference", "store.document:of_difference", "difference:show", markdown="difference:markdown"),
    _product("history", "store.document:of_history", "history:show"),
    _product("trend", "store.document:of_trend", "trend:show", svg="trend_page:svg", html="trend_page:html"),
    _product("drift", "drift.document:document", "drift:show", markdown="drift:markdown"),
    _product(
        "comparison", "compare.document:document", "comparison:show",
        {"json": "compare.json", "csv": "compare.csv", "markdown": "compare.md", "html": "compare.html"},
        csv="comparison_csv:render", markdown="comparison:markdown", html="comparison_page:render",
    ),
    _product("faults", "selftest.document:document", "faults:show", markdown="faults:markdown"),
)  # fmt: skip
PRODUCTS: Mapping[str, Product] = {product.schema: product for product in _ALL}


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
    _refuse(_failed({name: partial(_into, product, form, value) for form, name in files.items()}, folder))


def prepared() -> Iterator[None]:
    """Import what `write_run` needs, one after the other."""
    for where in PRODUCTS["run"].forms.values():
        with suppress(ImportError):
            import_module(where.partition(":")[0])
        yield
    with suppress(ImportError):
        import_module("conformance.report.page").environment()
    yield


def write_run(run: Run, folder: Path, exchanges: Iterable[Exchange] | None = None) -> None:
    """Write a run's formats as `write` does, but the HAR one exchange at a time.

    It holds `exchanges` where they are given, else the run's where it holds all of them, else those of the folder's
    recording. Raises RecordingError, OSError and FormatError.
    """
    from conformance.report import har

    held = exchanges
    if held is None:
        held = run.exchanges.values() if len(run.exchanges) == run.requests else Recording.read(folder).exchanges()
    writers: dict[str, Writer] = {FILES["har"]: lambda out: har.write(held, out)}
    for form, name in FILES.items():
        writers.setdefault(name, partial(_into, "run", form, run))
    # Pages take as long as all the others together.
    pages = {FILES[form]: writers.pop(FILES[form]) for form in ("html", "markdown")}
    with stepping(partial(_tried, pages, folder)) as ask:
        told = ask(None)
        failed = _failed(writers, folder)
        if told():
            # What fails in a process beside this one fails here with its own words.
            failed += _failed(pages, folder)
    _refuse(failed)


def _tried(writers: Mapping[str, Writer], folder: Path) -> Generator[str, Any, None]:
    try:
        yield " ".join(_failed(writers, folder))
    except OSError as error:
        yield str(error)


def _into(product: str, form: str, value: Any, out: TextIO) -> None:
    out.write(render(product, form, value))


def _failed(writers: Mapping[str, Writer], folder: Path) -> list[str]:
    """Write files into a folder, and return what failed, in words; raises OSError."""
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
    return failed


def _refuse(failed: list[str]) -> None:
    if failed:
        raise FormatError(f"{' and '.join(failed)} could not be made; the other formats are whole")


def _named(where: str) -> Callable[..., Any]:
    module, _, function = where.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
