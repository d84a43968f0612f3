"""Where a vendored document came from, and that it is still the same."""

import hashlib
import json
from pathlib import Path
from typing import Any

from conformance.contract.errors import ContractError

FILE = "provenance.json"


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(folder: Path) -> dict[str, Any]:
    """Return a vendor's provenance; raises ContractError naming the file."""
    try:
        record: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContractError(f"{folder / FILE} cannot be read: {error}") from error
    return record


def changed(folder: Path) -> list[str]:
    """Return the names of the files that are no longer what the provenance says."""
    listed = read(folder)["files"]
    return [name for name, digest in listed.items() if not (folder / name).is_file() or sha256(folder / name) != digest]


def write(
    folder: Path,
    source: str,
    retrieved: str,
    note: str,
    files: list[str],
    url: str | None = None,
    client: str | None = None,
) -> None:
    """Write a vendor's provenance; only the vendoring command does.

    `retrieved` is a date, YYYY-MM-DD; `url` is where the page is fetched from;
    `client` the version of the client package, as the changes so far ask for.
    """
    optional = {name: value for name, value in (("url", url), ("client", client)) if value}
    record: dict[str, Any] = {"source": source, **optional, "retrieved": retrieved, "note": note}
    record["files"] = {name: sha256(folder / name) for name in files}
    (folder / FILE).write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
