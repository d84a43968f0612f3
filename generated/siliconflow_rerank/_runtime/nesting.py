# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Bodies whose fields stand inside other objects: flat for callers and checks, nested on the wire."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Path = tuple[str, ...]


class Listed(list[T]):
    """An answer that is a list; `trace_id` is that of the answer's header, where there is one."""

    trace_id: str | None = None

    def to_dict(self) -> list[Any]:
        """Return the items as plain values."""
        return [item.to_dict() if hasattr(item, "to_dict") else item for item in self]


def nest(body: Mapping[str, Any], envelopes: Sequence[Path]) -> dict[str, Any]:
    """Return a flat body as it goes over the wire: `input.query` inside `input`. `envelopes` are sorted, the deepest first."""
    wire: dict[str, Any] = {}
    for name, value in body.items():
        inside = [
            envelope
            for envelope in envelopes
            if name.startswith(".".join(envelope) + ".")
        ]
        whole = [envelope for envelope in envelopes if name == ".".join(envelope)]
        path = (
            (*inside[0], name[len(".".join(inside[0])) + 1 :])
            if inside
            else whole[0]
            if whole
            else (name,)
        )
        holder = wire
        for key in path[:-1]:
            holder = holder.setdefault(key, {})
        before = holder.get(path[-1])
        holder[path[-1]] = (
            {**before, **value}
            if isinstance(before, dict) and isinstance(value, Mapping)
            else value
        )
    return wire


def flat(
    body: Mapping[str, Any], envelopes: Sequence[Path], above: Path = ()
) -> dict[str, Any]:
    """Return a body with the members of its envelopes at the top, by dotted names."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        path = (*above, name)
        if path in envelopes and isinstance(value, Mapping) and value:
            found |= flat(value, envelopes, path)
        else:
            found[".".join(path)] = value
    return found
