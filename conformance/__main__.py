"""The program: `python -m conformance` is `rerank-conformance`."""

import os


def main() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it as later, with 130 and a word."""
    try:
        from conformance.cli import main as run
    except KeyboardInterrupt:
        os.write(2, b"interrupted\n")
        os._exit(130)
    run()


if __name__ == "__main__":
    main()
