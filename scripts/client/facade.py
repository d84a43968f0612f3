"""What the templates need to know of a contract: the call's parameters, its answers, and where things stand in them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from conformance.contract import Contract, validator
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS
from scripts.client import facts
from scripts.client.naming import members, options, raw, safe
from scripts.client.parameters import Parameter, overloads, parameters, shapes
from scripts.client.properties import reader

_ASKED = ("query", "documents")
_RANKING = ("results", "index", "score")
_CALL = (
    "Which planet is known as the red planet?",
    ["Bananas are rich in potassium.", "Mars is known as the red planet."],
)

_MANY = 100


def describe(contract: Contract, parsed: Any) -> SimpleNamespace:
    """Return the call as the templates write it, from what the generator parsed."""
    endpoint = next(
        e for c in parsed.endpoint_collections_by_tag.values() for e in c.endpoints if raw(e.path) == contract.template
    )
    body = endpoint.bodies[0].prop
    by_name = {str(model.class_info.name): model for model in parsed.models}
    # A reference to a model carries no properties; the model itself does.
    models = [
        by_name[str(m.class_info.name)] for m in getattr(body, "inner_properties", [body]) if hasattr(m, "class_info")
    ]
    enums = {str(enum.class_info.name) for enum in parsed.enums}
    found = parameters(contract, models, by_name)
    sent = {parameter.wire for parameter in found}
    for role in _ASKED:
        field = contract.request_field(role)
        if field is not None and field.name not in sent and "." not in field.name:
            raise ValueError(f"its call would have no parameter for the {role}, `{field.name}`")
    patterns = list(endpoint.responses.patterns)
    success = next(p for p in patterns if p.status_code.range[0] // 100 == 2)
    errors = [(_status(p), reader(p.prop)) for p in patterns if p is not success]
    if endpoint.responses.default:
        errors.append(("default", reader(endpoint.responses.default.prop)))
    ranking = _ranking(contract, success.prop, by_name)
    listed = type(ranking[0]).__name__ == "ListProperty"
    read = options(ranking[0].inner_property) if listed else ranking
    others = [prop for prop in options(success.prop) if prop not in ranking and type(prop).__name__ == "ModelProperty"]
    default = endpoint.responses.default
    responses = [success.prop, *(pattern.prop for pattern in patterns), *([default.prop] if default else [])]
    told = shapes(found, by_name)
    kit = Kit(contract)
    named = {cls for one in found for cls in (*by_name, *enums) if re.search(rf"\b{cls}\b", one.type)}
    said = contract.operation.get("description") or contract.operation.get("summary") or "Rerank documents."
    asked = kit.documents(kit.primary, ["a"])[0], kit.query(kit.primary, "a")
    plain = [isinstance(value, str) for value in asked]
    return SimpleNamespace(
        title=safe(str((contract.document.get("info") or {}).get("title") or contract.name)),
        summary=safe(str(said)),
        server=safe(contract.server),
        key_env=safe(facts.variable(contract) or ""),
        unsent_keys=safe(" or ".join(contract.unsent_keys)),
        url_env=facts.named(contract, "BASE_URL"),
        log_env=facts.named(contract, "LOG"),
        vendor=_vendor(contract),
        parameters=found,
        overloads=overloads(contract, models, by_name, found),
        shapes=told,
        models=contract.models,
        answers=frozenset(_reached(responses, by_name)),
        classes=tuple(sorted({*by_name, *enums})),
        success=raw(success.prop.get_type_string(no_optional=True)),
        successes=_classes(options(success.prop), by_name),
        model=" | ".join(raw(prop.get_type_string(no_optional=True)) for prop in read),
        models_read=tuple(sorted(_classes(read, by_name))),
        model_reader=_either(read),
        others=tuple(sorted(_classes(others, by_name))),
        other_reader=_either(others),
        listed=listed,
        call=_example(contract, found, *_CALL, limit=1),
        short=_example(contract, found, "apple", ["apple pie", "a bicycle"]),
        refused=_example(contract, found, "apple", None),
        success_reader=reader(success.prop),
        readers=tuple(errors),
        imports=tuple(sorted(named | _classes(read, by_name))),
        text=None if plain[0] else kit.content_key(kit.primary.items, "text"),
        question=None if plain[1] else kit.content_key(kit.named("query").schema, "text"),
        **{role: _attribute(contract, role, ranking[0], by_name) for role in _RANKING},
    )


def _ranking(contract: Contract, answer: Any, models: Mapping[str, Any]) -> list[Any]:
    """Return the forms of a success that hold a ranking, lists or objects: what a caller can read, an answer of any other form is refused."""
    found = []
    for prop in options(answer):
        with suppress(StopIteration):
            _ = [_attribute(contract, role, prop, models) for role in _RANKING]
            found.append(prop)
    if not found:
        raise ValueError("no form of the answer holds results, each with an index and a score")
    return [prop for prop in found if type(prop) is type(found[0])]


def _either(props: list[Any]) -> str:
    """Return an expression for what reads any of some properties; empty where there are none."""
    readers = list(map(reader, props))
    return f"_reading.either({', '.join(readers)})" if len(readers) > 1 else "".join(readers)


def _classes(props: list[Any], models: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the models among some properties."""
    return frozenset(str(prop.class_info.name) for prop in props if hasattr(prop, "class_info")) & models.keys()


def _vendor(contract: Contract) -> str:
    """Return a vendor's name as a class may begin: as the title spells it, where it does."""
    found = re.search(re.escape(contract.name), str(contract.document["info"].get("title", "")), re.IGNORECASE)
    if found and found.group().isidentifier():
        return found.group()
    return "".join(part.title() for part in re.split(r"\W|_", contract.name))


def _reached(props: list[Any], by_name: Mapping[str, Any]) -> set[str]:
    """Return the names of the models that some properties are made of."""
    found: set[str] = set()
    waiting = [inner for prop in props for inner in options(prop)]
    while waiting:
        prop = waiting.pop()
        if hasattr(prop, "inner_property"):
            waiting += options(prop.inner_property)
        name = str(prop.class_info.name) if hasattr(prop, "class_info") else None
        if name in by_name and name not in found:
            found.add(str(name))
            waiting += [inner for member in members(by_name[str(name)]) for inner in options(member)]
    return found


def _example(
    contract: Contract, parameters: tuple[Parameter, ...], query: str, texts: list[str] | None, **roles: Any
) -> tuple[tuple[str, str], ...]:
    """Return the arguments of a call as Python: what is required, and roles that the contract has; no texts for documents that it forbids."""
    kit = Kit(contract)
    branch = kit.primary
    known = {role: value for role, value in roles.items() if kit.has(role)}
    if kit.has("model") and kit.knows_models:
        known["model"] = kit.model(branch)
    if texts is None:
        documents: Any = [] if not validator(kit.named("documents").schema).is_valid([]) else 7
    else:
        # Where so many are not allowed, the first ones; where so few are not, with others behind them.
        takes, more = validator(kit.named("documents", branch).schema), cycle(DOCUMENTS)
        documents = kit.documents(branch, texts[: kit.most_documents(len(texts), branch)])
        while not takes.is_valid(documents) and len(documents) < _MANY:
            documents += kit.documents(branch, [next(more)])
    body = kit.body(branch, query=kit.query(branch, query), documents=documents, **known)
    called = {parameter.wire: parameter.name for parameter in parameters}
    return tuple((called[name], repr(value)) for name, value in body.items() if name in called)


def _attribute(contract: Contract, role: str, answer: Any, models: Mapping[str, Any]) -> str:
    """Return where a role stands in an answer, or in one of its results, as attributes by their names in Python."""
    top, place = contract.success.place("results"), contract.success.place(role)
    if top is None or place is None:
        raise ValueError(f"no field of an answer has the role {role}")
    names, prop = [], answer
    for key in place.path:
        if key == "*":
            prop = next(item.inner_property for item in options(prop) if hasattr(item, "inner_property"))
        else:
            inside = (
                member
                for item in options(prop)
                if hasattr(item, "class_info") and str(item.class_info.name) in models
                for member in members(models[str(item.class_info.name)])
            )
            prop = next(member for member in inside if raw(member.name) == key)
        names.append("*" if key == "*" else str(prop.python_name))
    return ".".join(names if role == "results" else names[len(top.path) + 1 :])


def _status(pattern: Any) -> str:
    low, high = pattern.status_code.range
    return str(low) if low == high else f"{low // 100}XX"
