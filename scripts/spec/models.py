"""Names of models in prose: `Qwen/Qwen3-Reranker-8B`, `Pro/BAAI/bge-reranker-v2-m3`."""

import re
from collections.abc import Mapping
from typing import Any

_URL = re.compile(r"\w+://\S+|\]\([^)]*\)")
_NAME = re.compile(r"(?<![\w./-])[A-Za-z][\w.-]*(?:/[\w-][\w.-]*){1,2}(?![\w/])")
_TELLING = re.compile(r"[-_].*\d|\d.*[-_]|[-_]\w+[-_]")


def named(text: Any) -> tuple[str, ...]:
    """Return the models that a text names, each once, in its order; a word like `image/video` is none."""
    if not isinstance(text, str):
        return ()
    found = (match[0].rstrip(".") for match in _NAME.finditer(_URL.sub(" ", text)))
    return tuple(dict.fromkeys(name for name in found if _TELLING.search(name.rpartition("/")[2])))


def prose(schema: Any) -> tuple[str, ...]:
    """Return the models that the descriptions of a schema and of its members name."""
    if not isinstance(schema, Mapping):
        return ()
    texts = [
        schema.get("description"),
        *(
            member.get("description")
            for member in (schema.get("properties") or {}).values()
            if isinstance(member, Mapping)
        ),
    ]
    return tuple(dict.fromkeys(name for text in texts for name in named(text)))


def example(schema: Any) -> tuple[str, ...]:
    """Return the model that a field's own example names."""
    value = schema.get("example") if isinstance(schema, Mapping) else None
    return (value,) if isinstance(value, str) and value else ()
