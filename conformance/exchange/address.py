"""What may stand in a URL and in headers: said before anything is sent, in the words of whoever wrote it."""

import re

import httpx

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[ -~]*")
# The sender's own: another value would be another request.
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "host"})
_PORTS = range(1, 65_536)


class TargetError(Exception):
    """A target cannot be used; the message names the file and the field, or the flag, in one paragraph."""


def base(url: str) -> str:
    """Return a base URL without its trailing slash; raises TargetError for what is none."""
    parsed = _parsed(url)
    if parsed.scheme not in {"http", "https"}:
        raise TargetError(f"{without_credentials(url)!r} is no base URL: it needs http:// or https:// and a host.")
    if parsed.query or parsed.fragment or parsed.userinfo:
        msg = (
            "A base URL has no query, no fragment and no credentials in it; the key comes from an environment variable."
        )
        raise TargetError(msg)
    return url.rstrip("/")


def without_credentials(url: str) -> str:
    """Return what somebody took for a URL as it may be shown: without what stands before its last @."""
    scheme, _, rest = url.rpartition("://")
    if "@" in url and scheme:
        return f"{scheme}://***@{rest.rpartition('@')[2]}"
    if "@" in url:
        return f"***@{url.rpartition('@')[2]}"
    return url


def proxy(url: str) -> str:
    """Return a proxy's URL; raises TargetError for what is none, without its credentials."""
    parsed = _parsed(url, "the proxy's URL")
    if parsed.scheme not in {"http", "https", "socks5", "socks5h"}:
        raise TargetError("The proxy's URL needs http://, https://, socks5:// or socks5h:// and a host.")
    return url


def _parsed(url: str, shown: str = "") -> httpx.URL:
    shown = shown or repr(without_credentials(url))
    try:
        parsed = httpx.URL(url)
        # Only then is it read as a name of the domain system, and `xn--` is none.
        _ = parsed.host
    except (httpx.InvalidURL, UnicodeError) as error:
        # A password may stand where a port is looked for.
        msg = f"{shown} is no URL: {'what stands before its @ is not wanted' if '@' in url else error}"
        raise TargetError(msg) from error
    if not parsed.host or re.search(r"\s", url):
        raise TargetError(f"{shown} is no URL: it needs a scheme and a host, and no white space.")
    if "$" in parsed.host:
        raise TargetError(f"{shown} is no URL: a host has no `$`, and variables are not filled in here.")
    if parsed.port is not None and parsed.port not in _PORTS:
        raise TargetError(f"{shown} is no URL: a port is from {_PORTS[0]} to {_PORTS[-1]}.")
    return parsed


def loopback(url: str) -> bool:
    """Whether a URL is of this machine."""
    host = httpx.URL(url).host
    return host in {"localhost", "::1"} or host.startswith("127.")


def header(name: str, value: str) -> tuple[str, str]:
    """Return a header that can be sent with every request; raises TargetError that names it."""
    if not _NAME.fullmatch(name):
        raise TargetError(f"{name!r} is no name of a header.")
    if name.lower() in _FRAMING:
        raise TargetError(f"The header {name} is the sender's own.")
    if not _VALUE.fullmatch(value):
        raise TargetError(f"The value of the header {name} holds a character that no header can carry.")
    return name, value.strip()
