"""Earlier versions of what a vendor published, each in a dated folder."""

import re
import shutil
from pathlib import Path

from conformance.contract import ContractError, provenance

FOLDER = "history"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def keep(folder: Path, names: tuple[str, ...]) -> Path:
    """Copy a vendor's files into `history/DATE`, the day they were retrieved; return the new folder.

    A second version of one day goes to `DATE.2`, a third to `DATE.3`.
    """
    try:
        date = str(provenance.read(folder).get("retrieved", ""))
    except ContractError:
        date = ""
    date = date if _DATE.fullmatch(date) else "undated"
    target = _free(folder / FOLDER, date)
    # Whole or not at all: a folder without its document would be taken for a version.
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in names:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, fresh / name)
    fresh.rename(target)
    return target


def _free(above: Path, date: str) -> Path:
    number = 1
    while (found := above / (date if number == 1 else f"{date}.{number}")).exists():
        number += 1
    return found


def latest(folder: Path) -> Path | None:
    """Return the youngest folder of a vendor's history, or None."""
    found = [path for path in (folder / FOLDER).glob("*") if path.is_dir() and not path.name.startswith(".")]
    return max(found, key=_order, default=None)


def _order(path: Path) -> tuple[str, int]:
    date, _, number = path.name.partition(".")
    return date, int(number) if number.isdigit() else 1
