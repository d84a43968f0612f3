"""From exchanges to facts, one at a time, so that a run of any length is read once and forgotten."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from attrs import define, field

from conformance.checks.reading import Reading
from conformance.contract import Contract, select
from conformance.contract.schema import Schema
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.model.fact import MANY, ODD, Fact, Kind, is_name, spot
from conformance.probes.pinned import pinned_set
from conformance.traits.documented import at, below, codes, schemas, speaks_of
from conformance.traits.json_shape import Shape

_DEPTH = 12
_ITEMS = 50
# More undocumented names than this in one object are keys of a map, not fields.
_NAMES = 30
_KEYS = 1_000
_REFUSED = frozenset({400, 404, 422})
# HTTP's own: they speak of the connection, the body and caches, and come and go with whatever stands before a service.
_CONNECTION = "alt-svc connection keep-alive proxy-connection te trailer transfer-encoding upgrade via server"
_BODY = "accept-ranges content-disposition content-encoding content-language content-length content-type set-cookie"
_CACHES = "age cache-control date etag expires last-modified pragma vary strict-transport-security"
_BROWSERS = "nel report-to x-content-type-options x-frame-options x-xss-protection"
_TRANSPORT = frozenset(f"{_CONNECTION} {_BODY} {_CACHES} {_BROWSERS}".split())


def facts(contract: Contract, exchanges: Iterable[Exchange]) -> tuple[Fact, ...]:
    """Return what exchanges show beside verdicts; pure."""
    collector = Collector(contract)
    for exchange in exchanges:
        collector.add(Reading(exchange, contract))
    return collector.facts()


@define(slots=False, eq=False)
class Collector:
    """Reads exchanges by their contract's roles; `facts` are what was seen so far."""

    contract: Contract
    models: tuple[str, ...] = ()
    _found: dict[tuple[Kind, str], bool] = field(factory=dict, init=False, repr=False)
    _shapes: dict[tuple[Kind, str], dict[str, Shape]] = field(factory=dict, init=False, repr=False)
    _served: dict[str, bool] = field(factory=dict, init=False)
    _scores: dict[str, list[float]] = field(factory=dict, init=False, repr=False)
    _given: dict[tuple[str, tuple[str, ...]], Sequence[Schema]] = field(factory=dict, init=False, repr=False)
    _documented: dict[tuple[str, tuple[str, ...]], set[str]] = field(factory=dict, init=False, repr=False)

    def add(self, reading: Reading) -> None:
        """Take in an exchange; only the contract's own operation is looked at."""
        exchange = reading.exchange
        if exchange.response is None or not reading.declared or reading.giant:
            return
        documented = self.contract.answer(reading.status)
        if exchange.unavailable and documented is None and reading.answer is NOT_JSON:
            return  # a gateway's words on an outage
        status = str(reading.status)
        self._note(Kind.STATUS, status, documented is not None)
        if documented is None:
            self._media(status, reading)
        elif reading.answer is not NOT_JSON and (not reading.success or reading.answered):
            if (status, ()) not in self._given:
                self._given[status, ()] = schemas(documented)
            self._walk(reading, reading.answer, status, ())
        if reading.success:
            self._headers(reading)
            self._pinned(reading)
        else:
            self._code(status, reading)
        self._model(reading)

    def facts(self) -> tuple[Fact, ...]:
        """Return what was seen, by kind and place."""
        told = {where: Fact(*where, documented, self._value(where)) for where, documented in self._found.items()}
        told |= {
            (Kind.MODEL, name): Fact(Kind.MODEL, name, name in self.contract.models, "served" if served else "refused")
            for name, served in self._served.items()
        }
        told |= {(Kind.SCORES, place): Fact(Kind.SCORES, place, True, scores) for place, scores in self._scores.items()}
        return tuple(told[where] for where in sorted(told))

    def _value(self, where: tuple[Kind, str]) -> Any:
        shapes = self._shapes.get(where)
        if shapes is None:
            return None
        if where[0] is Kind.STATUS:
            return {media: shape.schema() for media, shape in shapes.items()}
        return shapes[""].schema()

    def _note(self, kind: Kind, place: str, documented: bool) -> None:
        self._found[kind, place] = documented

    def _shape(self, kind: Kind, place: str, value: Any, media: str = "") -> None:
        self._shapes.setdefault((kind, place), {}).setdefault(media, Shape()).add(value)

    def _media(self, status: str, reading: Reading) -> None:
        """Note the shape of an undocumented status's body, by its media type."""
        response = reading.exchange.response
        if response is None:
            return
        kind, _, sub = response.media_type.partition("/")
        media = response.media_type if is_name(kind) and is_name(sub.replace("+", "-")) else ""
        if media and len(self._shapes.get((Kind.STATUS, status), ())) < _NAMES:
            body = reading.answer if reading.answer is not NOT_JSON else response.text[:1]
            self._shape(Kind.STATUS, status, body, media)

    def _below(self, status: str, path: tuple[str, ...]) -> Sequence[Schema]:
        """Return what a documented answer says of a path; all answers of a status share it."""
        if (status, path) not in self._given:
            self._given[status, path] = below(self._below(status, path[:-1]), path[-1])
        return self._given[status, path]

    def _walk(self, reading: Reading, value: Any, status: str, path: tuple[str, ...]) -> None:
        """Note every key of a body that the contract could speak of; below an undocumented one its shape is told."""
        given = self._below(status, path)
        if len(path) > _DEPTH or not given:
            return
        if (status, path) not in self._documented:
            self._documented[status, path] = {key for leaf in given for key in leaf.get("properties", {})}
        documented = self._documented[status, path]
        if isinstance(value, list):
            for item in value[:_ITEMS]:
                self._walk(reading, item, status, (*path, "*"))
        if not isinstance(value, dict):
            return
        for key, item in islice(value.items(), _KEYS):
            if key in documented:
                self._note(Kind.FIELD, spot(status, (*path, key)), True)
                self._walk(reading, item, status, (*path, key))
            elif not speaks_of(given, key) and not (
                path[: len(self._echo)] == self._echo and _holds(reading.documents, key)
            ):
                self._undocumented(key, item, status, path)

    def _undocumented(self, key: str, item: Any, status: str, path: tuple[str, ...]) -> None:
        place = spot(status, (*path, key if is_name(key) else ODD))
        if (Kind.FIELD, place) not in self._found:
            parent = spot(status, path).rstrip("/")
            self._names[parent] = self._names.get(parent, 0) + 1
            if self._names[parent] > _NAMES:
                place = spot(status, (*path, MANY))
        self._note(Kind.FIELD, place, False)
        self._shape(Kind.FIELD, place, item)

    @cached_property
    def _echo(self) -> tuple[str, ...]:
        """Where a document comes back; what the caller wrote into it is no news of the service."""
        place = self.contract.success.place("echo")
        return ("",) if place is None else place.path

    @cached_property
    def _names(self) -> dict[str, int]:
        return {}

    def _headers(self, reading: Reading) -> None:
        response, documented = reading.exchange.response, self.contract.answer(reading.status)
        if response is None or documented is None:
            return
        known = {header.name.lower() for header in documented.headers}
        for name in {name.lower() for name, _ in response.headers} - _TRANSPORT:
            if name in known or sum(kind is Kind.HEADER for kind, _ in self._found) < _NAMES:
                self._note(Kind.HEADER, name if is_name(name) else ODD, name in known)

    def _code(self, status: str, reading: Reading) -> None:
        for path in self._code_paths:
            for code in select(reading.answer, path) if reading.answer is not NOT_JSON else ():
                if isinstance(code, bool) or not isinstance(code, int | str):
                    continue
                documented = self.contract.answer(reading.status)
                known = documented is not None and str(code) in map(str, codes(at(documented, path)))
                told = str(code)[:64]
                odd = isinstance(code, str) and not is_name(f"_{code}"[:64])
                many = sum(kind is Kind.ERROR_CODE for kind, _ in self._found) >= _NAMES
                self._note(Kind.ERROR_CODE, f"{status} {ODD if odd else MANY if many and not known else told}", known)

    @cached_property
    def _code_paths(self) -> tuple[tuple[str, ...], ...]:
        """Where any documented error has its code."""
        return code_paths(self.contract)

    def _model(self, reading: Reading) -> None:
        name = reading.asked("model")
        if not isinstance(name, str) or name not in {*self.contract.models, *self.models} or not reading.lawful:
            return
        if reading.success:
            self._served[name] = True
        elif reading.status in _REFUSED:
            self._served.setdefault(name, False)

    def _pinned(self, reading: Reading) -> None:
        asked = str(reading.asked("query"))
        query = next((one for one in pinned_set().queries if one.text == asked), None)
        found = reading.by_index
        if query is None or found is None or len(found) != len(query.documents) or len(reading.documents) != len(found):
            return
        place = f"v{pinned_set().version} {query.id} {reading.asked('model') if reading.asked('model') in (*self.contract.models, *self.models) else '-'}"
        self._scores.setdefault(place, [round(found[index], 7) for index in sorted(found)])


def code_paths(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """Return where the documented errors of a contract have their codes."""
    places = (answer.place("error_code") for answer in contract.answers.values())
    return tuple(dict.fromkeys(place.path for place in places if place is not None))


def _holds(value: Any, key: str) -> bool:
    """Whether a key stands anywhere in a value, however deep."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if key in part:
                return True
            left += part.values()
        elif isinstance(part, list):
            left += part
    return False
