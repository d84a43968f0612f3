"""A requirement: one clause that can be kept or broken."""

from enum import StrEnum

from attrs import frozen


class Level(StrEnum):
    """How binding a clause is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


@frozen
class Clause:
    """A stable id, one sentence, its level, and where it comes from.

    `source` is a JSON pointer into the effective contract, a quoted sentence of
    its prose, or a cited practice.
    """

    id: str
    sentence: str
    level: Level
    source: str
