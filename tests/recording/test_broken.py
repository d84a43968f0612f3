"""Servers whose answers break HTTP itself: what is steady is told, what passes is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from itertools import count

import pytest

from conformance.model.run import Run
from conformance.running import Settings, Target, conduct
from tests.recording.test_sending import CONTRACT, KEY, Simple, outcomes

ENCODING = "response.encoding"


class Breaking(Simple):
    """Has headers of its own on each answer for which `broken` says so."""

    added: tuple[tuple[str, str], ...] = ()
    numbers: Iterator[int]

    def broken(self, status: int) -> bool:
        """Whether an answer of this status is broken."""
        return status == 200

    def end_headers(self) -> None:
        """Add what breaks the answer; a length that is too long ends with the connection."""
        if self.broken(self.status):
            for name, value in self.added:
                self.send_header(name, value)
            self.close_connection = True
        super().end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Remember the status."""
        self.status = code
        super().send_response(code, message)


class Refusing(Breaking):
    """Breaks its refusals, too."""

    def broken(self, status: int) -> bool:
        """Break all of them."""
        return status > 0


class Passing(Breaking):
    """Breaks its first answers alone, refusals or not, as what stands before a service that starts may do."""

    def broken(self, status: int) -> bool:
        """Break the first ones."""
        return status > 0 and next(self.numbers) < 6


@contextmanager
def serving(kind: type[Breaking], added: tuple[tuple[str, str], ...]) -> Iterator[str]:
    handler = type("Handler", (kind,), {"added": added, "numbers": count()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{Simple.app.base_path}"
        server.shutdown()


def found(kind: type[Breaking], added: tuple[tuple[str, str], ...]) -> Run:
    with serving(kind, added) as url:
        target = Target("broken", url, CONTRACT, {KEY: "mock-key"})
        return conduct(target, Settings(select=("auth.missing", "auth.wrong", "request.top_n.*", "response.*")))


BROKEN = {
    "two lengths": (("Content-Length", "1"),),
    "a header without a name": ((" ", "x"),),
    "a packed body that is none": (("Content-Encoding", "gzip"),),
}
TITLES = {
    "two lengths": "Answers break HTTP itself, so that no client can read them.",
    "a header without a name": "Answers break HTTP itself, so that no client can read them.",
    "a packed body that is none": "Answers cannot be unpacked as their headers say.",
}


@pytest.mark.parametrize("name", BROKEN)
def test_acceptances_that_break_http_are_a_failure(name: str) -> None:
    """A server that refuses properly and answers each valid request with broken HTTP, asked again and again, fails for that."""
    run = found(Breaking, BROKEN[name])
    assert outcomes(run, "fail") == {ENCODING}
    assert run.exit_code == 1
    assert [cause.title for cause in run.causes] == [TITLES[name]]


def test_nothing_is_said_where_nobody_answers_properly() -> None:
    """Where refusals are broken as well, somebody else may answer at that address: the run is inconclusive."""
    run = found(Refusing, BROKEN["two lengths"])
    assert not outcomes(run, "fail")
    assert run.exit_code == 3


def test_what_is_broken_at_first_alone_is_an_outage() -> None:
    """Answers that break HTTP while a service starts are asked for again, and accuse nobody of what no valid request gets in the end."""
    run = found(Passing, BROKEN["a header without a name"])
    assert all("all valid requests" not in proof.actual for verdict in run.verdicts for proof in verdict.proofs)
    assert len(outcomes(run, "pass")) > 20
