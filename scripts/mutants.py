"""Change what judges in one place each, run the tests, and count the changes that a test sees.

    python scripts/mutants.py checks requirements contract --count 60 --seed 1

Takes a sample by seed of each package's changes. Each change has a process and a cache folder of its own. What no test sees is
printed; somebody has to read it, so the exit status is 0.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest
from attrs import define

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.mutation import Place, changed, places  # noqa: E402

TESTS = {
    "checks": ("tests/requirements", "tests/suite/test_status.py", "tests/suite/test_handmade.py"),
    "contract": ("tests/contract",),
    "requirements": ("tests/requirements", "tests/suite/test_handmade.py"),
    "verdict": ("tests/verdict", "tests/requirements/test_trust.py"),
}
# A change may make a test slower, or endless.
_TIMES, _SLACK = 3, 20


@define
class Soonest:
    """A plugin of pytest: runs the quick tests before the slow ones, and notes how long each takes."""

    seconds: dict[str, float]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the tests in order."""
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0.0))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test, with what it shares with others."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def apart(work: Callable[[], int], seconds: int) -> tuple[int, float]:
    """Run something in a process of its own, in silence; return its exit status and the processor seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
                os.environ["XDG_CACHE_HOME"] = folder
                silence = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silence, 1)
                os.dup2(silence, 2)
                status = work()
            finally:
                os._exit(status)
        _, ended, used = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(ended), used.ru_utime + used.ru_stime


def tested(package: str, seconds: dict[str, float]) -> int:
    """Run a package's tests until one fails; return pytest's exit status. With asserts rewritten, pytest would read the package itself."""
    return int(
        pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *TESTS[package]], [Soonest(seconds)])
    )


def put(place: Place, code: CodeType) -> None:
    """Let the module of a place be imported as it is changed."""
    real = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        return code if fullname == place.module else real(loader, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def measure(package: str, count: int, seed: int, minutes: float) -> str:
    """Play a sample of a package's changes, and print those that no test sees; return a row of the table."""
    every = places(ROOT, package)
    picked = random.Random(seed).sample(every, min(count, len(every)))
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        noted = Path(folder, "seconds.json")

        def plain() -> int:
            status = tested(package, seconds)
            noted.write_text(json.dumps(seconds))
            return status

        status, usual = apart(plain, 3600)
        if status:
            raise SystemExit(f"The tests of {package} fail as they are: pytest ends with {status}. Mend them first.")
        seconds |= json.loads(noted.read_text())
    seen, done, spent = 0, 0, usual
    for place in picked:
        if spent > 60 * minutes:
            break
        code, shown = changed(ROOT, place)

        def work(place: Place = place, code: CodeType = code) -> int:
            put(place, code)
            return tested(package, seconds)

        status, took = apart(work, int(_TIMES * usual) + _SLACK)
        seen, done, spent = seen + bool(status), done + 1, spent + took
        if not status:
            print(f"{place.module}:{place.line} {place.function}: {shown}", flush=True)
    share = 100 * seen // max(done, 1)
    return f"| `conformance/{package}` | {' '.join(TESTS[package])} | {done} of {len(every)} | {seen} ({share} %) |"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "packages", nargs="*", default=sorted(TESTS), help="packages below conformance/ (default: all that judge)"
    )
    parser.add_argument("--count", type=int, default=60, help="changes of each package (default: 60)")
    parser.add_argument(
        "--minutes", type=float, default=30, help="processor time for each package, after which no change is begun"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other changes")
    given = parser.parse_args()
    if strange := [name for name in given.packages if name not in TESTS]:
        parser.error(f"{', '.join(strange)}: choose from {', '.join(TESTS)}")
    print("| package | tests | changes | seen |", "|---|---|---|---|", sep="\n")
    for package in given.packages:
        print(measure(package, given.count, given.seed, given.minutes), flush=True)


if __name__ == "__main__":
    main()
