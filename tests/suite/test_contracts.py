"""The suite on the embedded mock: nothing found on a faithful one, for any contract."""

import json
from copy import deepcopy
from typing import Any

import pytest

from conformance.contract import Contract, load, names
from conformance.exchange.environment import MOCK_KEY
from conformance.mock import MockServer
from conformance.mock.app import App
from conformance.mock.rules import Rules
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.running import EmptySelectionError, Settings, Target, conduct
from conformance.selftest.stage import played
from tests.sampling import sampled


def judge(served: Contract, by: Contract | None = None, **settings: Any) -> Run:
    return played(App(Rules(served, MOCK_KEY)), by or served, Settings(**settings))


def asked(contract: Contract, **settings: Any) -> Run:
    """Judge a mock behind a socket."""
    with MockServer(contract) as mock:
        return conduct(
            Target("mock", mock.base_url, contract, {contract.key_env or "KEY": mock.key}), Settings(**settings)
        )


def broken(run: Run) -> list[str]:
    return [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


def changed(contract: Contract, change: Any) -> Contract:
    document = deepcopy(dict(contract.document))
    change(document["components"]["schemas"])
    return Contract("changed", document, document, contract.source)


@pytest.mark.parametrize("vendor", names())
def test_faithful_mock_has_no_finding(vendor: str) -> None:
    """A faithful mock passes with no finding."""
    run = judge(load(vendor))
    assert (run.exit_code, broken(run)) == (0, [])
    assert run.requests <= 150


SCHEMAS = {
    "enum": ({"type": "string", "enum": ["fast", "good"]}, {"type": "string"}),
    "pattern": ({"type": "string", "pattern": "^[a-z]{3}$", "example": "abc"}, {"type": "string", "example": "abc"}),
    "maxLength": ({"type": "string", "maxLength": 8}, {"type": "string"}),
    "exclusiveMinimum": ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "minimum": 0}),
    "exclusiveMaximum": (
        {"type": "integer", "maximum": 10, "exclusiveMaximum": True},
        {"type": "integer", "maximum": 10},
    ),
    "multipleOf": ({"type": "integer", "multipleOf": 8}, {"type": "integer"}),
    "maxItems": (
        {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        {"type": "array", "items": {"type": "string"}},
    ),
    "uniqueItems": (
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}},
    ),
    "additionalProperties": (
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ),
    "type": ({"type": "boolean"}, {}),
    "null": ({"type": "integer"}, {"type": "integer", "nullable": True}),
    "not": ({"type": "string", "not": {"enum": ["none"]}}, {"type": "string"}),
    "oneOf": (
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
    ),
}


@pytest.mark.parametrize(
    ("keyword", "required"), sampled([(keyword, required) for required in (False, True) for keyword in SCHEMAS], 2)
)
def test_new_field_is_probed(keyword: str, required: bool) -> None:
    """A new field with any keyword of OpenAPI 3.0 is probed on both sides: kept by a server of the new document, broken by one that lacks the keyword."""
    strict, lax = SCHEMAS[keyword]

    def with_field(schema: dict[str, Any]) -> Any:
        def change(schemas: dict[str, Any]) -> None:
            for name in ("RerankClassicRequest", "RerankVLRequest"):
                schemas[name]["properties"]["new_field"] = schema
                if required:
                    schemas[name]["required"] = [*schemas[name]["required"], "new_field"]

        return change

    contract = load("siliconflow")
    new, old = changed(contract, with_field(strict)), changed(contract, with_field(lax))
    select = ("request.new_field*",)
    kept = judge(new, select=select)
    assert (kept.exit_code, broken(kept)) == (0, [])
    assert any(
        verdict.clause.id == f"request.new_field.{keyword}" and verdict.outcome is Outcome.PASS
        for verdict in kept.verdicts
    )
    assert f"request.new_field.{keyword}" in broken(judge(old, new, select=select))


def test_changed_bound_moves_everything() -> None:
    """With another maximum in the document the mock, the clause and the probes follow, and a server of the old one breaks it."""
    contract = load("siliconflow")
    field = contract.request_field("chunk_overlap")
    assert field is not None

    def lower(schemas: dict[str, Any]) -> None:
        for schema in schemas.values():
            if field.name in schema.get("properties", {}):
                schema["properties"][field.name]["maximum"] -= 16

    new = changed(contract, lower)
    assert broken(judge(new)) == []
    assert broken(judge(contract, new)) == [f"request.{field.name}.maximum"]


def test_scores_may_use_a_part_of_what_they_may_be() -> None:
    """Where a contract lets scores go to 100 or from -100 on, a server whose scores lie between 0 and 1 is not said to lose parts of texts."""
    served = load("siliconflow")
    for bounds in ({"minimum": 0, "maximum": 100}, {"minimum": -100, "maximum": 100}):

        def widen(schemas: Any, bounds: Any = bounds) -> None:
            schemas["RerankResult"]["properties"]["relevance_score"].update(bounds)

        assert broken(judge(served, changed(served, widen))) == []


def test_other_contract_is_told_apart() -> None:
    """SiliconFlow's mock judged by woagent's contract, and the other way round, breaks clauses."""
    assert judge(load("woagent"), load("siliconflow")).exit_code == 1
    assert judge(load("siliconflow"), load("woagent")).exit_code == 1


def test_selection() -> None:
    """Globs choose what is judged, and fewer requests go out; an empty choice is an error."""
    run = asked(load("siliconflow"), select=("request.*.maximum",))
    assert [verdict.clause.id for verdict in run.verdicts] == ["request.overlap_tokens.maximum"]
    assert run.requests < 10
    with pytest.raises(EmptySelectionError):
        asked(load("siliconflow"), select=("nothing",))


def test_budget_is_kept_and_hides_nothing_as_kept() -> None:
    """With ten requests no more go out, what was not asked is inconclusive; so little was judged that the exit status is 3."""
    run = asked(load("siliconflow"), max_requests=10)
    assert run.requests == 10
    assert run.exit_code == 3
    outcomes = {verdict.outcome for verdict in run.verdicts}
    assert outcomes == {Outcome.PASS, Outcome.INCONCLUSIVE}


def test_document_of_the_run_is_json() -> None:
    """What a run holds can be written down."""
    from conformance.document.run import document

    json.dumps(document(judge(load("woagent"), select=("request.*",))))


def renamed(members: dict[str, Any], name: str) -> None:
    members[f"{name}_2"] = members.pop(name)


# What published documents say by mistake: names in `required` that no field has, defaults of another type, forms that say nothing.
MISTAKES: dict[str, tuple[str, Any]] = {
    "a result must have what is not described": (
        "jina",
        lambda schemas: renamed(schemas["RerankResult"]["properties"], "relevance_score"),
    ),
    "an answer must have what is not described": (
        "jina",
        lambda schemas: renamed(schemas["RerankResponse"]["properties"], "results"),
    ),
    "results of any form": ("jina", lambda schemas: schemas["RerankResponse"]["properties"]["results"].pop("items")),
    "a default of another type": (
        "siliconflow",
        lambda schemas: schemas["RerankClassicRequest"]["properties"]["max_chunks_per_doc"].update(default="many"),
    ),
    "a number of any form": (
        "siliconflow",
        lambda schemas: schemas["RerankClassicRequest"]["properties"].update(
            overlap_tokens={"x-rerank-role": "chunk_overlap"}
        ),
    ),
    "a question of any form": (
        "jina",
        lambda schemas: schemas["RerankRequest"]["properties"].update(query={"x-rerank-role": "query"}),
    ),
    "a form without a model": ("siliconflow", lambda schemas: schemas["RerankVLRequest"]["properties"].pop("model")),
    "a form that nobody can fill in": (
        "siliconflow",
        lambda schemas: schemas["RerankVLRequest"]["properties"].update(query={"not": {}, "x-rerank-role": "query"}),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_documents_with_mistakes_are_judged(mistake: str) -> None:
    """What a document leaves unsaid, or says by mistake, costs no server anything: its mock passes."""
    vendor, change = MISTAKES[mistake]
    run = judge(changed(load(vendor), change))
    assert broken(run) == []
