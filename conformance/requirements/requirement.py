"""A requirement: one clause that can be kept or broken, what it needs sent, and its judge."""

from collections.abc import Callable, Iterable

from attrs import field, frozen

from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.probe import Probe
from conformance.requirements.evidence import Evidence


@frozen
class Requirement:
    """A clause, the probes that it needs, and a pure function that judges what came back.

    An `evident` one can be seen to be broken though no lawful request was taken.
    `closer` says what to ask besides, once answers show something, to find the least that shows it.
    """

    clause: Clause
    judge: Callable[[Evidence], Finding] = field(repr=False)
    probes: tuple[Probe, ...] = field(default=(), repr=False)
    evident: bool = False
    closer: Callable[[Evidence], Iterable[Request]] | None = field(default=None, repr=False)
