"""A store of 20 targets, 365 nights and 200 requirements: what `history`, `diff`, `trend` and one more night cost on SQLite.

Prints seconds of whole commands, the start of Python included, and as multiples of
`rerank-conformance --version`. Exits with 1 when a question takes longer than a second.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.store.record import OUTCOMES
from conformance.store.store import Store

LIMIT_S = 1.0
_DAY = 86_400
_FIRST = 1_735_700_000


def nights(targets: int, count: int, requirements: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the documents of runs, night after night: some clauses break and are mended, a few flip, some nights tell nothing."""
    draw = random.Random(seed)
    letters = [["p"] * requirements for _ in range(targets)]
    flaky = [draw.sample(range(requirements), 3) for _ in range(targets)]
    for number in range(count):
        for target in range(targets):
            now = letters[target]
            at = draw.randrange(requirements)
            if draw.random() < 0.2:
                now[at] = draw.choice("ppfk")
            told = list(now)
            for flipping in flaky[target]:
                told[flipping] = draw.choice("pppf")
            yield night(
                f"target-{target:02}", number, "i" * requirements if draw.random() < 0.01 else "".join(told), draw
            )


def night(target: str, number: int, letters: str, draw: random.Random) -> dict[str, Any]:
    """Return one run's document."""
    slow = 80 + 20 * draw.random()
    return {
        "id": f"{target}-{number:05}",
        "suite": {"name": "rerank-conformance", "version": "0.1.0"},
        "target": {"name": target, "base_url": f"https://{target}.example/v1"},
        "contract": {"name": "siliconflow", "version": "1.0.0", "sha256": "a" * 64},
        "profile": "nightly",
        "seed": 0,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_FIRST + number * _DAY)),
        "duration_s": 60.0,
        "requests": 480,
        "exit_code": int("f" in letters),
        "latency": {"p50_ms": slow, "p95_ms": 3 * slow, "p99_ms": 5 * slow, "answers": 300},
        "notice": "",
        "summary": {},
        "verdicts": [
            {
                "requirement": f"request.some_field_{at}.maximum",
                "level": "MUST",
                "verdict": str(OUTCOMES[letter]),
                "detail": "Expected a refusal with 400; came 200 with results, and 3 more."
                if letter in "fk"
                else "Kept in 3 exchanges.",
                "exchanges": [],
                "sentence": f"`some_field_{at}` is not above {at}, and {at} itself is taken.",
                "source": f"#/components/schemas/Request/properties/some_field_{at}/maximum",
                "proofs": [],
            }
            for at, letter in enumerate(letters)
        ],
        "observations": [],
    }


def command(store: str, *arguments: str) -> float:
    """Return the median seconds of a command, of five."""
    took = []
    for _ in range(5):
        clock = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "conformance", *arguments],
            env={**os.environ, "RERANK_STORE": store},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        took.append(time.perf_counter() - clock)
        if done.returncode not in {0, 1}:
            raise SystemExit(done.stderr.decode())
    return statistics.median(took)


def main() -> int:
    """Fill a store, ask it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=20)
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--requirements", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.sqlite"
        added = []
        with Store.open(path) as store:
            for document in nights(given.targets, given.nights, given.requirements, 1):
                clock = time.perf_counter()
                store.add(document)
                added.append(time.perf_counter() - clock)
        print(f"{len(added):,} runs of {given.requirements} requirements in {path.stat().st_size / 1e6:.1f} MB")
        print(
            f"one more run: {1000 * statistics.median(added[-200:]):.1f} ms now, {1000 * statistics.median(added[:200]):.1f} ms when the store was empty"
        )
        base = command(str(path), "--version")
        print(f"{'the program starts':<58} {base:6.2f} s")
        slow = 0
        for arguments in QUESTIONS:
            took = command(str(path), *(word.replace("OUT", folder) for word in arguments))
            slow += took > LIMIT_S
            print(f"{' '.join(arguments):<58} {took:6.2f} s {took / base:5.1f} x")
    return 1 if slow else 0


QUESTIONS = (
    ("history",),
    ("history", "--requirement", "*"),
    ("history", "--format", "json"),
    ("history", "target-07"),
    ("history", "target-07", "--requirement", "*", "--format", "json"),
    ("diff",),
    ("diff", "target-07@last~300", "target-07@last", "--format", "json"),
    ("trend",),
    ("trend", "target-07"),
    ("trend", "target-07", "--out", "OUT/trend.svg"),
    ("drift", "target-07"),
)

if __name__ == "__main__":
    sys.exit(main())
