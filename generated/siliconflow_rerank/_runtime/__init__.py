# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""The hand-written part of the client: errors, checks, retries, reading and sending. No wire name is in it."""
