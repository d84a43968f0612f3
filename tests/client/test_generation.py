"""The generated packages are what the contracts generate."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import Contract, clients
from scripts import regenerate
from tests.client.package import imported

GENERATED = Path(regenerate.GENERATED)


def test_committed_trees_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    """Generating again gives the committed trees, byte for byte, with no stray file."""
    assert regenerate.main(["--check"]) == 0, capsys.readouterr().out


def test_hand_edit_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, a missing and a stray file each fail the check by name."""
    import shutil

    copy = tmp_path / "generated"
    shutil.copytree(GENERATED, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(regenerate, "GENERATED", copy)
    package = copy / regenerate.package_name(clients()[0])
    (package / "client.py").write_text("edited")
    (package / "stray.py").write_text("")
    (package / "types.py").unlink()
    assert regenerate.main(["--check"]) == 1
    out = capsys.readouterr().out
    assert "client.py: differs" in out
    assert "stray.py: stray" in out
    assert "types.py: missing" in out


@pytest.mark.parametrize("vendor", clients())
def test_package_imports(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator's own entry points are there, the marker for type checkers and the header too."""
    monkeypatch.setattr(sys, "path", [str(GENERATED), *sys.path])
    name = regenerate.package_name(vendor)
    endpoint = importlib.import_module(f"{name}.api.rerank.create_rerank")
    assert all(callable(getattr(endpoint, entry)) for entry in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"))
    folder = GENERATED / name
    assert (folder / "py.typed").is_file()
    assert all("do not edit" in path.read_text().splitlines()[0] for path in folder.rglob("*.py"))


def union(*forms: dict[str, Any]) -> Contract:
    """Return a contract whose success has one of some forms."""
    body = {
        "type": "object",
        "required": ["query", "documents"],
        "properties": {
            "query": {"type": "string", "x-rerank-role": "query"},
            "documents": {"type": "array", "items": {"type": "string"}, "x-rerank-role": "documents"},
        },
    }
    answer = {"oneOf": [{"$ref": f"#/components/schemas/Form{number}"} for number in range(len(forms))]}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Union", "version": "1"},
        "paths": {
            "/rerank": {
                "post": {
                    "operationId": "rerank",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                    "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": answer}}}},
                }
            }
        },
        "components": {"schemas": {f"Form{number}": form for number, form in enumerate(forms)}},
    }
    return Contract("union", document, document, Path("union.yaml"))


def ranking(**members: Any) -> dict[str, Any]:
    row = {
        "type": "object",
        "required": ["index", "score"],
        "properties": {
            "index": {"type": "integer", "x-rerank-role": "index"},
            "score": {"type": "number", "x-rerank-role": "score"},
        },
    }
    results = {"type": "array", "items": row, "x-rerank-role": "results"}
    return {"type": "object", "required": ["results", *members], "properties": {"results": results, **members}}


QUEUED: dict[str, Any] = {"type": "object", "required": ["task"], "properties": {"task": {"type": "string"}}}


@pytest.mark.parametrize(
    ("forms", "types"),
    [((QUEUED, ranking()), "Form1"), ((ranking(kind={"type": "string"}), ranking(), QUEUED), "Form0 | Form1")],
    ids=["one ranks", "two rank"],
)
def test_success_of_several_forms(forms: tuple[dict[str, Any], ...], types: str, tmp_path: Path) -> None:
    """The call returns the forms that hold a ranking; an answer of another form of the contract is an error that holds it, and what fits no form is one without."""
    import httpx

    with imported(tmp_path, regenerate.generate(union(*forms), tmp_path).name) as package:
        assert package.Client.rerank.__annotations__["return"] == types
        scripted = importlib.import_module(f"{package.__name__}.testing").transport([0.1, 0.9])
        with package.Client(transport=scripted, base_url="http://union.example") as client:
            assert client.rerank(query="a", documents=["b", "c"]).results[0].index == 1
        for body, task in (({"task": "7"}, "7"), ({"tusk": "7"}, None)):
            queued = httpx.MockTransport(lambda _request, body=body: httpx.Response(200, json=body))
            with (
                package.Client(transport=queued, base_url="http://union.example") as client,
                pytest.raises(package.ResponseShapeError) as caught,
            ):
                client.rerank(query="a", documents=["b", "c"])
            assert getattr(caught.value.answer, "task", None) == task
            assert ("form of the contract without a ranking" in str(caught.value)) == (task is not None)
        assert "`answer` holds what came" in next(tmp_path.rglob("README.md")).read_text(encoding="utf-8")


def test_a_component_of_two_names_has_one_class(tmp_path: Path) -> None:
    """A component that only refers to another one is that one, whatever their title; and a title that two share names neither."""
    import httpx

    contract = union(ranking(kind={"type": "string"}), ranking())
    schemas: Any = contract.document["components"]["schemas"]
    schemas["Form0"]["title"] = schemas["Form1"]["title"] = "Answer"
    schemas |= {"Second": {"$ref": "#/components/schemas/First"}, "First": {"$ref": "#/components/schemas/Form1"}}
    contract.operation["responses"]["200"]["content"]["application/json"]["schema"] = {
        "oneOf": [{"$ref": "#/components/schemas/Form0"}, {"$ref": "#/components/schemas/Second"}]
    }
    with imported(tmp_path, regenerate.generate(contract, tmp_path).name) as package:
        assert package.Client.rerank.__annotations__["return"] == "Form0 | Form1"
        body = {"results": [{"index": 1, "score": 0.9}, {"index": 0, "score": 0.1}]}
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=body))
        with package.Client(transport=transport, base_url="http://union.example") as client:
            assert type(client.rerank(query="a", documents=["b", "c"])).__name__ == "Form1"


def test_a_first_index_of_one_is_known(tmp_path: Path) -> None:
    """Where the contract counts documents from one, so does the client that checks them, and its scripted transport; frameworks get the places of their texts."""
    answer: Any = ranking()
    answer["properties"]["results"]["items"]["properties"]["index"]["minimum"] = 1
    with imported(tmp_path, regenerate.generate(union(answer), tmp_path).name) as package:
        helpers = [
            importlib.import_module(f"{package.__name__}.{name}")
            for name in ("testing", "_runtime.ranking", "_contract")
        ]
        testing, frameworks, facts = helpers
        with package.Client(transport=testing.transport([0.1, 0.9]), base_url="http://union.example") as client:
            found = client.rerank(query="a", documents=["b", "c"])
        assert [result.index for result in found.results] == [2, 1]
        assert frameworks.ranked(facts, found, None) == [(1, 0.9), (0, 0.1)]
