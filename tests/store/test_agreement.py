"""Kendall's tau as everybody computes it, and with a wobble that nobody's has."""

import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.drift.correlation import kendall, shift, swapped

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=12)


@settings(deadline=None)
@given(pairs)
def test_as_scipy(found: list[tuple[int, int]]) -> None:
    """Without a wobble it is scipy's tau-b, ties included; where scipy says NaN there is no order."""
    # Seconds, which workers that only collect this test do not spend.
    from scipy.stats import kendalltau

    first, second = zip(*found, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = kendalltau(first, second).statistic
    ours = kendall(first, second)
    assert (ours is None and math.isnan(theirs)) or ours == pytest.approx(theirs)


def test_wobble_is_a_tie() -> None:
    """Two documents whose scores lie within the wobble may swap; further apart they may not."""
    assert kendall([0.9, 0.50001, 0.5], [0.9, 0.5, 0.50001], 2e-4) == 1.0
    assert kendall([0.9, 0.51, 0.5], [0.9, 0.5, 0.51], 2e-4) == pytest.approx(1 / 3)
    assert kendall([0.5, 0.50001], [0.1, 0.9], 2e-4) is None


def test_swapped() -> None:
    """Items that lie apart in both lists and change places are swapped; one tie is none."""
    assert swapped([0.9, 0.5], [0.5, 0.9])
    assert not swapped([0.9, 0.5], [0.6, 0.5])
    assert swapped([0.5, 0.5003], [0.5003, 0.5], 2e-4)
    assert not swapped([0.5, 0.5003], [0.5001, 0.5], 2e-4)
    assert not swapped([], [])
    with pytest.raises(ValueError, match="shorter"):
        swapped([0.1, 0.2], [0.1])


def test_shift() -> None:
    """The shift is the largest move of one document's score."""
    assert shift([0.1, 0.9], [0.1, 0.7]) == pytest.approx(0.2)
    assert shift([], []) == 0.0
    with pytest.raises(ValueError, match="shorter"):
        shift([0.1], [])
