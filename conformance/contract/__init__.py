"""A vendor's contract: the only source of constraints. Imports nothing else of the suite."""

from conformance.contract.answer import Answer as Answer, Header as Header, Place as Place, select as select
from conformance.contract.catalogue import clients as clients, load as load, names as names
from conformance.contract.contract import Contract as Contract
from conformance.contract.errors import (
    ContractError as ContractError,
    OverlayError as OverlayError,
    UnknownContractError as UnknownContractError,
)
from conformance.contract.request import Branch as Branch, Field as Field, Parameter as Parameter
from conformance.contract.validation import validator as validator
