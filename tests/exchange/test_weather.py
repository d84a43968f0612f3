"""What the weather explains, and what it does not: pure counting, and whole runs in storms and behind limits."""

import random

import pytest
from attrs import evolve

from conformance.checks.reading import Reading
from conformance.contract import load
from conformance.exchange.weather import Weather
from conformance.mock import MockServer
from conformance.model.exchange import Exchange, Flaw, Request, Response
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.requirements.catalogue import single_checks
from conformance.running import Settings, Target, conduct
from tests.sampling import sampled
from tests.suite import weather as table

CONTRACT = load("siliconflow")
OK, REFUSED, BUSY, BROKEN, LIMITED = 200, 400, 503, 500, 429


def exchange(name: str, status: int | None, started: float = 0.0, tries: int = 1, body: bytes = b"") -> Exchange:
    request = Request("POST", f"/{name}", (), body)
    return Exchange(
        name, request, "", None if status is None else Response(status, (), b"{}"), None, started, 0.1, tries
    )


def persistent(weather: Weather, name: str) -> bool:
    return weather.persistent(exchange(name, OK).request.key)


def clear(count: int = 100) -> Weather:
    return Weather.of(exchange(f"ok{number}", OK, number) for number in range(count))


def ask_between(weather: Weather, name: str, status: int | None, times: int) -> int:
    """Let a request fail, with an answer to another one between two tries, until the weather does not explain it; return the tries."""
    for number in range(1, times + 1):
        weather.add(exchange(name, status, 1_000 + 10 * number, number))
        if persistent(weather, name):
            return number
        weather.add(exchange(f"between {name} {number}", OK, 1_001 + 10 * number))
    return times + 1


@pytest.mark.parametrize("status", [None, BUSY, BROKEN])
def test_in_clear_weather_three_tries_are_enough(status: int | None) -> None:
    """Where nothing else fails, a request that fails three times between answers to others always fails."""
    assert ask_between(clear(), "odd", status, 10) == 3


def test_in_a_storm_it_takes_more() -> None:
    """Where one try in five goes wrong, three failures prove nothing; eight or so do."""
    weather, rng = Weather(), random.Random(1)
    for number in range(150):
        tries = 1
        while rng.random() < 0.2:
            weather.add(exchange(f"r{number}", BUSY, number, tries))
            tries += 1
        weather.add(exchange(f"r{number}", OK, number, tries))
    assert 0.15 < weather.rate < 0.25
    assert 6 <= ask_between(weather, "odd", BUSY, 20) <= 10


def test_weather_that_meets_large_requests_alone() -> None:
    """Where large requests go wrong every other time and small ones never, five failures of a large one prove nothing; of a small one they do."""
    weather, large = clear(), b"x" * 30_000
    for number in range(10):
        if number % 2:
            weather.add(exchange(f"large {number}", BUSY, 200 + number, 1, large))
        weather.add(exchange(f"large {number}", OK, 200.5 + number, 1 + number % 2, large))
    for name, body in (("odd", large), ("small", b"")):
        for number in range(5):
            weather.add(exchange(name, BUSY, 300 + 2 * number, number + 1, body))
            weather.add(exchange(f"between {name} {number}", OK, 301 + 2 * number))
    held = {
        name: weather.persistent(exchange(name, OK, body=body).request.key)
        for name, body in (("odd", large), ("small", b""))
    }
    assert held == {"odd": False, "small": True}


def test_a_burst_counts_once() -> None:
    """Tries without an answer to another request between them are one piece of evidence, however many they are."""
    weather = clear()
    for number in range(1, 50):
        weather.add(exchange("odd", BUSY, 1_000 + number, number))
    assert weather.tries(exchange("odd", OK).request.key) == 1
    assert not persistent(weather, "odd")


def test_an_answer_from_before_the_failure_separates_nothing() -> None:
    """What was asked before a request failed, and is answered after it, does not show that the service was there between two tries."""
    weather = clear()
    for number in range(1, 10):
        weather.add(exchange("odd", BUSY, 1_000 + number, number))
        weather.add(exchange(f"late {number}", OK, 5.0))
    assert not persistent(weather, "odd")


def test_too_many_requests_say_nothing_of_one() -> None:
    """429 is no evidence: neither of the request nor of the weather."""
    weather = clear()
    rate = weather.rate
    assert ask_between(weather, "odd", LIMITED, 50) == 51
    assert weather.rate <= rate


def test_an_answer_ends_the_trouble() -> None:
    """A request that is answered in the end is not persistently unanswered, and its failures tell of the weather."""
    weather = clear()
    before = weather.rate
    ask_between(weather, "odd", BUSY, 10)
    weather.add(exchange("odd", OK, 9_000, 4))
    assert not persistent(weather, "odd")
    assert weather.rate > before


def failed(run: Run) -> set[str]:
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize(
    ("name", "seed"),
    sampled(
        [
            ("storm-large", 18),
            ("storm-408", 19),
            ("storm-mixed", 15),
            ("storm-503", 11),
            ("limit-20", 17),
            ("storm-504", 13),
            ("storm-cut", 14),
            ("storm-429", 12),
            ("pauses", 16),
        ],
        2,
    ),
)
def test_weather_is_no_breach(name: str, seed: int) -> None:
    """A server that passes everything fails nothing in bad weather, and nearly all of it is judged; `nox -s weather` runs ninety."""
    one = table.spell((name, seed))
    assert one.failed == frozenset()
    assert one.status == 0
    assert one.judged > 0.9


def test_half_an_answer_shows_nothing_of_its_body() -> None:
    """A refusal whose status came and whose body broke off is judged by no check on bodies and media types."""
    request = Request(CONTRACT.method, CONTRACT.path, (("Content-Type", CONTRACT.request_media[0]),), b"{}")
    half = Response(REFUSED, (("Content-Type", "text/plain"),), b'{"co', "the answer broke off", Flaw.CUT)
    reading = Reading(Exchange("e1", request, "", half, None, 0.0, 0.1), CONTRACT)
    assert [check.clause.id for check in single_checks(CONTRACT) if check.judge(reading)] == []
    whole = Reading(Exchange("e1", request, "", evolve(half, flaw=None, defect=""), None, 0.0, 0.1), CONTRACT)
    assert {check.clause.id for check in single_checks(CONTRACT) if check.judge(whole)} == {
        "error.400.media_type",
        "error.400.shape",
    }


def test_a_rare_server_error_is_one_finding() -> None:
    """A 500 to three requests of a hundred fails one clause, once, with its rate; the requests that it met are judged by their later answers."""
    with MockServer(CONTRACT, chaos="rare-500", seed=4) as mock:
        run = conduct(Target("mock", mock.base_url, CONTRACT, {str(CONTRACT.key_env): mock.key}), Settings())
    assert failed(run) == {"response.no_server_error"}
    verdict = next(one for one in run.verdicts if one.clause.id == "response.no_server_error")
    assert len(verdict.proofs) == 1
    assert "requests (" in verdict.proofs[0].actual
    assert "%" in verdict.proofs[0].actual
    assert not [one for one in run.verdicts if one.outcome is Outcome.INCONCLUSIVE and "not available" in one.detail]


def test_a_status_that_passes_is_one_finding() -> None:
    """A 403 to one request in ten, whatever it asks for, fails one clause, once, with its rate; nearly all else is judged by later answers."""
    with MockServer(CONTRACT, chaos="rare-403", seed=4) as mock:
        run = conduct(Target("mock", mock.base_url, CONTRACT, {str(CONTRACT.key_env): mock.key}), Settings())
    (verdict,) = (one for one in run.verdicts if one.outcome is Outcome.FAIL)
    assert verdict.clause.id == "response.status.steady"
    assert len(verdict.proofs) == 1
    assert "403" in verdict.proofs[0].actual
    judged, musts = run.musts
    assert judged > 0.95 * musts
    assert len(run.causes) == 1


def test_a_quota_that_ends_accuses_nothing() -> None:
    """A service that refuses everything from some request on is inconclusive: the run stops early, and says why."""
    with MockServer(CONTRACT, chaos="quota", seed=1) as mock:
        run = conduct(Target("mock", mock.base_url, CONTRACT, {str(CONTRACT.key_env): mock.key}), Settings())
    assert failed(run) == set()
    assert run.exit_code == 3
    assert "A quota may be used up" in run.notice
    assert run.requests < 160
