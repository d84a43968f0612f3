"""OpenAPI documents as files: YAML or JSON, read without executing or expanding anything."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.contract.errors import ContractError

MAX_BYTES = 2_000_000
_MAYBE_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\w")


def read_text(path: Path) -> str:
    """Return the text of a document file, its line ends as they are; raises ContractError naming the file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            msg = f"{path} is larger than {MAX_BYTES:,} bytes; that is no rerank contract."
            raise ContractError(msg)
        # Not read_text: it would turn the line ends of a file that is kept byte for byte.
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise ContractError(msg) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """Parse YAML 1.2 or JSON into plain values with string keys.

    Aliases are refused: nothing in an API description needs them, and a few
    of them nested can stand for gigabytes.
    """
    try:
        loaded = _json(text) or _yaml(text, name)
        if not isinstance(loaded, Mapping):
            msg = f"{name} holds no object at its top level."
            raise ContractError(msg)
        plain: dict[str, Any] = json.loads(json.dumps(loaded, default=str))
    except (ValueError, TypeError, RecursionError) as error:
        msg = f"{name} is neither YAML nor JSON that an API description could be: {_first(error)}"
        raise ContractError(msg) from error
    return plain


def _json(text: str) -> Any:
    """Return what JSON text holds, or None: YAML reads JSON too, but not its escapes beyond the basic plane."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _yaml(text: str, name: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    try:
        if _MAYBE_ALIAS.search(text) and any(isinstance(event, AliasEvent) for event in YAML(typ="safe", pure=True).parse(text)):
            msg = f"{name} uses YAML aliases, which this project does not expand."
            raise ContractError(msg)
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        msg = f"{name} is neither YAML nor JSON: {_first(error)}"
        raise ContractError(msg) from error


def _first(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def load(path: Path) -> dict[str, Any]:
    """Read and parse a document file."""
    return parse(read_text(path), str(path))
