"""Known deviations in every format: the sentence, the source, first seen, review by, and what is past its date."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.document.text import one_line, visible
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.report import junit, run_page
from conformance.report import run as run_report
from conformance.report.formats import render


def told(run: Run) -> str:
    stream = io.StringIO()
    run_report.show(run, stream, folder=Path("out"))
    return stream.getvalue()


def test_run_json_tells_each_entry_once(deviating: Run) -> None:
    """`run.json` lists what was applied, where it was seen or is gone, and each verdict points at its entries."""
    document = json.loads(render("run", "json", deviating))
    gone, past, stray, *others = document["deviations"]
    assert (gone["surprises"], gone["warning"]) == (["response.results.sorted"], "")
    assert (past["seen"], past["overdue"]) == (["error.404.shape"], True)
    assert "2020-03-01" in past["warning"]
    assert "no clause" in stray["warning"]
    assert {item["requirement"] for item in others if item["seen"]} == {
        "error.400.shape",
        "error.401.shape",
        "error.404.*",
    }
    for verdict in document["verdicts"]:
        for number in verdict["deviations"]:
            entry = document["deviations"][number]
            assert verdict["requirement"] in (
                entry["surprises"] if verdict["verdict"] == "surprise_pass" else entry["seen"]
            )
        assert bool(verdict["deviations"]) is (verdict["verdict"] in {"known_deviation", "surprise_pass"})


def test_terminal_tells_what_is_known(deviating: Run) -> None:
    """The terminal names the clauses, the sentence, source and dates, warns, and calls nothing failed."""
    words = told(deviating)
    assert "FAILED" not in words
    assert "UNEXPECTEDLY PASSED response.results.sorted" in words
    assert "KNOWN DEVIATION error.404.media_type\n" in words
    for item in (standing.deviation for standing in deviating.deviations if standing.seen):
        assert one_line(item.sentence) in words
        assert item.first_seen in words
        assert str(item.review_by) in words
    assert words.count("WARNING") == 2
    assert "\x1b" not in words
    assert any(line.startswith("No new failure") for line in words.splitlines())


def test_markdown_and_junit_tell_what_is_known(deviating: Run) -> None:
    """Both tell sentence, source and dates; JUnit skips what is known, and passes what is gone."""
    page = run_report.markdown(deviating)
    root = ET.fromstring(junit.render(deviating))  # noqa: S314
    cases = {f"{case.get('classname')}.{case.get('name')}": case for case in root.iter("testcase")}
    for verdict in deviating.verdicts:
        case = cases[f"siliconflow.{verdict.clause.id}"]
        for item in verdict.deviations:
            assert str(item.review_by) in page
            assert item.first_seen in page
            skipped = case.find("skipped")
            words = (skipped.get("message") if skipped is not None else case.findtext("system-out")) or ""
            assert (skipped is not None) is (verdict.outcome is Outcome.KNOWN_DEVIATION)
            assert visible(item.sentence)[:30] in words
            assert f"to be reviewed by {item.review_by}" in words
    assert "## Known deviations" in page
    assert "Warning: " in page
    assert "@someone" not in page
    assert not cases["siliconflow.error.400.shape"].findall("failure")


def test_page_tells_what_is_known(deviating: Run) -> None:
    """The page has the entry under its clause, marks what is past its date, and escapes it all."""
    page = run_page.render(deviating)
    assert page.count('<div class="known">') == sum(len(verdict.deviations) for verdict in deviating.verdicts)
    assert page.count('class="overdue"') == 1
    assert "which is past" in page
    assert "<img src=x" not in page
    assert "First seen <time>2026-09</time>, a real answer:" in page
