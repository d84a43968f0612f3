"""Where a vendor's page is read from: a file, or an address on the web that may answer anything."""

import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

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
    import httpx

    end = time.monotonic() + _SECONDS
    # Identity: a compressed answer could unfold into more than fits into memory.
    headers = {"User-Agent": _AGENT, "Accept": _MEDIA, "Accept-Encoding": "identity"}
    try:
        with httpx.Client(headers=headers, timeout=httpx.Timeout(20, connect=10), follow_redirects=False) as client:
            raw = _follow(client, url, end)
    except httpx.HTTPError as error:
        raise ContractError(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    except (httpx.InvalidURL, ValueError) as error:
        raise ContractError(f"{url} is no address that can be fetched: {error}") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContractError(f"{url} is no text in UTF-8: {error}") from error


def _follow(client: object, url: str, end: float) -> bytes:
    """Return the body at the end of the redirects, all of them on one host."""
    import httpx

    assert isinstance(client, httpx.Client)  # noqa: S101
    place = url
    for _ in range(_REDIRECTS + 1):
        _permitted(place)
        with client.stream("GET", place) as response:
            if response.is_redirect:
                target = urljoin(place, response.headers.get("location", ""))
                if urlsplit(target).hostname != urlsplit(url).hostname:
                    raise ContractError(
                        f"{url} leads to another host, {urlsplit(target).hostname}; name that address if it is meant."
                    )
                place = target
                continue
            if response.status_code != httpx.codes.OK:
                raise ContractError(f"{url} answers {response.status_code} {response.reason_phrase}".rstrip() + ".")
            return _body(response, url, end)
    raise ContractError(f"{url} leads on and on: more than {_REDIRECTS} redirects.")


def _permitted(place: str) -> None:
    parts = urlsplit(place)
    if parts.username or parts.password:
        raise ContractError(f"{parts.scheme}://…@{parts.hostname} holds credentials; a published page needs none.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ContractError(f"{place} is not fetched: only https is, where nobody on the way can change the page.")


def _body(response: object, url: str, end: float) -> bytes:
    import httpx

    assert isinstance(response, httpx.Response)  # noqa: S101
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ContractError(f"{url} answers compressed, though it was asked not to.")
    found = bytearray()
    for part in response.iter_raw():
        found += part
        if len(found) > document.MAX_BYTES:
            raise ContractError(f"{url} is larger than {document.MAX_BYTES:,} bytes; that is no rerank contract.")
        if time.monotonic() > end:
            raise ContractError(f"{url} did not answer in full within {_SECONDS:.0f} seconds.")
    return bytes(found)
