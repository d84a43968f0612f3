"""Many faults in one server: each is found by the one clause that its name speaks of, and nothing else fails."""

import re
from collections.abc import Mapping

import pytest

from conformance.contract import load, names
from conformance.mock.faults import faults
from conformance.model.verdict import Outcome
from conformance.selftest.stage import play
from tests.sampling import sampled

# What the name of a fault says of the clause that it breaks.
CLAUSES = {
    r"optional\.(.+)": "request.{}.required",
    r"ignores\.(.+\.m\w+)": "request.{}",
    r"coerces\.(.+)\.null": "request.{}.null",
    r"coerces\.(.+)\.(?:a number|a numeric string|a string)": "request.{}.type",
    r"text\.(.+)": "response.{}.type",
    "id_constant": "response.id.unique",
    "no_white_space": "body.whitespace",
}


def _named(vendor: str) -> Mapping[str, str]:
    """Return a fault of each clause that a name speaks of, by the clause's id."""
    found = {}
    for name in faults(load(vendor)):
        for pattern, clause in CLAUSES.items():
            if told := re.fullmatch(pattern, name):
                found.setdefault(clause.format(*told.groups()), name)
    return found


@pytest.mark.parametrize("vendor", sampled(names(), 3))
def test_each_of_many_faults_breaks_its_own_clause(vendor: str) -> None:
    """Many faults at once are told apart: the clause of each fails and no other, under one cause, with a proof and a word on what to mend."""
    named = _named(vendor)
    run = play(load(vendor), named.values())
    failed = [verdict for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]
    assert {verdict.clause.id for verdict in failed} == set(named)
    assert len(named) > 12
    assert sorted(name for cause in run.causes for name in cause.requirements) == sorted(named)
    assert all(verdict.proofs and verdict.clause.mend for verdict in failed)
