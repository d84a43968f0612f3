"""OpenAPI documents as files: YAML or JSON, read without executing or expanding anything."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from conformance.contract.errors import ContractError

MAX_BYTES = 2_000_000


def read_text(path: Path) -> str:
    """Return the text of a document file, its line ends as they are; raises ContractError naming the file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            msg = f"{path} is larger than {MAX_BYTES:,} bytes; that is no rerank contract."
            raise ContractError(msg)
        # Not read_text: it would turn the line ends of a file that is kept byte for byte.
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}"
        raise ContractError(msg) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """Parse YAML 1.2 or JSON into plain values with string keys.

    Aliases are refused: nothing in an API description needs them, and a few
    of them nested can stand for gigabytes.
    """
    try:
        # Large documents are read several times over; whoever gets one may change it.
        plain: dict[str, Any] = json.loads(_canonical(text, name))
    except (ValueError, TypeError, RecursionError) as error:
        msg = f"{name} is neither YAML nor JSON that an API description could be: {_first(error)}"
        raise ContractError(msg) from error
    return plain


@lru_cache(maxsize=4)
def _canonical(text: str, name: str) -> str:
    loaded = _json(text) or _yaml(text, name)
    if not isinstance(loaded, Mapping):
        msg = f"{name} holds no object at its top level."
        raise ContractError(msg)
    return json.dumps(loaded, default=str)


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
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    class Plain(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.parser.check_event(AliasEvent):
                msg = f"{name} uses YAML aliases, which this project does not expand."
                raise ContractError(msg)
            return super().compose_node(parent, index)

    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = Plain
        return yaml.load(text)
    except YAMLError as error:
        msg = f"{name} is neither YAML nor JSON: {_first(error)}"
        raise ContractError(msg) from error


def _first(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def load(path: Path) -> dict[str, Any]:
    """Read and parse a document file."""
    return parse(read_text(path), str(path))
