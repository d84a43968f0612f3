"""Long matrices: an evenly drawn sample of the cases at every change, all of them every week."""

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], few: int) -> list[Any]:
    """Return all cases as parameters, of which at most so many run unless `-m matrix` or `-m ""` asks for the rest."""
    every = list(cases)
    kept = range(0, len(every), _step(every, few))
    return [
        case
        if number in kept
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.matrix)
        for number, case in enumerate(every)
    ]


def spread(cases: Iterable[Any], few: int) -> list[Any]:
    """Return at most so many of the cases, evenly spread."""
    every = list(cases)
    return every[:: _step(every, few)]


def _step(every: list[Any], few: int) -> int:
    return max(1, -(-len(every) // few))
