"""Published documents, reduced: what is found in each without an edit, and whether client, mock and suite follow."""

import json
from pathlib import Path

import pytest

from conformance.probes.design import Design
from conformance.probes.kit import Kit
from tests.sampling import sampled
from tests.spec.corpus import FOLDER, enter

ROLES = json.loads((FOLDER / "roles.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sampled(ROLES, 1))
def test_document_is_taken(name: str, tmp_path: Path) -> None:
    """Every role is where a person would put it, the client can be imported, and the mock passes its own suite."""
    entry = enter(FOLDER / f"{name}.yaml", tmp_path, ROLES[name], wrong=0)
    assert (entry.refused, entry.wrong, entry.failed) == ("", (), ())
    assert entry.needed
    assert entry.client


def test_every_document_is_listed() -> None:
    """No document lies there without its roles, but the one that is refused; there are at least twelve."""
    assert {path.stem for path in FOLDER.glob("*.yaml")} - {"localai"} == set(ROLES)
    assert len(ROLES) >= 12


def test_swagger_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """A document of Swagger 2.0 is refused in one sentence that says how to convert it."""
    entry = enter(FOLDER / "localai.yaml", tmp_path)
    assert "Swagger 2.0" in entry.refused
    assert "swagger2openapi" in entry.refused


def test_another_operation_can_be_named(tmp_path: Path) -> None:
    """Of a document with two versions the newer one is taken, and the other one where it is named; what is broken elsewhere is a note."""
    newer, older = (
        enter(FOLDER / "cohere.yaml", tmp_path / str(number), operation=path, wrong=0)
        for number, path in enumerate((None, "/v1/rerank"))
    )
    assert newer.renewal is not None
    assert older.renewal is not None
    assert (newer.renewal.after.path, older.renewal.after.path) == ("/v2/rerank", "/v1/rerank")
    assert newer.renewal.taken.others == ("/v1/rerank",)
    assert any("snippets/body.yaml" in note for note in newer.renewal.taken.notes)
    assert older.failed == ()


def test_faults_are_found(tmp_path: Path) -> None:
    """Faults of the mock of a document that nobody touched are found; `python -m tests.spec.corpus` tries twenty of each document."""
    entry = enter(FOLDER / "nim.yaml", tmp_path, ROLES["nim"], wrong=3)
    assert (entry.faults, entry.missed) == (3, ())


def test_questions_that_are_objects_are_varied(tmp_path: Path) -> None:
    """Where a question can only be an object, the usual ones and a long one are asked all the same, in that form."""
    entry = enter(FOLDER / "nim.yaml", tmp_path, ROLES["nim"], wrong=0)
    assert entry.renewal is not None
    kit = Kit(entry.renewal.after)
    assert Design(kit, kit.primary).factors["query"] == ("first object", "second object", "long object")
