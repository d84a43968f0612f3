"""Faults of checks that not every request meets: drawn from every check and every feature that it may rest on."""

from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract import Contract, validator
from conformance.mock.faults.fault import Fault, replace
from conformance.mock.rules import Refusal, Rules
from conformance.probes.kit import Kit

_HEAD, _LONG = 16, 10_000
Body = dict[str, Any]
Holds = Callable[[Rules, Body], bool]


def unchecked_faults(contract: Contract) -> Iterator[Fault]:
    """Yield for each feature that values are not checked beside it, and that keys are not."""
    for name, words, holds in _features(contract):
        yield Fault.of("unchecked.{name}", replace("validate", _passing(contract, holds)), name=name, words=words)
        if contract.credential is not None and contract.secured:
            yield Fault(f"open.{name}", f"With {words}, the key is not checked.", "auth.*", _opened(holds))
    if not contract.request_validator.is_valid(Kit(contract).body(documents=["apple", None])):
        yield Fault.of("unchecked.tail", replace("validate", _heads), _HEAD=_HEAD)


def _features(contract: Contract) -> Iterator[tuple[str, str, Holds]]:
    def valued(role: str, wanted: Any) -> Holds:
        def holds(rules: Rules, body: Body) -> bool:
            value = body.get(rules.names[role], ...)
            # A 1 is no true, and 1.0 is no whole number.
            return type(value) is type(wanted) and bool(value == wanted)

        return holds

    if contract.request_field("echo_switch") is not None:
        yield "echo", "documents that come back", valued("echo_switch", True)
    if contract.request_field("limit") is not None:
        yield "limit", "a limit of 1", valued("limit", 1)
    yield "many", f"more than {_HEAD} documents", lambda rules, body: len(rules.documents(body)) > _HEAD
    yield "long", "a long body", lambda rules, body: sum(map(len, map(rules.text, rules.documents(body)))) > _LONG
    if contract.request_field("model") is not None:
        for number, model in enumerate(contract.models[1:], 2):
            yield f"model{number}", f"the model {model}", valued("model", model)


def _passing(contract: Contract, holds: Holds) -> Callable[..., None]:
    """Return what takes a body that can be read beside a feature, and forgets what is wrong in it."""
    fits = {name: validator(item.schema) for name, item in contract.fields.items()}

    def validate(original: Any, rules: Rules, body: Any) -> None:
        if not isinstance(body, dict) or not rules.documents(body) or not holds(rules, body):
            original(body)
            return
        for name in [name for name in body if name in fits and not fits[name].is_valid(body[name])]:
            if name == rules.names["documents"]:
                body[name] = [item if isinstance(item, str) else "" for item in rules.documents(body)]
            elif contract.fields[name].required:
                body[name] = next(iter(contract.models), "") if contract.fields[name].role == "model" else "apple"
            else:
                del body[name]
        body.setdefault(rules.names["query"], "apple")

    return validate


def _heads(original: Any, rules: Rules, body: Any) -> None:
    name = rules.names["documents"]
    listed = body.get(name) if isinstance(body, dict) else None
    if not isinstance(listed, list) or len(listed) <= _HEAD:
        original(body)
        return
    original({**body, name: listed[:_HEAD]})
    body[name] = [*listed[:_HEAD], *(item if isinstance(item, str) else "" for item in listed[_HEAD:])]


def _opened(holds: Holds) -> Callable[[Rules], None]:
    """Return what lets a request with a feature in, whatever its key."""

    def apply(rules: Rules) -> None:
        refused: list[Refusal] = []
        kept = {name: getattr(rules, name) for name in ("authorise", "accept_media", "parse", "validate")}

        def authorise(header: str | None) -> None:
            refused.clear()
            try:
                kept["authorise"](header)
            except Refusal as refusal:
                refused.append(refusal)

        def first(name: str) -> Callable[[Any], Any]:
            def decide(given: Any) -> Any:
                try:
                    return kept[name](given)
                except Refusal as refusal:
                    raise (refused or [refusal])[0] from None

            return decide

        def validate(body: Any) -> None:
            if refused and not (isinstance(body, dict) and rules.documents(body) and holds(rules, body)):
                raise refused[0]
            first("validate")(body)

        given = {"authorise": authorise, "validate": validate}
        given |= {name: first(name) for name in ("accept_media", "parse")}
        for name, method in given.items():
            setattr(rules, name, method)

    return apply
