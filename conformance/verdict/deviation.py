"""Known deviations: where a service is known to answer otherwise than its contract says. Data, read from TOML, and how each stands after a run."""

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from conformance.contract import ContractError, validator
from conformance.contract.resources import contracts_root
from conformance.document.folder import not_text, read_text
from conformance.document.text import meant
from conformance.model.deviation import Deviation, Standing
from conformance.model.verdict import Outcome, Verdict

FILE = "deviations.toml"
SCHEMA = Path(__file__).with_name("schemas") / "deviations.schema.json"
_LONGEST = 300


class DeviationError(ValueError):
    """A file of known deviations cannot be used; the message names the file and the entry."""


def names() -> tuple[str, ...]:
    """Return the vendors whose known deviations are shipped."""
    return tuple(sorted(path.parent.name for path in contracts_root().glob(f"*/{FILE}")))


def load(name: str) -> tuple[Deviation, ...]:
    """Return the known deviations of a shipped vendor's name, or of a TOML file; raises DeviationError."""
    path = contracts_root() / name / FILE if name in names() else Path(name)
    if not path.is_file():
        msg = f"There are no known deviations {name!r}: none are shipped under this name ({', '.join(names())}) and there is no such file.{meant(name, names())}"
        raise DeviationError(msg)
    try:
        loaded = tomllib.loads(read_text(path))
    except UnicodeDecodeError as error:
        raise DeviationError(f"{path} {not_text(error)}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise DeviationError(f"{path} cannot be read as TOML: {_first(error)}") from error
    return parse(loaded, str(path))


def parse(entries: Any, name: str) -> tuple[Deviation, ...]:
    """Return a document, or a list of its entries, as deviations, checked by the schema; `name` is the file that an error names."""
    plain = _plain({"deviation": entries} if isinstance(entries, list) else entries)
    for error in _schema().iter_errors(plain):
        path = list(error.instance_path)
        where = _entry(plain["deviation"], int(path[1]), name) if len(path) > 1 else name
        inner = ".".join(str(part) for part in path[2 if len(path) > 1 else 0 :])
        raise DeviationError(f"{where}{f', {inner}' if inner else ''}: {_first(error.message)}")
    return tuple(
        _deviation(entry, _entry(plain["deviation"], number, name)) for number, entry in enumerate(plain["deviation"])
    )


def standings(
    known: Iterable[Deviation], verdicts: Collection[Verdict], clauses: Collection[str], day: date
) -> tuple[Standing, ...]:
    """Return how each known deviation stands after a run on a day; `clauses` are the ids of all that the contract has."""
    return tuple(
        Standing(
            item,
            tuple(v.clause.id for v in verdicts if item in v.deviations and v.outcome is not Outcome.SURPRISE_PASS),
            tuple(v.clause.id for v in verdicts if item in v.deviations and v.outcome is Outcome.SURPRISE_PASS),
            item.overdue(day),
            not any(item.concerns(name) for name in clauses),
        )
        for item in known
    )


def _deviation(entry: Mapping[str, Any], where: str) -> Deviation:
    try:
        found = Deviation(**{**entry, "review_by": date.fromisoformat(entry["review_by"])})
        _ = found._body  # noqa: SLF001 - a schema that is none is refused where it is read
    except (ContractError, ValueError) as error:
        raise DeviationError(f"{where}: {_first(error)}") from error
    return found


def _entry(entries: Sequence[Any], number: int, name: str) -> str:
    named = entries[number].get("requirement") if isinstance(entries[number], dict) else None
    return f"{name}: entry {number + 1}{f' ({named})' if isinstance(named, str) else ''}"


def _plain(value: Any) -> Any:
    """Return TOML's values as JSON's: dates as they are written."""
    return json.loads(json.dumps(value, default=str))


@cache
def _schema() -> Any:
    return validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _first(error: object) -> str:
    return " ".join(str(error).split())[:_LONGEST]
