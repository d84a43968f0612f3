"""The OpenAPI document inside a vendor's published page."""

import re

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})[ \t]*(?:ya?ml|json)\b[^\n]*\n(?P<body>.*?)\n(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)


def extract(page: str) -> str | None:
    """Return what stands between the fences of the first block that is an OpenAPI document.

    Byte for byte, with one final newline; None when no fenced block starts like one.
    """
    for match in _FENCE.finditer(page):
        body = match["body"]
        if re.search(r"^\s*[\"']?(?:openapi|swagger)[\"']?\s*:", body, re.MULTILINE):
            return f"{body}\n"
    return None
