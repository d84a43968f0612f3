"""Which contract answers follow, and what else could be tried: pure; somebody else sends."""

import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import frozen

from conformance.checks.reading import Reading
from conformance.contract import Contract, catalogue, load, select, validator
from conformance.contract.schema import alternatives, flatten
from conformance.model.exchange import NOT_JSON, SERVER_ERROR, Exchange, Headers, Request

# Another contract fits clearly better when so many of its traits are seen, and so many more than of the own one's.
_FITS, _BETTER, _FEW = 0.8, 0.15, 5
_MOST = 0.9
_RANKS = "a list of results"
_ERROR = re.compile(r"status \d|\d{3} ")
_DEEP, _NUMBER = 4, re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
_VERSION, _VERSIONS = re.compile(r"/v\d+$"), ("/v1", "/v2", "/v3", "/v4")
_ABSENT = frozenset({301, 302, 307, 308, 404, 405})


@frozen
class Fit:
    """How far answers follow a contract: the traits that were looked for, and those that were seen."""

    contract: str
    seen: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many traits were looked for."""
        return len(self.seen) + len(self.missed)

    @property
    def share(self) -> float:
        """The share of traits seen, from 0 to 1."""
        return len(self.seen) / self.total if self.total else 0.0


def fit(contract: Contract, exchanges: Iterable[Exchange], asked: Contract) -> Fit:
    """Return how far the answers to requests, made by the contract `asked`, follow a contract."""
    traits: dict[str, bool] = {}
    answers: list[Any] = []
    errors: dict[int, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        response = exchange.response
        if response is None or exchange.unavailable or response.status >= SERVER_ERROR:
            continue
        if 200 <= response.status < 300:
            reading = Reading(exchange, asked)
            if reading.answered and response.json is not NOT_JSON:
                answers.append(response.json)
        elif response.status >= 400:
            errors[response.status].append(exchange)
    traits.update(_of_answers(contract, answers))
    for status, failed in sorted(errors.items()):
        traits.update(_of_error(contract, status, failed))
    return Fit(
        contract.name,
        tuple(name for name, ok in traits.items() if ok),
        tuple(name for name, ok in traits.items() if not ok),
    )


def _of_answers(contract: Contract, answers: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    if not answers:
        return
    schema = next(iter(contract.success.media.values()), {})
    yield from _of_object(schema, answers, "")
    place = contract.success.place("results")
    if place is None:
        return
    listed = [found[0] for answer in answers if (found := select(answer, place.path)) and isinstance(found[0], list)]
    yield _RANKS, len(listed) >= len(answers) * _MOST
    results = [result for found in listed for result in found[:2]]
    if results:
        yield from _of_object(flatten(place.schema).get("items", {}), results, "results/")


def _of_object(schema: Mapping[str, Any], values: Sequence[Any], prefix: str) -> Iterator[tuple[str, bool]]:
    """Yield whether each declared member that is required or seen fits, and each undeclared one that is seen does not."""
    leaves = [flatten(leaf) for leaf in alternatives(dict(schema))]
    declared = {name: member for leaf in leaves for name, member in leaf.get("properties", {}).items()}
    required = set.intersection(*(set(leaf.get("required", ())) for leaf in leaves)) if leaves else set()
    objects = [value for value in values if isinstance(value, dict)]
    yield f"{prefix}type", bool(objects) == bool(declared) and (not declared or len(objects) == len(values))
    seen = {name for value in objects for name in value}
    for name in sorted(required | seen):
        own = [value[name] for value in objects if name in value]
        if name in required and len(own) < len(values) * _MOST:
            yield f"{prefix}{name} present", False
        elif name not in declared:
            yield f"{prefix}{name} declared", False
        else:
            keeps = validator(declared[name])
            yield f"{prefix}{name} declared", True
            yield f"{prefix}{name} as declared", all(_valid(keeps, value) for value in own[:50])


def _of_error(contract: Contract, status: int, failed: Sequence[Exchange]) -> Iterator[tuple[str, bool]]:
    answer = contract.answer(status)
    if not contract.documents_errors:
        return
    yield f"status {status} documented", answer is not None
    if answer is None:
        return
    for media, schema in answer.media.items():
        keeps = validator(schema)
        bodies = [exchange.response for exchange in failed if exchange.response is not None]
        yield f"{status} {media}", all(body.media_type == media.lower() for body in bodies)
        yield f"{status} shape", all(_valid(keeps, body.json) for body in bodies)
        return


def _valid(compiled: Any, value: Any) -> bool:
    try:
        return value is not NOT_JSON and bool(compiled.is_valid(value))
    except ValueError:
        return False


@frozen
class Likeness:
    """Another contract that the answers follow clearly better than the own one, and how far each fits."""

    contract: Contract
    fit: Fit
    own: Fit

    @property
    def words(self) -> str:
        """The finding as a sentence."""
        return f"The service answers as `{self.fit.contract}` does ({len(self.fit.seen)} of {self.fit.total} traits; `{self.own.contract}`: {len(self.own.seen)} of {self.own.total})."


def likeness(contract: Contract, exchanges: Iterable[Exchange]) -> Likeness | None:
    """Return the shipped contract that fits the answers clearly better, or None; errors alone say too little."""
    known = list(exchanges)
    own = fit(contract, known, contract)
    if _RANKS not in {*own.seen, *own.missed} or (own.share > 1 - _BETTER and _RANKS in own.seen):
        return None
    # Who says nothing of errors is not nearer for that.
    plain = Fit(own.contract, *(tuple(n for n in names if not _ERROR.match(n)) for names in (own.seen, own.missed)))
    # An answer without a contract's list of results is another one's, however like the errors are.
    others = [
        Likeness(other, found, own if other.documents_errors else plain)
        for other in map(_known, catalogue.names())
        if other.name != contract.name and _RANKS in (found := fit(other, known, contract)).seen
    ]
    best = max(others, key=lambda one: (one.fit.share - one.own.share, one.fit.share, one.fit.total), default=None)
    if best is None or best.fit.total < _FEW or best.fit.share < _FITS:
        return None
    apart = 0 if _RANKS in own.missed else _BETTER
    return best if best.fit.share > best.own.share and best.fit.share >= best.own.share + apart else None


@cache
def _known(name: str) -> Contract:
    return load(name)


@frozen
class Asking:
    """How the service was asked: where, by which contract, and what a command needs to ask it so again.

    `name` is what a command calls it where its base URL is gone after the run.
    """

    base_url: str
    contract: Contract
    variable: str | None = None
    headers: Headers = ()
    name: str = ""

    def command(self, base_url: str, contract: Contract, model: str = "") -> str:
        """Return the command that judges a base URL by a contract."""
        name = contract.name if contract.name in catalogue.names() else str(contract.source)
        parts = ["rerank-conformance", "run", self.name or base_url, "--contract", name]
        parts += ["--model", model] if model else []
        # The key that the service takes is the one that it was asked with.
        key = self.variable if not self.name and self.variable != contract.key_env else None
        parts += ["--api-key-env", key] if key else []
        for header, value in self.headers:
            parts += ["--header", f"{header}: {value}"]
        return shlex.join(parts)

    def base(self, other: Contract) -> str:
        """Return the base URL under which another contract's path is the place that was asked; the one asked where there is none."""
        place = f"{self.base_url.rstrip('/')}{self.contract.path}"
        return place.removesuffix(other.path) if place.endswith(other.path) else self.base_url.rstrip("/")


def hints(asking: Asking, exchanges: Mapping[str, Exchange], trials: Iterable[Exchange]) -> tuple[str, ...]:
    """Return what to try instead, with the exact command: only what a request showed to be accepted."""
    near = likeness(asking.contract, exchanges.values())
    spoken: list[str] = []
    other: list[str] = []
    for exchange in trials:
        if not accepted(exchange) or exchange.request.method == "GET":
            continue
        contract = near.contract if near is not None and _asks(near.contract, exchange) else speaker(exchange)
        (other if contract in {None, asking.contract} else spoken).append(_told(asking, exchange, contract, near))
    return tuple(filter(None, (*spoken, *other)))[:1]


def _told(asking: Asking, exchange: Exchange, speaks: Contract | None, near: Likeness | None) -> str:
    """Return the hint that an accepted trial gives; empty where it shows nothing that the own contract can use."""
    contract = speaks or asking.contract
    place = exchange.url.removesuffix(exchange.request.path)
    field = contract.request_field("model")
    asked = contract.flat(exchange.request.json)
    model = str(asked.get(field.name, "")) if isinstance(asked, dict) and field is not None else ""
    moved = place != asking.base_url.rstrip("/")
    if contract.name != asking.contract.name:
        named = "" if model in contract.models else model
        words = near.words if near is not None else f"A request is accepted in the form of `{contract.name}`."
    elif not _asks(contract, exchange):
        return ""
    else:
        named = "" if moved else model
        words = f"A request is accepted {f'under {place}' if moved else f'with the model {named}'}."
        if not (moved or named):
            return ""
    return f"{words} Try `{asking.command(place, contract, named)}`."


def accepted(exchange: Exchange | None) -> bool:
    """Whether a request was answered with something that may be a ranking."""
    response = exchange.response if exchange is not None else None
    return response is not None and 200 <= response.status < 300 and _scores(response.json)


def _scores(value: Any, depth: int = 0) -> bool:
    """Whether there is a list in an answer that holds numbers, or objects or lists with numbers, or strings of them."""
    if isinstance(value, list):
        return any(_numeric(one) for item in value for one in _inside(item)) or any(
            _scores(one, depth) for one in value
        )
    return isinstance(value, dict) and depth < _DEEP and any(_scores(one, depth + 1) for one in value.values())


def _inside(item: Any) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item if isinstance(item, list) else [item]


def _numeric(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and _NUMBER.fullmatch(value) is not None
    )


def _asks(contract: Contract, exchange: Exchange) -> bool:
    """Whether a request is one of a contract."""
    return exchange.request.path == contract.path and _valid(
        contract.request_validator, contract.flat(exchange.request.json)
    )


def speaker(exchange: Exchange) -> Contract | None:
    """Return the shipped contract whose request and answer this is, or None."""
    body = exchange.response.json if exchange.response else NOT_JSON
    for other in map(_known, catalogue.names()):
        schema = next(iter(other.success.media.values()), None)
        if schema is not None and _asks(other, exchange) and _valid(validator(schema), body):
            return other
    return None


@frozen
class Trial:
    """One request that may show what was meant, and the base URL to send it to."""

    base_url: str
    request: Request


def elsewhere(base_url: str, control: Request, status: int) -> tuple[Trial, ...]:
    """Return where else a request that was refused as an unknown path may be accepted: without the path that is appended, with a version, or without."""
    if status not in _ABSENT:
        return ()
    base = base_url.rstrip("/")
    whole = base.removesuffix(control.path.partition("?")[0])
    bare = _VERSION.sub("", whole)
    places = dict.fromkeys((whole, bare, *(f"{bare}{version}" for version in _VERSIONS)))
    return tuple(Trial(place, control) for place in places if place != base)


def catalogued(base_url: str, control: Request) -> Trial:
    """Return the request for the list of models that many services have beside their operation."""
    return Trial(
        base_url,
        Request("GET", "/models", tuple(pair for pair in control.headers if pair[0].lower() != "content-type"), b""),
    )


def offered(body: Any, known: Sequence[str], tried: str) -> tuple[str, ...]:
    """Return the names in a list of models beside the one that was tried: those that the contract knows first, then those that sound like rerankers."""
    rows = body.get("data", body.get("models")) if isinstance(body, dict) else body
    names = (
        [row if isinstance(row, str) else row.get("id", row.get("name")) for row in rows if isinstance(row, str | dict)]
        if isinstance(rows, list)
        else []
    )
    fitting = [
        name
        for name in dict.fromkeys(names)
        if isinstance(name, str) and name != tried and re.fullmatch(r"[\w./:@+-]{1,200}", name)
    ]
    return tuple(sorted(fitting, key=lambda name: (name not in known, "rank" not in name.lower())))
