"""What headers say of an answer: what servers and gateways usually send is no breach, what is not so is one."""

from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from attrs import evolve

from conformance.checks.labels import label_checks
from conformance.checks.reading import Reading
from conformance.contract import load
from conformance.model.exchange import Exchange, Headers, Response
from conformance.probes.kit import Kit

CONTRACT = load("siliconflow")
ASKED = "Sun, 29 Nov 2026 12:00:00 GMT"
STARTED = parsedate_to_datetime(ASKED).timestamp()


def said(headers: Headers, status: int = 200, method: str = "POST") -> list[str]:
    """Return what the checks say of an answer with some headers."""
    request = evolve(Kit(CONTRACT).control, method=method)
    exchange = Exchange("e1", request, "", Response(status, headers, b"{}"), None, STARTED, 0.1)
    return [breach.actual for one in label_checks(CONTRACT) for breach in one.judge(Reading(exchange, CONTRACT)) or []]


@pytest.mark.parametrize(
    "headers",
    [
        (("date", ASKED), ("server", "uvicorn")),
        (("Date", "Sun, 29 Nov 2026 14:07:31 GMT"), ("Connection", "keep-alive")),
        (("date", ASKED), ("date", "Sun, 29 Nov 2026 12:00:01 GMT"), ("vary", "Origin"), ("vary", "Accept-Encoding")),
        (("Cache-Control", "public, max-age=0, must-revalidate"), ("Age", "0"), ("X-Vercel-Cache", "MISS")),
        (("cache-control", "no-store"), ("cache-control", "max-age=0"), ("cf-cache-status", "DYNAMIC")),
        (("Cache-Control", "private, max-age=60"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        (("x-note", "tabs\tand Caf\xe9"), ("access-control-allow-origin", "*"), ("access-control-allow-origin", "*")),
        (("retry-after", "20"), ("retry-after", "20"), ("via", "1.1 a"), ("via", "1.1 b")),
    ],
)
def test_usual_headers_are_no_breach(headers: Headers) -> None:
    """What servers, gateways and networks of caches add to answers breaks nothing."""
    assert said(headers) == []


@pytest.mark.parametrize("allow", ["POST", "OPTIONS, POST", "POST,OPTIONS", None])
def test_a_refused_method_may_be_told_the_right_ones(allow: str | None) -> None:
    """A 405 that names the declared method is no breach, nor is one of a gateway that names none."""
    assert said((("allow", allow),) if allow else (), 405, "PUT") == []


@pytest.mark.parametrize(
    ("headers", "actual"),
    [
        ((("date", "2026-11-29T12:00:00Z"),), "2026-11-29T12:00:00Z"),
        ((("date", "Sun, 29 Nov 2026 12:00:00 +0000"),), "Sun, 29 Nov 2026 12:00:00 +0000"),
        ((("date", "Thu, 01 Jan 1970 00:00:00 GMT"),), "Date: Thu, 01 Jan 1970 00:00:00 GMT"),
        ((("date", "Sun, 99 Nov 2026 12:00:00 GMT"),), "Date: Sun, 99 Nov 2026 12:00:00 GMT"),
        ((("x-note", "a\x01b"),), "'x-note: a\\x01b'"),
        ((("retry-after", "0.5"),), "0.5"),
        ((("x-siliconcloud-trace-id", "a"), ("x-siliconcloud-trace-id", "b")), "2 that differ"),
        ((("cache-control", "max-age=60"), ("cache-control", "public")), "Cache-Control: max-age=60, public"),
        ((("cache-control", "s-maxage=600"),), "Cache-Control: s-maxage=600"),
        ((("age", "12"),), "Age: 12, from a cache"),
    ],
)
def test_what_is_not_so_is_a_breach(headers: Headers, actual: str) -> None:
    """A date of another form or decade, signs that no header may hold, values that contradict, and answers that caches share are told, each once."""
    assert said(headers) == [actual]


def test_a_refused_method_is_not_said_to_be_allowed() -> None:
    """A 405 that names the method that it refuses is a breach."""
    assert said((("allow", "POST, PUT"),), 405, "PUT") == ["Allow: POST, PUT"]


@pytest.mark.parametrize("days", [-200, -1, 1, 200])
def test_a_clock_may_be_wrong(days: int) -> None:
    """Clocks of caller and server need not agree, and a recording may be played again months later."""
    then = parsedate_to_datetime(ASKED) + timedelta(days=days)
    assert said((("date", format_datetime(then, usegmt=True)),)) == []
