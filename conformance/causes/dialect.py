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
from conformance.model.exchange import NOT_JSON, Exchange, Request

# Another contract fits clearly better when so many of its traits are seen, and so many more than of the own one's.
_FITS, _BETTER, _FEW = 0.8, 0.15, 5
_MOST = 0.9
_VERSION = re.compile(r"/v\d+$")
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
        if response is None or exchange.unavailable or response.status >= 500:
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
    yield "a list of results", len(listed) >= len(answers) * _MOST
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


def likeness(contract: Contract, exchanges: Mapping[str, Exchange], base_url: str) -> tuple[str, ...]:
    """Return a hint where another shipped contract fits the answers clearly better, else nothing."""
    own = fit(contract, exchanges.values(), contract)
    if own.share > 1 - _BETTER:
        return ()
    others = [
        (fit(other, exchanges.values(), contract), other)
        for other in map(_known, catalogue.names())
        if other.name != contract.name
    ]
    best, other = max(others, key=lambda pair: (pair[0].share, pair[0].total), default=(own, contract))
    if best.total < _FEW or best.share < _FITS or best.share < own.share + _BETTER:
        return ()
    told = f"The service answers as `{best.contract}` does ({len(best.seen)} of {best.total} traits; `{contract.name}`: {len(own.seen)} of {own.total})."
    place = f"{base_url.rstrip('/')}{contract.path}"
    return (
        f"{told} Try `{command(place.removesuffix(other.path) if place.endswith(other.path) else base_url, contract=best.contract)}`.",
    )


@cache
def _known(name: str) -> Contract:
    return load(name)


def command(base_url: str, *, contract: str = "", model: str = "") -> str:
    """Return the command that judges a base URL."""
    return " ".join(
        filter(
            None,
            (
                "rerank-conformance run",
                shlex.quote(base_url),
                f"--contract {contract}" if contract else "",
                f"--model {shlex.quote(model)}" if model else "",
            ),
        )
    )


def hints(
    contract: Contract, base_url: str, exchanges: Mapping[str, Exchange], trials: Iterable[Exchange]
) -> tuple[str, ...]:
    """Return what to try instead, each with the exact command: what a trial showed, else the contract that answers follow."""
    found = []
    for exchange in trials:
        response = exchange.response
        if response is None or not 200 <= response.status < 300 or exchange.request.method == "GET":
            continue
        place = exchange.url.removesuffix(exchange.request.path)
        other = _speaker(exchange) if response.json is not NOT_JSON else None
        name = other.name if other is not None and other.name != contract.name else ""
        asked = exchange.request.json
        field = (other or contract).request_field("model")
        model = asked.get(field.name) if isinstance(asked, dict) and field is not None else None
        named = model if isinstance(model, str) and model not in contract.models and not name else ""
        if place == base_url.rstrip("/") and not named and not name:
            continue
        words = f"A request is accepted {f'under {place}' if place != base_url.rstrip('/') else f'with the model {named}' if named else f'in the form of `{name}`'}."
        found.append(f"{words} Try `{command(place, contract=name, model=named)}`.")
    return tuple(dict.fromkeys(found)) or likeness(contract, exchanges, base_url)


def _speaker(exchange: Exchange) -> Contract | None:
    """Return the shipped contract whose answer this is, or None."""
    body = exchange.response.json if exchange.response else NOT_JSON
    for name in catalogue.names():
        other = _known(name)
        schema = next(iter(other.success.media.values()), None)
        if (
            schema is not None
            and exchange.request.path == other.path
            and _valid(other.request_validator, other.flat(exchange.request.json))
            and _valid(validator(schema), body)
        ):
            return other
    return None


@frozen
class Trial:
    """One request that may show what was meant, and the base URL to send it to."""

    base_url: str
    request: Request


def elsewhere(base_url: str, control: Request, status: int) -> tuple[Trial, ...]:
    """Return where else a request that was refused as an unknown path may be accepted: with `/v1`, or without."""
    if status not in _ABSENT:
        return ()
    base = base_url.rstrip("/")
    bare = _VERSION.sub("", base)
    return tuple(Trial(place, control) for place in ([bare] if bare != base else [f"{base}/v1"]))


def catalogued(base_url: str, control: Request) -> Trial:
    """Return the request for the list of models that many services have beside their operation."""
    return Trial(
        base_url,
        Request("GET", "/models", tuple(pair for pair in control.headers if pair[0].lower() != "content-type"), b""),
    )


def offered(body: Any, known: Sequence[str]) -> tuple[str, ...]:
    """Return the names in a list of models that the contract does not know, those that sound like rerankers first."""
    rows = body.get("data", body.get("models")) if isinstance(body, dict) else body
    names = (
        [row if isinstance(row, str) else row.get("id", row.get("name")) for row in rows if isinstance(row, str | dict)]
        if isinstance(rows, list)
        else []
    )
    fitting = [
        name
        for name in dict.fromkeys(names)
        if isinstance(name, str) and name not in known and re.fullmatch(r"[\w./:@+-]{1,200}", name)
    ]
    return tuple(sorted(fitting, key=lambda name: "rank" not in name.lower()))
