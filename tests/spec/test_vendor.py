"""The vendoring command: what is taken, what is refused, what is kept of the version before, and what it says."""

import json
import shutil
from pathlib import Path

import pytest

from conformance.contract import document, load, names, page, provenance
from conformance.contract.resources import contracts_root
from scripts import vendor
from tests.contract.frozen import FROZEN
from tests.sampling import sampled

BOMB = "openapi: 3.0.0\npaths:\n  a: &a [1, 1]\n  b: &b [*a, *a]\n"
POST = "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  /rerank:\n    post:\n      requestBody: %s\n      responses: %s\n"
BODY = "{content: {application/json: {schema: {type: object}}}}"
LAUGHS = json.dumps(
    {
        "openapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/rerank": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/s0"}}}},
                    "responses": {"200": {}},
                }
            }
        },
        "components": {
            "schemas": {
                f"s{i}": {"properties": {name: {"$ref": f"#/components/schemas/s{i + 1}"} for name in "ab"}}
                for i in range(40)
            }
            | {"s40": {}}
        },
    }
)
RUBBISH = {
    "empty": "",
    "web page": "<!doctype html><html><title>Sign in</title></html>",
    "prose": "# A page\n\nNo document here.\n",
    "list": "- 1\n- 2\n",
    "binary": "\x00\x01\x02",
    "broken YAML": "openapi: 3.0.0\npaths: [",
    "broken YAML in a page": "# Page\n\n```yaml\nopenapi: 3.0.0\npaths: [\n```\n",
    "Swagger 2": 'swagger: "2.0"\npaths: {}\n',
    "no paths": "openapi: 3.0.0\n",
    "no operation": "openapi: 3.0.0\npaths: {}\n",
    "another API": (POST % (BODY, "{'200': {}}")).replace("/rerank", "/chat"),
    "no success": POST % (BODY, "{}"),
    "no JSON body": POST % ("{content: {text/plain: {}}}", "{'200': {}}"),
    "dangling reference": POST % ("{$ref: '#/nowhere'}", "{'200': {}}"),
    "reference to another host": POST % ("{$ref: 'http://evil.example/x'}", "{'200': {}}"),
    "reference that is none": POST % ("{$ref: 5}", "{'200': {}}"),
    "no schema": POST % ("{content: {application/json: {schema: 1}}}", "{'200': {}}"),
    "bad schema": POST % ("{content: {application/json: {schema: {type: 5}}}}", "{'200': {}}"),
    "no number of JSON": POST
    % ("{content: {application/json: {schema: {type: object, minProperties: .inf}}}}", "{'200': {}}"),
    "scalar everywhere": POST % ("x", "x"),
    "aliases": BOMB,
    "references that multiply": LAUGHS,
    "code": "openapi: !!python/object/apply:os.system ['true']\npaths: {}\n",
    "giant": "x" * (document.MAX_BYTES + 1),
    "deep": "[" * 3000,
}


@pytest.fixture
def openapi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a frozen copy of the vendored files: what the vendor publishes tomorrow must not break these tests."""
    folder = tmp_path / "openapi"
    shutil.copytree(FROZEN, folder)
    monkeypatch.setattr(vendor, "OPENAPI", folder)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def published(openapi: Path, old: str = "", new: str = "") -> Path:
    path = openapi.parent / "published.md"
    path.write_bytes((openapi / "siliconflow" / "page.md").read_bytes().decode().replace(old, new).encode())
    return path


@pytest.mark.parametrize("name", names())
def test_taking_stock_changes_nothing(openapi: Path, name: str) -> None:
    """What is committed is what the command writes: provenance, hashes, page and document."""
    shutil.rmtree(openapi)
    shutil.copytree(contracts_root(), openapi)
    before = tree(openapi)
    assert vendor.main([name, "--stock"]) == 0
    assert tree(openapi) == before


def test_same_page_changes_nothing(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page as it is taken again writes nothing, not even a date, and says so."""
    before = tree(openapi)
    assert vendor.main(["siliconflow", str(published(openapi))]) == 0
    assert tree(openapi) == before
    assert "nothing has changed" in capsys.readouterr().out


@pytest.mark.needs_npm
def test_new_page_is_taken_whole(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page with 80 replaced by 64 is kept, its document is what stands between its fences, the contract follows, and what breaks gives exit 1."""
    folder = openapi / "siliconflow"
    before = tree(folder)
    file = published(openapi, "maximum: 80", "maximum: 64")
    assert vendor.main(["siliconflow", str(file), "--retrieved", "2026-12-01"]) == 1
    assert (folder / "page.md").read_bytes() == file.read_bytes()
    assert (folder / "rerank.yaml").read_text() == page.extract(file.read_text())
    assert (folder / "overlay.yaml").read_bytes() == before["overlay.yaml"]
    assert provenance.changed(folder) == []
    assert provenance.read(folder)["retrieved"] == "2026-12-01"
    overlap = load(str(folder)).request_field("chunk_overlap")
    assert overlap is not None
    assert overlap.schema["maximum"] == 64
    kept = folder / "history" / "2026-11-20"
    # What is known of the service's answers goes on, and has no earlier version.
    assert {path.name: path.read_bytes() for path in kept.iterdir() if path.name in before} == {
        name: data for name, data in before.items() if name not in {"deviations.toml", "observed.yaml"}
    }
    assert (kept / "changes.md").read_text() in capsys.readouterr().out


@pytest.mark.needs_npm
def test_versions_of_one_day_are_all_kept(openapi: Path) -> None:
    """Versions of one day lie side by side, each as it was; approving gives exit 0, then and afterwards."""
    folder = openapi / "siliconflow"
    bounds = ("80", "64")
    for before, after in zip(bounds, bounds[1:], strict=False):
        assert (
            vendor.main(
                [
                    "siliconflow",
                    str(published(openapi, f"maximum: {before}", f"maximum: {after}")),
                    "--retrieved",
                    "2026-11-20",
                ]
            )
            == 1
        )
    file = published(openapi, "maximum: 64", "maximum: 32")
    assert vendor.main(["siliconflow", str(file), "--retrieved", "2026-11-20", "--approve", "all"]) == 0
    kept = {path.name: (path / "rerank.yaml").read_text() for path in (folder / "history").iterdir()}
    assert {name: [f"maximum: {bound}" in text for bound in bounds] for name, text in kept.items()} == {
        "2026-11-20": [True, False],
        "2026-11-20.2": [False, True],
    }
    changes = json.loads((folder / "history" / "2026-11-20.2" / "changes.json").read_text())["changes"]
    assert all(change["approved"] for change in changes)
    assert vendor.main(["siliconflow", "--approve", changes[0]["fingerprint"]]) == 0


@pytest.mark.needs_npm
def test_approval_one_by_one(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each fingerprint is approved by itself, exit 0 comes with the last one, an unknown one is refused, and a second time approves nothing new."""
    file = published(openapi, "maximum: 80", "maximum: 64")
    file.write_text(file.read_text().replace("default: 1024", "default: 512"))
    assert vendor.main(["siliconflow", str(file)]) == 1
    (kept,) = (openapi / "siliconflow" / "history").iterdir()
    first, second = (change["fingerprint"] for change in json.loads((kept / "changes.json").read_text())["changes"])
    assert vendor.main(["siliconflow", "--approve", "0" * 12]) == 2
    assert first in capsys.readouterr().err
    assert vendor.main(["siliconflow", "--approve", first]) == 1
    assert vendor.main(["siliconflow", "--approve", second]) == 0
    approved = (openapi / "siliconflow" / "approved.toml").read_bytes()
    assert vendor.main(["siliconflow", "--approve", "all"]) == 0
    assert (openapi / "siliconflow" / "approved.toml").read_bytes() == approved


@pytest.mark.needs_npm
def test_line_ends_are_kept(openapi: Path) -> None:
    """A page with Windows line ends stays one, and so does its document; nothing breaks by it."""
    file = published(openapi, "\n", "\r\n")
    assert vendor.main(["siliconflow", str(file)]) == 0
    folder = openapi / "siliconflow"
    assert (folder / "page.md").read_bytes() == file.read_bytes()
    assert (folder / "rerank.yaml").read_bytes() in file.read_bytes()
    assert (folder / "rerank.yaml").read_bytes().endswith(b"\r\n")
    assert load(str(folder)).unmatched == ()


@pytest.mark.needs_npm
@pytest.mark.parametrize("form", sampled(["yaml", "json"], 1))
def test_bare_document_is_taken_too(openapi: Path, form: str) -> None:
    """Bare YAML or JSON is kept as it is; the page that no longer belongs to it goes, and is kept with the version before."""
    folder = openapi / "siliconflow"
    file = openapi.parent / f"bare.{form}"
    file.write_text(
        (folder / "rerank.yaml").read_text() if form == "yaml" else json.dumps(document.load(folder / "rerank.yaml"))
    )
    assert vendor.main(["siliconflow", str(file)]) == 0
    assert (folder / "rerank.yaml").read_bytes() == file.read_bytes()
    assert not (folder / "page.md").exists()
    assert (folder / "history" / "2026-11-20" / "page.md").exists()
    assert "fences" not in provenance.read(folder)["note"]
    assert load(str(folder)).unmatched == ()


def test_new_vendor_gets_a_folder(openapi: Path) -> None:
    """A vendor that is not there yet gets a folder, roles by name, and a provenance that says where it came from."""
    file = openapi.parent / "other.yaml"
    shutil.copy(openapi / "woagent" / "rerank.yaml", file)
    assert vendor.main(["other", str(file), "--source", "https://other.example/docs"]) == 0
    assert provenance.read(openapi / "other")["source"] == "https://other.example/docs"
    assert load(str(openapi / "other")).request_field("documents") is not None


@pytest.mark.parametrize(
    ("name", "kind"),
    sampled(
        [("siliconflow", kind) for kind in RUBBISH]
        + [(name, kind) for name in ("woagent", "fresh") for kind in ("empty", "prose", "bad schema", "no success")],
        7,
    ),
)
def test_rubbish_overwrites_nothing(openapi: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str) -> None:
    """What is no usable OpenAPI document is refused in one line with exit 2, and no file is touched."""
    file = openapi.parent / "rubbish.md"
    file.write_text(RUBBISH[kind])
    before = tree(openapi)
    assert vendor.main([name, str(file)]) == 2
    assert tree(openapi) == before
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("vendor: ")
    assert told.err.count("\n") == 1
    assert str(file) in told.err


def test_document_without_roles_overwrites_nothing(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document in which no field can be told to hold the documents makes no contract: exit 2 names the role, and nothing is touched."""
    file = published(openapi, "documents:", "a_b:")
    text = (
        file.read_text()
        .replace("The list of documents to be ranked", "Whatever")
        .replace("minItems: 1", "nullable: true")
    )
    file.write_text(text)
    before = tree(openapi)
    assert vendor.main(["siliconflow", str(file)]) == 2
    assert "role documents" in capsys.readouterr().err
    assert tree(openapi) == before


def test_refusal_names_the_operation(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document whose operation ranks nothing is refused with the operation that was looked at, and few of the names it has."""
    body = "{content: {application/json: {schema: {properties: {query: {type: string}, documents: {type: array, items: {type: string}}}}}}}"
    many = ", ".join(f"field{number}: {{type: string}}" for number in range(40))
    answer = f"{{'200': {{description: ok, content: {{application/json: {{schema: {{type: object, properties: {{{many}}}}}}}}}}}}}"
    file = openapi.parent / "other.yaml"
    file.write_text((POST % (body, answer)).replace("/rerank", "/responses"))
    assert vendor.main(["other", str(file)]) == 2
    told = capsys.readouterr().err
    assert "POST /responses was taken for the operation that reranks" in told
    assert "field7 and 32 more" in told
    assert "--operation PATH" in told


def test_bound_that_is_no_number_is_named(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bound that JSON has no number for is refused with its pointer."""
    file = openapi.parent / "other.yaml"
    file.write_text(RUBBISH["no number of JSON"])
    assert vendor.main(["other", str(file)]) == 2
    assert "schema/minProperties is inf" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../evil", "/evil", "a b", "Vendor", ""])
def test_vendor_names_are_plain(openapi: Path, name: str) -> None:
    """A name that is no plain folder's is refused: it becomes a path and a package."""
    before = tree(openapi.parent)
    assert vendor.main([name, str(openapi / "woagent" / "rerank.yaml")]) == 2
    assert tree(openapi.parent) == before


def test_missing_file_and_vendor_are_named(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, a folder in its place, a vendor without a document and one without an address are told by name."""
    cases = (
        (["siliconflow", "nowhere.md"], "nowhere.md"),
        (["siliconflow", str(openapi)], str(openapi)),
        (["fresh", "--stock"], "fresh"),
        (["woagent"], "url"),
    )
    for arguments, word in cases:
        assert vendor.main(arguments) == 2
        assert word in capsys.readouterr().err


def test_edited_document_is_not_blessed(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Taking stock does not rewrite the hashes of a vendored file that somebody edited by hand."""
    path = openapi / "siliconflow" / "rerank.yaml"
    path.write_text(path.read_text().replace("maximum: 80", "maximum: 64"))
    assert vendor.main(["siliconflow", "--stock"]) == 2
    assert "overlay.yaml" in capsys.readouterr().err
    assert provenance.changed(openapi / "siliconflow") == ["rerank.yaml"]


def test_transcribed_page_is_recorded(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new version of a page that was transcribed by hand is kept with the one before; the transcription stays, and exit 1 asks for a person."""
    folder = openapi / "woagent"
    before = (folder / "rerank.yaml").read_bytes()
    file = openapi.parent / "page.md"
    file.write_text((folder / "page.md").read_text().replace("x <= 80", "x <= 64"))
    assert vendor.main(["woagent", str(file)]) == 1
    assert "by hand" in capsys.readouterr().out
    assert (folder / "page.md").read_bytes() == file.read_bytes()
    assert (folder / "rerank.yaml").read_bytes() == before
    assert provenance.changed(folder) == []
    assert len(list((folder / "history").iterdir())) == 1
    assert vendor.main(["woagent", str(file)]) == 0


@pytest.mark.needs_npm
def test_action_that_lost_its_target_is_retired(openapi: Path) -> None:
    """An overlay action that no longer matches is taken out of the overlay and told in the report, with what it said; the page is taken all the same."""
    assert vendor.main(["siliconflow", str(published(openapi, "x-codeSamples", "x-samples"))]) == 0
    folder = openapi / "siliconflow"
    assert load(str(folder)).unmatched == ()
    (step,) = json.loads((folder / "history" / "2026-11-20" / "changes.json").read_text())["overlay"]
    assert (step["kind"], step["after"]) == ("retired", [])
    assert "overlap_tokens" in step["before"]["target"]
    assert step["before"]["target"] not in (folder / "overlay.yaml").read_text()
    assert "# --- said in prose: as schema" in (folder / "overlay.yaml").read_text()


@pytest.mark.needs_npm
def test_renamed_field_keeps_its_role(openapi: Path) -> None:
    """Where the field that most of the overlay hangs on is renamed, the overlay is rewritten, the contract loads, and the roles are where they were."""
    folder = openapi / "siliconflow"
    before = load(str(folder))
    assert vendor.main(["siliconflow", str(published(openapi, "documents:", "candidates:"))]) == 1
    after = load(str(folder))
    assert after.unmatched == ()
    assert after.request_field("documents").name == "candidates"  # type: ignore[union-attr]
    assert {item.role for item in after.fields.values()} == {item.role for item in before.fields.values()}


def test_report_of_a_new_vendor_says_what_was_found(openapi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A vendor that is not there yet gets a report of roles with their confidence, and of what a person should look at."""
    assert vendor.main(["nim", str(Path(__file__).parents[1] / "data" / "documents" / "nim.yaml")]) == 0
    told = capsys.readouterr().out
    assert "# nim: a new vendor" in told
    assert "nothing has changed" not in told
    assert "| `documents` | 1.00 | `$.components.schemas.RankingRequest.properties.passages` |" in told
    assert "asks for no key" in told
    assert load(str(openapi / "nim")).request_field("documents") is not None


def test_error_of_the_program_is_no_breaking_change(
    openapi: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception inside ends with 70 and one paragraph that says where it was and what to do; there is no traceback."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by hand")

    monkeypatch.setattr(vendor, "renew", fail)
    assert vendor.main(["siliconflow", str(published(openapi, "maximum: 80", "maximum: 64"))]) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "ZeroDivisionError: by hand" in told
    assert "git checkout" in told
