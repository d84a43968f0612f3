"""Answers that pass: what a request got once, and not when it was asked again, says nothing of what it asks for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from attrs import define, field

from conformance.checks.outcome import refused_otherwise, unmet
from conformance.checks.reading import Reading
from conformance.model.exchange import Request
from conformance.probes.probe import Expect

# An answer that chance alone would repeat less often than once in so many runs is the service's own.
_DOUBT = 1e-3
# Of requests that surprise alike, so many are asked again to tell whether that passes.
_SAMPLE = 4
# So often in a row is the control refused, from its last acceptance on, before nothing is accepted any more.
_CLOSED = 5
_REFUSED = 400
# A status, and whether there was a ranking; what is wrong in one is told by its own clauses.
Told = tuple[int, bool]


@define(slots=False, eq=False)
class Passing:
    """What a run's answers tell of those that pass; `expected` is by the request's key, of others a lawful request is to be taken.

    `control` is a plain valid request that was sent first.
    Outages and server errors have their own rules (`Exchange.proper`): they are kept, and count for nothing here.
    """

    readings: Sequence[Reading]
    expected: Mapping[str, Expect] = field(factory=dict, repr=False)
    control: Request | None = None

    @cached_property
    def _after(self) -> Sequence[Reading]:
        """The refusals of valid requests since the last one that was accepted; none where none ever was."""
        valid = [one for one in self.readings if one.exchange.proper and self._valid(one)]
        # What came last tells by itself: a clock that stands or is set back tells no order.
        closed = self._last and valid and not valid[-1].success
        return [one for one in valid if self._later(one)] if closed else ()

    def _later(self, reading: Reading) -> bool:
        """Whether an answer came after that: of requests under way at the same time the service may take either first."""
        return reading.exchange.started + reading.exchange.elapsed > self._last and not reading.success

    @cached_property
    def _last(self) -> float:
        """When the last valid request that was accepted began; 0.0 where none was."""
        accepted = (one.exchange.started for one in self.readings if one.success and self._valid(one))
        return max(accepted, default=0.0)

    def _valid(self, reading: Reading) -> bool:
        told = self.expected.get(reading.exchange.request.key)
        return told is Expect.ACCEPT or (told is None and reading.lawful)

    @cached_property
    def closed(self) -> Sequence[Reading]:
        """What came since the service accepts nothing any more, the control neither, though it did: a quota is used up, or a key withdrawn."""
        controls = [one for one in self._after if self.control and one.exchange.request.key == self.control.key]
        if len(controls) < _CLOSED:
            return ()
        told = set(map(_told, controls))
        since = [one for one in self.readings if self._later(one) and _told(one) in told]
        return [one for one in since if self._surprises(one) or self._expect(one) is Expect.OBSERVE]

    @cached_property
    def _tries(self) -> Mapping[str, list[Reading]]:
        """The answers to each request, in the order they came."""
        found: dict[str, list[Reading]] = defaultdict(list)
        gone = {reading.exchange.id for reading in self.closed}
        for reading in self.readings:
            if reading.exchange.proper and reading.exchange.id not in gone:
                found[reading.exchange.request.key].append(reading)
        return found

    def _expect(self, reading: Reading) -> Expect:
        told = self.expected.get(reading.exchange.request.key, Expect.OBSERVE)
        return Expect.ACCEPT if told is Expect.OBSERVE and reading.lawful else told

    def _surprises(self, reading: Reading) -> bool:
        """Whether an answer is another one than the contract expects, by its status and by whether it ranks."""
        expect, contract = self._expect(reading), reading.contract
        if expect is Expect.OBSERVE:
            return False
        if expect is Expect.ACCEPT:
            return not reading.success or reading.results is None
        # A redirect neither accepts nor refuses.
        elsewhere = not reading.success and reading.status < _REFUSED
        return elsewhere or unmet(expect, reading) is not None or bool(refused_otherwise(contract, expect, reading))

    @cached_property
    def _met(self) -> frozenset[Told]:
        """The answers that some request got and did not get when it was asked again."""
        changed = (tries for tries in self._tries.values() if len(set(map(_told, tries))) > 1)
        return frozenset(_told(one) for tries in changed for one in tries if self._surprises(one))

    def _persistent(self, tries: Sequence[Reading]) -> bool:
        """Whether a request got one answer so often that chance does not explain it."""
        passed = sum(len(set(map(_told, tries))) > 1 for tries in self._tries.values())
        rate = (passed + 1) / (len(self._tries) + 2)
        return bool(rate ** len(tries) * len(self._tries) < _DOUBT)

    @cached_property
    def passed(self) -> Sequence[Reading]:
        """The answers that say nothing: they passed, or may be of the kind that passes."""
        found = []
        for tries in self._tries.values() if self._met else ():
            odd = [one for one in tries if _told(one) in self._met and self._surprises(one)]
            if odd and (len(set(map(_told, tries))) > 1 or not self._persistent(tries)):
                found += odd
        return found

    @cached_property
    def settled(self) -> Sequence[Reading]:
        """All answers but those that passed, each that came again and again once."""
        gone = {reading.exchange.id for reading in (*self.passed, *self.closed)}
        for tries in self._tries.values():
            left = [one for one in tries if one.exchange.id not in gone]
            gone |= {one.exchange.id for one in left[1:] if one.exchange.attempts > 1}
        return [reading for reading in self.readings if reading.exchange.id not in gone]

    def doubtful(self) -> Iterator[Request]:
        """Yield what is to be asked again: a few of the requests that surprise alike, all of them once such an answer passed."""
        if self.closed:
            return
        if self._after and self.control is not None:
            # Before anything is said of what was refused last: is anything accepted at all?
            yield self.control
            return
        alike: dict[tuple[Told, Expect], list[Reading]] = defaultdict(list)
        known = set()
        for tries in self._tries.values():
            last = tries[-1]
            if not self._surprises(last):
                continue
            kind = (_told(last), self._expect(last))
            if _told(last) in self._met:
                if not self._persistent(tries):
                    yield last.exchange.request
            elif len(tries) > 1:
                known.add(kind)
            elif self.expected.get(last.exchange.request.key) is not Expect.OBSERVE:
                # What may be answered either way is no reason to ask anything again.
                alike[kind].append(last)
        for kind, some in alike.items():
            if kind not in known:
                smallest = sorted(some, key=lambda reading: len(reading.exchange.request.body))
                yield from (reading.exchange.request for reading in smallest[:_SAMPLE])


def _told(reading: Reading) -> Told:
    return reading.status, reading.success and reading.results is not None
