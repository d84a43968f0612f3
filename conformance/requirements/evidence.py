"""Everything a run has seen, as the judges of requirements read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from attrs import define

from conformance.checks.disguise import disguised, mute
from conformance.checks.features import features, unusual
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.exchange.weather import Weather
from conformance.model.derived import Derived
from conformance.model.exchange import Exchange, Request
from conformance.model.explanation import Feature, Features
from conformance.model.finding import Finding
from conformance.probes.probe import Probe
from conformance.requirements.movement import Scored
from conformance.requirements.scale import Scale
from conformance.requirements.scores import Scores
from conformance.requirements.tally import Tally

_MUTE = "requests get one answer whatever they ask, without results: nothing shows that this one was accepted"


@define(slots=False, eq=False)
class Evidence(Derived):
    """Exchanges, read by the contract, by the fingerprint of their request.

    `passed` are answers that others took the place of.
    """

    contract: Contract
    readings: Sequence[Reading]
    control: Request
    tally: Tally | None = None
    passed: Sequence[Reading] = ()

    @classmethod
    def of_exchanges(
        cls, contract: Contract, exchanges: Iterable[Exchange], control: Request, tally: Tally | None = None
    ) -> Self:
        """Read exchanges that nobody has read yet."""
        return cls(contract, [Reading(exchange, contract) for exchange in exchanges], control, tally)

    @property
    def exchanges(self) -> list[Exchange]:
        """What was sent and what came, in its order."""
        return [reading.exchange for reading in self.readings]

    @cached_property
    def by_key(self) -> Mapping[str, Reading]:
        """The exchange of each distinct request that tells how it was answered in the end: the last proper one, else the last that is no 429."""
        found: dict[str, Reading] = {}
        for reading in self.readings:
            known = found.get(reading.exchange.request.key)
            if known is None or _weight(reading) >= _weight(known):
                found[reading.exchange.request.key] = reading
        return found

    @cached_property
    def by_id(self) -> Mapping[str, Exchange]:
        """The exchanges by their ids."""
        generated = (*self.tally.held.values(), *self.tally.pending.values()) if self.tally is not None else ()
        return {exchange.id: exchange for exchange in (*self.exchanges, *generated)}

    @cached_property
    def _by_name(self) -> Mapping[str, Reading]:
        return {reading.exchange.id: reading for reading in self.readings}

    @cached_property
    def _carriers(self) -> Mapping[tuple[str, str], Reading]:
        return {
            (name, repr(value)): reading
            for reading in self.by_key.values()
            if reading.answered and not self.mute(reading)
            for name, value in reading.body.items()
        }

    def carrying(self, what: tuple[str, Any] | Features) -> Reading | None:
        """Return an answered lawful request whose field has a value, or that has some features; else None."""
        if isinstance(what, tuple):
            return self._carriers.get((what[0], repr(what[1])))
        return next(
            (
                reading
                for name, one in self.features.items()
                if what <= one and (reading := self.reading(name)).answered and not self.mute(reading)
            ),
            None,
        )

    def reading(self, name: str) -> Reading:
        """Return a planned exchange by its id; KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def _disguised(self) -> frozenset[str]:
        return disguised(reading for reading in self.by_key.values() if reading.answered)

    @cached_property
    def _mute(self) -> frozenset[str]:
        return mute(self.by_key.values())

    def mute(self, reading: Reading) -> str:
        """Return in words that an answer shows nothing, for every request gets it; else an empty string."""
        return _MUTE if reading.exchange.id in self._mute else ""

    @property
    def read(self) -> bool:
        """Whether any valid request was accepted, and not as whatever is sent."""
        return self.accepted_any and not self._mute

    def taken(self, reading: Reading) -> bool:
        """Whether a request was taken: an error with the status of a success, where others get a ranking, is a refusal."""
        return reading.success and reading.exchange.id not in self._disguised

    @cached_property
    def blamed(self) -> Sequence[tuple[Features, Sequence[Scored]]]:
        """Each set of features that moves scores, with the scores that it moves."""
        return self.scores.blamed()

    @cached_property
    def scores(self) -> Scores:
        """The scores of all answers to lawful requests."""
        return Scores(self.contract, list(self.by_key.values()))

    @property
    def coarse(self) -> bool:
        """Whether the scores of this service have so few values that texts of different relevance may well share one."""
        return self.scores.whole.coarse

    def scale(self, reading: Reading) -> Scale:
        """Return the scale on which a reading's scores lie."""
        return self.scores.scale(reading)

    @cached_property
    def features(self) -> Mapping[str, Features]:
        """The features of each lawful request that was answered or refused by the service itself, by its exchange's id.

        What was refused with other credentials than the control's, or for a model that the contract does not name, says nothing of them.
        """
        return {
            reading.exchange.id: reading.once(features)
            for reading in self.by_key.values()
            if reading.lawful and reading.available and (reading.success or self.known(reading))
        }

    def known(self, reading: Reading) -> bool:
        """Whether a request has the control's credentials, and a model that is the control's or the contract names."""
        credential, model = self.contract.credential, self.contract.request_field("model")
        if credential is not None and reading.exchange.request.header(credential.header) != self.control.header(
            credential.header
        ):
            return False
        usual = self.contract.flat(self.control.json).get(model.name) if model is not None else None
        return reading.asked("model") in (None, usual, *self.contract.models) or not self.contract.models

    @cached_property
    def _unsupported(self) -> tuple[Features, frozenset[str]]:
        """The unusual features that are refused alone and accepted nowhere, and the factors of which that is true of each choice."""
        accepted = {one for name, all_of in self.features.items() if self.taken(self.reading(name)) for one in all_of}
        alone = [unusual(one) for name, one in self.features.items() if not self.taken(self.reading(name))]
        met = {one.factor for one in accepted if not one.plain}
        single = [one for one in alone if len({feature.factor for feature in one}) == 1]
        return (
            frozenset(feature for one in single for feature in one if feature not in accepted),
            frozenset(feature.factor for one in single for feature in one if feature.factor not in met),
        )

    def unsupported(self, feature: Feature) -> bool:
        """Whether a request is refused for this feature, whatever else it carries."""
        features, factors = self._unsupported
        return not feature.plain and (feature in features or feature.factor in factors)

    @cached_property
    def _longest(self) -> tuple[int, int]:
        """The most documents that were ranked, and the longest text among them."""
        ranked = [one for one in map(self.reading, self.features) if one.answered]
        return max((len(one.documents) for one in ranked), default=0), max(map(_length, ranked), default=0)

    @cached_property
    def _cuts(self) -> bool:
        """Whether a request is refused in which nothing is unusual but texts longer than all that were ranked."""
        plain = (self.reading(name) for name, all_of in self.features.items() if not unusual(all_of))
        return any(not self.taken(one) and _length(one) > self._longest[1] for one in plain)

    def _beyond(self, feature: Feature, reading: Reading) -> bool:
        """Whether a list, or a text in it, is longer than each that was answered, where a long one alone is refused."""
        documents, length = self._longest
        if feature.factor.endswith("/lengths"):
            return self._cuts and _length(reading) > length
        return (
            feature.factor.endswith("/count")
            and any(one.factor == feature.factor for one in self._unsupported[0])
            and len(reading.documents) > documents
        )

    def borrowed(self, reading: Reading, roles: Sequence[str]) -> Features:
        """Return the features of fields of other roles for which a request is refused wherever they stand."""
        fields = self.contract.fields
        return frozenset(
            one
            for one in unusual(reading.once(features))
            if (self.unsupported(one) or self._beyond(one, reading))
            and (item := fields.get(one.factor.partition("/")[0])) is not None
            and item.role not in roles
        )

    def of(self, request: Request) -> Reading | None:
        """Return the exchange of a request, or None when it was not sent."""
        return self.by_key.get(request.key)

    @cached_property
    def accepted_any(self) -> bool:
        """Whether any lawful request was ever taken; without that a refusal shows nothing."""
        return any(reading.answered for reading in self.readings) or (self.tally is not None and self.tally.accepted)

    @cached_property
    def weather(self) -> Weather:
        """What the weather can explain."""
        return Weather.of(self.exchanges)

    def persistent(self, reading: Reading) -> bool:
        """Whether an answer that is not proper is how this request is answered, and not the weather.

        Rate limiting is never that: it says nothing of the request.
        """
        return self.by_key.get(reading.exchange.request.key) is reading and self.weather.persistent(
            reading.exchange.request.key
        )

    def doubtful(self, reading: Reading) -> bool:
        """Whether an answer may be the weather's: it is not proper, and its request was not asked often enough to know."""
        return not reading.exchange.proper and not self.persistent(reading)

    def refused(self, request: Request) -> bool:
        """Whether a request was answered, and that not by the weather, and was not taken."""
        reading = self.of(request)
        return reading is not None and not self.doubtful(reading) and not self.taken(reading)

    def settled(self, probes: Iterable[Probe]) -> Iterator[tuple[Probe, Reading]]:
        """Yield the probes that were sent and whose answer is not the weather's, each with its answer."""
        for probe in probes:
            reading = self.of(probe.request)
            if reading is not None and not self.doubtful(reading):
                yield probe, reading

    def passing(self, reading: Reading) -> bool:
        """Whether a server error passed: the request was answered otherwise in the end, or may be if it is asked again."""
        return (
            reading.available
            and not reading.exchange.proper
            and not self.weather.persistent(reading.exchange.request.key)
        )

    def answered(self, finding: Finding, requests: Iterable[Request]) -> list[Reading] | None:
        """Return the readings of all these requests if each was taken, else None.

        A request that was refused is somebody else's finding; here it only hides.
        """
        found = []
        for request in requests:
            reading = self.of(request)
            if reading is None:
                finding.hide("a request that it needs was not sent")
            elif self.doubtful(reading):
                finding.hide("the service was not available", outage=True)
            elif not reading.answered or reading.by_index is None:
                finding.hide("a request that it needs was not answered with usable results")
            else:
                found.append(reading)
                continue
            return None
        return found


def _length(reading: Reading) -> int:
    return max(map(len, reading.texts), default=0)


def _weight(reading: Reading) -> int:
    """How much an exchange tells of its request: a proper answer more than any other, a 429 nothing."""
    return 2 if reading.exchange.proper else 0 if reading.exchange.limited else 1
