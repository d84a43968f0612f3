"""Prism (`@stoplight/prism-cli`, npm), mocking an effective contract."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from conformance.contract import Contract
from tests.peers.process import ROOT, free_port, run, serving

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
