"""Values that keep a schema: found by its pattern, and found once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.contract import instances as sampling
from conformance.contract.instances import Unsatisfiable, sample


def test_pattern_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal schemas with a pattern share one search, for each document of each list asks for the same."""
    searched = []
    search = sampling.matching

    def counting(pattern: str, *rest: Any) -> Iterator[str]:
        searched.append(pattern)
        return search(pattern, *rest)

    monkeypatch.setattr(sampling, "matching", counting)
    pattern = "^once-[0-9]{3}$"
    found = {sample({"type": "string", "pattern": pattern}) for _ in range(9)}
    assert len(found) == 1
    assert re.fullmatch(pattern, found.pop())
    assert searched == [pattern]


def test_pattern_of_a_part_counts() -> None:
    """A pattern that stands in a part of an `allOf` is searched as well; one that nothing matches has no sample."""
    assert re.fullmatch("part-[a-c]", sample({"allOf": [{"type": "string"}, {"pattern": "^part-[a-c]$"}]}))
    with pytest.raises(Unsatisfiable, match="pattern"):
        sample({"type": "string", "pattern": "^abc$", "maxLength": 2})
