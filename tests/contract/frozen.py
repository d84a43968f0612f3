"""A frozen copy of the vendored documents and overlays: its facts may be repeated in a test, those of `openapi/` may not."""

from pathlib import Path

from conformance.contract import Contract, load

FROZEN = Path(__file__).resolve().parents[1] / "data" / "openapi"


def frozen(vendor: str) -> Contract:
    """Return a vendor's contract as it was when the tests were written."""
    return load(str(FROZEN / vendor))
