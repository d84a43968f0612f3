"""What a slow service and a long run cost, as ratios in one run.

    python benchmarks/latency_and_memory.py [--exchanges N]

1. `smoke` against a service of 300 ms latency, eight requests at a time: the command's whole time as a multiple of
   requests × latency ÷ concurrency.
2. `deep` against the mock: the memory of the process in its course, and at most.
"""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.app import App
from conformance.mock.rules import Rules

_LATENCY = 0.3
_CONCURRENCY = 8


class Slow(App):
    """A faithful mock that takes its time."""

    def answer(self, call: Any) -> Any:
        """Return the answer with a delay."""
        found = super().answer(call)
        return found and (*found[:3], _LATENCY)


def latency() -> float:
    """Return the whole time of the command as a multiple of requests × latency ÷ concurrency."""
    contract = load("siliconflow")
    with MockServer(contract, app=Slow(Rules(contract, "mock-key"))) as mock, tempfile.TemporaryDirectory() as folder:
        clock = time.perf_counter()
        _run(mock.base_url, folder, "--profile", "smoke", "--concurrency", str(_CONCURRENCY))
        took = time.perf_counter() - clock
        requests = json.loads((Path(folder) / "run.json").read_text())["requests"]
    return took / (requests * _LATENCY / _CONCURRENCY)


def memory(exchanges: int) -> tuple[int, list[tuple[int, int]]]:
    """Return how many exchanges a deep run had, and pairs of exchanges and resident kilobytes in its course, the last one the most it took."""
    contract = load("siliconflow")
    seen: list[tuple[int, int]] = []
    with MockServer(contract) as mock, tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "conformance",
            "run",
            mock.base_url,
            "--profile",
            "deep",
            "--max-requests",
            str(exchanges),
            "--no-store",
            "--out",
            folder,
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            most = 0
            while process.poll() is None:
                with contextlib.suppress(OSError, AttributeError, TypeError):
                    # Of its own: `ru_maxrss` begins with that of the parent. A process that has ended has no such lines.
                    told = Path(f"/proc/{process.pid}/status").read_text()
                    now, most = (
                        int(re.search(rf"{name}:\s+(\d+)", told)[1])  # type: ignore[index]
                        for name in ("VmRSS", "VmHWM")
                    )
                    seen.append((mock.calls, now))
                time.sleep(0.2)
        total = json.loads((Path(folder) / "run.json").read_text())["requests"]
        seen.append((total, most))
    return total, seen


def _run(base_url: str, folder: str, *options: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "conformance", "run", base_url, "--no-store", "--out", folder, *options],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=5_000)
    exchanges = parser.parse_args().exchanges
    print(
        f"smoke with {_LATENCY * 1000:.0f} ms latency: {latency():.2f} × requests × latency ÷ {_CONCURRENCY}, from command line to the last file"
    )
    began = time.perf_counter()
    total, seen = memory(exchanges)
    print(f"deep: {total:,} exchanges in {time.perf_counter() - began:.0f} s")
    for part in (0.1, 0.25, 0.5, 0.75, 0.99):
        calls, size = next((pair for pair in seen if pair[0] >= total * part), seen[-1])
        print(f"deep: {size / 1024:.0f} MB after {calls:,} of {total:,} exchanges")
    print(f"deep: {seen[-1][1] / 1024:.0f} MB at most, the reports included")


if __name__ == "__main__":
    main()
