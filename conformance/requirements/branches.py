"""Requirements on the request as a whole: its alternatives, and the mixes that none of them allows."""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.checks.features import lawful
from conformance.contract import Branch, Field, validator
from conformance.contract.instances import Unsatisfiable, sample
from conformance.contract.schema import POINTER, alternatives, flatten
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.mutation import own_cases
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.texts import CHINESE, ENGLISH
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement

# Of the names that are nearly a model's the first is asked in any case, these where there is room, and the others later.
_HELD_NAMES = frozenset({"without its vendor", "without its last character", "beside white space"})


def branch_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield the requirements on the body's own keywords, its branches and the models they serve."""
    schema = flatten(kit.contract.request_schema)
    pointer = str(schema.get(POINTER, kit.contract.pointer))
    for branch in kit.branches:
        forms = list(_forms(kit, branch))
        if not forms:
            continue
        other = branch is not kit.primary
        roles = ("documents", *(["model"] if other else []))
        clause = Clause.of("request.branch.{branch.label}", branch=branch, roles=roles)
        asked = [(kit.request(body), label, _models_name(branch, body) if other else None) for label, body in forms]
        probes = [Probe(one, Expect.ACCEPT, label, Priority.EARLY, carried=name) for one, label, name in asked]
        yield expecting(clause, probes)
    mixes = list(_mixes(kit))
    if mixes:
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        forms_of_fields = tuple(f"request.{field.name}.oneOf" for field in kit.contract.fields.values())
        clause = Clause.of("request.branch.mixed", pointer=pointer, keyword=keyword, rests_on=forms_of_fields)
        yield expecting(clause, mixes)
    yield from _whole(kit)
    yield from _models(kit)


def _models_name(branch: Branch, body: dict[str, Any]) -> tuple[str, Any] | None:
    """Return what tells a form of the request that only its own models take."""
    model = branch.by_role("model")
    return (model.name, body[model.name]) if model is not None and model.name in body else None


def _forms(kit: Kit, branch: Branch) -> Iterator[tuple[str, dict[str, Any]]]:
    # By the letter a `oneOf` refuses what fits another of its forms as well; the audit names such a form.
    if kit.contract.request_validator.is_valid(kit.body(branch)):
        yield f"a plain {branch.label}", kit.body(branch)
    picture = kit.content(branch.items, "image", "https://example.com/image.jpg")
    if branch.kind == MULTIMODAL and picture:
        text = kit.content(branch.items, "text", "banana")
        body = kit.body(branch, documents=[picture, *kit.documents(branch, ["apple"]), *([text] if text else [])])
        if kit.contract.request_validator.is_valid(body):
            yield "documents of every kind", body


def _mixes(kit: Kit) -> Iterator[Probe]:
    """Yield a field's form from one branch beside another field's form that only another branch has."""
    seen = set()
    for branch in kit.branches:
        # A text model is asked about an object for a question elsewhere.
        core = branch is not kit.primary
        for other in kit.contract.branches:
            if other is branch:
                continue
            for item in branch.fields.values():
                for form in _own_forms(branch, other, item.name):
                    for partner in other.fields.values():
                        if partner.name == item.name or partner.role == "model" or not partner.required:
                            continue
                        for match in _own_forms(other, branch, partner.name):
                            body = {**kit.body(branch), item.name: form, partner.name: match}
                            request = kit.request(body)
                            if request.key not in seen and not kit.contract.request_validator.is_valid(body):
                                seen.add(request.key)
                                told = f"`{item.name}` as only {branch.label} has it, `{partner.name}` as only {other.label} has it"
                                yield Probe(
                                    request, Expect.REFUSE, told, Priority.REFUSED if core else Priority.ODD, core=core
                                )


def _own_forms(branch: Branch, other: Branch, name: str) -> Iterator[Any]:
    """Yield values of a field that one branch takes and the other does not."""
    if name not in branch.fields:
        return
    foreign = validator(other.fields[name].schema) if name in other.fields else None
    for leaf in alternatives(branch.fields[name].schema):
        try:
            value = sample(leaf)
        except Unsatisfiable:
            continue
        if foreign is None or not foreign.is_valid(value):
            yield value


def _whole(kit: Kit) -> Iterator[Requirement]:
    """Keywords of the body itself, such as `additionalProperties: false` or `maxProperties`."""
    found: dict[str, tuple[Clause, list[Probe]]] = {}
    for branch in kit.branches:
        base = kit.body(branch)
        for case in own_cases(branch.schema, base):
            if not isinstance(case.value, dict):
                continue
            keeps = kit.contract.request_validator.is_valid(case.value)
            clause = Clause.of("request.{case.keyword}", case=case)
            expect = Expect.ACCEPT if keeps else Expect.REFUSE
            request = kit.request(case.value)
            found.setdefault(clause.id, (clause, []))[1].append(Probe(request, expect, case.label, Priority.TAKEN))
    for clause, probes in found.values():
        yield expecting(clause, probes)


def model_requests(kit: Kit) -> Iterator[tuple[Request, str, str]]:
    """Yield a request for each model, with the field's name and the model's; the primary branch's carry the relevance pairs, so that they serve twice."""
    asked = [(texts, number) for texts in (ENGLISH, CHINESE) for number in range(len(texts))]
    for branch in kit.branches:
        field = branch.by_role("model")
        if field is None:
            continue
        for number, model in enumerate(kit.models_of(branch)):
            telling = relevance_request(kit, *asked[number % len(asked)], model)
            # Elsewhere, and where so few texts are not allowed, it says nothing about relevance.
            serves = branch is kit.primary and lawful(telling, kit.contract)
            yield telling if serves else kit.request(kit.body(branch) | {field.name: model}), field.name, model


def relevance_request(kit: Kit, texts: Sequence[tuple[str, str]], number: int, model: str) -> Request:
    """Return a request for one query with the documents of all: a score that ignores the query, or an answer in input order, wins half of the pairs."""
    documents = kit.documents(kit.primary, [text for _, text in texts])
    body = kit.body(query=kit.query(kit.primary, texts[number][0]), documents=documents)
    name = kit.primary.by_role("model")
    return kit.request(body | ({name.name: model} if name and kit.knows_models else {}))


def _models(kit: Kit) -> Iterator[Requirement]:
    field = kit.contract.request_field("model")
    if field is None or not kit.knows_models:
        return
    if "enum" not in field.schema:
        listed = [
            Probe(request, Expect.ACCEPT, f"the model {model}", Priority.TAKEN, carried=(name, model))
            for request, name, model in model_requests(kit)
        ]
        yield expecting(Clause.of("request.{field.name}.listed", field=field), listed)
    if kit.contract.models or field.required:
        listed_ones = (f"request.{field.name}.enum",) if "enum" in field.schema else ()
        clause = Clause.of("request.{field.name}.unknown", field=field, rests_on=listed_ones)
        unknown = Probe(unknown_model(kit, field), Expect.REFUSE, "an unknown model", Priority.GATE)
        yield expecting(clause, [unknown, *_near_models(kit, field)])


def _near_models(kit: Kit, field: Field) -> Iterator[Probe]:
    """Yield names that are nearly a model's: a service that takes them ranks by a model that nobody asked for."""
    known = {name.casefold() for name in kit.contract.models}
    for model in kit.models_of(kit.primary)[:1] if kit.contract.models else ():
        vendor, slash, own = model.rpartition("/")
        near = {
            "in other case": model.swapcase(),
            "without its vendor": own,
            "without its last character": model[:-1],
            # Where the plain ones are taken, so are these.
            "with its vendor in other case": f"{vendor.swapcase()}{slash}{own}",
            "without its last part": model.rpartition("-")[0],
            "behind another vendor": next(_promoted(kit.contract.models), f"no-such-vendor/{model}"),
            "beside white space": f" {model} ",
        }
        nobody = kit.request({**kit.body(), field.name: ""})
        yield Probe(nobody, Expect.REFUSE, "an empty name for a model", Priority.HELD, core=False)
        for number, (label, name) in enumerate(near.items()):
            cased = label.endswith("in other case")
            if name and name not in kit.contract.models and (cased or name.casefold() not in known):
                asked = kit.request({**kit.body(), field.name: name})
                priority = Priority.SPARE if label.startswith(("with its", "without its last part")) else Priority.TAKEN
                priority = Priority.HELD if label in _HELD_NAMES else priority
                core = number == 0 or (kit.full and priority is Priority.HELD)
                yield Probe(asked, Expect.REFUSE, f"a model's name {label}", priority, core=core)


def _promoted(models: Sequence[str]) -> Iterator[str]:
    """Yield names that no model has, made of one that has and of what stands before another one to make a third: who drops that takes them, as who drops any vendor does."""
    known = {*models}
    before = [prefix for name in models for prefix, slash, own in [name.partition("/")] if slash and own in known]
    pairs = ((prefix, own) for prefix in before for own in models if not own.startswith(f"{prefix}/"))
    yield from (name for prefix, own in pairs if (name := f"{prefix}/{own}") not in known)


def unknown_model(kit: Kit, field: Field) -> Request:
    """Return a request for a model that nobody has."""
    return kit.request({**kit.body(), field.name: unknown_name(kit)})


def unknown_name(kit: Kit) -> str:
    """Return a name that begins as a known model's, with a tag behind it: some look no further."""
    known = kit.models_of(kit.primary)[:1] if kit.contract.models else ()
    return f"{''.join(known) or 'no-such-vendor/'}:no-such-model"
