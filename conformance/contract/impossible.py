"""What a contract asks of answers that no answer can keep: schemas that no value fits."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from conformance.contract.instances import instances
from conformance.contract.schema import POINTER, Schema, annotates, flatten, walk
from conformance.contract.validation import validator

if TYPE_CHECKING:
    from conformance.contract.contract import Contract

# To rank two documents an answer must point to both, and score them apart.
_TWO = 2


@lru_cache(maxsize=8)
def impossible(contract: "Contract") -> Mapping[str, str]:
    """Return, for each schema that no value was found for, why no answer can keep it. Those around it are included; the key is the pointer."""
    found: dict[str, str] = {}
    for answer in contract.answers.values():
        said = [list(_impossible(schema)) for schema in answer.media.values()]
        found |= {pointer: why for some in said for pointer, _, why in some}
        if said and all(any(not path for _, path, _ in some) for some in said):
            found.setdefault(answer.pointer, next(why for some in said for _, path, why in some if not path))
    for role, fit in {"index": _places, "score": _scores}.items():
        place = contract.success.place(role)
        if place is not None and fit(place.schema) < _TWO:
            why = f"no answer can rank {_TWO} documents, because `{place.name}` cannot tell them apart"
            found.setdefault(place.pointer, why)
    return found


def excuse(contract: "Contract", pointer: str) -> str:
    """Return why no answer can keep what stands at a pointer or around it; empty where one can."""
    said = impossible(contract).items()
    return next((why for where, why in said if f"{pointer}/".startswith(f"{where}/")), "")


def _places(schema: Schema) -> int:
    return sum(map(validator(schema).is_valid, range(_TWO)))


def _scores(schema: Schema) -> int:
    return len(list(islice(instances(schema), _TWO)))


def _impossible(schema: Schema) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the pointer and the path of each schema that no value was found for, with the reason of the innermost one."""
    none = [(path, node) for path, node in walk(schema) if next(instances(node), ...) is ...]
    for path, node in none:
        inside = [
            (below, one) for below, one in none if one is not node and any(one is other for _, other in walk(node))
        ]
        inner, least = inside[-1] if inside else (path, node)
        name = ".".join("items" if part == "*" else part for part in inner) or "the body"
        yield str(node.get(POINTER, "#")), path, f"no answer can keep `{name}`, because {_because(least)}"


def _because(schema: Schema) -> str:
    """Return which keywords contradict one another: without any of them there is a value."""
    flat = flatten(schema)
    keywords = [key for key in flat if not annotates(key)]
    rest = {key: {other: value for other, value in flat.items() if other != key} for key in keywords}
    against = [key for key in keywords if next(instances(rest[key]), ...) is not ...]
    told = [key for key in against if key != "type"]
    # Without its type a schema is kept by values of any other one.
    told = told if len(told) > 1 else against
    return f"no value was found that fits its {' and '.join(f'`{key}`' for key in told) or 'schema'}"
