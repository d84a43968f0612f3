"""A port of loopback."""

import socket

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
