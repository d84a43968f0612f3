"""Change what judges in one place each, run the tests, and count the changes that a test sees.

    python scripts/mutants.py checks requirements contract --count 60 --seed 1

Takes a sample by seed of each package's changes. Each change has a process and a cache folder of its own. Somebody has to read
what no test sees, so the exit status is 0.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest
from attrs import define

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.mutation import Place, changed, places  # noqa: E402

# The tests that look at a package, those that see most in little time first.
TESTS = {
    "checks": tuple(
        f"tests/requirements{file}"
        for file in ("/test_shown.py", "/test_at_once.py", "/test_sense.py", "/test_parts.py", "")
    ),
    "contract": ("tests/contract",),
    "requirements": tuple(
        f"tests/requirements{file}"
        for file in (
            "/test_at_once.py",
            "/test_explanation.py",
            "/test_movement.py",
            "/test_parts.py",
            "/test_lost.py",
            "",
        )
    ),
    "verdict": ("tests/verdict", "tests/requirements/test_trust.py"),
}
_UNSEEN = 99
# A change may make a test endless.
_TIMES = 4


@define
class Patience:
    """A plugin of pytest: ends when a test passed and the time is over."""

    seconds: float

    def pytest_runtest_logfinish(self) -> None:
        """Look at the clock."""
        if time.process_time() > self.seconds:
            os._exit(_UNSEEN)


def apart(work: Callable[[], int], seconds: float) -> int:
    """Run something in a process of its own, in silence; return its exit status, or less than 0 where it took many times as long as it may."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                most = int(_TIMES * seconds)
                resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
                os.environ["XDG_CACHE_HOME"] = folder
                silence = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silence, 1)
                os.dup2(silence, 2)
                status = work()
            finally:
                os._exit(status)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def tested(package: str, seconds: float) -> int:
    """Run a package's tests until one fails or the time is over; return an exit status. With asserts rewritten, pytest would read the package itself."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain"]
    return int(pytest.main([*options, *TESTS[package]], [Patience(time.process_time() + seconds)]))


def put(place: Place, code: CodeType) -> None:
    """Let the module of a place be imported as it is changed."""
    real = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        return code if fullname == place.module else real(loader, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def measure(package: str, count: int, seed: int, seconds: float) -> str:
    """Play a sample of a package's changes, and print what becomes of each; return a row of the table."""
    every = places(ROOT, package)
    picked = random.Random(seed).sample(every, min(count, len(every)))
    if apart(lambda: tested(package, seconds), seconds) not in {0, _UNSEEN}:
        raise SystemExit(f"The tests of {package} fail as they are: mend them first.")
    seen = 0
    for place in picked:
        code, shown = changed(ROOT, place)

        def work(place: Place = place, code: CodeType = code) -> int:
            put(place, code)
            return tested(package, seconds)

        status = apart(work, seconds)
        seen += status not in {0, _UNSEEN}
        word = "not seen" if status in {0, _UNSEEN} else "seen"
        print(f"{word}: {place.module}:{place.line} {place.function}: {shown}", flush=True)
    share = f"{seen} ({100 * seen // max(len(picked), 1)} %)"
    return f"| `conformance/{package}` | {len(picked)} of {len(every)} | {seconds:g} s | {share} |"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "packages", nargs="*", default=sorted(TESTS), help="packages below conformance/ (default: all that judge)"
    )
    parser.add_argument("--count", type=int, default=60, help="changes of each package (default: 60)")
    parser.add_argument("--seconds", type=float, default=120, help="processor time of a change's tests (default: 120)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other changes")
    given = parser.parse_args()
    if strange := [name for name in given.packages if name not in TESTS]:
        parser.error(f"{', '.join(strange)}: choose from {', '.join(TESTS)}")
    rows = [measure(package, given.count, given.seed, given.seconds) for package in given.packages]
    print("| package | changes | tests of each, at the most | seen |", "|---|---|---|---|", *rows, sep="\n")


if __name__ == "__main__":
    main()
