"""Requirements on the request's fields: everything that the contract's schema says of each."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from attrs import evolve

from conformance.checks.features import odd
from conformance.checks.structure import dotted
from conformance.contract import Branch, Field, validator
from conformance.contract.envelope import ENVELOPE
from conformance.model.clause import Clause, Impact, Level, keywords
from conformance.model.exchange import Request
from conformance.model.explanation import Features
from conformance.probes.company import Companions
from conformance.probes.expected import holds_image
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.mutation import LONE, NOUGHT, cases
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement

# What a clause on each keyword says, and what is wrong where a value that breaks it is accepted.
_SAID = keywords("asked")
_MAY_BE_NULL = ("`{0}` may be null.", "A null for `{0}` is refused.")
_EMPTY = "An empty `{0}` is accepted."
# What must be accepted; of all else what must be refused comes first.
_ALLOWED = frozenset({_MAY_BE_NULL, _SAID["optional"]})
# Keywords whose far side each form of a request is asked about; and whether a field is there each form looks by itself.
BOUNDS = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"}
)
_EACH = BOUNDS | {"required"}
# Where a wrong value waits for what is left over; one that few parsers take in one field alone waits longer.
_WAITING = (Priority.HELD, Priority.REFUSED)
_REPEATS = Expect.REFUSE, Priority.REPEATED


def field_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield a requirement for each keyword of each field, over all branches that have the field."""
    clauses: dict[str, Clause] = {}
    probes: dict[str, dict[tuple[str, str], Probe]] = {}
    met = {branch.label: Companions(kit, branch) for branch in kit.branches}
    placed: dict[str, Probe] = {}
    seen = set[tuple[str, bool]]()

    def waits(probe: Probe) -> bool:
        """Whether another core probe asks about a wrong value of the same kind: who takes it in one field, or inside one, takes it in another."""
        if kit.full or not probe.core or probe.expect is not Expect.REFUSE:
            return False
        name, _, value = probe.label.partition("` ")
        kind = value, "." in name
        known = kind in seen
        seen.add(kind)
        return known

    for branch in kit.branches:
        for item in branch.fields.values():
            for clause, probe in _of_field(kit, branch, item):
                clauses.setdefault(clause.id, clause)
                known = probes.setdefault(clause.id, {})
                # What one branch showed need not be shown again by another; a bound is tried in each.
                each = kit.full and probe.expect is Expect.REFUSE and clause.id.rpartition(".")[2] in _EACH
                if (place := (probe.label, f"{probe.expect} {branch.label if each else ''}")) not in known:
                    # What two clauses ask alike is asked once.
                    alike = placed.get(probe.request.key) or met[branch.label].join(probe, item.name)
                    placed[probe.request.key] = alike
                    asked = evolve(probe, request=alike.request, label=alike.label, apart=alike.apart)
                    later = _WAITING[LONE in probe.label]
                    known[place] = evolve(asked, core=False, priority=later) if waits(probe) else asked
                    for other in met[branch.label].others(probe, item.name) if kit.full else ():
                        known.setdefault((other.label, place[1]), other)
    _hollow(kit, probes)
    for known in probes.values() if kit.full else ():
        # Of what repeats a refusal one of each clause is asked before all else that repeats something.
        again = (place for place, probe in known.items() if (probe.expect, probe.priority) == _REPEATS)
        for place in islice(again, 1):
            known[place] = evolve(known[place], priority=Priority.REFUSED)
    for clause in clauses.values():
        sent = _one_at_least(tuple(probes[clause.id].values()))
        if any(probe.expect is not Expect.OBSERVE for probe in sent):
            yield expecting(clause, sent)


def _one_at_least(probes: Sequence[Probe]) -> Sequence[Probe]:
    """Let the first wrong value of a clause be asked in any case where all of them would wait."""
    wrong = [probe for probe in probes if probe.expect is Expect.REFUSE and (probe.core or probe.priority in _WAITING)]
    if not wrong or any(probe.core for probe in wrong):
        return probes
    return [evolve(one, core=True, priority=Priority.REFUSED) if one is wrong[0] else one for one in probes]


def _hollow(kit: Kit, probes: Mapping[str, dict[tuple[str, str], Probe]]) -> None:
    """Add a body of nothing, and a document that is an object of nothing where texts alone are documents: who looks for their members breaks there."""
    item = kit.named("documents")
    for path, keyword, body, label in (
        ((item.name, "*"), "type", kit.body(documents=[{}]), "an object of nothing"),
        ((item.name,), "required", {}, "missing, and all else"),
    ):
        if (kind := f"request.{dotted(path)}.{keyword}") in probes:
            probe = _probe(kit, kit.primary, body, label, path, again=True)
            priority = Priority.EARLY if body else Priority.SPARE
            probes[kind][probe.label, str(probe.expect)] = evolve(probe, priority=priority)


def _of_field(kit: Kit, branch: Branch, item: Field) -> Iterator[tuple[Clause, Probe]]:
    model = kit.model(branch, item.name) or kit.model(branch)
    taken = kit.model(branch, item.name) is not None
    base = kit.body(branch)
    name_of_model = branch.by_role("model")
    if name_of_model is not None and item.role != "model" and (kit.knows_models or name_of_model.required):
        base[name_of_model.name] = model
    value = base.get(item.name)
    probe = partial(_probe, kit, branch)
    if ENVELOPE in item.schema:
        prefix = f"{item.name}."
        bare = {key: kept for key, kept in base.items() if not key.startswith(prefix)}
        said = "required" if item.schema[ENVELOPE] else "optional"
        clause = _clause(branch, (item.name,), said, item.pointer, {})
        yield clause, probe(bare, "missing", (item.name,))
        flat = {key.removeprefix(prefix): kept for key, kept in base.items()}
        outside = probe(flat, "missing, its members in its place", (item.name,))
        if outside.expect is Expect.REFUSE:
            yield clause, outside
    if item.required:
        without = {key: kept for key, kept in base.items() if key != item.name}
        # Who reads names whatever their case takes two fields for one; of one field this is asked first, where another key does not matter.
        other = {item.name.swapcase(): value}
        first = item.role == "documents" and kit.contract.request_validator.is_valid({**base, **other})
        clause = _clause(branch, (item.name,), "required", f"{branch.pointer}/required", item.schema)
        yield clause, probe(without, "missing", (item.name,), again=first)
        yield clause, probe({**without, **other}, "missing, and there in other case", (item.name,), again=not first)
    for case in cases(item.schema, value):
        form = case.keyword in {"oneOf", "anyOf"} and item.role in {"query", "documents"}
        body, path = {**base, item.name: case.value}, (item.name, *case.path)
        sent = probe(body, case.label, path, usual=case.usual, again=case.again, form=form)
        if sent.expect is Expect.ACCEPT:
            # No model of this branch takes the field: what happens then is open, but what is invalid stays so.
            unserved = item.role == "model" and (case.keyword != "enum" or case.value not in kit.contract.models)
            if unserved or not taken:
                continue
        about = tuple("*" if part == "items" else part for part in path)
        yield _clause(branch, about, case.keyword, case.pointer, {} if case.path else item.schema), sent


def _clause(branch: Branch, path: tuple[str, ...], keyword: str, pointer: str, owner: dict[str, Any]) -> Clause:
    bound, field = owner.get(keyword), dotted(path)
    kept = f"`{{0}}` keeps the contract's `{keyword}`.", f"`{{0}}` beyond the contract's `{keyword}` is accepted."
    said = _SAID.get(keyword, kept)
    if keyword == "null" and validator(owner).is_valid(None):
        said = _MAY_BE_NULL
    elif keyword == "null":
        pointer = f"{pointer} (no null)"
    shown = f"{bound}" if isinstance(bound, int | float | str) else f"the contract's `{keyword}`"
    wrong = _EMPTY if bound == 1 and keyword in {"minLength", "minItems"} else said[1]
    mend = "Accept such a request: the contract allows it."
    if said not in _ALLOWED:
        mend = "Refuse such a request: the contract does not allow it."
    return Clause(
        f"request.{field}.{keyword}",
        said[0].format(field, shown),
        Level.MUST,
        pointer,
        Impact.CHANGES,
        _about(branch, path),
        wrong=wrong.format(field, shown),
        mend=mend,
    )


def _about(branch: Branch, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the roles on the way to a path; a field without one goes by its name."""
    roles = dict.fromkeys(role for where, role in branch.marked if where == path[: len(where)])
    return tuple(roles) or (path[0],)


def _probe(
    kit: Kit,
    branch: Branch,
    body: dict[str, Any],
    label: str,
    path: tuple[str, ...],
    *,
    usual: bool = False,
    again: bool = False,
    form: bool = False,
) -> Probe:
    keeps = kit.contract.request_validator.is_valid(body)
    expect = Expect.ACCEPT if keeps else Expect.REFUSE
    if keeps and (
        _open(body, path)
        or not validator(branch.schema).is_valid(body)
        or (branch.kind != MULTIMODAL and holds_image(kit, body))
    ):
        expect = Expect.OBSERVE
    item, value = branch.fields.get(path[0]), body.get(path[0])
    if keeps and item is not None and item.role == "query" and isinstance(value, str) and len(value) == 1:
        # A blank question is at that bound, too, and trimmed by some.
        value = " "
        body = {**body, path[0]: value}
    apart: tuple[Request, ...] = ()
    if expect is Expect.ACCEPT and item is not None and item.role == "instruction" and value == NOUGHT:
        # So short a one is asked about with a question that is as short: one request for two.
        apart = (kit.request(body), kit.control)
        body = {**body, kit.named("query", branch).name: kit.query(branch, NOUGHT)}
    # A whole object in a text's place is refused for what a list is refused for.
    text = item is not None and item.role in {"model", "instruction"}
    again = again or (isinstance(value, dict) and (text or branch is not kit.primary))
    # What the first form of a request shows, and what a contract leaves open, is asked when there are more requests.
    again = again or expect is Expect.OBSERVE
    core = not again and not (usual and expect is Expect.ACCEPT)
    request = kit.request(body)
    carried: tuple[str, Any] | Features | None = None
    if expect is Expect.ACCEPT and item is not None and path[0] in body:
        carried = odd(request, kit.contract, item.name) if form else (path[0], value)
    model = kit.primary.by_role("model")
    served = {**body, model.name: kit.model(kit.primary)} if model is not None and model.name in body else body
    # Where a model is not served, its refusal says nothing of the value.
    elsewhere = expect is Expect.REFUSE and path[0] != (model.name if model else "") and served != body
    if elsewhere and not kit.contract.request_validator.is_valid(served):
        apart = (kit.request(served),)
    priority = Priority.REFUSED if core else Priority.REPEATED
    return Probe(request, expect, f"`{dotted(path)}` {label}", priority, core, carried, apart=apart)


def _open(body: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether drafts of JSON Schema differ about the value: 4.0 where an integer is asked for."""
    value = body.get(path[0])
    return isinstance(value, float) and value.is_integer()
