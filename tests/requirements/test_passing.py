"""Which answers pass: those that a request gets once and not when it is asked again."""

from attrs import evolve

from conformance.checks.reading import Reading
from conformance.contract import load
from conformance.model.exchange import Exchange, Request, Response
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect
from conformance.requirements.passing import Passing

CONTRACT = load("siliconflow")
CONTROL = Kit(CONTRACT).control
REFUSED, FORBIDDEN = CONTRACT.refusal or 400, 403


def read(number: int, status: int, tries: int = 1) -> Reading:
    """Return one try of the request of a number, refused."""
    request = evolve(CONTROL, repeat=number)
    return Reading(
        Exchange(f"e{number}.{tries}", request, "", Response(status, (), b"{}"), None, float(tries), 0.1, tries),
        CONTRACT,
    )


def passing(*readings: Reading, expect: Expect = Expect.REFUSE) -> Passing:
    return Passing(readings, {reading.exchange.request.key: expect for reading in readings})


def asked(found: Passing) -> set[Request]:
    return set(found.doubtful())


def test_what_is_expected_is_not_asked_again() -> None:
    """Requests that are answered as the contract has it cost nothing more, however many there are."""
    found = passing(*(read(number, REFUSED) for number in range(50)))
    assert asked(found) == set()
    assert len(found.settled) == 50


def test_a_few_of_what_surprises_alike_are_asked_again() -> None:
    """Of fifty requests that are answered with one odd status, four are asked again, and none once these got it again: the status is how the service answers."""
    first = [read(number, FORBIDDEN) for number in range(50)]
    assert len(asked(passing(*first))) == 4
    again = [read(number, FORBIDDEN, 2) for number in range(4)]
    found = passing(*first, *again)
    assert asked(found) == set()
    assert found.passed == []
    # Each stands once, as it came first.
    assert found.settled == first


def test_a_status_that_passed_is_asked_again_wherever_it_came() -> None:
    """Once one request is answered otherwise, every request with that status is asked again until chance does not explain it; until then it shows nothing."""
    calm = [read(number, REFUSED) for number in range(10, 90)]
    odd = [read(number, FORBIDDEN) for number in range(6)]
    after = read(0, REFUSED, 2)
    found = passing(*calm, *odd, after)
    assert asked(found) == {one.exchange.request for one in odd[1:]}
    assert set(found.passed) == set(odd)
    assert found.settled == [*calm, after]
    stubborn = [read(5, FORBIDDEN, tries) for tries in range(2, 9)]
    found = passing(*calm, *odd, after, *stubborn)
    assert odd[5].exchange.request not in asked(found)
    assert odd[5] in found.settled
    assert not set(stubborn) & set(found.settled)


def test_outages_are_not_counted_here() -> None:
    """A server error and an outage before an answer are no change of mind."""
    found = passing(read(1, 500), read(1, 503, 2), read(1, REFUSED, 3))
    assert (found.passed, asked(found)) == ([], set())
    assert len(found.settled) == 3


def test_what_the_contract_leaves_open_is_not_asked_again() -> None:
    """A request that may be answered either way surprises by no status."""
    request = evolve(CONTROL, body=b"[]")
    open_ = Reading(Exchange("e1", request, "", Response(FORBIDDEN, (), b"{}"), None, 1.0, 0.1), CONTRACT)
    assert asked(passing(open_, expect=Expect.OBSERVE)) == set()
    assert asked(passing(read(1, FORBIDDEN), expect=Expect.OBSERVE)) == set()


def accepted(number: int, at: float) -> Reading:
    """Return the accepted request of a number."""
    request = evolve(CONTROL, repeat=number)
    return Reading(Exchange(f"a{number}", request, "", Response(200, (), b"{}"), None, at, 0.1), CONTRACT)


def refused(number: int, at: float, tries: int = 1, status: int = FORBIDDEN) -> Reading:
    """Return one try of a valid request that is refused at a moment."""
    one = read(number, status, tries)
    return Reading(evolve(one.exchange, id=f"r{number}.{tries}", started=at), CONTRACT)


def test_a_service_that_accepts_nothing_any_more_says_nothing() -> None:
    """What is refused after the last acceptance shows nothing once the control is refused too, five times in a row; what came before counts."""
    calm = [accepted(number, float(number)) for number in range(10)]
    after = [refused(number, 20.0 + number) for number in range(20, 30)]
    control = [refused(0, 60.0 + tries, tries) for tries in range(2, 7)]
    first = Passing([*calm, *after], control=CONTROL)
    assert asked(first) == {CONTROL}
    few = Passing([*calm, *after, *control[:4]], control=CONTROL)
    assert (asked(few), few.closed) == ({CONTROL}, ())
    found = Passing([*calm, *after, *control], control=CONTROL)
    assert (asked(found), found.passed, found.settled) == (set(), [], calm)
    # What was refused otherwise meanwhile is judged.
    other = refused(40, 40.0, status=REFUSED)
    assert Passing([*calm, other, *after, *control], control=CONTROL).settled == [*calm, other]
    # One that was under way with the last that was accepted may have come after it.
    beside = refused(41, 8.95)
    assert Passing([*calm, beside, *after, *control], control=CONTROL).settled == calm


def test_a_control_that_is_accepted_leaves_the_refusals_to_be_judged() -> None:
    """Where the control is accepted after what was refused, the service is open: the refusals are its own."""
    calm, after = accepted(1, 1.0), [refused(number, 2.0) for number in range(2, 6)]
    again = [refused(number, 3.0, 2) for number in range(2, 6)]
    found = Passing([calm, *after, *again, accepted(0, 4.0)], control=CONTROL)
    assert found.closed == ()
    assert not {one.exchange.request for one in after} & asked(found)
    assert set(after) <= set(found.settled)


def test_a_clock_that_is_set_back_keeps_nothing_from_being_asked() -> None:
    """What came last tells whether the service is open, whatever the clock says: else nothing but the control is asked any more."""
    calm, late = accepted(1, 60.0), refused(2, 61.0)
    found = Passing([calm, late, accepted(0, 1.0)], control=CONTROL)
    assert late.exchange.request in asked(found)
