"""Contracts side by side, read from the frozen copies so that a new page does not change what is expected here."""

from pathlib import Path

import pytest

from conformance.compare.spec_diff import SpecCell, SpecRow, spec_diff
from conformance.contract import Contract, load
from conformance.contract.schema import convert
from conformance.traits.schema_words import bounds_said, form_of, forms, shape_of

FROZEN = Path(__file__).parents[1] / "data" / "openapi"
YAML = """
openapi: 3.1.0
info: {title: T, version: "2"}
servers: [{url: "https://other.example/api"}]
paths:
  /rank:
    post:
      operationId: rerank
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [query, texts]
              properties:
                query: {type: string, x-rerank-role: query}
                texts: {type: array, items: {type: string}, minItems: 1, maxItems: 100, x-rerank-role: documents}
                top_k: {type: integer, exclusiveMinimum: 0, default: 3, x-rerank-role: limit}
                speed: {enum: [fast, slow]}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties:
                  took_ms: {type: integer}
                  data:
                    type: array
                    x-rerank-role: results
                    items:
                      type: object
                      required: [index, score]
                      properties:
                        index: {type: integer, x-rerank-role: index}
                        score: {type: number, x-rerank-role: score}
        "422":
          description: bad
          content: {application/json: {schema: {type: object, required: [detail], properties: {detail: {type: string}}}}}
"""


@pytest.fixture(scope="module")
def pair() -> list[Contract]:
    return [load(str(FROZEN / "siliconflow")), load(str(FROZEN / "woagent"))]


@pytest.fixture(scope="module")
def rows(pair: list[Contract]) -> tuple[SpecRow, ...]:
    return spec_diff(pair)


def cells(rows: tuple[SpecRow, ...], area: str, item: str) -> tuple[SpecCell, ...]:
    return next(row.cells for row in rows if (row.area, row.item) == (area, item))


def test_url_and_access(rows: tuple[SpecRow, ...]) -> None:
    """The path below the host is told with the server's own part, and both want a bearer key."""
    assert [cell.name for cell in cells(rows, "access", "path")] == ["POST /v1/rerank", "POST /rerank"]
    assert [cell.name for cell in cells(rows, "access", "host")] == [
        "https://api.siliconflow.cn",
        "https://api.woagent.net",
    ]
    one, other = cells(rows, "access", "authentication")
    assert one.name == other.name == "Authorization: Bearer KEY"


def test_tokens_stand_elsewhere(rows: tuple[SpecRow, ...]) -> None:
    """`meta.tokens` is paired with the top-level `tokens`, which is required there; so are their parts."""
    one, other = cells(rows, "answer", "meta.tokens")
    assert (one.name, one.required, other.name, other.required) == ("meta.tokens", "optional", "tokens", "required")
    assert other.differs == ("name", "required")
    assert [cell.name for cell in cells(rows, "answer", "meta.tokens.input_tokens")] == [
        "meta.tokens.input_tokens",
        "tokens.input_tokens",
    ]
    assert not cells(rows, "answer", "meta.billed_units.input_tokens")[1].present


def test_forms_of_documents(rows: tuple[SpecRow, ...]) -> None:
    """All forms of one contract stand against the string list of the other, with the branch that has a form alone."""
    one, other = cells(rows, "request", "documents")
    assert one.type == (
        "string (only in RerankClassicRequest)",
        "list of string",
        "list of object {text}",
        "list of object {image}",
    )
    assert other.type == ("list of string",)
    assert other.differs == ("type",)


def test_models(rows: tuple[SpecRow, ...]) -> None:
    """A free name with models named in prose stands against an enumeration."""
    one, other = cells(rows, "request", "model")
    assert not one.enum
    assert "Qwen/Qwen3-VL-Reranker-8B" in one.models
    assert len(other.enum) == 6
    assert {"enum", "models"} <= set(other.differs)


@pytest.mark.parametrize(
    ("item", "one", "other"),
    [
        ("overlap_tokens", ("0..80",), ("≤ 80",)),
        ("top_n", ("≥ 1",), ()),
        ("query", ("length ≥ 1",), ()),
        ("instruction", ("length ≥ 1",), ()),
        ("max_chunks_per_doc", ("≥ 1",), ()),
    ],
)
def test_bounds(rows: tuple[SpecRow, ...], item: str, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Bounds are told as a reader writes them, and silence is no bound."""
    assert tuple(cell.bounds for cell in cells(rows, "request", item)) == (one, other)
    assert "bounds" in cells(rows, "request", item)[1].differs


def test_defaults(rows: tuple[SpecRow, ...]) -> None:
    """Defaults are told as JSON."""
    assert [cell.default for cell in cells(rows, "request", "return_documents")] == ["false", ""]
    assert [cell.default for cell in cells(rows, "request", "max_chunks_per_doc")] == ["1024", ""]


def test_errors_against_silence(rows: tuple[SpecRow, ...]) -> None:
    """Each documented status is told with its shape; a contract that says nothing is shown to say nothing."""
    documented = {row.item for row in rows if row.area == "errors" and not row.item.startswith("2")}
    assert documented == {"400", "401", "403", "404", "429", "503", "504"}
    one, other = cells(rows, "errors", "400")
    assert one.type == ("{code: integer | null, message: string, data: string}",)
    assert one.bounds == ("application/json",)
    assert not other.present
    assert cells(rows, "errors", "401")[0].type == ("string",)


def test_every_field_is_told_once(pair: list[Contract], rows: tuple[SpecRow, ...]) -> None:
    """Each field of each contract has exactly one row, and each row's item is the first contract's name where it has one."""
    for number, contract in enumerate(pair):
        told = [
            row.cells[number].name
            for row in rows
            if row.area == "request" and row.cells[number].present and "." not in row.cells[number].name
        ]
        assert sorted(told) == sorted(contract.fields)
    assert all(
        row.item == row.cells[0].name for row in rows if row.area in {"request", "answer"} and row.cells[0].present
    )


def test_any_dialect(pair: list[Contract], tmp_path: Path) -> None:
    """Fields are paired by role whatever they are called; those without a role appear under their own name."""
    path = tmp_path / "other.yaml"
    path.write_text(YAML)
    rows = spec_diff([pair[0], load(str(path))])
    assert [cell.name for cell in cells(rows, "request", "top_n")] == ["top_n", "top_k"]
    limit = cells(rows, "request", "top_n")[1]
    assert (limit.bounds, limit.default) == (("> 0",), "3")
    assert cells(rows, "request", "documents")[1].name == "texts"
    assert cells(rows, "request", "documents")[1].bounds == ("items 1..100",)
    assert cells(rows, "request", "speed")[1].enum == ("fast", "slow")
    assert not cells(rows, "request", "speed")[0].present
    assert [cell.name for cell in cells(rows, "answer", "results.relevance_score")] == [
        "results.relevance_score",
        "data.score",
    ]
    assert cells(rows, "answer", "took_ms")[1].present
    assert [cell.name for cell in cells(rows, "access", "path")] == ["POST /v1/rerank", "POST /api/rank"]
    assert not cells(rows, "access", "authentication")[1].present
    assert cells(rows, "errors", "422")[1].type == ("{detail: string}",)


def test_the_order_of_keys_says_nothing(pair: list[Contract], tmp_path: Path) -> None:
    """Objects that hold the same keys in another order read alike: results, errors, and values of a constant have its type."""
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = YAML.replace(
        "required: [detail], properties: {detail: {type: string}}",
        "required: [a, b], properties: {a: {type: string}, b: {const: x}}",
    )
    one.write_text(text)
    other.write_text(
        text.replace("[index, score]", "[score, index]").replace(
            "{a: {type: string}, b: {const: x}}", "{b: {const: x}, a: {type: string}}"
        )
    )
    assert not [row.item for row in spec_diff([load(str(one)), load(str(other))]) if row.differs]
    assert [form.type for form in forms(convert({}, {"enum": ["a", 1, None]}, "#"))] == ["integer", "string", "null"]


def test_alike_contracts_do_not_differ(pair: list[Contract]) -> None:
    """A contract beside itself differs in nothing."""
    assert not [row.item for row in spec_diff([pair[0], pair[0], pair[0]]) if row.differs]


def test_bounds_in_words() -> None:
    """Each keyword has its words."""
    assert bounds_said({"minimum": 0, "maximum": 80}) == ("0..80",)
    assert bounds_said({"exclusiveMaximum": 1, "multipleOf": 0.5}) == ("< 1", "a multiple of 0.5")
    assert bounds_said({"minLength": 1, "maxLength": 5, "pattern": "^a", "format": "uuid"}) == (
        "length 1..5",
        "matches ^a",
        "format uuid",
    )
    assert bounds_said({"maxItems": 3, "uniqueItems": True, "items.minLength": 1}) == (
        "items ≤ 3",
        "no item twice",
        "each: length ≥ 1",
    )


def test_forms_and_values_are_called_alike() -> None:
    """The form of a value has the name of the schema's form that takes it."""
    schema = convert(
        {},
        {
            "oneOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
                },
            ]
        },
        "#",
    )
    assert [form.type for form in forms(schema)] == [form_of("a"), form_of([{"text": "a"}])]
    assert shape_of({"b": [1, 2.5, None], "a": True}, ordered=True) == "{a: boolean, b: [integer | number | null]}"
