"""Seven simulated nights on loopback: quiet, broken, flaky, mended, drifted; what `docs/examples/nights` shows."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.document import schema
from tests.nightly.nights import FOLDER, SCENES, TARGET, Nights
from tests.store.conftest import database, postgresql

__all__ = ["database", "postgresql"]

# Seven nights take a minute; what each is made of has tests of its own.
pytestmark = pytest.mark.matrix
ROOT = Path(__file__).resolve().parents[2]
SCHEMA = schema("night")
HEADER = "response.headers.x-siliconcloud-trace-id.required"
LIMIT = "response.results.limit"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Return the seven nights, lived through once, in an SQLite store."""
    work = tmp_path_factory.mktemp("nights")
    lived = Nights(str(work / "store.sqlite"), work)
    for number in range(len(SCENES)):
        lived.ask(number)
    return lived


def told(summary: Any) -> dict[str, Any]:
    """Return what a summary says: its exit status, and which clauses are in which list."""
    (target,) = (one for one in summary["targets"] if one["target"] == TARGET)
    lists = {
        name: [change["requirement"] for change in target["difference"][name]]
        for name in ("newly_broken", "still_broken", "mended", "flaky", "changed", "gone")
    }
    drift = sorted(item["kind"] for item in target["drift"] if item["news"])
    return {
        "exit": summary["exit_code"],
        "run": target["run"]["exit_code"],
        "drift": drift,
        **{name: ids for name, ids in lists.items() if ids},
    }


MOVED = ["latency", "latency", "scores", "undocumented_field"]
STORY = [
    {"exit": 0, "run": 0, "drift": []},
    {"exit": 1, "run": 1, "drift": [], "newly_broken": [HEADER]},
    {"exit": 0, "run": 0, "drift": [], "mended": [HEADER]},
    {"exit": 0, "run": 1, "drift": [], "flaky": [HEADER]},
    {"exit": 1, "run": 1, "drift": [], "newly_broken": [LIMIT], "flaky": [HEADER]},
    {"exit": 0, "run": 1, "drift": MOVED, "still_broken": [LIMIT], "flaky": [HEADER]},
    {"exit": 0, "run": 0, "drift": [], "mended": [HEADER, LIMIT]},
]


def test_story(nights: Nights) -> None:
    """Each night tells what is new in it and nothing else: a clause that broke rings once, a flaky one not alone, a mended one is told, a moved model is drift."""
    found = [nights.summary(number) for number in range(len(SCENES))]
    for summary in found:
        jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(summary)
    assert [told(summary) for summary in found] == STORY
    assert [summary["started"][:10] for summary in found] == [f"2026-03-0{day}" for day in range(1, 8)]


def test_the_kept_example_tells_the_same(nights: Nights) -> None:
    """The example in the documentation is this story: the same clauses are told each night, and its README names each file of it."""
    place = ROOT / FOLDER
    page = (place / "README.md").read_text()
    for number, night in enumerate(STORY):
        kept, today = (
            path.read_text()
            for path in (place / f"{Nights.folder(number)}.md", nights.work / Nights.folder(number) / "summary.md")
        )
        assert f"Exit status {night['exit']}." in kept
        assert re.findall(r"^- `[\w.-]+`", kept, re.MULTILINE) == re.findall(r"^- `[\w.-]+`", today, re.MULTILINE)
    assert all(scene.story in page for scene in SCENES)
    assert all(f"({path.name})" in page for path in place.iterdir() if path.name != "README.md")


def test_since_when(nights: Nights) -> None:
    """`history` says since when each clause is as it is, `diff` what a night brought, `drift` when a thing was first seen, `trend` what the picture shows."""
    history = json.loads(nights.call("history", TARGET, "--format", "json")[1])
    (series,) = history["series"]
    clauses = {row["requirement"]: row for row in series["requirements"]}
    assert (clauses[LIMIT]["verdict"], clauses[LIMIT]["since"]["started"][:10], clauses[LIMIT]["before"]) == (
        "pass",
        "2026-03-07",
        "fail",
    )
    assert clauses[HEADER]["since"]["started"][:10] == "2026-03-05"
    status, difference = nights.call("diff", f"{TARGET}@last~3", f"{TARGET}@last~2", "--format", "json")
    assert (status, [row["requirement"] for row in json.loads(difference)["newly_broken"]]) == (1, [LIMIT])
    assert nights.call("diff")[0] == 0
    moved = [
        item
        for one in json.loads(nights.call("drift", TARGET, "--format", "json")[1])
        for item in one["items"]
        if item["kind"] in MOVED and item["first_seen"]["started"].startswith("2026-03-06")
    ]
    assert sorted(item["kind"] for item in moved) == MOVED
    points = json.loads(nights.call("trend", TARGET, "--format", "json")[1])[0]["points"]
    assert [round(point["p50_ms"] / 100) for point in points] == [2, 2, 2, 2, 2, 4, 4]


def answers(nights: Nights) -> list[tuple[int, str]]:
    """Return what the store answers, the same runs in whatever store."""
    commands = [
        ("history", "--format", "json"),
        ("trend", "--format", "json"),
        ("drift", "--format", "json", "--all"),
        ("history", "--requirement", "*"),
    ]
    commands += [
        ("diff", f"{TARGET}@last~{at + 1}", f"{TARGET}@last~{at}", "--format", "json") for at in range(len(SCENES) - 1)
    ]
    return [nights.call(*command) for command in commands]


@pytest.mark.needs_postgresql
def test_postgresql_gives_the_same_answers(nights: Nights, database: str) -> None:
    """Taken into PostgreSQL night by night, the same runs give the same exit statuses, summaries, histories, differences, trends and drift."""
    team = Nights(database, nights.work)
    for number, night in enumerate(STORY):
        assert team.take(number) == night["exit"]
        assert told(team.summary(number, taken=True)) == night
    assert answers(team) == answers(nights)
