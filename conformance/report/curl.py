"""A shell command that sends an exchange's request again, to the byte."""

import base64
import re
import shlex
from collections.abc import Collection

from conformance.exchange.exchange import Exchange

_VARIABLE = re.compile(r"(\$\w+|\$\{\w+(?:%\?)?\})")
_NAME = re.compile(r"\w+")
_LONGEST = 8_000


def reproduce(exchange: Exchange, variables: Collection[str] = ()) -> str:
    """Return a POSIX shell command line; the variables named stand in it for the shell to expand, as the key does."""
    request = exchange.request
    parts = ["curl", "-sS", "-i", "-X", request.method, shlex.quote(exchange.url)]
    sent = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        parts += ["-H", _header(name, value, variables)]
    # What curl would add on its own was not sent.
    parts += [f"-H {shlex.quote(name + ':')}" for name in ("Accept", "User-Agent") if name.lower() not in sent]
    if not request.body:
        if "content-type" not in sent and request.method == "POST":
            parts += ["-H 'Content-Type:'"]
        return " ".join([*parts, "--data-binary ''"] if request.method in {"POST", "PUT", "PATCH"} else parts)
    if "content-type" not in sent:
        parts += ["-H 'Content-Type:'"]
    parts += ["-H 'Expect:'"]
    # A leading @ would name a file, and a NUL ends an argument.
    if len(request.body) <= _LONGEST and _plain(request.body) and not request.body.startswith(b"@"):
        return " ".join([*parts, "--data-binary", shlex.quote(request.body.decode())])
    encoded = base64.b64encode(request.body).decode()
    if len(encoded) > _LONGEST:
        return f"# The body, {len(request.body):,} bytes, is in exchanges.har under {exchange.id}; save it as body.bin, then:\n" + " ".join(
            [*parts, "--data-binary", "@body.bin"]
        )
    return f"printf %s {encoded} | base64 -d | " + " ".join([*parts, "--data-binary", "@-"])


def _plain(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\n\t" for char in text)


def _header(name: str, value: str, variables: Collection[str]) -> str:
    """Quote a header, leaving the variables in it to the shell."""
    if not value.strip():
        return shlex.quote(f"{name};")
    quoted = [
        f'"{piece}"' if _VARIABLE.fullmatch(piece) and _NAME.findall(piece)[0] in variables else shlex.quote(piece)
        for piece in _VARIABLE.split(f"{name}: {value}")
        if piece
    ]
    return "".join(quoted)
