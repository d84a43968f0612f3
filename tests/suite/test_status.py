"""Statuses, and how much was judged: played in this process, or behind a real socket where weather is needed."""

from fnmatch import fnmatchcase

import pytest

from conformance.contract import load
from conformance.model.clause import Clause, Level
from conformance.model.exit import Exit
from conformance.model.verdict import Outcome, Verdict
from conformance.selftest.stage import play
from conformance.verdict.weigh import SHARE, exit_status

CONTRACT = load("siliconflow")


def outcomes(*faults: str) -> dict[str, Outcome]:
    return {verdict.clause.id: verdict.outcome for verdict in play(CONTRACT, faults).verdicts}


def broken(found: dict[str, Outcome]) -> set[str]:
    return {name for name, outcome in found.items() if outcome is Outcome.FAIL}


@pytest.mark.parametrize(
    ("fault", "clauses"),
    [
        ("status_422", {"error.status.invalid"}),
        ("status_404", {"error.status.invalid"}),
        ("unauthorised_400", {"error.status.credentials"}),
        ("absent_410", {"error.status.absent"}),
        ("status_500", {"error.status.invalid", "response.no_server_error"}),
    ],
)
def test_another_status_is_still_a_refusal(fault: str, clauses: set[str]) -> None:
    """Another status than the contract's breaks the clause on that status and no other; a 500 is a server error besides. That bad requests are refused is passed."""
    found = outcomes(fault)
    ours = {name for name in broken(found) if name.startswith(("error.status.", "response.no_server"))}
    assert ours == clauses
    # The body is still that of the other status, and judged by what the contract says of the one that came.
    came = fault.rpartition("_")[2]
    assert broken(found) - ours <= {"response.status.documented", f"error.{came}.shape"}
    refusing = [name for name in found if name.startswith("request.") and fnmatchcase(name, "*.m[ai][xn]*")]
    assert refusing
    assert {found[name] for name in refusing} <= {Outcome.PASS, Outcome.NOT_APPLICABLE}


def test_a_bad_request_that_is_taken_is_no_refusal() -> None:
    """Answered with 200, invalid requests break the clauses on their fields."""
    assert sum(name.startswith("request.") for name in broken(outcomes("status_200"))) > 10


def verdicts(judged: int, hidden: int, level: Level = Level.MUST) -> list[Verdict]:
    found = [Verdict(Clause(f"c{number}", "A.", level, "#"), Outcome.PASS, "") for number in range(judged)]
    return found + [
        Verdict(Clause(f"h{number}", "A.", level, "#"), Outcome.INCONCLUSIVE, "") for number in range(hidden)
    ]


@pytest.mark.parametrize(
    ("judged", "hidden", "status"),
    [(100, 0, Exit.KEPT), (90, 10, Exit.KEPT), (89, 11, Exit.INCONCLUSIVE), (0, 1, Exit.INCONCLUSIVE)],
)
def test_a_tenth_of_the_musts_may_be_hidden(judged: int, hidden: int, status: Exit) -> None:
    """Passed takes nine tenths of the MUSTs that can be provoked; with fewer the run is inconclusive. SHOULDs do not count."""
    assert SHARE == 0.9
    assert exit_status(verdicts(judged, hidden)) is status
    assert exit_status([*verdicts(judged, hidden), *verdicts(0, 100, Level.SHOULD)]) is status


def test_a_failure_counts_whatever_was_judged() -> None:
    """One failed MUST is a failure also where nearly nothing could be judged."""
    failed = Verdict(Clause("f", "A.", Level.MUST, "#"), Outcome.FAIL, "")
    assert exit_status([*verdicts(1, 99), failed]) is Exit.BROKEN
    assert exit_status([*verdicts(1, 99), failed], fail_on=Level.MUST) is Exit.BROKEN
    assert (
        exit_status(
            [*verdicts(100, 0, Level.MUST), *[Verdict(Clause("s", "A.", Level.SHOULD, "#"), Outcome.FAIL, "")]],
            fail_on=Level.MUST,
        )
        is Exit.KEPT
    )
