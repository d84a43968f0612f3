"""Faults that show only where two features meet: drawn from all pairs of features and all wrong decisions."""

import random
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from attrs import evolve, frozen

from conformance.contract import Contract
from conformance.mock.body import Row
from conformance.mock.faults.echoes import shifted
from conformance.mock.faults.fault import Fault, changed, texts
from conformance.mock.rules import Refusal, Rules
from conformance.probes.kit import Kit

_DRAWN, _SEED = 80, 11
_MODELS = 3
_SOME, _MANY = 50, 100
Body = dict[str, Any]


@frozen
class Condition:
    """A feature of a request: its name in a fault's, in words, and what tells it; `field` and `model` say what it needs."""

    name: str
    words: str
    holds: Callable[[Rules, Body], bool]
    field: str = ""
    model: str = ""


@frozen
class Decision:
    """A wrong decision: its name, in words, the clauses that it breaks, and the method with what takes its place.

    The function gets the original method, the rules and its arguments; the body is the first of them.
    """

    name: str
    words: str
    breaks: str
    method: str
    wrong: Callable[..., Any]


def _size(low: int, high: int) -> Callable[[Rules, Body], bool]:
    return lambda rules, body: low <= len(rules.documents(body)) <= high


def _has(name: str) -> Callable[[Rules, Body], bool]:
    return lambda _rules, body: name in body


def _asks(model: str) -> Callable[[Rules, Body], bool]:
    return lambda rules, body: body.get(rules.names["model"]) == model


def conditions(contract: Contract) -> Iterator[Condition]:
    """Yield the features that a request of the contract can have."""
    for name, item in contract.fields.items():
        # What only holds other fields is no feature of its own.
        nested = any(path[0] == name for path in contract.envelopes)
        if item.role not in {"model", "query", "documents"} and not item.required and not nested:
            yield Condition(name, f"`{name}`", _has(name), field=name)
    models = contract.models
    for number, model in enumerate(models[:_MODELS]):
        yield Condition(f"model{number + 1}", f"the model {model}", _asks(model), model=model)
    most = Kit(contract).most_documents(1 << 30)
    if most >= _SOME:
        yield Condition("some", f"{_SOME} to {_MANY} documents", _size(_SOME, _MANY))
    if most > _MANY:
        yield Condition("many", f"more than {_MANY} documents", _size(_MANY + 1, 1 << 30))
    yield Condition("accents", "documents beyond ASCII", lambda rules, body: not "".join(texts(rules, body)).isascii())
    yield Condition("twins", "a document twice", _twins)
    if contract.inner_keys("text"):
        yield Condition("objects", "documents as objects", _objects)


def _twins(rules: Rules, body: Body) -> bool:
    found = texts(rules, body)
    return len(found) > len(set(found))


def _objects(rules: Rules, body: Body) -> bool:
    return any(isinstance(item, dict) for item in rules.documents(body))


def decisions(contract: Contract) -> Iterator[Decision]:
    """Yield what a server can decide wrongly."""
    yield Decision("unsorted", "results come in input order", "response*.sorted", "rank", _rows(_in_order))
    yield Decision("drops_best", "the best result is missing", "r*", "rank", _rows(lambda found: found[1:]))
    yield Decision("index_shift", "`index` is one too high", "r*", "rank", _rows(_one_on))
    yield Decision("score_swap", "two documents have each other's score", "ranking.*", "rank", _rows(_swapped))
    yield Decision("lower", "scores are a tenth lower", "ranking.*", "score", _lower)
    yield Decision("by_place", "later documents score lower", "ranking.*", "score", _by_place)
    yield Decision("refuses", "the request is refused", "request.*", "documents", _refuse)
    if contract.request_field("limit") is not None:
        yield Decision("no_limit", "the limit is ignored", "response*.limit", "limit", lambda *given: given[-1])
    if contract.request_field("echo_switch") is not None and contract.success.place("echo") is not None:
        words = "each result carries its neighbour's document"
        yield Decision("echo_shift", words, "response*.exact", "rank", _rows(shifted))


def _rows(change: Callable[[list[Row]], list[Row]]) -> Callable[..., Any]:
    return lambda original, _rules, body: changed(change, original(body))


def _in_order(found: list[Row]) -> list[Row]:
    return sorted(found, key=lambda row: row.index)


def _one_on(found: list[Row]) -> list[Row]:
    return [evolve(row, index=row.index + 1) for row in found]


def _lower(original: Any, _rules: Rules, body: Body, *rest: Any) -> float:
    return float(original(body, *rest) * 0.9)


def _by_place(original: Any, _rules: Rules, body: Body, query: str, place: int, item: Any) -> float:
    return float(original(body, query, place, item) / (1 + 0.02 * place))


def _swapped(found: list[Row]) -> list[Row]:
    if len(found) < 2:
        return found
    first, last = found[0], found[-1]
    return [evolve(first, index=last.index), *found[1:-1], evolve(last, index=first.index)]


def _refuse(_original: Any, rules: Rules, _body: Body) -> Any:
    raise Refusal(rules.refusal, "This combination is not supported.")


def _only(decision: Decision, one: Condition, other: Condition) -> Callable[[Rules], None]:
    def apply(rules: Rules) -> None:
        original = getattr(rules, decision.method)

        def method(body: Body, *rest: Any) -> Any:
            # Conditions read documents themselves: for them the fault is not there.
            setattr(rules, decision.method, original)
            try:
                met = one.holds(rules, body) and other.holds(rules, body)
            finally:
                setattr(rules, decision.method, method)
            return decision.wrong(original, rules, body, *rest) if met else original(body, *rest)

        setattr(rules, decision.method, method)

    return apply


def _meet(contract: Contract, one: Condition, other: Condition) -> bool:
    """Whether a request can have both features."""
    fields, models = {one.field, other.field} - {""}, {one.model, other.model} - {""}
    if len(models) > 1 or {one.name, other.name} == {"some", "many"}:
        return False
    return any(
        fields <= branch.fields.keys()
        and (
            not branch.models
            or any(
                (not models or model in models)
                and all((only := branch.fields[name].only_models) is None or model in only for name in fields)
                for model in branch.models
            )
        )
        for branch in contract.branches
    )


def _shows(one: Condition, other: Condition, decision: Decision, contract: Contract) -> bool:
    """Whether the decision can be seen under the conditions: an ignored limit needs one, and a model may score as it likes beside an instruction."""
    if decision.name == "lower":
        instruction = contract.request_field("instruction")
        own = {instruction.name} if instruction is not None else set()
        return any(not condition.model and condition.field not in own for condition in (one, other))
    switch, limit = contract.request_field("echo_switch"), contract.request_field("limit")
    needs = {"no_limit": limit, "echo_shift": switch}.get(decision.name)
    return needs is None or needs.name in {one.field, other.field}


def pair_faults(contract: Contract) -> Iterator[Fault]:
    """Yield faults drawn from all that can be said: feature, another feature, wrong decision."""
    everything = [
        (one, other, decision)
        for one, other in combinations(conditions(contract), 2)
        for decision in decisions(contract)
        if _meet(contract, one, other) and _shows(one, other, decision, contract)
    ]
    for one, other, decision in random.Random(_SEED).sample(everything, min(_DRAWN, len(everything))):
        sentence = f"With {one.words} and {other.words}, {decision.words}."
        yield Fault(f"{one.name}+{other.name}:{decision.name}", sentence, decision.breaks, _only(decision, one, other))
