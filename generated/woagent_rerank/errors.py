# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""The errors that this client raises."""

from ._runtime.errors import *
