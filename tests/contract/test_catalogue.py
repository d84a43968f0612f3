"""Contracts are found by name, folder or file, and get the overlay or the roles that belong to them."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.contract import ContractError, OverlayError, UnknownContractError, document, load, names
from conformance.contract.resources import contracts_root
from conformance.probes.kit import Kit
from tests.command import call
from tests.contract.frozen import FROZEN

OTHER = """
openapi: 3.1.0
info: {title: Other, version: "1"}
paths:
  /v2/rank:
    post:
      operationId: rerankTexts
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [query, %s]
              properties:
                query: {type: string}
                %s: {type: array, items: {type: string}}
                top_n: {type: integer}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                properties:
                  results:
                    type: array
                    items: {type: object, properties: {index: {type: integer}, relevance_score: {type: number}}}
"""


def vendored(folder: Path, old: str = "", new: str = "") -> Path:
    """Write SiliconFlow's document, changed, without an overlay beside it."""
    path = folder / "mine.yaml"
    path.write_text((contracts_root() / "siliconflow" / "rerank.yaml").read_text().replace(old, new))
    return path


def test_shipped_names() -> None:
    """Both vendors are shipped, and load without an action left over."""
    assert set(names()) >= {"siliconflow", "woagent"}
    assert all(load(name).unmatched == () for name in names())


def test_folder_and_file_are_the_same_contract(tmp_path: Path) -> None:
    """A folder, and the document in it, are read with the overlay that lies beside it and named after the folder."""
    folder = tmp_path / "mine"
    shutil.copytree(FROZEN / "woagent", folder)
    by_folder, by_file = load(str(folder)), load(str(folder / "rerank.yaml"))
    assert by_folder.sha256 == by_file.sha256
    assert by_folder.name == by_file.name == "mine"


def test_overlay_beside_comes_first(tmp_path: Path) -> None:
    """The overlay beside a file is taken instead of the shipped one."""
    path = vendored(tmp_path)
    overlay = (FROZEN / "siliconflow" / "overlay.yaml").read_text().replace("SILICONFLOW_API_KEY", "MY_KEY")
    (tmp_path / "overlay.yaml").write_text(overlay)
    assert load(str(path)).key_env == "MY_KEY"


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_changed_copy_gets_the_shipped_overlay(tmp_path: Path, form: str) -> None:
    """A changed copy without an overlay beside it gets the shipped one, and keeps its change."""
    field = load("siliconflow").request_field("chunk_overlap")
    assert field is not None
    bound = field.schema["maximum"]
    path = vendored(tmp_path, f"maximum: {bound}", f"maximum: {bound + 17}")
    if form == "json":
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(document.load(tmp_path / "mine.yaml")))
    contract = load(str(path))
    overlap = contract.request_field("chunk_overlap")
    assert overlap is not None
    assert overlap.schema["maximum"] == bound + 17
    assert contract.key_env == load("siliconflow").key_env
    assert contract.unmatched == ()
    assert contract.name == "mine"


def test_other_operation_of_a_shipped_vendor_is_foreign(tmp_path: Path) -> None:
    """A shipped overlay is for the paths that its document has: the vendor's document of something else gets roles by name, and no variable that holds its key."""
    contract = load(str(vendored(tmp_path, "/rerank:", "/v2/rerank:")))
    assert contract.path == "/v2/rerank"
    assert contract.key_env is None


def test_foreign_document_gets_roles_by_name(tmp_path: Path) -> None:
    """A document of another vendor gets roles where its fields are called as in a shipped contract."""
    path = tmp_path / "other.yaml"
    path.write_text(OTHER % ("documents", "documents"))
    contract = load(str(path))
    limit = contract.request_field("limit")
    assert limit is not None
    assert limit.name == "top_n"
    assert {place.role for place in contract.success.places} >= {"results", "index", "score"}
    assert contract.path == "/v2/rank"
    assert contract.credential is None


@pytest.mark.parametrize(
    ("example", "key"),
    [('[{"id": "1", "body": "Mars"}, {"id": "2"}]', "body"), ('[{"content": "Mars"}]', "content"), ("[]", "text")],
)
def test_documents_of_any_form_hold_their_text(tmp_path: Path, example: str, key: str) -> None:
    """Where documents are objects of any form the text stands where an example has one: no two documents that are asked about are alike."""
    path = tmp_path / "other.yaml"
    said = OTHER % ("documents", "documents")
    path.write_text(said.replace("items: {type: string}}", f"items: {{type: object}}, example: {example}}}"))
    kit = Kit(load(str(path)))
    assert kit.documents(kit.primary, ["a", "b"]) == [{key: "a"}, {key: "b"}]


def test_foreign_document_with_other_names_says_what_to_do(tmp_path: Path) -> None:
    """Where no name is known the error names the file and the extension that helps; an overlay beside it does help."""
    path = tmp_path / "other.yaml"
    path.write_text(OTHER % ("alpha", "alpha"))
    with pytest.raises(ContractError, match=r"other\.yaml.*x-rerank-role.*overlay"):
        load(str(path))
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
        "  - {target: '$..properties.alpha', description: Role., update: {x-rerank-role: documents}}\n"
    )
    field = load(str(path)).request_field("documents")
    assert field is not None
    assert field.name == "alpha"
    assert load(str(path)).request_field("query") is not None
    path.write_text((OTHER % ("alpha", "alpha")).replace("query", "beta"))
    with pytest.raises(ContractError, match=r"other\.yaml.*role query.*overlay"):
        load(str(path))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{index: {type: integer}", "{meta: {properties: []}, index: {type: integer}", "properties/meta/properties is a list, and an object is needed"),
        ("{index: {type: integer}", "{index: {allOf: [{oneOf: none}]}", "properties/index/allOf/0/oneOf is a text, and a list is needed"),
        ("query: {type: string}", "query: {type: string, required: true}", "properties/query/required is no usable schema"),
        ("paths:", "security: true\npaths:", "#/security is a boolean, and a list is needed"),
    ],
)  # fmt: skip
def test_value_of_the_wrong_kind_is_named_by_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    """What other tools write where OpenAPI has an object or a list (PHP has one empty array for both) is refused with its place."""
    path = tmp_path / "other.yaml"
    path.write_text((OTHER % ("documents", "documents")).replace(old, new))
    with pytest.raises(ContractError) as caught:
        load(str(path))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "said", ["x-rerank-role: [query]", "x-rerank-only-models: [{}]", "x-rerank-models: m", "x-rerank-prices: {m: free}"]
)
def test_extension_that_holds_what_it_cannot_is_named(tmp_path: Path, said: str) -> None:
    """A role that is a list, a model that is an object: an overlay's slip is refused with its place."""
    path = tmp_path / "other.yaml"
    path.write_text((OTHER % ("documents", "documents")).replace("query: {type", f"query: {{{said}, type"))
    with pytest.raises(ContractError, match=rf"properties/query/{said.partition(':')[0]}"):
        load(str(path))


@pytest.mark.parametrize("said", ["{b: []}", "[b]", "[{b: []}]"])
def test_security_is_read_however_it_is_listed(tmp_path: Path, said: str) -> None:
    """One object, or names alone, in the place of a list of objects ask for the key too."""
    path = tmp_path / "other.yaml"
    schemes = "components: {securitySchemes: {b: {type: http, scheme: bearer}}}"
    path.write_text(f"security: {said}\n{schemes}\n{OTHER % ('documents', 'documents')}")
    assert load(str(path)).secured


def test_count_with_a_point_is_whole(tmp_path: Path) -> None:
    """A count that a tool wrote as `3.0` is 3, so that requests of so many documents can be made."""
    path = tmp_path / "other.yaml"
    path.write_text((OTHER % ("documents", "documents")).replace("{type: array,", "{type: array, maxItems: 3.0,", 1))
    field = load(str(path)).request_field("documents")
    assert field is not None
    assert type(field.schema["maxItems"]) is int


@pytest.mark.parametrize(("name", "meant"), [("siliconflo", "siliconflow"), ("wogent", "woagent")])
def test_unknown_name_says_what_is_near(name: str, meant: str) -> None:
    """A misspelt contract is answered with the one that was meant, and those that there are."""
    with pytest.raises(UnknownContractError, match=rf"siliconflow, .*woagent.*Did you mean {meant}"):
        load(name)


def test_unknown_name_without_a_neighbour() -> None:
    """A name like no other gets no guess."""
    with pytest.raises(UnknownContractError) as caught:
        load("zzz")
    assert "mean" not in str(caught.value)


def test_broken_overlay_is_named(tmp_path: Path) -> None:
    """An overlay beside a file that is none is refused by its own name, not taken for a broken document."""
    path = vendored(tmp_path)
    (tmp_path / "overlay.yaml").write_text("actions: []\n")
    with pytest.raises(OverlayError, match=r"overlay\.yaml"):
        load(str(path))


@pytest.mark.parametrize(
    ("target", "update", "told"),
    [
        (
            "$.paths.*.post",
            "{requestBody: 7}",
            r"#/paths/~1rerank/post/requestBody is a number, and an object is needed",
        ),
        ("$.paths.*.post.responses", "{'200': [1]}", r"/responses/200 is a list, and an object is needed"),
        ("$", "[]", "whole document"),
        ("$.paths[", "{}", "no.* JSONPath"),
    ],
)
def test_what_an_overlay_spoils_is_told_of_the_overlay(tmp_path: Path, target: str, update: str, told: str) -> None:
    """An action that makes a document unusable is told with the overlay's name and with the place, not with the document's."""
    path = vendored(tmp_path)
    said = f"overlay: 1.0.0\nactions:\n- {{target: {json.dumps(target)}, description: why, update: {update}}}\n"
    (tmp_path / "overlay.yaml").write_text(said)
    with pytest.raises(OverlayError, match=rf"^{re.escape(str(tmp_path / 'overlay.yaml'))}: .*{told}"):
        load(str(path))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere.yaml")])
def test_overlay_that_cannot_be_read_is_told(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder, a pipe or a link to nothing in the place of an overlay is refused, and not passed over."""
    path = vendored(tmp_path)
    make(tmp_path / "overlay.yaml")
    with pytest.raises(ContractError, match=r"overlay\.yaml (is no file|cannot be read)"):
        load(str(path))


@pytest.mark.parametrize("command", [["requirements"], ["run", "--dry-run", "--contract"]])
def test_an_action_that_is_lost_is_told(tmp_path: Path, command: list[str]) -> None:
    """Whoever asks by a contract whose overlay says something of a place that is not there hears of it, for another contract is judged than was meant."""
    path = vendored(tmp_path)
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\nactions:\n- {target: \"$.paths['/nowhere']\", description: why, update: {}}\n"
    )
    head, *options = command
    done = call(head, *(["http://127.0.0.1:9"] if options else []), *options, str(path))
    assert done.returncode == 0
    assert f"warning: {path}: the overlay's action on $.paths['/nowhere'] matches nothing there." in done.stderr
