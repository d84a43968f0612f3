"""An overlay brought to a new document: what it says stays where it belongs, and is said of nothing else."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from conformance.contract import Contract, document, overlay
from conformance.contract.catalogue import DOCUMENT, OVERLAY, read
from conformance.contract.roles import ROLE
from scripts.spec.adapt import adapt
from scripts.spec.schemas import nodes
from tests.contract.frozen import FROZEN

FOLDER = FROZEN / "siliconflow"


def brought(edit: Callable[[Any], None]) -> tuple[Contract, Contract]:
    """Return the contract as it is, and as it is after a change of the document."""
    old = read(FOLDER / DOCUMENT, FOLDER.name)
    actions = overlay.parse(document.load(FOLDER / OVERLAY), OVERLAY)
    new = deepcopy(dict(old.vendored))
    edit(new["components"]["schemas"])
    found = adapt(old, actions, new, FOLDER.name).document
    return old, Contract(FOLDER.name, found, found, Path(FOLDER.name))


def one_object(schemas: Any) -> None:
    classic, other = schemas["RerankClassicRequest"], schemas["RerankVLRequest"]
    fields = {**classic["properties"], "query": other["properties"]["query"]}
    schemas["RerankRequest"] = {"type": "object", "required": classic["required"], "properties": fields}


def test_union_that_becomes_an_object_is_read_anew() -> None:
    """The roles of both forms, the order of results and the models that the text names are proposed for the one object."""
    old, new = brought(one_object)
    assert len(new.branches) == 1
    assert {item.role for item in new.fields.values()} == {item.role for item in old.fields.values()}
    assert {place.role for place in new.success.places} == {place.role for place in old.success.places}
    assert new.models == old.branches[0].models


def test_list_that_a_person_wrote_is_told_when_it_goes() -> None:
    """A list of models whose place is gone is retired with what it said, for a person to put where it belongs."""
    old = read(FOLDER / DOCUMENT, FOLDER.name)
    actions = overlay.parse(document.load(FOLDER / OVERLAY), OVERLAY)
    new = deepcopy(dict(old.vendored))
    one_object(new["components"]["schemas"])
    steps = adapt(old, actions, new, FOLDER.name).steps
    gone = [step.old.update for step in steps if step.kind == "retired" and step.old and not step.old.remove]
    assert list(old.branches[1].models) in [update.get("x-rerank-models") for update in gone]


def test_models_go_with_the_text_that_named_them() -> None:
    """A model that the text around the list no longer names leaves the list, and one that it names now is on it."""

    def edit(schemas: Any) -> None:
        for text in schemas["RerankClassicRequest"]["properties"].values():
            text["description"] = text["description"].replace("netease-youdao/bce-reranker-base_v1", "acme/rank-2-new")

    old, new = brought(edit)
    assert set(old.models) - set(new.models) == {"netease-youdao/bce-reranker-base_v1"}
    assert set(new.models) - set(old.models) == {"acme/rank-2-new"}


def test_models_of_a_dropped_form_are_not_those_of_another() -> None:
    """Where one form is dropped, its models are lost, though a sample names one; the form that stays has the list that it had."""

    def edit(schemas: Any) -> None:
        schemas["RerankRequest"]["anyOf"].pop()

    old, new = brought(edit)
    assert new.branches[0].models == old.branches[0].models
    assert set(old.models) - set(new.models) == set(old.branches[1].models)


def test_rewritten_filter_marks_only_what_was_renamed() -> None:
    """Where the new name of a field stands in other schemas too, the overlay marks the renamed place and not those."""

    def edit(schemas: Any) -> None:
        answer = schemas["RerankResponse"]
        answer["properties"]["data"] = answer["properties"].pop("results")
        answer["required"] = ["id", "data"]

    _, new = brought(edit)
    marked = [pointer for pointer, schema in nodes(new) if "x-rerank-order" in schema]
    assert [pointer.rpartition("/responses/")[2][:3] for pointer in marked] == ["200"]
    assert {schema[ROLE] for pointer, schema in nodes(new) if pointer.endswith("/properties/data")} == {
        "results",
        "error_data",
    }
