"""A vendor's contract: the only source of constraints. Imports nothing else of the suite."""

from conformance.contract.catalogue import clients, load, names
from conformance.contract.contract import Answer, Branch, Contract, Field, Header, Parameter, Place, select, validator
from conformance.contract.errors import ContractError, OverlayError, UnknownContractError

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
    "validator",
]
