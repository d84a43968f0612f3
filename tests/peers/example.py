"""Make the example comparison with servers that others wrote, or serve one of them: `python -m tests.peers.example [prism|infinity --port N]`."""

import argparse
import contextlib
import sys
import tempfile
import threading
from pathlib import Path

from conformance.contract import load
from tests.peers import infinity, prism
from tests.peers.process import PeerError, free_port, keep, suite

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "peers"
KEPT = ("compare.md",)
# Always the same, so that an example that is made again differs in what was found only.
PORTS = (4010, 7997)
PEERS = {
    "prism": lambda port: prism.prism(load("siliconflow"), prism.install(), port),
    "infinity": lambda port: infinity.infinity(infinity.install(), port),
}


def main(argv: list[str] | None = None) -> int:
    """Compare and keep what is small, or serve until Ctrl-C; return 0, or 2 for what cannot be started or compared."""
    parser = argparse.ArgumentParser(prog="example", description=__doc__)
    parser.add_argument("peer", nargs="?", choices=PEERS, help="serve it in the foreground, and compare nothing")
    parser.add_argument("--port", type=int, help="its port of 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--out", type=Path, default=EXAMPLE, help="folder of the example (default: docs/examples/peers)"
    )
    options = parser.parse_args(argv)
    try:
        if options.peer is None:
            return make(options.out)
        with PEERS[options.peer](options.port) as url:
            print(f"{url}  (Ctrl-C ends it)", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
    except PeerError as error:
        print(f"peers: {error}", file=sys.stderr)
        return 2
    return 0


def make(out: Path) -> int:
    """Compare the mock, Prism and Infinity, and keep what `compare` writes; return 0, or 2 when it cannot."""
    ports = map(free_port, PORTS)
    with (
        PEERS["prism"](next(ports)) as first,
        PEERS["infinity"](next(ports)) as second,
        tempfile.TemporaryDirectory() as folder,
    ):
        if infinity.described(second) != load("infinity").vendored:
            msg = "the running Infinity describes itself otherwise than openapi/infinity does; take its document with `nox -s vendor`."
            raise PeerError(msg)
        command = command_line(f"Prism={first}@siliconflow", f"Infinity={second}@infinity", folder)
        # 1 says that something breaks, which is what the example is to show.
        if suite(*command).returncode not in {0, 1}:
            return 2
        keep(folder, out, KEPT)
    return 0


def command_line(prism_target: str, infinity_target: str, out: str) -> list[str]:
    """Return the arguments of `rerank-conformance` that make the example."""
    chosen = f"--reference siliconflow --model Infinity={infinity.MODEL} --timeout 10".split()
    return ["compare", "mock", prism_target, infinity_target, *chosen, "--out", out]


if __name__ == "__main__":
    sys.exit(main())
