"""Take in every document of a folder as a new vendor, and print a row of `docs/real-documents.md` for each: `python scripts/corpus.py [FOLDER]`.

FOLDER holds documents as `NAME.yaml` or `NAME.json`, and may hold `roles.json`: by name, the role at each place. Without it the roles that were found
count as right. Exit status: 0 everything went well, 1 something did not.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.spec.corpus import enter, row  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "documents"


def main(argv: list[str] | None = None) -> int:
    """Print a row for each document, and below it what went wrong."""
    parser = argparse.ArgumentParser(
        prog="corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--faults", type=int, default=20, help="faults of each mock to draw (default: 20)")
    parser.add_argument(
        "--operation",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="the operation of a document that is meant, where it is not the likeliest",
    )
    options = parser.parse_args(argv)
    listed = options.folder / "roles.json"
    roles = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}
    named = dict(item.split("=", 1) for item in options.operation)
    bad = 0
    for path in sorted(options.folder.iterdir()):
        if path.suffix not in {".yaml", ".yml", ".json"} or path == listed:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            entry = enter(
                path, Path(scratch), roles.get(path.stem), operation=named.get(path.stem), wrong=options.faults
            )
        print(row(entry), flush=True)
        bad += not entry.good
        for line in (*entry.wrong, *(f"not found: {fault}" for fault in entry.missed)):
            print(f"{path.name}: {line}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
