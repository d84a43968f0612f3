"""What can be wrong with a contract before anything is sent."""


class ContractError(Exception):
    """A contract cannot be used; the message names the file and the reason in one paragraph."""


class UnknownContractError(ContractError):
    """No shipped contract has this name and no file lies at this path."""


class OverlayError(ContractError):
    """An overlay is not one, or cannot be applied."""
