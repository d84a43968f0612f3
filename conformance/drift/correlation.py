"""How far two lists of scores of the same documents agree.

Kendall's tau is written here and not taken from scipy, which a test holds it
against: every run looks for drift, and scipy would cost every install 100 MB
and every command 0.6 s. `compare` has it, as an extra.
"""

from collections.abc import Sequence
from itertools import combinations
from math import sqrt

# Two lawful answers to one request may differ by WOBBLE; from CHANGE on it is another score (both as differences of scores in 0..1).
WOBBLE = 2e-4
CHANGE = 1e-2


def kendall(first: Sequence[float], second: Sequence[float], tie: float = 0.0) -> float | None:
    """Return Kendall's tau-b of two lists of scores, item by item: 1 the same order, -1 the reverse.

    Scores of one list that differ by no more than `tie` count as equal. None
    where a list has no order at all (fewer than two items, or all equal).
    Raises ValueError for lists of different lengths.
    """
    pairs = list(combinations(zip(first, second, strict=True), 2))
    one = [_sign(a[0] - b[0], tie) for a, b in pairs]
    two = [_sign(a[1] - b[1], tie) for a, b in pairs]
    ordered = sum(map(abs, one)) * sum(map(abs, two))
    return sum(x * y for x, y in zip(one, two, strict=True)) / sqrt(ordered) if ordered else None


def swapped(first: Sequence[float], second: Sequence[float], tie: float = 0.0) -> bool:
    """Whether two items whose scores lie more than `tie` apart in both lists stand in another order.

    A pair that is a tie in one list and none in the other is no swap: so far apart, a wobble carries it.
    Raises ValueError for lists of different lengths.
    """
    pairs = combinations(zip(first, second, strict=True), 2)
    return any(_sign(a[0] - b[0], tie) * _sign(a[1] - b[1], tie) < 0 for a, b in pairs)


def shift(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the largest difference between two scores of one item; 0 for empty lists. Raises ValueError for different lengths."""
    return max((abs(a - b) for a, b in zip(first, second, strict=True)), default=0.0)


def _sign(difference: float, tie: float) -> int:
    return (difference > tie) - (difference < -tie)
