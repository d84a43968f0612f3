"""What becomes of requests that contracts leave open: beyond the list, unknown, unsupported, empty."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from conformance.contract import Branch, Field, validator
from conformance.contract.instances import Unsatisfiable, sample
from conformance.contract.schema import types
from conformance.document.text import many
from conformance.model.clause import Impact
from conformance.model.exchange import Request
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS, HUGE, filler, with_needle
from conformance.requirements.scale import CHANGE
from conformance.traits.trait import WOBBLE, Seen, Trait, TraitValue, answer_to, moved, plain, rows, scores, unseen

_LONG = 9_000
_BEYOND = 9
# An effect is one that exceeds so many times what moves by itself.
_CLEAR = 3
_INSTRUCTION = "Only documents about fruit are relevant; ignore the query."
_UNKNOWN = "no_such_field"


def request_traits(kit: Kit) -> Iterator[Trait]:
    """Yield what to ask about requests."""
    primary = kit.primary
    base = kit.body(documents=kit.documents(primary, DOCUMENTS))
    if kit.has("limit"):
        beyond = kit.request(kit.body(documents=kit.documents(primary, DOCUMENTS), limit=_BEYOND))
        yield _counted("limit.beyond", "A limit beyond the list", beyond, len(DOCUMENTS))
    unknown = kit.request({**base, _UNKNOWN: HUGE})
    yield _effect("field.unknown", "A field that no contract declares", kit.request(base), unknown)
    yield from _known(kit)
    yield from _empty(kit)
    yield from _models(kit)


def _models(kit: Kit) -> Iterator[Trait]:
    """Yield whether two models score the same question otherwise: a cache may forget which one was asked."""
    known = kit.models_of(kit.primary)[:2]
    if len(known) < 2:
        return
    requests = [kit.request({**kit.body(), kit.named("model").name: model}) for model in known]

    def read(look: Seen) -> TraitValue:
        found = [answer_to(look, request) for request in requests]
        ids = tuple(reading.exchange.id for reading in found if not isinstance(reading, TraitValue))
        tables = [scores(reading) for reading in found if not isinstance(reading, TraitValue)]
        if len(tables) < 2 or tables[0] is None or tables[1] is None or (far := moved(tables[0], tables[1])) is None:
            return TraitValue("not shown: one of the models did not answer", "not shown", ids, shown=False)
        if far <= max(WOBBLE, _CLEAR * look.noise):
            return TraitValue("both score alike: one may answer for the other", "alike", ids, idle=True, reach=0)
        return TraitValue("each has scores of its own", "apart", ids, reach=1)

    sentence = f"The same question to {known[0]} and {known[1]}"
    yield Trait("model.scores", sentence, tuple(requests), read, ("model",), Impact.CHANGES, asked=True, core=False)


def _counting(name: str, sentence: str, request: Request, told: Callable[[int], tuple[str, str]]) -> Trait:
    """Return how many results come back; `told` gives the words and the kind of a number of them."""

    def read(look: Seen) -> TraitValue:
        reading = answer_to(look, request)
        if isinstance(reading, TraitValue):
            return reading
        held = rows(reading)
        if held is None:
            return unseen("the answer has no results", reading)
        words, kind = told(len(held))
        return TraitValue(words, kind, (reading.exchange.id,), idle=kind == "ignored")

    return Trait(name, sentence, (request,), read)


def _counted(name: str, sentence: str, request: Request, count: int) -> Trait:
    def told(number: int) -> tuple[str, str]:
        words = f"all {count} results" if number == count else f"{many(number, 'result')} of {count} documents"
        return f"accepted, {words}", f"accepted, {words}"

    return _counting(name, sentence, request, told)


def _known(kit: Kit) -> Iterator[Trait]:
    """Yield the effect of each optional field, for a model that takes it and for one that does not."""
    primary = kit.primary
    for item in primary.fields.values():
        if item.required or item.role in {"model", "query", "documents"}:
            continue
        name = f"field.{item.role or item.name}"
        told = f"`{item.name}`" if item.role is None else item.role.replace("_", " ")
        takes = kit.model(primary, item.name)
        without = [] if item.only_models is None else [m for m in kit.models_of(primary) if m not in item.only_models]
        unsupported = (next(iter(without), None), ".unsupported", f"The {told}, of a model that does not take it")
        for model, suffix, words in ((takes, "", f"The {told}"), unsupported):
            if model is None or (suffix and not kit.has("model")):
                continue
            trait = _trait_of(kit, primary, item, model, f"{name}{suffix}", words)
            if trait is not None and not suffix:
                trait = evolve(trait, roles=(item.role or item.name,), impact=Impact.CHANGES, asked=True)
            if trait is not None:
                yield trait


def _trait_of(kit: Kit, branch: Branch, item: Field, model: str, name: str, sentence: str) -> Trait | None:
    named = kit.named("model", branch).name if kit.has("model", branch=branch) else None
    of_model = {named: model} if named else {}

    def body(texts: Sequence[str], values: Mapping[str, Any]) -> dict[str, Any]:
        return {**kit.body(documents=kit.documents(branch, texts)), **of_model, **values}

    if item.role == "limit":
        return _limit(name, sentence, kit.request(body(DOCUMENTS, {item.name: 2})))
    if item.role == "echo_switch":
        return _echo(name, sentence, kit.request(body(DOCUMENTS, {item.name: True})), kit.request(body(DOCUMENTS, {})))
    texts: Sequence[str] = DOCUMENTS
    if item.role == "instruction":
        value: Any = _INSTRUCTION if validator(item.schema).is_valid(_INSTRUCTION) else sample(item.schema)
    elif item.role in {"chunk_limit", "chunk_overlap"}:
        texts = (filler(_LONG), with_needle(_LONG, 1.0))
        value = item.schema.get("minimum", 1) if item.role == "chunk_limit" else item.schema.get("maximum", 10)
    else:
        try:
            value = _telling(item)
        except Unsatisfiable:
            return None
    return _effect(name, sentence, kit.request(body(texts, {})), kit.request(body(texts, {item.name: value})))


def _telling(item: Field) -> Any:
    """Return a value whose effect can be seen: of a switch the one that is not its default."""
    return not item.schema.get("default", False) if types(item.schema) == {"boolean"} else sample(item.schema)


def _limit(name: str, sentence: str, request: Request) -> Trait:
    def told(number: int) -> tuple[str, str]:
        kind = "honoured" if number == 2 else "ignored" if number == len(DOCUMENTS) else "taken otherwise"
        return f"{kind}: {many(number, 'result')} for a limit of 2", kind

    return _counting(name, sentence, request, told)


def _echo(name: str, sentence: str, on: Request, off: Request) -> Trait:
    def read(look: Seen) -> TraitValue:
        first, second = answer_to(look, on), answer_to(look, off)
        if isinstance(first, TraitValue):
            return first
        held = rows(first)
        place = look.contract.success.place("echo")
        if held is None or place is None:
            return unseen("the answer has no results" if held is None else "the contract names no place for it", first)
        with_it = [row[place.path[-1]] for row in held if isinstance(row, dict) and row.get(place.path[-1]) is not None]
        rest = None if isinstance(second, TraitValue) else rows(second)
        unasked = any(isinstance(row, dict) and row.get(place.path[-1]) is not None for row in rest or [])
        kind = "always echoed" if unasked else "honoured" if with_it else "ignored"
        form = type(next(iter(with_it), None)).__name__
        shape = {"str": ", as a bare string", "dict": ", as an object"}.get(form, "")
        words = {
            "always echoed": "documents come back, asked for or not",
            "honoured": "documents come back when asked for",
            "ignored": "documents never come back",
        }[kind]
        ids, idle = tuple(r.exchange.id for r in (first, second) if not isinstance(r, TraitValue)), kind == "ignored"
        return TraitValue(f"{kind}: {words}{shape}", f"{kind}{shape}", ids, idle=idle, lost=idle)

    return Trait(name, sentence, (on, off), read)


def _effect(name: str, sentence: str, without: Request, with_it: Request) -> Trait:
    """Return a trait that tells a field's effect on scores."""

    def read(look: Seen) -> TraitValue:  # noqa: PLR0911 - it returns where it knows
        changed, base = answer_to(look, with_it), answer_to(look, without)
        if isinstance(changed, TraitValue):
            # A refusal that comes without the field too is not the field's.
            if isinstance(base, TraitValue) and base.shown and changed.shown:
                return TraitValue(f"not shown: without it {base.value}", "not shown", base.exchanges, shown=False)
            return changed
        one, other = (None if isinstance(r, TraitValue) else scores(r) for r in (base, changed))
        if one is None or other is None or (far := moved(one, other)) is None:
            return TraitValue("accepted; its effect could not be seen", "accepted", (changed.exchange.id,), shown=False)
        ids = tuple(r.exchange.id for r in (base, changed) if not isinstance(r, TraitValue))
        if len(one) != len(other):
            value = f"accepted, honoured: {many(len(other), 'result')} in place of {len(one)}"
            return TraitValue(value, "honoured", ids)
        if WOBBLE < far <= _CLEAR * look.noise:
            words = f"accepted; its effect cannot be seen: scores move by up to {plain(look.noise)} when the same is asked again"
            return TraitValue(words, "accepted", ids, shown=False)
        if far <= WOBBLE:
            words = "accepted, and no score moved: ignored, or without effect here"
            return TraitValue(words, "no effect", ids, idle=True)
        if far < CHANGE:
            words = f"accepted; scores moved by up to {plain(far)}, a small effect"
            return TraitValue(words, "small effect", ids, reach=far)
        return TraitValue(f"accepted, honoured: scores moved by up to {plain(far)}", "honoured", ids, reach=far)

    return Trait(name, sentence, (without, with_it), read)


def foreign_traits(kit: Kit, reference: Kit) -> Iterator[Trait]:
    """Yield the effect of another contract's fields that this one does not have, or calls otherwise."""
    own, usual = kit.primary.fields, {"limit": 2, "echo_switch": True, "instruction": _INSTRUCTION}
    base = kit.body(documents=kit.documents(kit.primary, DOCUMENTS))
    for item in reference.primary.fields.values():
        if item.required or item.name in own:
            continue
        here = kit.primary.by_role(item.role) if item.role else None
        known = f", called `{here.name}` here" if here else ", unknown here"
        sentence = f"`{item.name}` of {reference.contract.name}"
        name = f"foreign.{item.name}"
        try:
            value = usual[item.role] if item.role in usual else _telling(item)
        except Unsatisfiable:
            continue
        trait = _effect(name, sentence, kit.request(base), kit.request({**base, item.name: value}))
        yield evolve(trait, read=_with_note(trait.read, known), roles=(item.name,), impact=Impact.CHANGES, asked=True)


def _with_note(read: Callable[[Seen], TraitValue], note: str) -> Callable[[Seen], TraitValue]:
    def noted(look: Seen) -> TraitValue:
        told = read(look)
        return evolve(told, value=f"{told.value}{note}")

    return noted


def _empty(kit: Kit) -> Iterator[Trait]:
    among = kit.body(documents=kit.documents(kit.primary, (DOCUMENTS[0], "", DOCUMENTS[1])))
    cases = {
        "empty.list": ("An empty list of documents", kit.body(documents=[]), 0),
        "empty.document": ("An empty string among the documents", among, 3),
        "empty.query": ("An empty query", kit.body(query=kit.query(kit.primary, "")), len(DOCUMENTS)),
    }
    for name, (sentence, body, count) in cases.items():
        yield _counted(name, sentence, kit.request(body), count)
