"""Names of models in prose: `Qwen/Qwen3-Reranker-8B`, `Pro/BAAI/bge-reranker-v2-m3`."""

import re
from collections.abc import Mapping
from typing import Any

# No pattern here begins twice in one word, or looks past where another match could begin: a description may be 2 MB long.
_URL = re.compile(r"\b\w+://\S+|\]\([^])]*\)")
_NAME = re.compile(r"(?<![\w./-])[A-Za-z][\w.-]*(?:/[\w-][\w.-]*){1,2}(?![\w/])")
_DIGIT = re.compile(r"\d")
_JOINED = re.compile(r"[-_]")
_JOINED_TWICE = re.compile(r"[-_]\w+[-_]")


def named(text: Any) -> tuple[str, ...]:
    """Return the models that a text names, each once, in its order; a word like `image/video` is none."""
    if not isinstance(text, str):
        return ()
    found = (match[0].rstrip(".") for match in _NAME.finditer(_URL.sub(" ", text)))
    return tuple(dict.fromkeys(name for name in found if _telling(name.rpartition("/")[2])))


def _telling(word: str) -> bool:
    """Whether a word has a version or two joints, as the names of models have and words of prose have not."""
    return bool((_DIGIT.search(word) and _JOINED.search(word)) or _JOINED_TWICE.search(word))


def prose(schema: Any) -> tuple[str, ...]:
    """Return the models that the descriptions of a schema and of its members name."""
    if not isinstance(schema, Mapping):
        return ()
    members = [schema, *(schema.get("properties") or {}).values()]
    texts = [member.get("description") for member in members if isinstance(member, Mapping)]
    return tuple(dict.fromkeys(name for text in texts for name in named(text)))


def example(schema: Any) -> tuple[str, ...]:
    """Return the model that a field's own example names."""
    value = schema.get("example") if isinstance(schema, Mapping) else None
    return (value,) if isinstance(value, str) and value else ()
