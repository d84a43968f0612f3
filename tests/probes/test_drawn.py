"""Requests that are drawn at random: lawful, the same each night, and pairs of questions that only a dressed word tells apart."""

import base64
import re
import zlib
from itertools import pairwise
from typing import Any

import pytest

from conformance.checks.features import lawful
from conformance.contract.catalogue import names
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.rules import Rules
from conformance.model.verdict import Outcome
from conformance.probes.drawn import drawn
from conformance.probes.kit import Kit
from conformance.probes.picture import picture
from conformance.running import Settings
from conformance.selftest.stage import loaded, play
from tests.sampling import sampled


@pytest.mark.parametrize("vendor", sampled(names(), 2))
def test_drawn_requests_are_lawful_and_come_again(vendor: str) -> None:
    """As many as are wanted are drawn, each other than the others and allowed by the contract; a second run draws the same."""
    kit = Kit(loaded(vendor), full=True)
    found = [request.key for request in drawn(kit, 60)]
    assert found == [request.key for request in drawn(kit, 60)]
    assert len(set(found)) > 50
    assert all(lawful(request, kit.contract) for request in drawn(kit, 60))


def test_questions_that_follow_one_another_differ_in_a_word() -> None:
    """Most requests ask about the documents of the one before, by a question with one other word in the same dress."""
    kit = Kit(loaded("cohere"), full=True)
    bodies = [request.json for request in drawn(kit, 60)]
    pairs = [
        (one["query"], other["query"]) for one, other in pairwise(bodies) if one["documents"] == other["documents"]
    ]
    assert len(pairs) > 30
    assert all(len(one.split(" ")) == len(other.split(" ")) for one, other in pairs)
    assert all(sum(a != b for a, b in zip(one.split(" "), other.split(" "), strict=True)) == 1 for one, other in pairs)


def test_a_night_sees_what_is_lost_in_a_dress_that_is_screened_nowhere() -> None:
    """A service that takes a word behind `=` for an option answers two questions as one."""
    rules = Rules(loaded("jina"), MOCK_KEY)
    kept = rules.query

    def query(body: dict[str, Any]) -> str:
        return re.sub(r"=\w+", "", kept(body))

    rules.query = query  # type: ignore[method-assign]
    run = play(loaded("jina"), rules=rules, settings=Settings(profile="nightly"))
    assert "ranking.query.own" in {one.clause.id for one in run.verdicts if one.outcome is Outcome.FAIL}


def test_pictures_are_whole_and_unlike() -> None:
    """Each image is a PNG whose checksums are right, and no two of those in a list are one."""
    assert len({picture(number) for number in range(256)}) == 256
    whole = base64.b64decode(picture(7).partition(",")[2])
    assert whole.startswith(b"\x89PNG\r\n\x1a\n")
    rest = whole[8:]
    while rest:
        size = int.from_bytes(rest[:4])
        assert zlib.crc32(rest[4 : 8 + size]) == int.from_bytes(rest[8 + size : 12 + size])
        rest = rest[12 + size :]
