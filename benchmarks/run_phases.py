"""Where the time of `rerank-conformance run mock` goes, from command line to report: medians of some runs, each in a process of its own."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import reduce, wraps
from importlib import import_module
from typing import Any

RUNS = 9
# What is timed: a function of a module, or of a class in it, where it is looked up.
PHASES = {
    "planning": ("conformance.running", "plan"),
    "waiting for the store, which is opened in a process beside": ("conformance.cli.storing", "Keeper.ready"),
    "sending, and asking closer": ("conformance.running.conduct", "wait_for"),
    "judging": ("conformance.running.conduct", "judged"),
    "writing the report": ("conformance.report.formats", "write_run"),
    "remembering the run": ("conformance.cli.storing", "Keeper.remember"),
}


def main() -> int:
    """Print the medians in seconds."""
    runs = [_run() for _ in range(RUNS)]
    for phase in runs[0]:
        print(f"{phase}: {statistics.median(run[phase] for run in runs):.3f} s")
    return 0


def _run() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            __file__,
            "run",
            "mock",
            "--out",
            f"{folder}/out",
            "--store",
            f"{folder}/runs.sqlite",
        ]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole = time.perf_counter() - started
    phases: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return phases | {"starting, and the rest": whole - sum(phases.values()), "all": whole}


def _timed() -> None:
    """Run the command of this process's command line with its phases timed; they go to stderr as JSON."""
    from conformance.cli import main as command

    took = dict.fromkeys((*PHASES, "importing"), 0.0)
    started = time.perf_counter()
    for phase, (module, name) in PHASES.items():
        import_module(module)
        # A package may have a function by the module's name.
        *above, last = name.split(".")
        holder = reduce(getattr, above, sys.modules[module])
        setattr(holder, last, _clocked(getattr(holder, last), phase, took))
    took["importing"] = time.perf_counter() - started
    try:
        command()
    finally:
        print(json.dumps(took), file=sys.stderr)


def _clocked(function: Callable[..., Any], phase: str, took: dict[str, float]) -> Callable[..., Any]:
    @wraps(function)
    def clocked(*args: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **options)
        finally:
            took[phase] += time.perf_counter() - started

    return clocked


if __name__ == "__main__":
    if sys.argv[1:]:
        _timed()
    else:
        sys.exit(main())
