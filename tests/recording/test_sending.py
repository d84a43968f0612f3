"""How the suite behaves towards a live service: budget, rate, back-off, outage, redirects."""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import load
from conformance.exchange import sender
from conformance.mock import MockServer
from conformance.mock.app import App, Call
from conformance.mock.rules import Rules
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.tokens import Meter
from conformance.running import Settings, Target, conduct, estimate, plan
from tests.command import call
from tests.recording.services import Service

CONTRACT = load("siliconflow")
KEY = CONTRACT.key_env or ""


def judge(service: Any, settings: Settings | None = None, **changes: Any) -> Run:
    return conduct(Target("service", service.base_url, CONTRACT, {KEY: "mock-key"}, **changes), settings or Settings())


def outcomes(run: Run, outcome: str) -> set[str]:
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome == outcome}


def test_token_budget_is_kept() -> None:
    """What the answers count stays within --max-tokens, cheap requests go out all the same, and what was not asked is inconclusive."""
    with Service() as service:
        run = judge(service, Settings(max_tokens=3_000))
    assert 1_000 < run.tokens <= 3_000
    assert run.exit_code == 3
    assert "The budget is exhausted: the 3,000 tokens" in run.notice
    assert len(outcomes(run, "pass")) > 60
    assert any("not asked" in verdict.detail for verdict in run.verdicts if verdict.outcome == "inconclusive")


@pytest.mark.parametrize("number", [1, 7, 40])
def test_request_budget_is_kept(number: int) -> None:
    """No more than --max-requests go out, and nothing unasked is called kept or broken."""
    with Service() as service:
        run = judge(service, Settings(max_requests=number))
        assert service.app.calls == number == run.requests
    assert not outcomes(run, "fail")


def test_small_budget_buys_much() -> None:
    """Forty requests show more than half of what all the requests of the profile show."""
    with Service() as service:
        everything = outcomes(judge(service), "pass")
        some = outcomes(judge(service, Settings(max_requests=40)), "pass")
    assert some <= everything
    assert len(some) > len(everything) / 2


def test_time_budget_is_kept() -> None:
    """By --max-time every request has ended, and nothing more is begun."""
    with Service(lambda _n, _c, answer: answer and (*answer[:3], 0.1)) as service:
        run = judge(service, Settings(max_time_s=1.5))
        calls = service.app.calls
    assert 0 < calls < 130
    assert (
        max(one.started + one.elapsed for one in run.exchanges.values())
        - min(one.started for one in run.exchanges.values())
        < 3
    )
    assert "The budget is exhausted: the time of 1.5 s" in run.notice
    assert run.exit_code == 3
    assert not outcomes(run, "fail")


def test_rate_is_kept() -> None:
    """Requests are spaced evenly: in no stretch of time do more come than the rate allows, retries included."""
    with Service() as service:
        judge(service, Settings(max_requests=40), rate=1_200.0)
        came = service.app.came
    # One request for the spacing at the start, one for the clock's grain, two that a busy machine brought late.
    for i, first in enumerate(came):
        for j, later in enumerate(came[i:]):
            assert j <= (later - first) * 1_200 / 60 + 4


def test_estimate_covers_what_is_counted() -> None:
    """What --dry-run estimates is of the size of what the service then counts."""
    with Service() as service:
        target = Target("service", service.base_url, CONTRACT, {KEY: "mock-key"})
        run = conduct(target, Settings())
    cost = estimate(target, plan(target, Settings()).probes)
    assert run.tokens / 3 < cost.tokens < run.tokens * 3
    assert cost.usd >= 0
    assert cost.priced > 0


def test_prices_come_from_the_contract() -> None:
    """The price of a request is its estimate times its model's price in the contract; without one there is none."""
    kit = Target("x", "http://127.0.0.1", CONTRACT).kit
    field = kit.named("model").name
    for model in CONTRACT.models:
        request = kit.request({**kit.body(), field: model})
        meter = Meter(CONTRACT)
        price = CONTRACT.prices.get(model)
        assert meter.usd(request) == (None if price is None else pytest.approx(meter.estimate(request) * price / 1e6))
    assert CONTRACT.prices


def test_retry_after_is_honoured() -> None:
    """When a 429 says when to come back, nobody asks before that."""
    told: list[int] = []

    def change(number: int, _call: Any, answer: Any) -> Any:
        if number == 20:
            told.append(number)
            return (
                429,
                [("content-type", "application/json"), ("retry-after", "1")],
                b'{"message":"slow down","data":""}',
                0.0,
            )
        return answer

    with Service(change) as service:
        run = judge(service, concurrency=1)
        came = service.app.came
    assert told
    assert came[20] - came[19] >= 0.99
    assert run.exit_code == 0


@pytest.mark.parametrize("told", ["seconds", "date"])
def test_retry_after_in_both_forms(told: str) -> None:
    """A 503 that says when to come back is believed, in seconds and as a date; the answer after it counts."""
    waited: list[float] = []

    def change(number: int, _call: Any, answer: Any) -> Any:
        if number != 20:
            return answer
        waited.append(time.time())
        value = "2" if told == "seconds" else formatdate(time.time() + 2, usegmt=True)
        return (
            503,
            [("content-type", "application/json"), ("retry-after", value)],
            b'{"code":1,"message":"overloaded","data":""}',
            0.0,
        )

    with Service(change) as service:
        run = judge(service, Settings(max_requests=25), concurrency=1)
        came = service.app.came
    # A date has whole seconds.
    assert 0.9 < came[20] - came[19] < 4
    assert waited
    assert not outcomes(run, "fail")


def test_limit_of_requests_without_a_word_on_when() -> None:
    """A service that takes so many requests a second and answers 429 to the rest, without Retry-After, is asked more slowly: all of it is judged, nothing is an outage."""
    taken: list[float] = []

    def change(_number: int, _call: Any, answer: Any) -> Any:
        now = time.monotonic()
        if len([one for one in taken if one > now - 0.5]) >= 20:
            return 429, [("content-type", "application/json")], b'{"message":"TPM limit reached.","data":""}', 0.0
        taken.append(now)
        return answer

    with Service(change) as service:
        run = judge(service, Settings(max_requests=600))
        calls = service.app.calls
    assert run.exit_code == 0
    assert "stopped answering" not in run.notice
    # What went unanswered is told; it is no more than without any limit.
    assert not [verdict for verdict in run.verdicts if "429" in verdict.detail and verdict.outcome == "inconclusive"]
    assert calls < 500


@pytest.mark.parametrize(
    "value", ["\u00b2", "soon", "", "-1", "Mon, 01 Jan 0001 00:00:00 -0000", "Fri, 31 Dec 99999 23:59:59 GMT"]
)
def test_retry_after_that_says_nothing(value: str) -> None:
    """A Retry-After that is neither, ends no run."""
    broken = [("content-type", "application/json"), ("retry-after", value)]
    with Service(
        lambda number, _c, answer: (
            (503, broken, b'{"code":1,"message":"overloaded","data":""}', 0.0) if number == 5 else answer
        )
    ) as service:
        run = judge(service, Settings(max_requests=12, select=("auth.*",)), concurrency=1)
    assert run.exit_code in {0, 3}
    assert not outcomes(run, "fail")


def test_proxies_of_the_environment_are_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of this machine is asked straight, whatever proxy the environment names; a target's own proxy is used."""
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9" if "all" in name.lower() else "http://127.0.0.1:9")
    with Service() as service:
        assert judge(service, Settings(select=("auth.*",))).exit_code == 0
        # An HTTP proxy is asked for whole URLs: the service stands in for one.
        away = Target(
            "away",
            f"http://away.example{service.app.base_path}",
            CONTRACT,
            {KEY: "mock-key"},
            proxy=service.base_url.removesuffix(service.app.base_path),
        )
        assert conduct(away, Settings(select=("auth.*",))).exit_code == 0


def test_outage_stops_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that goes away for good stops the run long before its budget is spent: exit status 3, and what was shown stays shown."""
    # The pauses of a quarter of a minute, in a tenth of the time.
    monkeypatch.setattr(sender, "_OUTAGE", tuple(pause / 10 for pause in sender._OUTAGE))
    with Service(
        lambda number, _c, answer: (
            answer
            if number <= 60
            else (503, [("content-type", "application/json")], b'{"code":1,"message":"overloaded","data":""}', 0.0)
        )
    ) as service:
        run = judge(service)
        calls = service.app.calls
    assert run.exit_code == 3
    assert "stopped answering" in run.notice
    assert calls < 130
    assert len(outcomes(run, "pass")) > 40
    assert not outcomes(run, "fail")


def test_refusing_with_503_is_no_outage() -> None:
    """A service that answers all bad requests with 503 is there: the run goes on and finds it."""

    def change(_number: int, call: Any, answer: Any) -> Any:
        if answer and answer[0] == 400:
            return 503, [("content-type", "application/json")], b'{"code":1,"message":"overloaded","data":""}', 0.0
        return answer

    with Service(change) as service:
        run = judge(service, Settings(max_requests=600))
    assert "stopped answering" not in run.notice


class Simple(BaseHTTPRequestHandler):
    """Answers as the mock does, and closes the connection behind a head that tells no length of the body, as small servers do."""

    protocol_version = "HTTP/1.1"
    app = App(Rules(CONTRACT, "mock-key"))

    def do_POST(self) -> None:
        """Answer a request whose body has a length."""
        length = self.headers["Content-Length"]
        headers = {name.lower().encode(): value.encode("latin-1") for name, value in self.headers.items()}
        answer = length and self.app.answer(Call(self.command, self.path, headers, self.rfile.read(int(length))))
        if not answer:
            self.close_connection = True
            return
        self.send_response(answer[0])
        for name, value in (*answer[1], ("content-length", str(len(answer[2])))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer[2])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("profile", ["smoke", "nightly"])
def test_who_reads_no_chunks_is_told_that_alone(profile: str) -> None:
    """A server that cuts the connection behind a body in chunks breaks the SHOULD on chunks and no MUST."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Simple) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}{Simple.app.base_path}"
        chosen = ("auth.*", "body.*", "headers.*", "media_type.*", "response.*")
        run = conduct(Target("small", url, CONTRACT, {KEY: "mock-key"}), Settings(profile=profile, select=chosen))
        server.shutdown()
    assert outcomes(run, "fail") == {"body.chunked"}


class Untidy(Simple):
    """Leaves something behind each answer that it did not announce."""

    def do_POST(self) -> None:
        """Answer, and then some."""
        super().do_POST()
        self.wfile.write(b"done")

    def finish(self) -> None:
        """Leave alone what the other side has closed."""
        with suppress(OSError):
            super().finish()

    def handle(self) -> None:
        """Go on until the other side has enough."""
        with suppress(ConnectionError):
            super().handle()


def test_what_stands_behind_an_answer_is_no_outage() -> None:
    """Bytes behind an answer spoil the next one on its connection: though that is answered when it is asked again, it is told."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Untidy) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}{Untidy.app.base_path}"
        target = Target("untidy", url, CONTRACT, {KEY: "mock-key"}, concurrency=1)
        run = conduct(target, Settings(select=("auth.missing", "auth.wrong", "response.*")))
        server.shutdown()
    assert outcomes(run, "fail") == {"response.encoding"}
    assert "no HTTP" in next(proof.actual for verdict in run.verdicts for proof in verdict.proofs)


def test_mended_429_is_judged_for_its_shape() -> None:
    """A 429 of another shape than the contract's is a finding, though a retry was answered properly."""
    with Service(
        lambda number, _c, answer: (
            (429, [("content-type", "application/json")], b'{"oops":1}', 0.0) if number in {30, 31} else answer
        )
    ) as service:
        run = judge(service)
    assert outcomes(run, "fail") == {"error.429.shape"}


@pytest.mark.parametrize("name", ["siliconflow", "woagent"])
def test_redirects_are_findings(name: str) -> None:
    """A path that sends callers elsewhere is a finding, also when no request at all is answered; the redirect is not followed."""
    with Service(lambda _n, _c, _a: (307, [("location", "/elsewhere")], b"", 0.0), name) as service:
        contract = load(name)
        run = conduct(Target("service", service.base_url, contract, {contract.key_env or "": "mock-key"}), Settings())
        assert all(asked for asked in service.app.asked)
    assert run.exit_code == 1
    assert outcomes(run, "fail") == {"response.no_redirect"}


@pytest.mark.parametrize("concurrency", [1, 8])
def test_slow_service_is_used_side_by_side(concurrency: int) -> None:
    """As many requests as the target allows are under way at a time, and never more."""
    # Slow enough that a busy machine, too, has sent them all before the first is answered.
    delay = 0.01 * concurrency**1.5
    with Service(lambda _n, _c, answer: answer and (*answer[:3], delay)) as service:
        judge(service, Settings(max_requests=60), concurrency=concurrency)
    assert service.app.busiest == concurrency


def test_what_comes_after_is_begun_while_the_last_answers_are_awaited() -> None:
    """When the last request is out and not all are answered, there is time for what comes later: each step of it is done once."""
    told, seen = [(0, 1)], list[tuple[int, int]]()

    def steps() -> Iterator[None]:
        for _ in range(3):
            seen.append(told[-1])
            yield

    with Service(lambda _n, _c, answer: answer and (*answer[:3], 0.1)) as service:
        target = Target("service", service.base_url, CONTRACT, {KEY: "mock-key"})
        settings = Settings(select=("auth.*",))
        conduct(target, settings, lambda done, total: told.append((done, total)), meanwhile=steps())
    assert len(seen) == 3
    assert all(0 < done < total for done, total in seen)


def test_dripping_and_giant_answers_end() -> None:
    """An answer that never ends is cut off by time, and the run ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = subprocess.Popen(
            [sys.executable, "-c", _DRIP.format(fd=listener.fileno())], pass_fds=[listener.fileno()]
        )
        try:
            run = conduct(
                Target("drip", f"http://127.0.0.1:{port}", CONTRACT, {KEY: "k" * 12}, timeout=0.3), Settings()
            )
        finally:
            done.kill()
            done.wait()
    assert run.exit_code == 3
    assert "had not ended" in run.notice


_DRIP = """
import socket, threading, time
listener = socket.socket(fileno={fd})
def drip(peer):
    try:
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 100000\\r\\n\\r\\n")
        while True:
            peer.sendall(b" ")
            time.sleep(0.05)
    except OSError:
        peer.close()
while True:
    peer, _ = listener.accept()
    threading.Thread(target=drip, args=(peer,), daemon=True).start()
"""


def test_tls_is_verified(tmp_path: Path) -> None:
    """A certificate that nobody vouches for is no answer; with the CA file of the target it is one, by HTTP/1.0 too."""
    import threading

    import uvicorn

    from conformance.mock.app import App
    from conformance.mock.rules import Rules

    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    mock, versions = App(Rules(CONTRACT, "mock-key")), set()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        versions.add(scope["http_version"])
        await mock(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="critical", lifespan="off", ssl_keyfile=str(key), ssl_certfile=str(certificate)
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        base = f"https://127.0.0.1:{listener.getsockname()[1]}/v1"
        settings = Settings(select=("auth.missing", "http.older"))
        stranger = conduct(Target("tls", base, CONTRACT, {KEY: "mock-key"}), settings)
        friend = conduct(Target("tls", base, CONTRACT, {KEY: "mock-key"}, ca_file=str(certificate)), settings)
        server.should_exit = True
        thread.join(10)
    assert stranger.exit_code == 3
    assert "the certificate is not one to trust" in stranger.notice
    assert "ca_file" in stranger.notice
    assert friend.exit_code == 0
    assert versions == {"1.1", "1.0"}
    assert issubclass(ssl.SSLCertVerificationError, OSError)


def test_dry_run_tells_the_price(tmp_path: Path) -> None:
    """--dry-run prints requests, tokens and price, and sends nothing."""
    with MockServer(CONTRACT) as mock:
        done = call("run", mock.base_url, "--dry-run", "--profile", "nightly", cwd=tmp_path)
        assert mock.calls == 0
    assert done.returncode == 0
    last = done.stdout.splitlines()[-1]
    assert all(word in last for word in ("requests", "tokens", "US dollars"))
    assert not list(tmp_path.iterdir())
    assert json.dumps(last)


@pytest.mark.parametrize(
    ("key", "unsent"),
    [
        ("12345678901", {"auth.case"}),
        ("abcdeedcba", {"auth.reversed"}),
        ("xai-Abc12345", {"auth.length"}),
        ("sk-Abc12345xyz", set()),
    ],
)
def test_a_changed_key_that_is_the_same_is_not_sent(key: str, unsent: set[str]) -> None:
    """A key without letters has no other case, one that reads backwards as forwards no other direction, one that begins with x no x in front."""
    with MockServer(CONTRACT, key=key) as mock:
        run = conduct(
            Target("mock", mock.base_url, CONTRACT, {KEY: key}),
            Settings(select=("auth.case", "auth.reversed", "auth.length")),
        )
    outcomes = {verdict.clause.id: verdict.outcome for verdict in run.verdicts}
    assert {name for name, outcome in outcomes.items() if outcome is Outcome.INCONCLUSIVE} == unsent
    assert Outcome.FAIL not in outcomes.values()
