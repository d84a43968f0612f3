"""The program: `python -m conformance` is `rerank-conformance`."""

import contextlib
import os
import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it as later, with 130 and a word."""
    try:
        from conformance.cli import main as run
    except KeyboardInterrupt:
        os.write(2, b"interrupted\n")
        os._exit(130)
    try:
        run()
    except SystemExit as end:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        # Taking all that a run has made apart, object by object, takes a tenth of a second.
        os._exit(end.code if isinstance(end.code, int) else 1)


if __name__ == "__main__":
    main()
