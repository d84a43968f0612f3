"""Take in documents that are drawn at random, and run the suite against the mock of each: `python scripts/fuzz_documents.py [--count 1000]`.

Exit status: 0 every document ended in a contract whose mock passes, or in a sentence; 1 one did not. Of those that end alike the shortest is printed.
"""

import argparse
import collections
import json
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conformance.contract import ContractError  # noqa: E402
from scripts.spec import corpus, intake  # noqa: E402
from scripts.spec.renewal import renew  # noqa: E402


def outcome(found: dict[str, Any], *, client: bool = False) -> str:
    """Return what a document ends in: `contract`, or the sentence that refuses it; raises AssertionError where its mock fails its own suite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "fuzzed"
        folder.mkdir()
        try:
            renewal = renew(folder, intake.take(json.dumps(found), "fuzzed.json"), clients=Path(name), client=client)
        except ContractError as error:
            return " ".join(str(error).split())
        failed, _ = corpus.suite(renewal.after)
    # How steadily a mock answers is the machine's doing, and many documents are tried on a busy one.
    failed = tuple(clause for clause in failed if not clause.startswith("response.latency."))
    if failed:
        raise AssertionError(f"its mock breaks {', '.join(failed)}")
    return "contract"


def main(argv: list[str] | None = None) -> int:
    """Draw documents; print what they ended in, and the first that ended otherwise."""
    from hypothesis import HealthCheck, Phase, given, settings

    from scripts.spec.fuzzed import documents

    parser = argparse.ArgumentParser(
        prog="fuzz_documents", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="documents (default: 1,000)")
    parser.add_argument("--client", action="store_true", help="generate the client of each too")
    options = parser.parse_args(argv)
    ends: collections.Counter[str] = collections.Counter()
    wrong: dict[str, str] = {}

    @settings(
        max_examples=options.count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def each(found: dict[str, Any]) -> None:
        try:
            end = outcome(found, client=options.client)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            told = " ".join(str(error).split())[:300]
            alike = f"{type(error).__name__}: {told} ({Path(frame.filename).name}, line {frame.lineno})"
            wrong[alike] = min(wrong.get(alike, text := json.dumps(found)), text, key=len)
            end = f"wrong: {type(error).__name__}"
        ends["contract" if end == "contract" else end if end.startswith("wrong") else "a sentence"] += 1

    each()
    print(", ".join(f"{count} ended in {end}" for end, count in ends.most_common()))
    for alike, text in wrong.items():
        print(alike, text, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
