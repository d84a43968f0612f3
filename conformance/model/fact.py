"""One thing that a run saw of an API, beside its verdicts."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from attrs import field, frozen

NAME = re.compile(r"[^\W\d][\w.$-]{0,63}")
# What stands in a place for names that are none, and for more names than a schema has.
ODD, MANY = "~odd", "~many"


class Kind(StrEnum):
    """What a fact is about; in brackets, how its place reads."""

    FIELD = "field"  # a status and a JSON pointer, `*` for every item: `200 /results/*/document`
    STATUS = "status"  # the status
    HEADER = "header"  # a name in lower case, of successful answers
    ERROR_CODE = "error_code"  # a status and a code: `400 20012`
    MODEL = "model"  # its name
    SCORES = "scores"  # version of the pinned set, query and model: `v1 en-refund BAAI/bge-reranker-v2-m3`


@frozen
class Fact:
    """A kind, a place, whether the contract speaks of it, and what was seen.

    `value` is a JSON Schema of what stood there (fields and statuses without
    documentation; statuses by media type), the scores in the order of the
    documents, `served` or `refused` for a model, else None. It holds none of the
    server's words but names that look like names.
    """

    kind: Kind
    place: str
    documented: bool
    value: Any = field(default=None, hash=False)


def plain(fact: Fact) -> dict[str, Any]:
    """Return a fact as it stands in `run.json`."""
    return {"kind": str(fact.kind), "place": fact.place, "documented": fact.documented, "value": fact.value}


def parsed(row: Mapping[str, Any]) -> Fact:
    """Return a fact from `run.json`."""
    return Fact(Kind(row["kind"]), row["place"], row["documented"], row["value"])


def is_name(text: str) -> bool:
    """Whether a key of a server's object looks like a field's name."""
    return NAME.fullmatch(text) is not None


# Each result of each answer has the same fields.
@lru_cache(4_096)
def spot(status: int | str, path: tuple[str, ...]) -> str:
    """Return the place of a field: a status, and a JSON pointer in which `*` is every item of a list."""
    return f"{status} /{'/'.join(part.replace('~', '~0').replace('/', '~1') if part not in {ODD, MANY} else part for part in path)}"


def path_of(place: str) -> tuple[str, tuple[str, ...]]:
    """Return the status and the path of a field's place."""
    status, _, pointer = place.partition(" /")
    return status, tuple(
        part if part in {ODD, MANY} else part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")
    )
