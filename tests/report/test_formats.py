"""Every format for machines, for real runs and for hostile content."""

import base64
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import attrs
import jsonschema_rs
import pytest

from conformance.document import schema
from conformance.document.run import FILES
from conformance.document.run import document as run_document
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.report import har, junit
from conformance.report.formats import PRODUCTS, render, write_run

SCHEMA = schema("run")
# The schema that tools for HAR use.
HAR_SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "data" / "har.schema.json").read_text())


@pytest.fixture(params=["real", "hostile", "worst", "silent", "deviating"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def test_run_json_keeps_its_schema(run: Run) -> None:
    """`run.json` is valid by the schema that is published with it, and tells what the run does."""
    document = json.loads(render("run", "json", run))
    jsonschema_rs.validate(SCHEMA, document, validate_formats=True)
    assert document["requests"] == run.requests
    assert document["summary"] == {str(o): sum(v.outcome is o for v in run.verdicts) for o in Outcome}
    assert [row["requirement"] for row in document["verdicts"]] == [verdict.clause.id for verdict in run.verdicts]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"exit_code": 7},
        {"started": "yesterday"},
        {"requests": -1},
        {"contract": {"name": "x", "version": "1", "sha256": "abc"}},
        {"verdicts": [{}]},
    ],
)
def test_schema_refuses(real: Run, spoilt: dict[str, Any]) -> None:
    """The schema has teeth: what no run can hold is invalid."""
    jsonschema_rs.meta.validate(SCHEMA)
    validator = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    assert not validator.is_valid({**run_document(real), **spoilt})


def test_renders_alike_twice(run: Run) -> None:
    """The same run gives the same bytes in every format."""
    for form in PRODUCTS["run"].files:
        assert render("run", form, run) == render("run", form, run)


def test_har_holds_every_exchange(run: Run) -> None:
    """`exchanges.har` is HAR 1.2 with every exchange, unanswered ones too, and no key."""
    document = json.loads(har.render(run))
    jsonschema_rs.validator_for(HAR_SCHEMA, validate_formats=True).validate(document)
    log = document["log"]
    assert log["version"] == "1.2"
    assert {"name", "version"} <= log["creator"].keys()
    assert [entry["comment"] for entry in log["entries"]] == list(run.exchanges)
    for entry, exchange in zip(log["entries"], run.exchanges.values(), strict=True):
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= entry.keys()
        assert {
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
            "headersSize",
            "bodySize",
        } <= entry["request"].keys()
        assert {
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        } <= entry["response"].keys()
        assert {"size", "mimeType"} <= entry["response"]["content"].keys()
        assert entry["response"]["status"] == (exchange.response.status if exchange.response else 0)
    assert "mock-key" not in json.dumps(log)


def test_har_holds_every_byte(run: Run) -> None:
    """Bodies, binary ones too, can be taken out of the HAR as they crossed the wire; what cannot be text says how it is encoded."""
    for entry in json.loads(har.render(run))["log"]["entries"]:
        exchange = run.exchanges[entry["comment"]]
        sent = entry["request"].get("postData", {"text": ""})
        assert (
            base64.b64decode(sent["text"]) if sent.get("_encoding") == "base64" else sent["text"].encode()
        ) == exchange.request.body
        came = entry["response"]["content"]
        if exchange.response:
            assert (
                base64.b64decode(came["text"]) if came.get("encoding") == "base64" else came["text"].encode()
            ) == exchange.response.body
        else:
            assert str(exchange.error) in entry["response"]["comment"]


def test_junit_is_well_formed(run: Run) -> None:
    """`junit.xml` parses, with one case a requirement, a failure for each broken clause, and skips for what was not shown."""
    root = ET.fromstring(junit.render(run))  # noqa: S314
    of = {outcome: sum(verdict.outcome is outcome for verdict in run.verdicts) for outcome in Outcome}
    assert len(root.findall(".//testcase")) == len(run.verdicts)
    assert len(root.findall(".//failure")) == of[Outcome.FAIL]
    assert (
        len(root.findall(".//skipped"))
        == of[Outcome.INCONCLUSIVE] + of[Outcome.NOT_APPLICABLE] + of[Outcome.KNOWN_DEVIATION]
    )
    assert {item.get("name") for item in root.findall(".//property")} >= {"target", "contract_sha256", "exit_code"}


def test_what_xml_forbids_is_spelt_out(real: Run) -> None:
    """Characters that no XML may hold are shown by their numbers in names, messages and properties."""
    odd = "\x00\x08\x1b\x7f\ufffe\uffff\ud800"
    verdict = attrs.evolve(
        real.verdicts[0],
        outcome=Outcome.FAIL,
        detail=odd,
        clause=attrs.evolve(real.verdicts[0].clause, id=f"a.{odd}", sentence=odd),
    )
    text = junit.render(attrs.evolve(real, target=odd, notice=odd, verdicts=(verdict,)))
    root = ET.fromstring(text)  # noqa: S314
    assert "\\u001b" in str(root.find(".//failure").get("message"))  # type: ignore[union-attr]
    assert "\\ufffe" in str(root.find(".//testcase").get("name"))  # type: ignore[union-attr]


def test_surrogates_survive(real: Run, tmp_path: Path) -> None:
    """A lone surrogate among a server's words is written in every format, and `run.json` still holds it."""
    verdict = attrs.evolve(real.verdicts[0], detail="half \ud83d")
    request = Request("POST", "/r", (), b'{"a":"\\ud83d"}')
    exchange = Exchange("e1", request, "http://h/r", Response(200, (), b'{"a":"\\ud83d"}'), None, 0.0, 0.0)
    write_run(
        attrs.evolve(real, verdicts=(verdict,), exchanges={"e1": exchange}, observations=()), tmp_path, [exchange]
    )
    assert json.loads((tmp_path / "run.json").read_text())["verdicts"][0]["detail"] == "half \ud83d"


def test_folder_is_whole(run: Run, tmp_path: Path) -> None:
    """All five files appear, and nothing half written stays; a second run into the folder replaces them."""
    for _ in range(2):
        write_run(run, tmp_path / "a" / "b", run.exchanges.values())
        assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(FILES.values())
