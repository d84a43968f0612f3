"""The drill: single changes to the vendor's document, each with what it must be taken for, and what follows without a line of Python."""

from pathlib import Path

import pytest

from conformance.contract import document
from tests.spec import drill_page as command
from tests.spec.drill import Drill, drills, row, run

DRILLS = drills(command.CHANGES)
KEPT = document.load(command.ANSWERS)
# What a renamed field means is held in test_vendor.py, a lower bound below; `nox -s drill` tries all of them.
SAMPLE = ("results one level down", "list renamed")
pytestmark = pytest.mark.needs_npm


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the client of the document before any change."""
    return command.baseline(tmp_path_factory.mktemp("baseline"))


@pytest.mark.parametrize(
    "drill", [drill for drill in DRILLS if drill.name in SAMPLE], ids=lambda drill: drill.name.replace(" ", "_")
)
def test_change_is_followed(drill: Drill, baseline: Path, tmp_path: Path) -> None:
    """The change is taken for what it is; client, mock and suite follow; the old mock is found out; its row says so, with oasdiff's kept answer."""
    drilled = run(drill, command.FOLDER, tmp_path, baseline)
    answer = KEPT["answers"][drill.name]
    assert drilled.wrong == ()
    assert row(drilled, answer).startswith(f"| {drill.name} | {drill.does} | {drill.severity} (")
    assert row(drilled, answer).split(" | ")[4] == answer
    assert row(drilled).split(" | ")[4] == "–"


def test_drill_is_large_and_its_page_is_of_it() -> None:
    """There are at least 90 changes, each with a name of its own, and the page has rows of them alone; the weekly run holds the rest of it."""
    names = [drill.name for drill in DRILLS]
    assert len(set(names)) == len(names) >= 90
    rows = [line for line in command.PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 90
    assert {line.split(" | ")[0].removeprefix("| ") for line in rows} <= set(names)


def test_page_shows_the_answers_of_oasdiff() -> None:
    """The kept file knows changes of the drill alone, and the page shows its answers, or that there is none."""
    assert KEPT["answers"].keys() <= {drill.name for drill in DRILLS}
    page = command.PAGE.read_text(encoding="utf-8")
    assert f"oasdiff {KEPT['version']}" in page
    for line in [line for line in page.splitlines() if line.startswith("| ")][1:]:
        cells = line.split(" | ")
        assert cells[4] == KEPT["answers"].get(cells[0].removeprefix("| "), "–")


def test_page_counts_what_other_programs_say() -> None:
    """The head counts the rows that each program takes for the same, for something milder and for something worse; unknown ones are not counted."""
    cells = (
        ("breaking (1 line)", "compatible (1 line)", "breaking (WARN, 2 lines)"),
        ("editorial (1 line)", "editorial (2 lines)", "none"),
        ("none", "breaking (1 line)", "–"),
    )
    page = command.page(
        [f"| a | b | {' | '.join(three)} | none | – | passes | keeps it | – |" for three in cells], "9.9"
    )
    said = "of {} changes for the same as we do, {} for something milder and {} for something worse"
    assert f"Redocly's `diff` takes 1 {said.format(3, 1, 1)}." in page
    assert f"oasdiff's `changelog` takes 1 {said.format(2, 1, 0)}." in page


def test_wrong_expectation_is_seen(baseline: Path, tmp_path: Path) -> None:
    """A change that is taken for something else than the table says is told: severity, overlay, clause and fact."""
    from attrs import evolve

    base = next(drill for drill in DRILLS if drill.name == "maximum lowered")
    wrong = run(
        evolve(base, severity="editorial", breaks="request.nothing", overlay={"added": 1}, person="new number 9"),
        command.FOLDER,
        tmp_path,
        baseline,
    ).wrong
    assert [sentence.split()[0] for sentence in wrong] == ["taken", "overlay", "the", "nobody"]
