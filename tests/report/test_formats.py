"""Every format, for a real run and for hostile content."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.report import har, html, junit, markdown, run_json, terminal
from conformance.report.folder import FORMATS, write
from conformance.verdict.run import Run

SCHEMA = json.loads((Path(run_json.__file__).with_name("schemas") / "run.schema.json").read_text())


@pytest.fixture(params=["real", "hostile"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def test_run_json_keeps_its_schema(run: Run) -> None:
    """`run.json` is valid by the schema that is published with it."""
    document = json.loads(run_json.render(run))
    jsonschema_rs.validate(SCHEMA, document)
    assert document["requests"] == run.requests
    assert [row["requirement"] for row in document["verdicts"]] == [verdict.clause.id for verdict in run.verdicts]


def test_har_holds_every_exchange(run: Run) -> None:
    """`exchanges.har` is HAR 1.2 with every exchange, unanswered ones too, and no key."""
    log = json.loads(har.render(run))["log"]
    assert log["version"] == "1.2"
    assert [entry["comment"].split(";")[0] for entry in log["entries"]] == list(run.exchanges)
    assert [entry["response"]["status"] for entry in log["entries"]] == [e.response.status if e.response else 0 for e in run.exchanges.values()]
    assert "mock-key" not in json.dumps(log)


def test_junit_is_well_formed(run: Run) -> None:
    """`junit.xml` parses, with one case a requirement, a failure for each broken clause, and skips for what was not shown."""
    root = ET.fromstring(junit.render(run))  # noqa: S314
    assert len(root.findall(".//testcase")) == len(run.verdicts)
    assert len(root.findall(".//failure")) == sum(verdict.outcome == "fail" for verdict in run.verdicts)


def test_markdown_survives(run: Run) -> None:
    """`report.md` has no HTML, no mention and no broken table, whatever the server sent."""
    text = markdown.render(run)
    assert "<script" not in text
    assert "@someone" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    for row in (line for line in text.splitlines() if line.startswith("| `")):
        assert row.count("|") == 5


def test_terminal_is_plain_when_piped(run: Run) -> None:
    """Piped output has no escape sequence, ours or the server's, and names the clause, the curl and the report."""
    out = io.StringIO()
    terminal.show(run, Path("folder"), stream=out)
    text = out.getvalue()
    assert "\x1b" not in text
    assert "curl -sS" in text
    assert "folder/report.html" in text


def test_folder_is_whole(run: Run, tmp_path: Path) -> None:
    """All five files appear, and nothing half written stays."""
    write(run, tmp_path / "a" / "b")
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == sorted(FORMATS)


def test_page_is_small(hostile: Run, real: Run) -> None:
    """Megabytes from a server do not make a page of megabytes."""
    assert len(html.render(hostile)) < 200_000
    assert len(html.render(real)) < 1_500_000
