"""A server that answers as a live service is seen to answer: the contract's rules, with what `observed.yaml` tells."""

import json
import random
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

from conformance.contract import Contract, ContractError, document, select, validator
from conformance.mock import scorer
from conformance.mock.rules import Body, Headers, Refusal, Rules

FILE = "observed.yaml"
SCHEMA = Path(__file__).with_name("schemas") / "observed.schema.json"


class ObservedError(ValueError):
    """Nothing usable is known of how a service answers."""


@frozen
class ObservedAnswer:
    """One answer as it was seen, and what brings it on; see the schema for each field."""

    name: str
    status: int
    grade: str
    source: str
    when: Mapping[str, Any] = field(hash=False)
    headers: Mapping[str, str] = field(factory=dict, hash=False)
    body: Any = field(default=None, hash=False)

    @property
    def state(self) -> bool:
        """Whether it is a state of the account or the service."""
        return "state" in self.when

    def fits(self, reason: str, path: str, body: bytes) -> bool:
        """Whether a request that a server of the contract refuses for a reason gets this answer."""
        if self.state or "tokens" in self.when or self.when.get("refusal", reason) != reason:
            return False
        if "path" in self.when and not fnmatchcase(path, self.when["path"]):
            return False
        if "body" not in self.when:
            return True
        try:
            return bool(validator(self.when["body"]).is_valid(json.loads(body)))
        except (ValueError, RecursionError):
            return False

    def wire(self) -> Headers:
        """Return the headers as they cross the wire."""
        return [(name.lower(), value) for name, value in self.headers.items()]

    @property
    def plain(self) -> bool:
        """Whether the body is a text and no JSON."""
        return isinstance(self.body, str) and "json" not in dict(self.wire()).get("content-type", "")


@frozen
class Observations:
    """All that is known of how one service answers."""

    answers: tuple[ObservedAnswer, ...]
    wobble: float = 0.0
    sums: tuple[Mapping[str, Sequence[str]], ...] = ()

    @property
    def states(self) -> Mapping[str, ObservedAnswer]:
        """The states by name."""
        return {item.name: item for item in self.answers if item.state}


def load(contract: Contract) -> Observations:
    """Return what is known of a contract's live service, from the file beside the contract; raises ObservedError."""
    path = contract.source.with_name(FILE)
    if not path.is_file():
        msg = (
            f"How a live service of {contract.name} answers is not known: there is no {FILE} beside {contract.source}."
        )
        raise ObservedError(msg)
    try:
        plain = document.load(path)
        for error in _schema().iter_errors(plain):
            where = "/".join(str(part) for part in error.instance_path)
            raise ObservedError(f"{path}: {f'{where}: ' if where else ''}{error.message}")
        for item in plain["answers"]:
            validator(item["when"].get("body", {}))
    except ContractError as error:
        raise ObservedError(str(error) if str(path) in str(error) else f"{path}: {error}") from error
    answers = tuple(ObservedAnswer(**item) for item in plain["answers"])
    return Observations(answers, plain.get("wobble", 0.0), tuple(plain.get("sums", ())))


@cache
def _schema() -> Any:
    return validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


class Observed(Rules):
    """The decisions of a live service, as far as they are known; `state` names one that it is in."""

    def __init__(self, contract: Contract, key: str, *, state: str | None = None, seed: int = 0) -> None:
        """Load what is known; raises ObservedError, also for a state that is not."""
        super().__init__(contract, key)
        self.seen = load(contract)
        self.random = random.Random(seed)
        if state is not None and state not in self.seen.states:
            msg = f"There is no observed state {state!r} of {contract.name}; there are {', '.join(self.seen.states)}."
            raise ObservedError(msg)
        self.state = state
        self.longest = min((item.when["tokens"] for item in self.seen.answers if "tokens" in item.when), default=None)

    def authorise(self, header: str | None) -> None:
        """Let nobody in who is not; answer those who are by the state, if there is one."""
        super().authorise(header)
        if self.state is not None:
            raise Refusal(self.seen.states[self.state].status, self.state, self.state)

    def accept_model(self, body: Body) -> None:
        """Refuse what is too long too."""
        super().accept_model(body)
        if self.longest is None:
            return
        longest = max((scorer.count(self.text(item)) for item in self.documents(body)), default=0)
        read = longest + scorer.count(self.query(body))
        for item in self.seen.answers:
            if read >= item.when.get("tokens", read + 1):
                raise Refusal(item.status, item.name, item.name)

    def score(self, body: Body, query: str, position: int, item: Any) -> float:
        """Return a score that moves a little each time."""
        half = self.seen.wobble / 2
        found = super().score(body, query, position, item) + self.random.uniform(-half, half)
        return round(min(max(found, 0.0), 1.0), 8)

    def shape(self, answer: Any, body: Body) -> Any:
        """Add the undocumented counts."""
        for item in self.seen.sums:
            places = (self.contract.success.place(role, under="usage") for role in item["of"])
            total = sum(
                value for place in places if place for value in select(answer, place.path) if isinstance(value, int)
            )
            *above, name = item["path"]
            for holder in select(answer, tuple(above)):
                holder[name] = total
        return super().shape(answer, body)

    def refused(self, refusal: Refusal, path: str, body: bytes) -> ObservedAnswer | None:
        """Return the answer that is seen where a server of the contract refuses."""
        named = next((item for item in self.seen.answers if item.name == refusal.reason), None)
        return named or next((item for item in self.seen.answers if item.fits(refusal.reason, path, body)), None)

    def unavailable(self, status: int) -> ObservedAnswer | None:
        """Return the answer that is seen where the service is busy."""
        return next((item for item in self.seen.states.values() if item.status == status), None)
