"""Documents that bound, nest or require other things than the shipped ones: a faithful server of each breaks no clause."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.model.verdict import Outcome, Verdict
from conformance.selftest.stage import play
from tests.contract.pages import Schemas, page

TEXT = {"type": "string"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _texts(schemas: Schemas, item: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    """Let a request have a list of one kind of documents alone; return its properties."""
    properties: dict[str, Any] = schemas["RerankClassicRequest"]["properties"]
    properties["documents"] = {"type": "array", "items": item, "minItems": 1, "maxItems": 20, **bounds}
    schemas["RerankRequest"] = {"$ref": "#/components/schemas/RerankClassicRequest"}
    return properties


def _short_texts(schemas: Schemas) -> None:
    _texts(schemas, {**TEXT, "maxLength": 60})["query"]["maxLength"] = 40


def _five_texts(schemas: Schemas) -> None:
    _texts(schemas, TEXT, minItems=5)


def _long_texts(schemas: Schemas) -> None:
    _texts(schemas, {**TEXT, "minLength": 30})


def _texts_with_ids(schemas: Schemas) -> None:
    _texts(schemas, _object("id", "content", id=TEXT, content=TEXT))


def _texts_in_objects_in_objects(schemas: Schemas) -> None:
    source = _object("kind", kind={**TEXT, "enum": ["TEXT", "JSON"]}, passage=_object(text=TEXT), data=_object())
    properties = _texts(schemas, _object("source", source=source))
    properties["query"] = _object("kind", "phrase", kind={**TEXT, "enum": ["TEXT"]}, phrase=_object("text", text=TEXT))


def _one_object_around_all(schemas: Schemas) -> None:
    schemas["RerankRequest"] = _object("inputs", inputs={"$ref": "#/components/schemas/RerankClassicRequest"})


def _documents_that_always_come_back(schemas: Schemas) -> None:
    schemas["RerankResult"]["required"] = ["index", "relevance_score", "document"]


def _documents_that_come_back_as_texts(schemas: Schemas) -> None:
    _texts(schemas, _object("id", "passage", id=TEXT, passage=_object("text", text=TEXT)))
    schemas["RerankResult"]["properties"]["document"] = _object("text", text=TEXT)


CHANGES = (
    _short_texts,
    _five_texts,
    _long_texts,
    _texts_with_ids,
    _texts_in_objects_in_objects,
    _one_object_around_all,
    _documents_that_always_come_back,
    _documents_that_come_back_as_texts,
)


def _of(verdicts: tuple[Verdict, ...], outcome: Outcome) -> set[str]:
    return {verdict.clause.id for verdict in verdicts if verdict.outcome is outcome}


@pytest.mark.parametrize("change", CHANGES)
def test_a_faithful_server_breaks_nothing(tmp_path: Path, change: Callable[[Schemas], None]) -> None:
    """The suite asks for nothing that such a document forbids, and reads the texts where they stand."""
    verdicts = play(page(tmp_path, change)).verdicts
    assert _of(verdicts, Outcome.FAIL) == set()
    # Of the shortest texts only some are short enough.
    shown = {"ranking.query_matters", "ranking.tells_apart"} if change is not _short_texts else set()
    assert _of(verdicts, Outcome.PASS) >= {"ranking.own_score", *shown}
