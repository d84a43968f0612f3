"""A port of loopback."""

import socket
from urllib.parse import urlsplit

from conformance.contract import Contract
from conformance.exchange import environment

HOST = "127.0.0.1"


class PortError(OSError):
    """A port cannot be had."""


def bind(port: int) -> socket.socket:
    """Listen on a port, on a free one for 0: who connects waits until somebody serves. Raises PortError."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise PortError(*error.args) from error
    bound.listen(1024)
    return bound


def base_path(contract: Contract) -> str:
    """Return what stands before a contract's path on its server."""
    return urlsplit(contract.server or "").path.rstrip("/")


def url(contract: Contract, bound: socket.socket) -> str:
    """Return what a client takes to reach a port."""
    return f"http://{HOST}:{bound.getsockname()[1]}{base_path(contract)}"


def default_key(contract: Contract) -> str:
    """Return the key of the contract's environment variable where it is set, else `mock-key`; raises TargetError for one that no header can carry."""
    return environment.key(f"http://{HOST}", contract.key_env or "")
