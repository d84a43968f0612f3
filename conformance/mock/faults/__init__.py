"""The catalogue of faults: every one a single decision of the mock, made wrong."""

from collections.abc import Mapping

from conformance.contract import Contract
from conformance.mock.faults.answers import answer_faults
from conformance.mock.faults.around import around_faults
from conformance.mock.faults.beside import beside_faults
from conformance.mock.faults.chaos import CHAOS
from conformance.mock.faults.echoes import echo_faults
from conformance.mock.faults.errors import error_faults
from conformance.mock.faults.fault import Fault
from conformance.mock.faults.lost import lost_faults
from conformance.mock.faults.memory import memory_faults
from conformance.mock.faults.own import own_faults
from conformance.mock.faults.pairs import pair_faults
from conformance.mock.faults.parts import part_faults
from conformance.mock.faults.ranking import ranking_faults
from conformance.mock.faults.requests import request_faults
from conformance.mock.faults.texts import text_faults
from conformance.mock.faults.unchecked import unchecked_faults
from conformance.mock.faults.wire import wire_faults

__all__ = ["CHAOS", "Fault", "faults"]


def faults(contract: Contract) -> Mapping[str, Fault]:
    """Return all faults that a server of a contract can have, by name."""
    found: dict[str, Fault] = {}
    for area in (
        request_faults,
        answer_faults,
        ranking_faults,
        echo_faults,
        error_faults,
        wire_faults,
        part_faults,
        memory_faults,
        lost_faults,
        own_faults,
        beside_faults,
        pair_faults,
        unchecked_faults,
        around_faults,
        text_faults,
    ):
        for fault in area(contract):
            found.setdefault(fault.name, fault)
    return found
