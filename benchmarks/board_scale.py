"""A board of 20 targets, 365 nights and 200 checks: seconds to build, files, and the largest page.

Exits with 1 when it takes longer than 20 s, or a page is above 300 kB.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.store_scale import nights
from conformance.board.site import write
from conformance.board.standing import standings
from conformance.store.store import Store

LIMIT_S, LIMIT_BYTES = 20.0, 300_000


def main() -> int:
    """Fill a store, build its board, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=20)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--checks", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Store.open(folder / "runs.sqlite") as store:
            for document in nights(given.targets, given.nights, given.checks, 1):
                store.add(document)
            clock = time.perf_counter()
            count = write(standings(store), folder / "board", title="Board")
            took = time.perf_counter() - clock
        largest = max((path.stat().st_size, path.name) for path in (folder / "board").rglob("*.html"))
    print(
        f"{given.targets} targets, {given.nights} nights, {given.checks} checks: {took:.1f} s, {count} files, largest page {largest[0] / 1000:.0f} kB ({largest[1]})"
    )
    return int(took > LIMIT_S or largest[0] > LIMIT_BYTES)


if __name__ == "__main__":
    sys.exit(main())
