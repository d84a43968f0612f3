"""How those compared are named on a command line: `[NAME=]WHERE[@CONTRACT]`."""

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve, frozen

from conformance.contract import names
from conformance.exchange import journal
from conformance.targets import is_mock

_NAME = re.compile(r"(?P<name>[^=/:?@\s][^=/:?@]*)=(?P<where>.+)", re.DOTALL)


class TargetArgumentError(ValueError):
    """A name on the command line cannot be understood; the message quotes it."""


@frozen
class TargetArgument:
    """One of those compared, as it was named.

    `where` is a mock, a URL, a target's name or a folder; `contract` a contract's
    name or file, empty for its own.
    """

    name: str
    where: str
    contract: str = ""
    folder: Path | None = None


def parse(text: str) -> TargetArgument:
    """Return what one argument names; raises TargetArgumentError."""
    if not text.strip():
        msg = "An empty name says nothing; name a target, a URL, a mock or the folder of a recorded run."
        raise TargetArgumentError(msg)
    if (Path(text) / journal.NAME).is_file():
        return TargetArgument(Path(text).resolve().name, text, folder=Path(text))
    found = _NAME.fullmatch(text)
    given, where = (found["name"].strip(), found["where"]) if found else ("", text)
    where, contract = _contract(where)
    if (Path(where) / journal.NAME).is_file():
        return TargetArgument(given or Path(where).resolve().name, where, contract, folder=Path(where))
    if Path(where).is_file() and Path(where).suffix:
        raise TargetArgumentError(f"{where} is a file. Name the folder of a recorded run, or a target.")
    if Path(where).is_dir() and not is_mock(where):
        raise TargetArgumentError(f"{where} holds no recorded run: there is no {journal.NAME} in it.")
    return TargetArgument(given or where, where, contract)


def _contract(where: str) -> tuple[str, str]:
    """Split off `@CONTRACT`, where what follows the last `@` is a contract's name or a file; a URL may have an `@` of its own."""
    plain, mark, contract = where.rpartition("@")
    if mark and plain and (contract in names() or Path(contract).exists()):
        return plain, contract
    if mark and plain and "://" not in where:
        msg = f"There is no contract {contract!r}, which stands after an @: it is none of {', '.join(names())}, and no file."
        raise TargetArgumentError(msg)
    return where, ""


def distinct(found: Sequence[TargetArgument]) -> tuple[TargetArgument, ...]:
    """Return the same with names of which each is another: the second `mock` is called `mock (2)`."""
    seen: dict[str, int] = {}
    result = []
    for one in found:
        seen[one.name] = seen.get(one.name, 0) + 1
        result.append(evolve(one, name=f"{one.name} ({seen[one.name]})") if seen[one.name] > 1 else one)
    return tuple(result)
