"""Make the example comparison with servers that others wrote: `python scripts/peers/example.py [--out DIR]`."""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from conformance.contract import load  # noqa: E402
from scripts.peers import infinity, prism  # noqa: E402
from scripts.peers.process import PeerError, free_port, keep, suite  # noqa: E402

EXAMPLE = ROOT / "docs" / "examples" / "peers"
KEPT = ("compare.md",)
BUILT = (*KEPT, "compare.html", "compare.csv", "compare.json")
# Always the same, so that an example that is made again differs in what was found only.
PORTS = (4010, 7997)


def main(argv: list[str] | None = None) -> int:
    """Start the peers, compare, keep what is small; return 0, or 2 for what cannot be started or compared."""
    parser = argparse.ArgumentParser(prog="example", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=EXAMPLE, help="folder for the example (default: docs/examples/peers)"
    )
    parser.add_argument("--whole", type=Path, help="folder for all that `compare` writes, too big to be kept")
    parser.add_argument(
        "--prism", type=Path, default=prism.HOME, help="folder where npm puts Prism (default: .peers/prism)"
    )
    parser.add_argument(
        "--infinity",
        type=Path,
        default=infinity.HOME,
        help="virtual environment of Infinity (default: .peers/infinity)",
    )
    options = parser.parse_args(argv)
    try:
        status = make(options.out, options.whole, prism.install(options.prism), infinity.install(options.infinity))
    except PeerError as error:
        print(f"peers: {error}", file=sys.stderr)
        return 2
    return status


def make(out: Path, whole: Path | None, prism_program: Path, infinity_programs: Path) -> int:
    """Compare the mock, Prism and Infinity, and keep what `compare` writes; return 0, or 2 when it cannot."""
    siliconflow = load("siliconflow")
    ports = list(map(free_port, PORTS))
    with (
        prism.prism(siliconflow, prism_program, ports[0]) as first,
        infinity.infinity(infinity_programs, ports[1]) as second,
        tempfile.TemporaryDirectory() as folder,
    ):
        if infinity.described(second) != load("infinity").vendored:
            print(
                "peers: the running Infinity describes itself otherwise than openapi/infinity does; take its document with `nox -s vendor`.",
                file=sys.stderr,
            )
            return 2
        command = command_line(f"Prism={first}@siliconflow", f"Infinity={second}@infinity", folder)
        # 1 says that something breaks, which is what the example is to show.
        if suite(*command).returncode not in {0, 1}:
            return 2
        for place, names in ((out, KEPT), *([(whole, BUILT)] if whole else [])):
            keep(folder, place, names)
    print(f"{out}: {', '.join(f'{name} {(out / name).stat().st_size:,} B' for name in KEPT)}")
    return 0


def command_line(prism_target: str, infinity_target: str, out: str) -> list[str]:
    """Return the arguments of `rerank-conformance` that make the example."""
    chosen = f"--reference siliconflow --model Infinity={infinity.MODEL} --timeout 10".split()
    return ["compare", "mock", prism_target, infinity_target, *chosen, "--out", out]


if __name__ == "__main__":
    sys.exit(main())
