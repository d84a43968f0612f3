"""The one table of formats: every product has its document, its schema and its formats, and all of them are there."""

import ast
import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.document import SCHEMAS, schema, to_json
from conformance.document.folder import dated, plain_name, whole
from conformance.report.formats import PRODUCTS, FormatError, document, render, show, write
from conformance.selftest.matrix import FaultMatrix, FaultResult

ROOT = Path(__file__).resolve().parents[2]
# Written by programs of their own, in the same way.
OTHERS = {"board", "changes"}
MATRIX = FaultMatrix(
    "some",
    (
        FaultResult("found", "It is wrong.", "a.*", ("a.b", "c"), 7, ""),
        FaultResult("missed", "It is wrong.", "d", (), 9, "gone"),
    ),
    20,
    ((3, ("a.b",)),),
    ("e",),
)


def functions() -> Iterator[str]:
    for product in PRODUCTS.values():
        yield from (product.document, product.terminal, *product.forms.values())


@pytest.mark.parametrize("where", sorted(set(functions())))
def test_every_function_of_the_table_is_there(where: str) -> None:
    """What the table names can be imported and called."""
    module, _, name = where.partition(":")
    assert callable(getattr(import_module(module), name))


def test_every_schema_has_its_product() -> None:
    """Each schema is valid, and describes a product; each product has one, and a file only in a format that it has."""
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()}
    assert names == {product.schema for product in PRODUCTS.values()} | OTHERS
    for name in names:
        jsonschema_rs.meta.validate(schema(name))
    for product in PRODUCTS.values():
        assert set(product.files) <= {"json", *product.forms}


def test_html_and_markdown_are_made_in_one_place() -> None:
    """Below `conformance` only the helper of `report`, and what makes a user's own files, set up templates."""
    users = set()
    for path in (ROOT / "conformance").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "jinja2":
                users.add(path.relative_to(ROOT / "conformance").as_posix())
    assert users == {"report/page.py", "cli/init.py"}


def test_fault_matrices() -> None:
    """A fault matrix keeps its schema, and names what was missed and each false alarm, on the page and at the terminal."""
    jsonschema_rs.validate(schema("faults"), document("faults", [MATRIX]))
    page = render("faults", "markdown", [MATRIX])
    assert (
        "1 of 2 faults are found by the requirement that names them, with at most 9 requests each; 1 false alarm on 20 correct servers."
        in page
    )
    assert "| `missed` | It is wrong. | **nothing** |  |" in page
    assert "| `found` | It is wrong. | `a.b` | `c` |" in page
    show("faults", [MATRIX], out := io.StringIO())
    assert "not found: missed (It is wrong.) should break d; gone" in out.getvalue()
    assert "false alarm: correct server 3: a.b" in out.getvalue()


@pytest.mark.parametrize(("value", "same"), [("搜索 \x00 \u2028", True), ("half \ud83d", False), (2**70, True)])
def test_odd_values_are_json(value: Any, same: bool) -> None:
    """Whatever a server can send is written as JSON that every reader takes: what is no character, and no number of 64 bits, too."""
    import json

    text = to_json({"it": value})
    assert json.loads(text) == {"it": value}
    assert text.encode("utf-8").isascii() is not (same and isinstance(value, str))


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dated folder is new, even twice in a second; a target's name makes none but below the place; a half-written file does not stay."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda _form: "2026-03-01-022300")
    first = dated("../a b")
    first.mkdir(parents=True)
    assert (str(first), str(dated("../a b"))) == ("runs/2026-03-01-022300-a-b", "runs/2026-03-01-022300-a-b-2")
    assert dated("x", "chosen") == Path("chosen")
    assert [plain_name(name) for name in ("http://h/v1?q", "...", "", "a" * 200)] == [
        "http-h-v1-q",
        "target",
        "target",
        "a" * 80,
    ]
    with pytest.raises(ZeroDivisionError), whole(tmp_path / "f") as out:
        out.write(str(1 / 0))
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_one_format_that_fails_takes_no_other_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files are whole, and the error names the one that is not."""
    from conformance.nightly.night import Night
    from conformance.report import night

    def fail(_night: Night) -> str:
        msg = "a mistake"
        raise ValueError(msg)

    monkeypatch.setattr(night, "markdown", fail)
    with pytest.raises(FormatError, match=r"summary\.md \(ValueError: a mistake\) could not be made"):
        write("night", Night(0.0, ()), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
