"""A requirement: one clause that can be kept or broken, what it needs sent, and its judge."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from conformance.probes.probe import Probe
    from conformance.requirements.evidence import Evidence, Finding


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


@frozen
class Requirement:
    """A clause, the probes that it needs, and a pure function that judges what came back.

    An `evident` one can be seen to be broken though no lawful request was taken.
    """

    clause: Clause
    judge: Callable[[Evidence], Finding] = field(repr=False)
    probes: tuple[Probe, ...] = field(default=(), repr=False)
    evident: bool = False
