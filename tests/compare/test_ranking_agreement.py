"""Kendall's tau between two vendors: scipy's, with a service's wobble as a tie and any scale of scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.compare.ranking_agreement import tau
from conformance.drift.correlation import kendall

scores = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=10)


def served(found: list[float]) -> dict[int, float]:
    """Return a sorted ranking: score by index, the best first."""
    return dict(sorted(enumerate(found), key=lambda item: -item[1]))


@settings(deadline=None)  # the first call imports scipy
@given(scores)
def test_as_in_drift(found: list[tuple[int, int]]) -> None:
    """Of sorted rankings, scores that lie far apart give the tau that drift computes; rankings without an order give none."""
    first, second = ([item[side] / 6 for item in found] for side in (0, 1))
    assert tau(served(first), served(second)) == (
        None if (other := kendall(first, second)) is None else pytest.approx(other)
    )


def test_wobble_is_a_tie_on_any_scale() -> None:
    """Near scores may swap, whether a vendor's go to 1 or to 100, or are logits."""
    assert tau(served([0.9, 0.50001, 0.5]), served([0.9, 0.5, 0.50001])) == pytest.approx(1)
    assert tau(served([0.9, 0.5, 0.1]), served([95.0, 40.0, -3.0])) == pytest.approx(1)
    assert tau(served([0.9, 0.5, 0.1]), served([-3.0, 40.0, 95.0])) == pytest.approx(-1)
    assert tau(served([0.5, 0.50001]), served([0.1, 0.9])) is None
    assert tau({}, {}) is None


def test_the_order_as_served_counts() -> None:
    """A list that is not sorted by its own scores is another order, though every score is the same."""
    sorted_, unsorted = served([0.1, 0.9, 0.5]), dict(enumerate([0.1, 0.9, 0.5]))
    assert tau(sorted_, unsorted) == pytest.approx(-1 / 3)
    assert tau(sorted_, dict(reversed(sorted_.items()))) == pytest.approx(-1)
