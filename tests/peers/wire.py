"""What handwritten servers share: a body that comes with its length, or in chunks, and a count of tokens."""

import re
from http.server import BaseHTTPRequestHandler


def body(handler: BaseHTTPRequestHandler) -> bytes:
    """Return the body of the request that a handler is at."""
    if "chunked" not in (handler.headers.get("Transfer-Encoding") or "").lower():
        return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    parts = []
    while size := int(handler.rfile.readline().split(b";")[0] or b"0", 16):
        parts.append(handler.rfile.read(size))
        handler.rfile.readline()
    while handler.rfile.readline() not in {b"\r\n", b"\n", b""}:
        continue
    return b"".join(parts)


def tokens(text: str) -> int:
    """Count words, signs, and each letter of a script without spaces, as a tokenizer may."""
    return len(re.findall(r"[\u0e00-\u0eff\u3000-\U0010ffff]|[^\W\u0e00-\u0eff\u3000-\U0010ffff]+|[^\w\s]", text))
