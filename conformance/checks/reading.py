"""An exchange read by its contract: what was asked and what came, by role."""

import json
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

from attrs import define

from conformance.contract import Contract, select, under
from conformance.contract.schema import flatten, types
from conformance.model.derived import Derived
from conformance.model.exchange import HTTP, NOT_JSON, Exchange

_GIANT = 1_000_000


@define(slots=False, eq=False)
class Reading(Derived):
    """One exchange and its contract; everything else is derived from them."""

    exchange: Exchange
    contract: Contract

    @property
    def status(self) -> int:
        """The answer's status; 0 when there was none."""
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def success(self) -> bool:
        """Whether the request was taken."""
        return 200 <= self.status < 300

    @property
    def asks_by_image(self) -> bool:
        """Whether the question is an image, of which only a model knows what it says."""
        return self.textless(self.asked("query"))

    def textless(self, item: Any) -> bool:
        """Whether a document or a question is an object without a text."""
        return isinstance(item, dict) and next(under(item, self.contract.inner_keys("text")), ...) is ...

    @cached_property
    def shows_images(self) -> bool:
        """Whether any document is an object without a text."""
        return any(map(self.textless, self.documents))

    @property
    def defect(self) -> str:
        """What is wrong with how the answer's body came; empty when nothing is."""
        return self.exchange.response.defect if self.exchange.response else ""

    @property
    def available(self) -> bool:
        """Whether the service itself answered."""
        return not self.exchange.unavailable

    @cached_property
    def declared(self) -> bool:
        """Whether path, method and media type are those of the contract's operation; who refuses another HTTP than it is for refuses no more than that."""
        request = self.exchange.request
        media = (request.header("content-type") or "").partition(";")[0].strip().lower()
        return (
            request.method == self.contract.method
            and (request.version == HTTP or self.success)
            and request.path.partition("?")[0] == self.contract.path
            and any(media == kind.lower() for kind in self.contract.request_media)
        )

    @property
    def giant(self) -> bool:
        """Whether the request's body is 1 MB or more."""
        return len(self.exchange.request.body) >= _GIANT

    @cached_property
    def body(self) -> Any:
        """The request's JSON, its envelopes opened, or NOT_JSON."""
        return self.contract.flat(self.exchange.request.json)

    @cached_property
    def lawful(self) -> bool:
        """Whether the request is one that the contract's schema allows, and reads alike to all."""
        try:
            return (
                self.declared
                and self.body is not NOT_JSON
                and bool(self.contract.request_validator.is_valid(self.body))
                and self.exchange.request.twice is None
            )
        except ValueError:
            # jsonschema-rs gives up on what is nested too deep; no contract asks for that.
            return False

    @cached_property
    def answered(self) -> bool:
        """Whether a lawful request was taken and its answer can be read: it must keep every clause on answers."""
        return self.success and self.lawful and not self.defect

    def asked(self, role: str) -> Any:
        """Return the request's value of a role, or None."""
        found = self.contract.request_field(role)
        return self.body.get(found.name) if found is not None and isinstance(self.body, dict) else None

    def wanted(self, role: str) -> Any:
        """Return the request's value of a role, or the contract's default where the request says nothing."""
        found = self.contract.request_field(role)
        value = self.asked(role)
        return flatten(found.schema).get("default") if value is None and found is not None else value

    @cached_property
    def documents(self) -> list[Any]:
        """The documents asked about; a single string counts as one."""
        value = self.asked("documents")
        if isinstance(value, list):
            return value
        return [] if value is None else [value]

    @cached_property
    def texts(self) -> list[str]:
        """The documents asked about, as their texts: what an object holds, whatever it is called."""
        told = ((item, self.text(item)) for item in self.documents)
        return [text_of(item) if text is None else text for item, text in told]

    def text(self, item: Any) -> str | None:
        """Return the text of a document as it was sent, whatever else an object holds; None for one without, or with an image."""
        if isinstance(item, str):
            return item
        held = [*under(item, self.contract.inner_keys("text"))]
        image = next(under(item, self.contract.inner_keys("image")), ...) is not ...
        return held[0] if len(held) == 1 and isinstance(held[0], str) and not image else None

    @cached_property
    def limit(self) -> int | None:
        """The limit asked for, or None."""
        value = self.asked("limit")
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return int(value)
        return None

    @cached_property
    def answer(self) -> Any:
        """The answer's JSON, or NOT_JSON."""
        return self.exchange.response.json if self.exchange.response else NOT_JSON

    @cached_property
    def results(self) -> list[Any] | None:
        """The list of results, or None when the answer has none."""
        place = self.contract.success.place("results")
        if place is None or not self.answered:
            return None
        found = select(self.answer, place.path)
        return found[0] if found and isinstance(found[0], list) else None

    def of_results(self, role: str) -> list[Any] | None:
        """Return the value of a role for each result, in order; None when one lacks it."""
        place = self.contract.success.place(role)
        top = self.contract.success.place("results")
        if self.results is None or place is None or top is None:
            return None
        below = place.path[len(top.path) + 1 :]
        values = [select(result, below) for result in self.results]
        return [value[0] for value in values] if all(values) else None

    @cached_property
    def indices(self) -> list[int] | None:
        """The results' indices counted from 0, or None unless all are integers, or strings of them where the contract has strings."""
        values, first = self._numbers("index", int), self.contract.first_index
        if values is not None and all(isinstance(v, int) and not isinstance(v, bool) for v in values):
            return [value - first for value in values]
        return None

    @cached_property
    def scores(self) -> list[float] | None:
        """The results' scores, or None unless all are numbers, or strings of them where the contract has strings."""
        values = self._numbers("score", float)
        ok = values is not None and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        return [as_float(v) for v in values] if ok and values is not None else None

    def _numbers(self, role: str, read: Callable[[str], float]) -> list[Any] | None:
        values, place = self.of_results(role), self.contract.success.place(role)
        if values is None or place is None or "string" not in types(flatten(place.schema)):
            return values
        return [_read(value, read) if isinstance(value, str) else value for value in values]

    @cached_property
    def by_index(self) -> dict[int, float] | None:
        """Score by index, or None unless every index is valid and unique."""
        if self.indices is None or self.scores is None or len(set(self.indices)) != len(self.indices):
            return None
        if any(not 0 <= index < len(self.documents) for index in self.indices):
            return None
        return dict(zip(self.indices, self.scores, strict=True))


def text_of(item: Any) -> str:
    """Return the text or the image of a document or a query, whatever its form."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and len(item) == 1 and isinstance(value := next(iter(item.values())), str):
        return value
    return json.dumps(item, ensure_ascii=False, sort_keys=True)


def _read(text: str, read: Callable[[str], float]) -> Any:
    try:
        return read(text)
    except ValueError:
        return text


def as_float(value: float) -> float:
    """Return a number as a float; one of hundreds of digits is beyond every float."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
