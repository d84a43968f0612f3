"""Try every change of the drill and write `docs/drill.md`: `nox -s drill`."""

import argparse
import sys
import tempfile
from pathlib import Path

from conformance.contract import document
from conformance.contract.catalogue import DOCUMENT, read
from conformance.selftest.workers import spread
from scripts import regenerate
from tests.spec.drill import SEVERITIES, Drill, drills, row, run

DATA = Path(__file__).parents[1] / "data"
CHANGES, ANSWERS = DATA / "drill.yaml", DATA / "oasdiff.yaml"
# A frozen copy: the drill stays the same when the vendor's page does not.
FOLDER = DATA / "openapi" / "siliconflow"
PAGE = Path(__file__).parents[2] / "docs" / "drill.md"
_HEAD = """<!-- Made by `nox -s drill` from tests/data/drill.yaml; do not edit. -->
# The drill: {count} changes to the vendor's document, single and several at once

Each one is made to a frozen copy of SiliconFlow's document and fed in as a new version. The new client is called with the probes of every
request clause that is new or says something else (refused before anything is sent, or sent); the suite of the new document is run against
the mock of the new one, and against that of the old one. No change needed a line of Python. A test tries a sample of them, and
`nox -s drill` all of them, every week.

Two other programs judge the same two effective documents. Redocly's `diff` takes {redocly}.
oasdiff's `changelog` takes {oasdiff}. Its `ERR` counts as
breaking. So does `WARN`, because `oasdiff breaking` lists both. `INFO` counts as compatible, an empty changelog as none. oasdiff has no level
for editorial changes; one that it does not list counts as milder. CI cannot install oasdiff, so its column is read from `tests/data/oasdiff.yaml`
("–": a change that the file does not have). Its answers are those of oasdiff {version}.

| change | what it does | taken for | Redocly | oasdiff | files edited by hand | new client | suite on the new mock | new suite on the old mock | for a person to read |
|---|---|---|---|---|---|---|---|---|---|
"""


def baseline(folder: Path) -> Path:
    """Generate the client of the contract before any change, and return its folder."""
    return regenerate.generate(read(FOLDER / DOCUMENT, FOLDER.name), folder)


def page(rows: list[str], version: str) -> str:
    """Return the page of these rows, with the version of oasdiff that their answers are of."""
    judged = [[cell.split()[0] for cell in row.split(" | ")[2:5]] for row in rows]
    beside = {
        name: _beside(
            [(SEVERITIES.index(cells[0]), SEVERITIES.index(cells[at])) for cells in judged if cells[at] != "–"]
        )
        for at, name in enumerate(("redocly", "oasdiff"), 1)
    }
    return _HEAD.format(count=len(rows), version=version, **beside) + "\n".join(rows) + "\n"


def _beside(pairs: list[tuple[int, int]]) -> str:
    same, milder = (sum(holds) for holds in ((a == b for a, b in pairs), (a < b for a, b in pairs)))
    return f"{same} of {len(pairs)} changes for the same as we do, {milder} for something milder and {len(pairs) - same - milder} for something worse"


def _tried(job: tuple[Drill, Path, str]) -> tuple[str, tuple[str, ...]]:
    drill, before, answer = job
    with tempfile.TemporaryDirectory() as scratch:
        drilled = run(drill, FOLDER, Path(scratch), before)
    return row(drilled, answer), drilled.wrong


def main(argv: list[str] | None = None) -> int:
    """Run the drill; return 1 where a change is taken for something else than the table says."""
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("names", nargs="*", help="changes (default: all, and write the page)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    options = parser.parse_args(argv)
    listed = drills(CHANGES)
    chosen = [drill for drill in listed if not options.names or drill.name in options.names]
    kept = document.load(ANSWERS)
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        before = baseline(Path(scratch))
        jobs = [(drill, before, kept["answers"].get(drill.name, "–")) for drill in chosen]
        for drill, (line, wrong) in zip(chosen, spread(_tried, jobs, options.jobs, 1), strict=True):
            rows.append(line)
            print(line)
            for sentence in wrong:
                failed += 1
                print(f"{drill.name}: {sentence}", file=sys.stderr)
    if not options.names and not failed:
        PAGE.write_text(page(rows, kept["version"]), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
