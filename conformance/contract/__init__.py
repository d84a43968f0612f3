"""A vendor's contract: the only source of constraints. Imports nothing else of the suite."""

from conformance.contract.answer import Answer, Header, Place, select, under
from conformance.contract.catalogue import clients, load, names
from conformance.contract.contract import Contract
from conformance.contract.errors import ContractError, OverlayError, UnknownContractError
from conformance.contract.request import Branch, Field, Parameter
from conformance.contract.validation import validator

__all__ = [
    "Answer",
    "Branch",
    "Contract",
    "ContractError",
    "Field",
    "Header",
    "OverlayError",
    "Parameter",
    "Place",
    "UnknownContractError",
    "clients",
    "load",
    "names",
    "select",
    "under",
    "validator",
]
