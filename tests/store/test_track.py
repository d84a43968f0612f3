"""One clause over many nights: what is flaky, and since when it is as it is."""

import pytest

from conformance.model.verdict import Outcome
from conformance.store.record import record
from conformance.store.track import flakiness, tracks
from tests.store.nights import clause, night


@pytest.mark.parametrize(
    ("shown", "flips"),
    [
        ("pfpf", 3),  # back and forth
        ("fpf", 2),
        ("ppppppppppfpf", 3),
        ("pfppfp", 4),
        ("pfpfpff", 5),  # two nights of the same prove nothing yet
        ("pfkfp", 4),  # a known deviation is not broken
    ],
)
def test_flaky(shown: str, flips: int) -> None:
    """What broke twice and was mended in between is flaky, with its rate."""
    found = flakiness(shown)
    assert found is not None
    assert (found.flips, found.nights, found.broken) == (flips, len(shown), shown.count("f"))
    assert found.rate == pytest.approx(flips / (len(shown) - 1))


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "pppp",
        "ffff",
        "ppff",  # it broke
        "pfp",  # it broke once and was mended once
        "ffpp",
        "fppppppppf",  # it broke again after a long time: that is news
        "pfpfpfff",  # it has settled
        "pfpfppp",
        "kskskskk",
        "pfpf" + "p" * 14,  # long ago
    ],
)
def test_not_flaky(shown: str) -> None:
    """One break, one mend, what settled and what is long past are not called flaky."""
    assert flakiness(shown) is None


def test_since_when() -> None:
    """A stretch goes on over nights that could not tell, and counts only those that did; clauses come and go."""
    series = [
        record(night(number, letters)) for number, letters in enumerate(["pp", "pp", "fp", "ip", "fp", "fpp", " ip"])
    ]
    found = {track.clause.id: track for track in tracks(series)}
    first, second, third = (found[clause(at)] for at in range(3))
    assert (first.outcome, first.since, first.length, first.before, first.runs[-1]) == (
        Outcome.FAIL,
        2,
        3,
        Outcome.PASS,
        5,
    )
    assert (second.outcome, second.since, second.length, second.before) == (Outcome.INCONCLUSIVE, 6, 1, Outcome.PASS)
    assert (third.outcome, third.since, third.length, third.before) == (Outcome.PASS, 5, 2, None)
    assert list(found) == [clause(1), clause(2), clause(0)]
