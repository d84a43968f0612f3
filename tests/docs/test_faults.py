"""What pages say of faults and correct servers is what the matrix recorded in docs/faults.md."""

import re
from pathlib import Path

import pytest

from conformance.contract import names
from conformance.report.faults import END, START, insert, table
from conformance.selftest.matrix import FaultMatrix, FaultResult

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
FIGURES = re.compile(
    r"^## (\S+)\n\n(\d+) of (\d+) faults are found .*? at most (\d+) requests each; (\d+) false alarms? on (\d+) correct servers\.$",
    re.MULTILINE,
)
RECORDED = FIGURES.findall(PAGE)
PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "noxfile.py", *sorted((ROOT / "docs").rglob("*.md")))
    if path.name != "faults.md"
]


def test_every_contract_has_its_figures() -> None:
    """The page has figures for each shipped contract, and a row for each of its faults; what is not found stands out."""
    assert [name for name, *_ in RECORDED] == list(names())
    for (_, found, total, *_), section in zip(RECORDED, PAGE.split("\n## ")[1:], strict=True):
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        assert len(rows) == int(total)
        assert sum("**nothing**" in row for row in rows) == int(total) - int(found)


def test_the_readme_has_the_same_figures() -> None:
    """The table of the README is the one that the same matrix makes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    kept = readme[readme.index(START) : readme.index(END)]
    rows = [
        f"| {name} | {found} of {total} | {requests} | {alarms} of {servers} |"
        for name, found, total, requests, alarms, servers in RECORDED
    ]
    assert [line for line in kept.splitlines() if line.startswith("| ")][1:] == rows


def test_table() -> None:
    """The table counts faults, the most requests, and false alarms; it is put between the page's markers, and only there."""
    seen = FaultResult("f", "Wrong.", "a.*", ("a.b",), 7, "")
    missed = FaultResult("g", "Wrong.", "c.*", ("a.b",), 9, "")
    made = table([FaultMatrix("x", (seen, missed), 20, ((3, ("a.b",)),), ())])
    assert made.splitlines()[-1] == "| x | 1 of 2 | 9 | 1 of 20 |"
    assert insert(f"a\n{START}\nold\n{END}\nb", made) == f"a\n{START}\n\n{made}\n\n{END}\nb"
    with pytest.raises(ValueError, match="no place"):
        insert("a page", made)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_says_another_number(path: Path) -> None:
    """Where a page says on how many correct servers the suite is tried, it is the number of the matrix; a command's own is its own."""
    prose = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    told = re.findall(r"(\d[\d,]*) (?:lawful|correct) servers", prose)
    assert {int(number.replace(",", "")) for number in told} <= {int(servers) for *_, servers in RECORDED}
