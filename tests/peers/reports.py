"""Make the kept reports of four foreign servers: `python -m tests.peers.reports [--out DIR] [NAME ...]`."""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from attrs import frozen

from conformance.contract import load
from tests.peers import foreign, infinity, prism
from tests.peers.process import PeerError, suite

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "foreign"
CONTRACT = "siliconflow"
# A free port is another one each time.
_PORT = re.compile(r"(?<=127\.0\.0\.1:)\d+")


@frozen
class ForeignServer:
    """How a server is started, the key that it takes, and what else its run needs."""

    start: Callable[[argparse.Namespace], AbstractContextManager[str]]
    key: str
    options: tuple[str, ...] = ()


SERVERS = {
    "prism": ForeignServer(
        lambda options: prism.prism(load(CONTRACT), prism.install(options.prism)), "mock-key", ("--timeout", "2")
    ),
    "infinity": ForeignServer(
        lambda options: infinity.infinity(infinity.install(options.infinity)), infinity.KEY, ("--model", infinity.MODEL)
    ),
    "inference": ForeignServer(lambda _: foreign.serving("inference"), foreign.KEY),
    "gateway": ForeignServer(lambda _: foreign.serving("gateway"), foreign.KEY),
}


def main(argv: list[str] | None = None) -> int:
    """Run the suite against each server by one contract, and keep its Markdown; return 0, or 2 for what cannot be started or judged."""
    parser = argparse.ArgumentParser(prog="reports", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"servers (default: all of {', '.join(SERVERS)})")
    parser.add_argument("--out", type=Path, default=EXAMPLE, help="folder (default: docs/examples/foreign)")
    parser.add_argument("--prism", type=Path, default=prism.HOME, help="folder where npm puts Prism")
    parser.add_argument("--infinity", type=Path, default=infinity.HOME, help="virtual environment of Infinity")
    options = parser.parse_args(argv)
    unknown = [name for name in options.names if name not in SERVERS]
    if unknown:
        parser.error(f"no server {unknown[0]!r}; there are {', '.join(SERVERS)}")
    try:
        return max(make(name, options) for name in options.names or SERVERS)
    except PeerError as error:
        print(f"reports: {error}", file=sys.stderr)
        return 2


def make(name: str, options: argparse.Namespace) -> int:
    """Judge one server and keep its report; return 0, or 2 where nothing was judged."""
    server = SERVERS[name]
    with server.start(options) as url, tempfile.TemporaryDirectory() as folder:
        command = ["run", url, "--contract", CONTRACT, *server.options, "--no-store", "--out", folder]
        env = {load(CONTRACT).key_env or "API_KEY": server.key}
        done = suite(*command, env=env, capture_output=True)
        # 1 says that something fails, which is what the example is to show.
        if done.returncode not in {0, 1, 3}:
            print(done.stderr, file=sys.stderr)
            return 2
        report = (Path(folder) / "report.md").read_text(encoding="utf-8")
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / f"{name}.md").write_text(_PORT.sub("8000", report), encoding="utf-8")
    lines = done.stdout.splitlines()
    print(f"{name}: {next((line for line in lines if 'clauses fail' in line), lines[-1])} {len(lines)} lines printed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
