# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.

"""A client library for accessing SiliconFlow API"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
