"""Taking the key out of what came back, before anybody sees it."""

MARKER = "[redacted key]"
_WINDOW = 8


def redact(data: bytes, key: str | None) -> bytes:
    """Return the data with the key, and any eight consecutive characters of it, replaced by a marker."""
    if not key:
        return data
    secret = key.encode()
    marker = MARKER.encode()
    data = data.replace(secret, marker)
    if len(secret) <= _WINDOW:
        return data
    windows = {secret[i : i + _WINDOW] for i in range(len(secret) - _WINDOW + 1)}
    if not any(window in data for window in windows):
        return data
    hidden = bytearray(len(data))
    for window in windows:
        at = data.find(window)
        while at >= 0:
            hidden[at : at + _WINDOW] = b"\x01" * _WINDOW
            at = data.find(window, at + 1)
    result = bytearray()
    for i, byte in enumerate(data):
        if not hidden[i]:
            result.append(byte)
        elif i == 0 or not hidden[i - 1]:
            result += marker
    return bytes(result)


def redact_text(text: str, key: str | None) -> str:
    """Return a text with the key taken out."""
    return redact(text.encode("utf-8", "surrogateescape"), key).decode("utf-8", "surrogateescape")
