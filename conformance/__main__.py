"""`python -m conformance` is `rerank-conformance`."""

from conformance.cli import main

if __name__ == "__main__":
    main()
