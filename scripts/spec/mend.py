"""Overlay actions for what the audit finds in a new document: they are proposed, and listed for a person to read."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from conformance.contract import Contract, ContractError, place, validator
from conformance.contract.audit import AuditFinding, audit
from conformance.contract.instances import instances
from conformance.contract.overlay import Action
from conformance.contract.schema import POINTER
from scripts.spec import keywords, newcomer
from scripts.spec.rewrite import Proposal

# What a document raises that does not answer a question yet.
_UNREADABLE = (ContractError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
_BREAKS = "It breaks the document's own schema, so it is taken out:"


def stages(fresh: Contract, old: Contract | None) -> Iterator[list[Proposal]]:
    """Yield lists of actions that mend the document of a contract, with the reason of each: what a later list rests on stands in an earlier one.

    Also what the document seems to say, but for what was declined of the old one. What raises has its cause in something that an earlier list mends.
    """
    for stage in ((lambda fresh, _old: keywords.actions(fresh.document)), _meant, _said, _overlapping, _audited):
        found: list[Proposal] = []
        try:
            found += stage(fresh, old)
        except _UNREADABLE:
            yield found
            return
        yield found


def _meant(fresh: Contract, old: Contract | None) -> Iterator[Proposal]:
    if old is None:
        yield from newcomer.answered(fresh)
    yield from newcomer.roles(fresh, old)
    yield from _key_kept(fresh, old)


def _said(fresh: Contract, old: Contract | None) -> Iterator[Proposal]:
    known = {item.reason for item in newcomer.facts(old, old.name)} if old is not None else set()
    return (item for item in newcomer.facts(fresh, fresh.name) if item.reason not in known)


def _audited(fresh: Contract, _old: Contract | None) -> Iterator[Proposal]:
    # From the last to the first: removing one item of a list moves those behind it.
    for finding in reversed(audit(fresh)):
        rule = _RULES.get(finding.kind)
        if rule is not None:
            for action in rule(fresh.document, finding):
                yield Proposal(action, finding.sentence)


def _key_kept(fresh: Contract, old: Contract | None) -> Iterator[Proposal]:
    """Name the variable of the key as before, where the scheme is another one."""
    if old is None or fresh.credential is None or old.key_env is None or fresh.key_env is not None:
        return
    for name, raw in ((fresh.document.get("components") or {}).get("securitySchemes") or {}).items():
        if raw == fresh.credential.scheme:
            reason = f"the key is read from {old.key_env}, as before"
            where = place.path(("components", "securitySchemes", name))
            yield Proposal(Action(where, f"{reason}.", {"x-rerank-key-env": old.key_env}), reason)
            return


def _overlapping(fresh: Contract, _old: Contract | None) -> Iterator[Proposal]:
    """Read the request's `oneOf` as `anyOf` where its plain forms fit several branches: by the letter no such request could be sent."""
    try:
        schema, branches = fresh.request_schema, [branch.schema for branch in fresh.branches]
        plain = [value for branch in branches for value in islice(instances(branch), 3)]
    except _UNREADABLE:
        return
    if (
        "oneOf" not in schema
        or "anyOf" in schema
        or not any(sum(validator(branch).is_valid(value) for branch in branches) > 1 for value in plain)
    ):
        return
    where = place.location(fresh.document, str(schema[POINTER]))
    said = "A plain request fits several of its forms, so by `oneOf` none could be sent; the forms are read as `anyOf`."
    yield Proposal(Action(place.path(where), said, {"anyOf": place.at(fresh.document, where)["oneOf"]}), said)
    yield Proposal(Action(place.path((*where, "oneOf")), "Said by `anyOf`.", None, remove=True), said)


def broken_samples(fresh: Contract) -> bool:
    """Whether the audit finds a sample or example of a contract wrong."""
    try:
        return any(finding.kind in {"sample", "example"} for finding in audit(fresh))
    except _UNREADABLE:
        return True


def _example(document: Any, finding: AuditFinding) -> Iterator[Action]:
    where = place.location(document, finding.pointer)
    if where[-1] == "value" and len(where) > 2 and where[-3] == "examples":
        where = where[:-1]
    elif not place.has(document, where) and where[-1] == "example":
        where = (*where[:-1], "examples")
    if place.has(document, where):
        yield Action(place.path(where), f"{_BREAKS} this {finding.kind}.", None, remove=True)


def _body(document: Any, finding: AuditFinding) -> Iterator[Action]:
    yield Action(place.path(place.location(document, finding.pointer)), finding.sentence, {"required": True})


def _tag(document: Any, finding: AuditFinding) -> Iterator[Action]:
    declared = {tag.get("name") for tag in document.get("tags") or () if isinstance(tag, Mapping)}
    for tag in place.at(document, place.location(document, finding.pointer)):
        if tag not in declared:
            yield Action("$", finding.sentence, {"tags": [{"name": tag}]})


def _required(document: Any, finding: AuditFinding) -> Iterator[Action]:
    where = place.location(document, finding.pointer)
    schema = place.at(document, where)
    described = schema.get("properties") or {}
    for number, name in reversed(list(enumerate(schema.get("required") or ()))):
        if name not in described:
            yield Action(place.path((*where, "required", number)), finding.sentence, None, remove=True)


def _one_of(document: Any, finding: AuditFinding) -> Iterator[Action]:
    """Require a key of a branch that any object fits, so that it can be told from the others."""
    where = place.location(document, finding.pointer)
    branch = place.at(document, where)
    while isinstance(branch, Mapping) and "$ref" in branch:
        where = place.location(document, branch["$ref"])
        branch = place.at(document, where)
    if isinstance(branch, Mapping) and branch.get("properties") and not branch.get("required"):
        why = "Without a required key every object fits this branch, so none can be told from the others."
        yield Action(place.path(where), why, {"required": list(branch["properties"])[:1]})


_RULES = {
    **dict.fromkeys(("example", "default", "sample"), _example),
    "body": _body,
    "tag": _tag,
    "required": _required,
    "oneOf": _one_of,
}
