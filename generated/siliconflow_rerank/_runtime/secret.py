# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""The key: used on the wire, shown nowhere."""

import base64
import codecs
import json
import re
from collections.abc import Generator
from contextlib import suppress
from functools import cache
from typing import Any, NoReturn

import httpx

from .errors import SHOWN, printable

REDACTED = "[redacted]"
_ESCAPE = "\\"
# Shorter ones are no keys but words of a test, and stand in answers by chance.
_SHORTEST = 8
# What an error keeps of an answer's body, in bytes: enough to read, little to search.
KEPT = 1 << 15
# The last two are no charsets of pages, and take seconds.
_KEPT_AS_IT_IS = frozenset({"utf-8", "ascii", "punycode", "idna"})


class Secret(httpx.Auth):
    """Puts the key into a request as it goes out. It has no readable form and cannot be pickled."""

    __slots__ = ("_header", "_hide", "_longest", "_put")

    def __init__(self, key: str, header: str, prefix: str) -> None:
        def put(request: httpx.Request) -> None:
            request.headers[header] = prefix + key

        @cache
        def pattern() -> re.Pattern[str] | None:
            return (
                re.compile(_forms(key), re.IGNORECASE)
                if len(key) >= _SHORTEST
                else None
            )

        def hide(text: str) -> str:
            found = pattern()
            return text if found is None else found.sub(REDACTED, text)

        # Functions hide what an attribute would show.
        self._header, self._put, self._hide, self._longest = (
            header,
            put,
            hide,
            16 * len(key),
        )

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the key in."""
        self._put(request)
        yield request

    def hide(self, text: str) -> str:
        """Return a text without the key, however it is spelt: plain, in escapes, percent, entities, hexadecimal or base64."""
        return self._hide(text)

    def shown(self, text: str) -> str:
        """Return a server's words as a person may read them: the key hidden, no control characters, not too long."""
        return printable(self._hide(text[: SHOWN + self._longest]))[:SHOWN]

    def conceal(self, request: httpx.Request) -> None:
        """Take the key out of a request that was answered."""
        if self._header in request.headers:
            request.headers[self._header] = REDACTED

    def scrub(self, response: httpx.Response) -> None:
        """Take the key out of an answer and its request, before anybody keeps them; of a long body only the beginning stays."""
        self.conceal(response.request)
        # Where a redirect leads to, httpx would ask with the same headers.
        response.next_request = None
        body = response.content[: KEPT + self._longest]
        # As `json()` and `text` read it: in UTF-16, say, the key stands in other bytes. Kept in UTF-8, whatever a header says.
        charsets: tuple[Any, ...] = (
            json.detect_encoding,
            lambda _: response.charset_encoding,
        )
        for charset in charsets:
            with suppress(LookupError, ValueError):
                codec = codecs.lookup(charset(body) or "utf-8").name
                if codec not in _KEPT_AS_IT_IS:
                    body = body.decode(codec, "replace").encode("utf-8", "replace")
        response._content = self._hide(body.decode("latin-1"))[:KEPT].encode("latin-1")
        response.encoding = "utf-8"
        if "reason_phrase" in response.extensions:
            response.extensions["reason_phrase"] = self._hidden(
                response.extensions["reason_phrase"]
            )
        response.headers = httpx.Headers(
            [
                (self._hidden(name), self._hidden(value))
                for name, value in response.headers.raw
            ]
        )

    def _hidden(self, raw: bytes) -> bytes:
        return self._hide(raw.decode("latin-1")).encode("latin-1")

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"

    def __reduce__(self) -> NoReturn:
        msg = "A key is not pickled."
        raise TypeError(msg)


class NoSecret(Secret):
    """What stands for a key where none is needed: nothing is put in, nothing is hidden."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("", "authorization", "")

    def auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Leave the request as it is."""
        yield request


def _forms(key: str) -> str:
    """Return a pattern of the ways in which an answer may spell a key. Every repetition is bounded, so that a search is linear."""
    raw = key.encode()
    texts = {key, raw.hex()}
    for before in range(3):
        # The characters of base64 that depend on the key alone, at each of the three places where it may begin.
        coded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        texts.add(coded[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6])
    return "|".join("".join(map(_spelt, text)) for text in sorted(texts))


def _spelt(char: str) -> str:
    """Return a pattern of the ways in which a character may be spelt in JSON, a URL, a page or a log."""
    number = f"{ord(char):02x}"
    plain = {"+": r"[+\-]", "/": r"[/_]", "-": r"[+\-]", "_": r"[/_]"}.get(
        char, re.escape(char)
    )
    # Possessive, for a run of backslashes is tried at each of them anyway.
    return rf"(?:\\{{0,4}}{'+' * (char != _ESCAPE)}{plain}|%(?:25){{0,3}}{number}|\\{{1,4}}(?:u00|x){number}|&(?:amp;)?#(?:0{{0,5}}{ord(char)}|x0{{0,5}}{number});?)"
