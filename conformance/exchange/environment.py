"""What targets take from the environment: keys, headers' values, a proxy with its password. None of it is written."""

import os
import re
import ssl
from collections.abc import Sequence

import httpx

from conformance.exchange.address import TargetError, loopback, proxy

MOCK_KEY = "mock-key"
VARIABLE = re.compile(r"\$\{?(\w+)")
_KEY = re.compile(r"[!-~]+")
_TEXT = re.compile(r"[ -~]*")
_OF_THE_WAY = re.compile(r"(?:HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(?:FILE|DIR)", re.IGNORECASE)


def key(url: str, variable: str) -> str:
    """Return the key of a variable; a loopback URL without one gets the mock's."""
    value = os.environ.get(variable)
    if value:
        if not _KEY.fullmatch(value):
            # Not said which character it is: that would be a part of the key.
            raise TargetError(f"The key in {variable} holds white space or a character that no header can carry.")
        return value
    if loopback(url):
        return MOCK_KEY
    raise TargetError(f"No key: set the environment variable {variable}, or name another with --api-key-env.")


def carried(variable: str) -> str:
    """Return the value of a variable that stands in a header; raises TargetError for what no header can carry."""
    value = os.environ[variable]
    if not _TEXT.fullmatch(value):
        raise TargetError(f"The value of {variable} holds a character that no header can carry.")
    return value


def way(told: str | None) -> tuple[str | None, dict[str, str]]:
    """Return a proxy's URL with its variables put in, and the password in it under the name of its variable; raises TargetError."""
    if told is None:
        return None, {}
    url = proxy(VARIABLE.sub(lambda match: os.environ[match[1]], told))
    password = httpx.URL(url).password
    return url, dict.fromkeys(VARIABLE.findall(told), password) if password else {}


def trusted(urls: Sequence[str], ca_file: str | None) -> ssl.SSLContext:
    """Return whom to trust on the way to some URLs; nobody where nothing is encrypted, for reading the usual certificates takes as long as ten requests."""
    if ca_file:
        return ssl.create_default_context(cafile=ca_file)
    encrypted = any(url.lower().startswith("https") for url in urls)
    return httpx.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def passable(url: str, proxied: str | None, ca_file: str | None) -> None:
    """Raise TargetError, without any value, where what the environment says of proxies and certificates cannot be used."""
    if loopback(url) and not (proxied or ca_file) and url.lower().startswith("http:"):
        # Nothing of the environment is on this way, and a client takes as long as ten requests to make.
        return
    try:
        context = trusted((url, proxied or ""), ca_file)
        httpx.Client(proxy=proxied, verify=context, trust_env=not loopback(url)).close()
    except (ValueError, OSError, ImportError, httpx.InvalidURL) as error:
        known = ", ".join(sorted(name for name in os.environ if _OF_THE_WAY.fullmatch(name)))
        msg = f"The proxy or the certificates that the environment names cannot be used ({type(error).__name__}); mend or unset {known}."
        raise TargetError(msg) from error
