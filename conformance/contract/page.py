"""The OpenAPI document inside a vendor's published page."""

import re
from bisect import bisect_right
from collections.abc import Iterator

_OPENING = re.compile(r"(`{3,}|~{3,})[^`]*")
_CLOSING = re.compile(r"(`{3,}|~{3,})[ \t]*\r?\n?")
_STARTS = re.compile(r"^[ \t]*[\"']?(?:openapi|swagger)[\"']?[ \t]*:", re.MULTILINE)


def extract(page: str) -> str | None:
    """Return what stands between the fences of the first block that is an OpenAPI document.

    Byte for byte, the last line's end included; None when no fenced block is one.
    """
    return next(blocks(page), None)


def blocks(page: str) -> Iterator[str]:
    """Yield every fenced block that looks like an OpenAPI document, in time linear in the page's length."""
    lines = page.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    closings: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if found := _CLOSING.fullmatch(line):
            closings.setdefault(found[1], []).append(number)
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        ends = (
            closings.get(opening[1], [])
            if opening and lines[number].rstrip("\r\n") == opening[0].rstrip("\r\n")
            else []
        )
        after = bisect_right(ends, number)
        if after < len(ends):
            body = "".join(lines[number + 1 : ends[after]])
            if _STARTS.search(body):
                yield body
            number = ends[after]
        number += 1
