"""One JSON value, written otherwise."""

from conformance.probes.kit import encode


def spaced(body: object) -> bytes:
    """Return a value as JSON with white space, an object's keys in another order, and slashes escaped, as PHP writes them."""
    told = dict(reversed(body.items())) if isinstance(body, dict) else body
    return b"\n" + encode(told, indent=2, separators=(" ,", " : ")).replace(b"/", b"\\/") + b"\n"


def halved(data: bytes, letters: str) -> bytes:
    """Return JSON with some letters beyond the first plane escaped, each as the two halves of its surrogate pair."""
    for letter in letters:
        data = data.replace(letter.encode(), escaped(letter)[1:-1])
    return data


def escaped(body: object) -> bytes:
    """Return a value as JSON with each letter of its strings escaped, and of its keys."""
    if isinstance(body, dict):
        return b"{" + b",".join(escaped(key) + b":" + escaped(value) for key, value in body.items()) + b"}"
    if isinstance(body, list):
        return b"[" + b",".join(map(escaped, body)) + b"]"
    if isinstance(body, str):
        units = body.encode("utf-16-be", "surrogatepass").hex("u", 2)
        return b'"' + (b"\\u" + units.encode().replace(b"u", b"\\u") if units else b"") + b'"'
    return encode(body)
