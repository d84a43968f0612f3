"""A run as the explanations read it: how each request was odd, how it was answered, and what failed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from attrs import define, evolve, field, frozen

from conformance.checks.disguise import disguised
from conformance.checks.features import ABSENT, features, told, unusual
from conformance.checks.reading import Reading
from conformance.contract import Contract
from conformance.model.clause import Clause
from conformance.model.derived import Derived
from conformance.model.exchange import SERVER_ERROR, Exchange
from conformance.model.finding import Proof
from conformance.model.verdict import Outcome, Verdict
from conformance.probes.probe import Expect


class Way(StrEnum):
    """How a request differs from one that must be accepted."""

    VALID = "valid"
    INVALID = "invalid"  # its body breaks the contract
    MEDIA = "media type"
    ROUTE = "path or method"
    STRANGER = "credentials"


class StatusClass(StrEnum):
    """What became of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BROKE = "broke"  # a server error, or no answer


_ACCEPTED = f": {Expect.ACCEPT.value}"


def is_error_body(clause: str) -> bool:
    """Whether a clause speaks of the body or the media type of an error, by its id."""
    return clause.startswith("error.") and clause.endswith((".shape", ".media_type"))


@frozen
class Symptom:
    """One proof of a failed clause, with the exchange that it cites read by the contract.

    `exchange` is the id of the last try of the same request, so that tries do not count twice.
    """

    clause: Clause
    proof: Proof
    exchange: str
    reading: Reading
    way: Way
    status_class: StatusClass

    @property
    def asked(self) -> str:
        """What was to be accepted, in a probe's words; empty where the proof does not ask for that."""
        asked, wanted, _ = self.proof.expected.partition(_ACCEPTED)
        return asked if wanted else ""

    @property
    def about_error(self) -> bool:
        """Whether the clause speaks of the body or the media type of an error."""
        return is_error_body(self.clause.id)


Pool = Mapping[str, tuple[Symptom, ...]]


def proofs(pool: Pool, names: Iterable[str]) -> set[str]:
    """Return the exchanges that show some failed clauses."""
    return {symptom.exchange for name in names for symptom in pool[name]}


@define(slots=False, eq=False)
class Scene(Derived):
    """The contract, the verdicts and the exchanges of a run.

    `explained` are exchanges whose status is explained already: another explanation leaves them alone. `unjust` are those that
    are refused for what valid ones are refused for.
    """

    contract: Contract
    verdicts: Sequence[Verdict]
    exchanges: Mapping[str, Exchange]
    explained: set[str] = field(factory=set, init=False)
    unjust: set[str] = field(factory=set, init=False)

    @cached_property
    def _last(self) -> Mapping[str, Exchange]:
        """The exchange of each distinct request that tells how it was answered: the last proper one, else the last, by the request's key."""
        last: dict[str, Exchange] = {}
        for exchange in self.exchanges.values():
            known = last.get(exchange.request.key)
            if known is None or (exchange.proper, exchange.attempts) >= (known.proper, known.attempts):
                last[exchange.request.key] = exchange
        return last

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """The last exchange of each distinct request, by its id."""
        return {exchange.id: Reading(exchange, self.contract) for exchange in self._last.values()}

    @cached_property
    def failed(self) -> Mapping[str, Verdict]:
        """The failed verdicts by the id of their clause, in the contract's order; what fails is named by the last exchange of its request."""
        return {
            verdict.clause.id: evolve(
                verdict, failing=frozenset(map(self._named, verdict.failing & self.exchanges.keys()))
            )
            for verdict in self.verdicts
            if verdict.outcome is Outcome.FAIL
        }

    def _named(self, exchange: str) -> str:
        return self._last[self.exchanges[exchange].request.key].id

    def carries(self, exchange: str, some: Iterable[str], *, whatever: bool = False) -> bool:
        """Whether a request has all of some features, as judges say them; of a field that may be left out `whatever` value."""
        found = self.readings[exchange].once(features)
        given = {f"`{one.factor}`" for one in found if "/" not in one.factor and one.level != ABSENT}
        said = set(map(told, found))
        return all(one in said or (whatever and one[: one.find("`", 1) + 1] in given) for one in some)

    def of_unjust(self, name: str) -> bool:
        """Whether a clause fails only where nothing should have been refused: what such an error looks like is no other thing."""
        met = self.failed[name].failing | {symptom.exchange for symptom in self.symptoms[name]}
        return all(self.way.get(one) is Way.VALID or one in self.unjust for one in met)

    @cached_property
    def symptoms(self) -> Mapping[str, tuple[Symptom, ...]]:
        """The proofs of each failed clause whose exchange is known."""
        return {
            name: tuple(
                self._symptom(verdict.clause, proof) for proof in verdict.proofs if proof.exchange in self.exchanges
            )
            for name, verdict in self.failed.items()
        }

    def _symptom(self, clause: Clause, proof: Proof) -> Symptom:
        cited = self.exchanges[proof.exchange]
        last = self._named(proof.exchange)
        reading = self.readings[last] if last == proof.exchange else Reading(cited, self.contract)
        return Symptom(clause, proof, last, reading, self.way[last], self.status_class(reading))

    @cached_property
    def way(self) -> Mapping[str, Way]:
        """How each request is odd, by the id of its exchange."""
        return {name: self._way(reading) for name, reading in self.readings.items()}

    @cached_property
    def usual_key(self) -> str | None:
        """The value of the header with the key in most requests."""
        credential = self.contract.credential
        if credential is None:
            return None
        given = Counter(reading.exchange.request.header(credential.header) for reading in self.readings.values())
        return given.most_common(1)[0][0] if given else None

    @cached_property
    def _unknown(self) -> frozenset[str]:
        """Exchanges that ask for an unknown model: the schema alone would allow them."""
        model = self.contract.request_field("model")
        if model is None:
            return frozenset()
        return frozenset(
            name
            for verdict in self.verdicts
            if verdict.clause.id == f"request.{model.name}.unknown"
            for name in verdict.exchanges
        )

    def _way(self, reading: Reading) -> Way:
        request = reading.exchange.request
        credential = self.contract.credential
        if credential is not None and self.contract.secured and request.header(credential.header) != self.usual_key:
            return Way.STRANGER
        if request.method != self.contract.method or request.path != self.contract.path:
            return Way.ROUTE
        if not reading.declared:
            return Way.MEDIA
        return Way.VALID if reading.lawful and reading.exchange.id not in self._unknown else Way.INVALID

    @cached_property
    def _disguised(self) -> frozenset[str]:
        return disguised(one for name, one in self.readings.items() if one.answered and self.way[name] is Way.VALID)

    def status_class(self, reading: Reading) -> StatusClass:
        """Return what became of a request; a valid one that gets an error with the status of a success was refused."""
        return StatusClass.REFUSED if reading.exchange.id in self._disguised else status_class(reading)

    def of(self, way: Way, *classes: StatusClass) -> list[Reading]:
        """Return the readings of requests that are odd in one way and met one of these classes."""
        return [
            reading
            for name, reading in self.readings.items()
            if self.way[name] is way and self.status_class(reading) in classes
        ]

    @cached_property
    def answers(self) -> list[Reading]:
        """The readings of valid requests that were accepted."""
        return self.of(Way.VALID, StatusClass.ACCEPTED)

    def plainest(self, exchanges: Iterable[str]) -> list[str]:
        """Return exchanges that are known, the plainest request first, and of those that are as plain the smallest."""

        def plainness(name: str) -> tuple[bool, int, int, tuple[int, str]]:
            reading = self.readings.get(name) or Reading(self.exchanges[name], self.contract)
            odd, size = unusual(reading.once(features)), len(reading.exchange.request.body)
            # A body that cannot be read is plain to nobody.
            return not isinstance(reading.body, dict), len(odd), size, _number(name)

        return sorted({name for name in exchanges if name in self.exchanges}, key=plainness)


def _number(name: str) -> tuple[int, str]:
    digits = "".join(char for char in name.partition(".")[0] if char.isdigit())
    return (int(digits) if digits else 0, name)


def status_class(reading: Reading) -> StatusClass:
    """Return what became of a request."""
    if reading.success:
        return StatusClass.ACCEPTED
    return StatusClass.BROKE if reading.status == 0 or reading.status >= SERVER_ERROR else StatusClass.REFUSED
