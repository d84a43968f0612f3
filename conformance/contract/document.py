"""OpenAPI documents as files: YAML or JSON, read without executing or expanding anything."""

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from conformance.contract.errors import ContractError
from conformance.document.cache import kept
from conformance.document.folder import not_text

_ASIDE = re.compile(
    r' in "<unicode string>",| To suppress this check see: \S+| with value "\{\}" \(original value: "\{\}"\)'
)
MAX_BYTES = 6_000_000
_MAX_NODES = 1_000_000


def read_text(path: Path) -> str:
    """Return the text of a document file, its line ends as they are; raises ContractError naming the file."""
    try:
        found = path.stat()
        if not S_ISREG(found.st_mode):
            raise ContractError(f"{path} is no file of text.")
        if found.st_size > MAX_BYTES:
            raise ContractError(f"{path} is larger than {MAX_BYTES:,} bytes; that is no rerank contract.")
        # Not read_text: it would turn the line ends of a file that is kept byte for byte.
        raw = path.read_bytes()
        if b"\0" in raw[:4]:
            # A text begins with no NUL, but with one beside each letter in the wider forms of Unicode.
            msg = f"{path} seems to be UTF-16 or UTF-32, not UTF-8; save it as UTF-8, for example with `iconv -t UTF-8`, and take that."
            raise ContractError(msg)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{path} {not_text(error)}") from error
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse(text: str, name: str) -> dict[str, Any]:
    """Parse YAML 1.2 or JSON into plain values with string keys.

    Aliases are followed as far as the whole stays small: a few of them nested
    can stand for gigabytes.
    """
    try:
        # Large documents are read several times over; whoever gets one may change it.
        plain: dict[str, Any] = json.loads(_canonical(text))
    except ContractError as error:
        raise ContractError(f"{name} {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        msg = f"{name} is neither YAML nor JSON that an API description could be: {_first(error)}"
        raise ContractError(msg) from error
    return plain


@lru_cache(maxsize=8)
def _canonical(text: str) -> str:
    loaded = _json(text)
    # YAML takes a hundred times as long as JSON.
    return json.dumps(loaded) if isinstance(loaded, Mapping) else str(kept(_converted, text, library="ruamel.yaml"))


def _converted(text: str) -> str:
    loaded = _yaml(text)
    if not isinstance(loaded, Mapping):
        raise ContractError("holds no object at its top level.")
    return json.dumps(loaded, default=str)


def _json(text: str) -> Any:
    """Return what JSON text holds, or None: YAML reads JSON too, but not its escapes beyond the basic plane."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yaml = YAML(typ="safe", pure=True)
        root = yaml.compose(text)
        if root is not None and _size(root, {}) > _MAX_NODES:
            msg = f"stands for more than {_MAX_NODES:,} values once its YAML aliases are followed; that is no rerank contract."
            raise ContractError(msg)
        return None if root is None else yaml.constructor.construct_document(root)
    except YAMLError as error:
        # Its own words draw the line with a caret below, which no paragraph keeps.
        mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        words = f"{why} (line {mark.line + 1}, column {mark.column + 1})" if mark and why else _first(error)
        raise ContractError(f"is neither YAML nor JSON: {words}") from error


def _size(node: Any, known: dict[int, float]) -> float:
    """Return how many values a node of YAML stands for, each alias counted as what it stands for; one inside itself is without end."""
    if id(node) not in known:
        known[id(node)] = math.inf
        parts = node.value if isinstance(node.value, list) else ()
        known[id(node)] = 1 + sum(
            _size(part, known) for item in parts for part in (item if isinstance(item, tuple) else (item,))
        )
    return known[id(node)]


def _first(error: Exception) -> str:
    # What the parser says of its own settings and pages helps nobody who has a document to mend.
    return _ASIDE.sub("", " ".join(str(error).split()))[:300]


def load(path: Path) -> dict[str, Any]:
    """Read and parse a document file."""
    return parse(read_text(path), str(path))
