"""Prism (`@stoplight/prism-cli`, npm), mocking an effective contract: `python scripts/peers/prism.py [--contract NAME] [--port N]`."""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from conformance.contract import Contract, load  # noqa: E402
from scripts.peers.process import foreground, free_port, run, serving  # noqa: E402

VERSION = "5.14.2"
HOME = ROOT / ".peers" / "prism"


def install(home: Path = HOME) -> Path:
    """Return Prism's program below a folder, put there by npm if it is not; raises PeerError."""
    program = home / "node_modules" / ".bin" / "prism"
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        run("Prism", ["npm", "install", "--no-audit", "--no-fund", "--prefix", home, f"@stoplight/prism-cli@{VERSION}"])
    return program


@contextlib.contextmanager
def prism(contract: Contract, program: Path, port: int | None = None) -> Iterator[str]:
    """Serve a contract by Prism's static mode until the block ends; yields the base URL.

    Paths are the document's own, without its server's path. Raises PeerError.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "effective.json"
        document.write_text(json.dumps(contract.document, ensure_ascii=False), encoding="utf-8")
        command = [str(program), "mock", "-h", "127.0.0.1", "-p", str(port), "--verboseLevel", "silent", str(document)]
        with serving("Prism", command, f"http://127.0.0.1:{port}/"):
            yield f"http://127.0.0.1:{port}"


def main(argv: list[str] | None = None) -> int:
    """Serve in the foreground until Ctrl-C; return 0, or 2 for what cannot be started."""
    parser = argparse.ArgumentParser(prog="prism", description=__doc__)
    parser.add_argument(
        "--contract", default="siliconflow", metavar="NAME|FILE", help="contract to mock (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, help="port of 127.0.0.1 (default: a free one)")
    parser.add_argument("--home", type=Path, default=HOME, help="folder where npm puts it (default: .peers/prism)")
    options = parser.parse_args(argv)
    return foreground("prism", lambda: prism(load(options.contract), install(options.home), options.port))


if __name__ == "__main__":
    sys.exit(main())
