"""Where a vendor's page is read from: a file, or an address on the web that may answer anything."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen

from conformance.contract import ContractError, document

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_REDIRECTS = 5
_SECONDS = 60.0
_AGENT = "rerank-conformance spec-watch"
_MEDIA = "text/markdown, application/yaml, text/yaml, application/json, text/plain;q=0.8, */*;q=0.1"


@frozen
class Source:
    """A text and where it came from: a file's path or a URL; `url` is None for a file."""

    name: str
    text: str = field(repr=False)
    url: str | None = None


def is_url(place: str) -> bool:
    """Whether a place is an address on the web, not a file."""
    return urlsplit(place).scheme in {"http", "https"} and "://" in place


def read(place: str) -> Source:
    """Return what a file or URL holds, in UTF-8; raises ContractError with one sentence."""
    if is_url(place):
        return Source(place, _fetch(place), place)
    path = Path(place)
    return Source(str(path), document.read_text(path))


def _fetch(url: str) -> str:
    """Return what an address answers at the end of its redirects, all of them on one host."""
    import httpx

    end = time.monotonic() + _SECONDS
    try:
        with (
            httpx.Client(
                # Identity: a compressed answer could unfold into more than fits into memory.
                headers={"User-Agent": _AGENT, "Accept": _MEDIA, "Accept-Encoding": "identity"},
                timeout=httpx.Timeout(20, connect=10),
                follow_redirects=True,
                max_redirects=_REDIRECTS,
                event_hooks={"request": [lambda request: _permitted(str(request.url), url)]},
            ) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise ContractError(f"{url} answers {response.status_code} {response.reason_phrase}".rstrip() + ".")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise ContractError(f"{url} answers compressed, though it was asked not to.")
            return _body(response.iter_raw(), url, end).decode("utf-8")
    except httpx.TooManyRedirects as error:
        raise ContractError(f"{url} leads on and on: more than {_REDIRECTS} redirects.") from error
    except httpx.HTTPError as error:
        raise ContractError(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{url} is no text in UTF-8: {error}") from error
    except (httpx.InvalidURL, ValueError) as error:
        raise ContractError(f"{url} is no address that can be fetched: {error}") from error


def _permitted(place: str, url: str) -> None:
    """Refuse another host than that of the address that was named, credentials, and a way on which somebody could change the page."""
    parts = urlsplit(place)
    if parts.hostname != urlsplit(url).hostname:
        raise ContractError(f"{url} leads to another host, {parts.hostname}; name that address if it is meant.")
    if parts.username or parts.password:
        raise ContractError(f"{parts.scheme}://…@{parts.hostname} holds credentials; a published page needs none.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ContractError(f"{place} is not fetched: only https is, where nobody on the way can change the page.")


def _body(parts: Iterator[bytes], url: str, end: float) -> bytes:
    found = bytearray()
    for part in parts:
        found += part
        if len(found) > document.MAX_BYTES:
            raise ContractError(f"{url} is larger than {document.MAX_BYTES:,} bytes; that is no rerank contract.")
        if time.monotonic() > end:
            raise ContractError(f"{url} did not answer in full within {_SECONDS:.0f} seconds.")
    return bytes(found)
