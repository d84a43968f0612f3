"""Where the time of `rerank-conformance run mock` goes, from command line to report: medians of some runs, each in a process of its own.

Seconds by the clock, and behind them those of processor time that the command's own process took: on a busy machine these tell more.
"""

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
# By the clock, and of the processor.
Times = tuple[float, float]
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
        clock, processor = (statistics.median(run[phase][kind] for run in runs) for kind in (0, 1))
        print(f"{phase}: {clock:.3f} s, {processor:.3f} s")
    return 0


def _run() -> dict[str, Times]:
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
    phases: dict[str, Times] = json.loads(done.stderr.splitlines()[-1])
    worked = phases.pop("all")[1]
    clock, processor = (sum(took[kind] for took in phases.values()) for kind in (0, 1))
    return phases | {"starting, and the rest": (whole - clock, worked - processor), "all": (whole, worked)}


def _timed() -> None:
    """Run the command of this process's command line with its phases timed; they go to stderr as JSON."""
    from conformance.cli import main as command

    took: dict[str, Times] = {}
    started = _now()
    for phase, (module, name) in PHASES.items():
        import_module(module)
        # A package may have a function by the module's name.
        *above, last = name.split(".")
        holder = reduce(getattr, above, sys.modules[module])
        setattr(holder, last, _clocked(getattr(holder, last), phase, took))
    _add(took, "importing", started)
    try:
        command()
    finally:
        print(json.dumps(took | {"all": _now()}), file=sys.stderr)


def _clocked(function: Callable[..., Any], phase: str, took: dict[str, Times]) -> Callable[..., Any]:
    @wraps(function)
    def clocked(*args: Any, **options: Any) -> Any:
        started = _now()
        try:
            return function(*args, **options)
        finally:
            _add(took, phase, started)

    return clocked


def _now() -> Times:
    return time.perf_counter(), time.process_time()


def _add(took: dict[str, Times], phase: str, started: Times) -> None:
    took[phase] = tuple(  # type: ignore[assignment]
        before + now - then for before, now, then in zip(took.get(phase, (0.0, 0.0)), _now(), started, strict=True)
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        _timed()
    else:
        sys.exit(main())
