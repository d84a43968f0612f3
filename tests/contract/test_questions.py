"""A contract answers by role what its document says, whatever the fields are called."""

from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, ContractError, load, select
from conformance.contract.catalogue import check
from tests.contract.frozen import frozen
from tests.contract.test_audit import CLEAN

QWEN = ("Qwen/Qwen3-Reranker-8B", "Qwen/Qwen3-Reranker-4B", "Qwen/Qwen3-Reranker-0.6B")
BGE = ("BAAI/bge-reranker-v2-m3", "Pro/BAAI/bge-reranker-v2-m3", "netease-youdao/bce-reranker-base_v1")
VISION = "Qwen/Qwen3-VL-Reranker-8B"
NAMES = {
    "model": "model",
    "query": "query",
    "documents": "documents",
    "instruction": "instruction",
    "limit": "top_n",
    "echo_switch": "return_documents",
    "chunk_limit": "max_chunks_per_doc",
    "chunk_overlap": "overlap_tokens",
}


def changed(change: Any) -> Contract:
    document = deepcopy(CLEAN)
    change(document, document["paths"]["/rerank"]["post"])
    return check(document, Path("example.yaml"))


@pytest.mark.parametrize(
    ("vendor", "server", "key", "statuses"),
    [
        (
            "siliconflow",
            "https://api.siliconflow.cn/v1",
            "SILICONFLOW_API_KEY",
            ["200", "400", "401", "403", "404", "429", "503", "504"],
        ),
        ("woagent", "https://api.woagent.net", "WOAGENT_API_KEY", ["200"]),
    ],
)
def test_where_it_is_served(vendor: str, server: str, key: str, statuses: list[str]) -> None:
    """Server, path, method, the key's variable and the documented statuses are each vendor's own."""
    contract = frozen(vendor)
    assert (contract.server, contract.path, contract.method, contract.key_env) == (server, "/rerank", "POST", key)
    assert list(contract.answers) == statuses
    assert contract.documents_errors == (len(statuses) > 1)
    assert contract.unmatched == ()


@pytest.mark.parametrize("vendor", ["siliconflow", "woagent"])
def test_fields_by_role(vendor: str) -> None:
    """Every role of the request leads to its field, and the three that are required say so."""
    contract = frozen(vendor)
    fields = {role: contract.request_field(role) for role in NAMES}
    assert {role: field.name for role, field in fields.items() if field} == NAMES
    assert {role for role, field in fields.items() if field and field.required} == {"model", "query", "documents"}
    assert contract.request_field("trace") is None


def test_bounds_are_each_vendors_own() -> None:
    """The same role has the bounds of its own document: woagent's page gives only one of SiliconFlow's."""
    bounds = {}
    for vendor in ("siliconflow", "woagent"):
        for role in ("limit", "chunk_limit", "chunk_overlap"):
            field = frozen(vendor).request_field(role)
            assert field is not None
            bounds[vendor, role] = (
                field.schema.get("minimum"),
                field.schema.get("maximum"),
                field.schema.get("default"),
            )
    assert bounds == {
        ("siliconflow", "limit"): (1, None, None),
        ("siliconflow", "chunk_limit"): (1, None, 1024),
        ("siliconflow", "chunk_overlap"): (0, 80, None),
        ("woagent", "limit"): (None, None, None),
        ("woagent", "chunk_limit"): (None, None, None),
        ("woagent", "chunk_overlap"): (None, 80, None),
    }


def test_branches_and_models() -> None:
    """SiliconFlow's two forms of a request know their models and what these take; woagent has one form."""
    classic, vision = frozen("siliconflow").branches
    assert (classic.label, classic.kind, set(classic.models)) == ("RerankClassicRequest", "text", {*QWEN, *BGE})
    assert (vision.label, vision.kind, vision.models) == ("RerankVLRequest", "multimodal", (VISION,))
    (only,) = frozen("woagent").branches
    assert (only.kind, set(only.models)) == ("text", {*QWEN, *BGE})
    assert classic.lists_models
    assert only.lists_models


@pytest.mark.parametrize("vendor", ["siliconflow", "woagent"])
def test_which_model_takes_what(vendor: str) -> None:
    """Instructions are for Qwen's models and chunks for BGE's; a field that the prose does not restrict is for all."""
    contract = frozen(vendor)
    for model in (*QWEN, *BGE):
        assert contract.takes(model, "instruction") == (model in QWEN)
        assert contract.takes(model, "overlap_tokens") == (model in BGE)
        assert contract.takes(model, "max_chunks_per_doc") == (model in BGE)
        assert contract.takes(model, "top_n")


def test_the_vision_model_has_its_own_sentence() -> None:
    """The multimodal form documents both chunk fields without a restriction, and an instruction for other models only."""
    contract = frozen("siliconflow")
    assert contract.takes(VISION, "max_chunks_per_doc")
    assert contract.takes(VISION, "overlap_tokens")
    assert not contract.takes(VISION, "instruction")
    assert [branch.label for branch in contract.branches_of(VISION)] == ["RerankVLRequest"]
    assert contract.branches_of("somebody/else") == contract.branches


@pytest.mark.parametrize(
    ("vendor", "counted"),
    [("siliconflow", ("meta", "tokens", "input_tokens")), ("woagent", ("tokens", "input_tokens"))],
)
def test_places_in_the_answer(vendor: str, counted: tuple[str, ...]) -> None:
    """Results, their parts and the token counts are found where each vendor puts them."""
    success = frozen(vendor).success
    paths = {role: place.path for role in ("results", "index", "score", "echo") if (place := success.place(role))}
    assert paths == {
        "results": ("results",),
        "index": ("results", "*", "index"),
        "score": ("results", "*", "relevance_score"),
        "echo": ("results", "*", "document"),
    }
    usage = success.place("input_tokens", under="usage")
    assert usage is not None
    assert usage.path == counted
    text = success.place("text", under="echo")
    assert text is not None
    assert text.path == ("results", "*", "document", "text")
    assert success.place("text", under="nothing") is None


@pytest.mark.parametrize(
    ("vendor", "told"),
    [("jina", {"model", "usage", "total_tokens"}), ("woagent", {"id", "usage", "input_tokens", "output_tokens"})],
)
def test_what_every_answer_tells(vendor: str, told: set[str]) -> None:
    """What a service tells of every answer stands beside the results: counts, a model, an id, and nothing of one result."""
    assert {place.role for place in load(vendor).success.steady} == told


def test_trace_header_is_of_siliconflow_alone() -> None:
    """The header that SiliconFlow promises in prose is a required one of its 200; woagent's page promises none."""
    header = frozen("siliconflow").success.header("trace")
    assert header is not None
    assert (header.name, header.required) == ("x-siliconcloud-trace-id", True)
    assert frozen("woagent").success.header("trace") is None


def test_error_shapes_by_status() -> None:
    """An error's code, message and data are found by role; the statuses that are bare strings have none of them."""
    contract = frozen("siliconflow")
    roles = {
        status: {place.role for place in answer.places}
        for status, answer in contract.answers.items()
        if not status.startswith("2")
    }
    shaped = {"error_code", "error_message", "error_data"}
    assert roles == {
        "400": shaped,
        "401": set(),
        "403": set(),
        "404": set(),
        "429": shaped - {"error_code"},
        "503": shaped,
        "504": set(),
    }
    assert contract.answer(418) is None


def test_requests_are_judged_by_the_schema() -> None:
    """Lawful and unlawful requests of both forms are told apart, also the mix that no branch allows."""
    valid = frozen("siliconflow").request_validator.is_valid
    base = {"model": BGE[0], "query": "Apple", "documents": ["apple"]}
    assert valid(base)
    assert valid({**base, "documents": "apple"})
    assert valid({**base, "query": {"image": "https://example.com/a.jpg"}})
    assert not valid({**base, "query": {"image": "https://example.com/a.jpg"}, "documents": "apple"})
    assert not valid({**base, "documents": []})
    assert not valid({**base, "documents": [{"text": "a", "image": "b"}]})
    assert not valid({**base, "overlap_tokens": 81})
    strict = frozen("woagent").request_validator.is_valid
    assert strict(base)
    assert strict({**base, "overlap_tokens": -1})
    assert not strict({**base, "documents": "apple"})
    assert not strict({**base, "model": VISION})


def test_hash_is_of_the_meaning() -> None:
    """The hash moves with the document's content, and not with the order of its keys."""
    one, other = (
        changed(lambda _d, _o: None),
        changed(lambda document, _o: document.update(dict(reversed(list(document.items()))))),
    )
    assert one.sha256 == other.sha256
    assert changed(lambda document, _o: document["info"].update(version="2")).sha256 != one.sha256


def test_status_classes_and_default() -> None:
    """A status is answered for by itself, else by its class, else by the default."""

    def change(_document: Any, operation: Any) -> None:
        operation["responses"] |= {
            "404": {"description": "own"},
            "4xx": {"description": "class"},
            "default": {"description": "rest"},
        }

    contract = changed(change)
    told = {status: answer.status for status in (200, 404, 422, 500) if (answer := contract.answer(status))}
    assert told == {200: "200", 404: "404", 422: "4xx", 500: "default"}


def test_server_variables_have_their_defaults() -> None:
    """A server's URL is told with the defaults of its variables and without a trailing slash."""
    servers = [
        {
            "url": "https://{region}.example/{version}/",
            "variables": {"region": {"default": "eu"}, "version": {"default": "v2"}},
        }
    ]
    assert changed(lambda document, _o: document.update(servers=servers)).server == "https://eu.example/v2"


@pytest.mark.parametrize(
    ("security", "asked"),
    [
        (None, True),
        ([], False),
        ([{"key": []}], True),
        ([{"other": []}], True),
        ([{"sso": []}], False),
        ([{"query": []}], False),
    ],
)
def test_security_of_root_and_operation(security: Any, asked: bool) -> None:
    """The operation's own security comes before the document's, and only a key in a header counts."""

    def change(document: Any, operation: Any) -> None:
        document["security"] = [{"key": []}]
        schemes = {
            "key": {"type": "http", "scheme": "Bearer"},
            "other": {"type": "apiKey", "in": "header", "name": "X"},
            "sso": {"type": "openIdConnect"},
            "query": {"type": "apiKey", "in": "query", "name": "key"},
        }
        document["components"] = {"securitySchemes": schemes}
        if security is not None:
            operation["security"] = security

    assert (changed(change).credential is not None) == asked


@pytest.mark.parametrize(
    ("scheme", "header", "value"),
    [
        ({"type": "http", "scheme": "Bearer"}, "Authorization", "Bearer K"),
        ({"type": "apiKey", "in": "header", "name": "X-Api-Key"}, "X-Api-Key", "K"),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization", "x-rerank-key-prefix": "Token"},
            "Authorization",
            "Token K",
        ),
    ],
)
def test_how_a_key_is_sent(scheme: Any, header: str, value: str) -> None:
    """A scheme says in which header the key goes, and behind what; an empty requirement beside it makes it optional."""
    for more, secured in (([], True), ([{}], False)):
        contract = changed(
            lambda document, operation, more=more: (
                operation.update(security=[{"key": []}, *more]),
                document.update(components={"securitySchemes": {"key": scheme}}),
            )
        )
        assert contract.credential is not None
        assert (contract.credential.header, contract.credential.value("K")) == (header, value)
        assert contract.secured == secured


def test_parts_of_all_of_make_one_form() -> None:
    """A body put together with allOf has the fields and required names of all its parts."""

    def change(_document: Any, operation: Any) -> None:
        media = operation["requestBody"]["content"]["application/json"]
        more = {"type": "object", "required": ["lang"], "properties": {"lang": {"type": "string"}}}
        media["schema"] = {"allOf": [media["schema"], more]}

    (branch,) = changed(change).branches
    assert {name for name, field in branch.fields.items() if field.required} == {"model", "query", "documents", "lang"}


def test_values_at_a_place() -> None:
    """Values are read along a place's path; what is missing or of another type gives none."""
    path = ("results", "*", "index")
    assert select({"results": [{"index": 1}, {}, 5, {"index": None}]}, path) == [1, None]
    assert select({"results": {"index": 1}}, path) == []
    assert select([], path) == []


ANYTHING: list[Any] = [
    None,
    1,
    -1,
    "x",
    "",
    [],
    {},
    True,
    ["a"],
    [None],
    {"a": None},
    {"$ref": "#/"},
    {"$ref": 5},
    {"$ref": "#/paths"},
    {"type": ["string", 5]},
]


def locations(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in members for place in locations(value, (*path, key)))]


@pytest.mark.parametrize("number", range(len(ANYTHING)))
def test_anything_anywhere_is_refused_or_answered(number: int) -> None:
    """With any value at any place of a document it is either refused in words, or every question and the audit are answered."""
    from conformance.contract.audit import audit

    for path in locations(CLEAN)[1:]:
        document = deepcopy(CLEAN)
        node: Any = document
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = deepcopy(ANYTHING[number])
        with suppress(ContractError):
            audit(check(document, Path("example.yaml")))


def test_path_with_a_query_is_refused() -> None:
    """A query in the name of a path is said as parameters: nothing that is asked at such a path could be told from it."""
    document = deepcopy(CLEAN)
    document["paths"] = {"/rerank?version=2": document["paths"]["/rerank"]}
    with pytest.raises(ContractError, match=r"example.yaml: the path /rerank\?version=2 holds a query"):
        check(document, Path("example.yaml"))
