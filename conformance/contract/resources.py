"""Where the project's data files lie: beside the package in a clone, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def contracts_root() -> Path:
    """Return the folder that holds one folder a vendor (`openapi/` in a clone)."""
    packaged = _PACKAGE / "openapi"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "openapi"
