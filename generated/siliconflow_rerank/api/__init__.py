# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Contains methods for accessing the API"""
