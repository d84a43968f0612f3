"""How long a night takes with one target and with twenty, each of which answers after 300 ms.

Prints the seconds of both, and their ratio: asked side by side, twenty take as long as one, and what judging costs.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.app import App
from conformance.mock.rules import Rules
from conformance.nightly.watch import watch
from conformance.report.formats import write_run
from conformance.store.store import Store
from conformance.targets import Options, read

VENDOR, KEY = "siliconflow", "mock-key"


class Late(App):
    """A mock each of whose answers takes so many seconds."""

    delay = 0.3

    def answer(self, call: Any) -> Any:
        """Answer by the contract, later."""
        found = super().answer(call)
        return found and (*found[:3], found[3] + self.delay)


def serve(told: Any) -> None:
    """Serve until the process is ended."""
    contract = load(VENDOR)
    with MockServer(contract, key=KEY, app=Late(Rules(contract, KEY))) as server:
        told.send(server.base_url)
        time.sleep(100_000)


def night(url: str, count: int, profile: str) -> float:
    """Return the seconds of a night with so many targets."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        names = [f"target{number}" for number in range(count)]
        tables = "\n".join(
            f'[targets.{name}]\nbase_url = "{url}"\ncontract = "{VENDOR}"\nconcurrency = 8\n' for name in names
        )
        (folder / "targets.toml").write_text(tables)
        entries = read(folder / "targets.toml")
        started = time.perf_counter()
        with Store.open(folder / "runs.sqlite") as store:
            found = watch(
                names,
                entries,
                {"profile": profile},
                Options(),
                store,
                folder / "out",
                write_run,
                folder / "targets.toml",
            )
        seconds = time.perf_counter() - started
        broken = [(target.name, target.reason) for target in found.targets if not target.run or target.run.exit_code]
        if broken:
            sys.exit(f"Not all targets passed: {broken}")
    return seconds


def main() -> int:
    """Measure one night after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=20)
    parser.add_argument("--profile", default="smoke")
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    process.start()
    url = here.recv()
    night(url, 1, given.profile)
    one, many = (night(url, count, given.profile) for count in (1, given.targets))
    print(f"one target {one:.1f} s, {given.targets} targets {many:.1f} s: {many / one:.2f} times as long")
    process.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
