"""Which fields of an invalid body break the contract."""

from collections.abc import Iterator
from typing import Any

from attrs import define, field

from conformance.checks.reading import Reading
from conformance.contract import Contract, validator


@define(slots=False, eq=False)
class Breaches:
    """Finds the fields that break a contract; validators are compiled once."""

    contract: Contract
    _compiled: list[Any] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compile the contract's forms of the request."""
        self._compiled = [validator(branch.schema) for branch in self.contract.branches]

    def of(self, reading: Reading) -> frozenset[tuple[str, str]]:
        """Return the fields that break the contract, each with its keyword; of several forms of the request the nearest counts."""
        if not isinstance(reading.body, dict):
            return frozenset()
        found = [frozenset(_errors(compiled, reading.body)) for compiled in self._compiled]
        return min(found, key=len, default=frozenset())


def _errors(compiled: Any, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        for error in compiled.iter_errors(body):
            keyword = next((str(part) for part in reversed(list(error.schema_path)) if isinstance(part, str)), "type")
            path = list(error.instance_path)
            if keyword == "required":
                path = [*path, str(error.kind.property)]
            yield str(path[0]) if path else "", keyword
    except (ValueError, RecursionError):
        # jsonschema-rs gives up on what is nested too deep.
        yield "", "nesting"
