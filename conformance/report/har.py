"""`exchanges.har`: every exchange as HAR 1.2, through the library that Schemathesis uses too."""

import base64
import io
import json
from datetime import UTC, datetime

import harfile

from conformance import __version__
from conformance.exchange.exchange import Exchange, Headers
from conformance.verdict.run import Run


def render(run: Run) -> str:
    """Return all exchanges as HAR 1.2; the comment of each entry is its id.

    HAR has no encoding for request bodies: one that is no UTF-8 is written in
    base64, and the entry's comment says so. An unanswered request has status 0.
    """
    out = io.StringIO()
    with harfile.HarFile(out, creator=harfile.Creator(name="rerank-conformance", version=__version__)) as har:
        for exchange in run.exchanges.values():
            _add(har, exchange)
    return _printable(out.getvalue())


def _add(har: harfile.HarFile, exchange: Exchange) -> None:
    sent, came = exchange.request, exchange.response
    text, encoded = _text(sent.body)
    comment = f"{exchange.id}; the request body is in base64" if encoded else exchange.id
    data = harfile.PostData(mimeType=sent.header("content-type") or "", text=text) if sent.body else None
    if came is None:
        response = harfile.Response(
            status=0, statusText="", httpVersion="", headers=[], cookies=[], redirectURL="", headersSize=-1, bodySize=-1,
            content=harfile.Content(size=0, mimeType="x-unknown"), comment=exchange.error,
        )
    else:
        answer, binary = _text(came.body)
        response = harfile.Response(
            status=came.status, statusText="", httpVersion="HTTP/1.1", headers=_records(came.headers), cookies=[],
            redirectURL=came.header("location") or "", headersSize=-1, bodySize=len(came.body),
            content=harfile.Content(
                size=len(came.body), mimeType=came.header("content-type") or "x-unknown", text=answer, encoding="base64" if binary else None
            ),
        )
    har.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange.started, UTC),
        time=exchange.elapsed * 1000,
        request=harfile.Request(
            method=sent.method, url=exchange.url, httpVersion="HTTP/1.1", headers=_records(sent.headers), queryString=[],
            cookies=[], headersSize=-1, bodySize=len(sent.body), postData=data,
        ),
        response=response,
        timings=harfile.Timings(send=0, wait=exchange.elapsed * 1000, receive=0),
        comment=comment,
    )


def _records(headers: Headers) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _text(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), True


def _printable(text: str) -> str:
    json.loads(text)
    return text
