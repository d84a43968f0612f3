"""`exchanges.har`: every exchange as HAR 1.2, through the library that Schemathesis uses too."""

import base64
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlsplit

import harfile

from conformance import __version__
from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.model.run import Run

_UNKNOWN = "x-unknown"


class BinaryPostData(harfile.PostData):
    """A request body that is no text: HAR has an encoding for answers only, so a custom field tells."""

    def asdict(self) -> dict[str, Any]:
        """Return the body with `_encoding`, as HAR wants custom fields to be named."""
        return {**super().asdict(), "_encoding": "base64", "comment": "The body is no UTF-8; `text` is its base64."}


def render(run: Run) -> str:
    """Return all exchanges that a run holds as HAR 1.2."""
    out = io.StringIO()
    write(run.exchanges.values(), out)
    return out.getvalue()


def write(exchanges: Iterable[Exchange], out: TextIO) -> None:
    """Write exchanges as HAR 1.2, one at a time; the comment of each entry is its id.

    An answer that is no UTF-8 is in base64, and so is a request, with
    `_encoding` beside it. A request without an answer has status 0, and the
    error as its response's comment.
    """
    with harfile.HarFile(out, creator=harfile.Creator(name="rerank-conformance", version=__version__)) as har:
        for exchange in exchanges:
            milliseconds = exchange.elapsed * 1000
            har.add_entry(
                startedDateTime=datetime.fromtimestamp(exchange.started, UTC),
                time=milliseconds,
                request=_request(exchange.request, exchange.url),
                response=_response(exchange),
                timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
                comment=exchange.id,
            )


def _request(request: Request, url: str) -> harfile.Request:
    return harfile.Request(
        method=request.method,
        url=url,
        httpVersion=f"HTTP/{request.version}",
        headers=_records(request.headers),
        queryString=_records(tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))),
        cookies=[],
        headersSize=-1,
        bodySize=len(request.body),
        postData=_post_data(request) if request.body else None,
    )


def _post_data(request: Request) -> harfile.PostData:
    text, encoded = _text(request.body)
    kind = BinaryPostData if encoded else harfile.PostData
    return kind(mimeType=request.header("content-type") or "", text=text)


def _response(exchange: Exchange) -> harfile.Response:
    came = exchange.response
    if came is None:
        tries = f" (try {exchange.attempts})" if exchange.attempts > 1 else ""
        nothing = harfile.Content(size=0, mimeType=_UNKNOWN)
        return harfile.Response(0, "", "", content=nothing, comment=f"{exchange.error or 'no answer'}{tries}")
    return harfile.Response(
        status=came.status,
        statusText="",
        httpVersion="HTTP/1.1",
        headers=_records(came.headers),
        content=_content(came),
        redirectURL=came.header("location") or "",
        bodySize=len(came.body),
    )


def _content(response: Response) -> harfile.Content:
    (text, encoded), kind = _text(response.body), response.header("content-type") or _UNKNOWN
    return harfile.Content(len(response.body), mimeType=kind, text=text, encoding="base64" if encoded else None)


def _records(headers: Headers) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _text(data: bytes) -> tuple[str, bool]:
    """Return bytes as text, in base64 where they are no UTF-8, and whether they are."""
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), True
