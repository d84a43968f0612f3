"""The OpenAPI document inside a vendor's published page."""

import re

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<body>.*?\n)(?P=fence)[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_STARTS = re.compile(r"^\s*[\"']?(?:openapi|swagger)[\"']?\s*:", re.MULTILINE)


def extract(page: str) -> str | None:
    """Return what stands between the fences of the first block that is an OpenAPI document.

    Byte for byte, the last line's end included; None when no fenced block is one.
    """
    for match in _FENCE.finditer(page):
        if _STARTS.search(match["body"]):
            return match["body"]
    return None
