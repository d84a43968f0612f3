# Generated from openapi/woagent by `nox -s regenerate`; do not edit.

"""A client library for accessing 创建重排序请求"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
