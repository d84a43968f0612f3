# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Contains methods for accessing the API"""
