"""Changes that a person approved, by fingerprint, in `approved.toml` beside the contract."""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.contract import ContractError
from scripts.spec.change import Change, Severity, of

FILE = "approved.toml"
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")
_HEAD = "# Breaking changes that a person has read and approved: `nox -s vendor -- VENDOR --approve FINGERPRINT`.\n"


def read(folder: Path) -> frozenset[str]:
    """Return the approved fingerprints; raises ContractError naming the file."""
    path = folder / FILE
    if not path.is_file():
        return frozenset()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("change", [])
        return frozenset(str(item["fingerprint"]) for item in listed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from error


def approve(folder: Path, wanted: Iterable[str], changes: Sequence[Change]) -> list[Change]:
    """Write down approvals (`all` for every breaking change) and return what is new among them; raises ContractError for an unknown one."""
    known = {change.fingerprint: change for change in changes}
    asked = list(dict.fromkeys(wanted))
    unknown = [name for name in asked if name != "all" and name not in known]
    if unknown:
        listed = ", ".join(change.fingerprint for change in of(changes, Severity.BREAKING)) or "none"
        raise ContractError(f"There is no change {', '.join(unknown)} to approve; breaking ones are: {listed}.")
    already = read(folder)
    chosen = of(changes, Severity.BREAKING) if "all" in asked else tuple(known[name] for name in asked)
    fresh = [change for change in chosen if change.fingerprint not in already]
    if fresh:
        path = folder / FILE
        text = path.read_text(encoding="utf-8") if path.is_file() else _HEAD
        path.write_text(text + "".join(map(_entry, fresh)), encoding="utf-8")
    return fresh


def _entry(change: Change) -> str:
    # A JSON string is a TOML string too, once what only JSON leaves bare is escaped.
    quote = {
        name: json.dumps(value).replace("\x7f", "\\u007f")
        for name, value in (("pointer", change.pointer), ("change", change.sentence))
    }
    assert _FINGERPRINT.fullmatch(change.fingerprint)  # noqa: S101
    date = dt.datetime.now(dt.UTC).date()
    return f'\n[[change]]\nfingerprint = "{change.fingerprint}"\napproved = {date}\npointer = {quote["pointer"]}\nchange = {quote["change"]}\n'


def pending(changes: Sequence[Change], approved: Iterable[str]) -> tuple[Change, ...]:
    """Return the breaking changes that nobody approved."""
    known = set(approved)
    return tuple(change for change in of(changes, Severity.BREAKING) if change.fingerprint not in known)
