"""Kendall's tau between two vendors: scipy's, with a service's wobble as a tie and any scale of scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.compare.ranking_agreement import tau
from conformance.drift.correlation import kendall

scores = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=10)


@settings(deadline=None)  # the first call imports scipy
@given(scores)
def test_as_in_drift(found: list[tuple[int, int]]) -> None:
    """Scores that lie far apart give the tau that drift computes; lists without an order give none."""
    first, second = ([item[side] / 6 for item in found] for side in (0, 1))
    assert tau(first, second) == (None if (other := kendall(first, second)) is None else pytest.approx(other))


def test_wobble_is_a_tie_on_any_scale() -> None:
    """Near scores may swap, whether a vendor's go to 1 or to 100, or are logits."""
    assert tau([0.9, 0.50001, 0.5], [0.9, 0.5, 0.50001]) == pytest.approx(1)
    assert tau([0.9, 0.5, 0.1], [95.0, 40.0, -3.0]) == pytest.approx(1)
    assert tau([0.9, 0.5, 0.1], [-3.0, 40.0, 95.0]) == pytest.approx(-1)
    assert tau([0.5, 0.50001], [0.1, 0.9]) is None
    assert tau([], []) is None
