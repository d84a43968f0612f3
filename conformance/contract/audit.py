"""What is wrong with a contract as a document: the linters that exist do not look at these."""

import json
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from conformance.contract.contract import CREDENTIALS, Contract
from conformance.contract.errors import ContractError
from conformance.contract.forms import by_the_letter
from conformance.contract.impossible import impossible
from conformance.contract.instances import alone, instances
from conformance.contract.operation import concrete
from conformance.contract.proposal import kinds
from conformance.contract.roles import ROLE, ROLES
from conformance.contract.schema import POINTER, Schema, all_types, convert, escape, flatten, follow, resolve, walk
from conformance.contract.validation import validator

_ESSENTIAL = ("query", "documents"), ("results", "index", "score")
_URL = re.compile(r"https?://[^\s\"'\\]+")
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json")


@frozen
class AuditFinding:
    """A stable kind, where it is (a JSON pointer), and what is wrong in a sentence."""

    kind: str
    pointer: str
    sentence: str


def audit(contract: Contract) -> list[AuditFinding]:
    """Return every defect found, each once; an empty list is a clean contract."""
    checks = (_actions, _values, _bodies, _branches, _impossible, _samples, _declarations, _roles)
    return list(dict.fromkeys(finding for check in checks for finding in check(contract)))


def _actions(contract: Contract) -> Iterator[AuditFinding]:
    for action in contract.unmatched:
        yield AuditFinding("overlay", "#", f"The overlay action on {action.target} matches nothing.")


def _schemas(contract: Contract) -> Iterator[tuple[str, Schema]]:
    for name in (contract.document.get("components") or {}).get("schemas") or {}:
        pointer = f"#/components/schemas/{escape(name)}"
        yield pointer, convert(contract.document, follow(contract.document, pointer), pointer)
    yield f"{contract.pointer}/requestBody", contract.request_schema
    for answer in contract.answers.values():
        for schema in (*answer.media.values(), *(header.schema for header in answer.headers)):
            yield answer.pointer, schema


def _nodes(contract: Contract) -> Iterator[tuple[str, Schema]]:
    """Yield every schema of the contract once, with where it stands."""
    seen = set()
    for above, schema in _schemas(contract):
        for _, node in walk(schema):
            where = str(node.get(POINTER, above))
            if where not in seen:
                seen.add(where)
                yield where, node


def _values(contract: Contract) -> Iterator[AuditFinding]:
    for where, node in _nodes(contract):
        values = [("example", value) for value in node.get("x-examples", ())]
        values += [("default", node["default"])] if "default" in node else []
        for kind, value in values:
            yield from _keeps(node, value, kind, f"{where}/{kind}")


def _keeps(schema: Schema, value: Any, kind: str, where: str) -> Iterator[AuditFinding]:
    error = next(iter(validator(schema).iter_errors(value)), None)
    if error is not None:
        yield AuditFinding(kind, where, f"The {kind} {value!r} does not keep its own schema: {error.message}.")


def _bodies(contract: Contract) -> Iterator[AuditFinding]:
    """Look at the examples of whole bodies, which stand beside a schema and not in it."""
    body, where = resolve(contract.document, contract.operation["requestBody"], f"{contract.pointer}/requestBody")
    for media, entry in (body.get("content") or {}).items():
        for pointer, value in _media_examples(contract, entry, f"{where}/content/{escape(media)}"):
            yield from _fits(contract, value, "example", pointer)
    for answer in contract.answers.values():
        node = follow(contract.document, answer.pointer)
        for media, entry in (node.get("content") or {}).items():
            for pointer, value in _media_examples(contract, entry, f"{answer.pointer}/content/{escape(media)}"):
                yield from _keeps(answer.media[concrete(str(media))], value, "example", pointer)


def _media_examples(contract: Contract, entry: Any, where: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(entry, Mapping):
        return
    if "example" in entry:
        yield f"{where}/example", entry["example"]
    examples = entry.get("examples")
    for name, raw in examples.items() if isinstance(examples, Mapping) else ():
        node, pointer = resolve(contract.document, raw, f"{where}/examples/{escape(name)}")
        if isinstance(node, Mapping) and "value" in node:
            yield f"{pointer}/value", node["value"]


def _branches(contract: Contract) -> Iterator[AuditFinding]:
    """Each branch of a `oneOf` must have a value of its own, or no answer can ever choose it."""
    for where, node in ((where, by_the_letter(node)) for where, node in _nodes(contract)):
        branches = node.get("oneOf", ())
        for number, branch in enumerate(branches):
            if alone(node, number) is None:
                said = "No value was found that fits this branch alone."
                yield AuditFinding("oneOf", f"{where}/oneOf/{number}", said)
            plain = next(instances(branch), None)
            said = f"It requires nothing, so the plain value of branch {number + 1} fits it too."
            for other, beside in enumerate(branches):
                asks = other == number or beside.get("required") or not isinstance(plain, dict)
                if not asks and validator(beside).is_valid(plain):
                    yield AuditFinding("oneOf", f"{where}/oneOf/{other}", said)


def _impossible(contract: Contract) -> Iterator[AuditFinding]:
    # What stands around it is impossible for the same reason.
    told = {why: where for where, why in impossible(contract).items()}
    for why, where in told.items():
        yield AuditFinding("impossible", where, f"{why[0].upper()}{why[1:]}.")


def _samples(contract: Contract) -> Iterator[AuditFinding]:
    """Yield what is wrong with the operation's `x-codeSamples`: URL, body, and fields that the model does not take."""
    samples = contract.operation.get("x-codeSamples") or []
    for number, sample in enumerate(samples if isinstance(samples, list) else [samples]):
        where = f"{contract.pointer}/x-codeSamples/{number}"
        source = sample.get("source") if isinstance(sample, Mapping) else None
        if not isinstance(source, str):
            yield AuditFinding("sample", where, "The sample has no source.")
            continue
        url = _URL.search(source)
        if url and contract.server and url[0] != contract.server + contract.path:
            yield AuditFinding("sample", where, f"The sample's URL {url[0]} is not {contract.server + contract.path}.")
        try:
            text = _data(source)
            body = None if text is None else json.loads(text)
        except ValueError as error:
            yield AuditFinding("sample", where, f"The sample cannot be read: {error}.")
            continue
        if body is not None:
            yield from _fits(contract, body, "sample", where)


def _fits(contract: Contract, body: Any, kind: str, where: str) -> Iterator[AuditFinding]:
    """Yield what is wrong with an example of a whole request."""
    error = next(iter(contract.request_validator.iter_errors(contract.flat(body))), None)
    if error is not None:
        yield AuditFinding(kind, where, f"The {kind}'s body does not keep the request's schema: {error.message}.")
        return
    named = contract.request_field("model")
    model = body.get(named.name) if named and isinstance(body, dict) else None
    listed = all(branch.lists_models for branch in contract.branches)
    if isinstance(model, str) and model not in contract.models and listed:
        yield AuditFinding(kind, where, f"The {kind} names the model {model}, which the contract does not list.")
    for name in body if isinstance(body, dict) else ():
        if name not in contract.fields:
            yield AuditFinding(kind, where, f"The {kind} sends `{name}`, which the contract does not describe.")
        elif isinstance(model, str) and not contract.takes(model, name):
            said = f"The {kind} sends `{name}` to {model}, which by its description does not support it."
            yield AuditFinding(kind, where, said)


def _data(source: str) -> str | None:
    """Return the body that a curl command sends; None for what is no curl or sends none."""
    if not source.lstrip().startswith("curl"):
        return None
    words = shlex.split(source)
    for word, following in zip(words, words[1:], strict=False):
        if word in _DATA:
            return following
    joined = tuple(f"{name}=" for name in _DATA if name.startswith("--"))
    return next((word.partition("=")[2] for word in words if word.startswith(joined)), None)


def _declarations(contract: Contract) -> Iterator[AuditFinding]:
    declared = [tag.get("name") for tag in _listed(contract.document.get("tags")) if isinstance(tag, Mapping)]
    for tag in _listed(contract.operation.get("tags")):
        if tag not in declared:
            yield AuditFinding("tag", f"{contract.pointer}/tags", f"The tag {tag} is not declared.")
    body, where = resolve(contract.document, contract.operation["requestBody"], f"{contract.pointer}/requestBody")
    if body.get("required") is not True and all(branch.schema.get("required") for branch in contract.branches):
        yield AuditFinding("body", where, "The body has required fields and is not required itself.")
    if contract.secured and contract.documents_errors and not any(map(contract.answer, CREDENTIALS)):
        said = "Credentials are asked for, and no answer to wrong ones is described."
        yield AuditFinding("security", f"{contract.pointer}/responses", said)
    for where, node in _nodes(contract):
        flat = flatten(node)
        missing = [name for name in flat.get("required", ()) if name not in (flat.get("properties") or ())]
        if missing and flat.get("properties"):
            yield AuditFinding("required", where, f"It requires {', '.join(missing)}, which it does not describe.")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _roles(contract: Contract) -> Iterator[AuditFinding]:
    for where, node in _nodes(contract):
        if ROLE in node and not (isinstance(node[ROLE], str) and node[ROLE] in ROLES):
            yield AuditFinding("role", where, f"{node[ROLE]!r} is no role.")
        members = [flatten(member).get(ROLE) for member in flatten(node).get("properties", {}).values()]
        for role, count in Counter(role for role in members if isinstance(role, str)).items():
            if count > 1:
                yield AuditFinding("role", where, f"{count} of its fields have the role {role}.")
    for answer in contract.answers.values():
        for header in answer.headers:
            if header.role is not None and header.role not in ROLES:
                yield AuditFinding("role", header.pointer, f"{header.role!r} is no role.")
    sides = (contract.request_schema, *contract.success.media.values())
    for side, essential in zip(sides, _ESSENTIAL, strict=False):
        found = {node[ROLE]: node for _, node in walk(side) if isinstance(node.get(ROLE), str)}
        for role in essential:
            if role not in found:
                yield AuditFinding("role", str(side.get(POINTER)), f"No field has the role {role}.")
        yield from _kinds(found, asked=side is contract.request_schema)


def _kinds(found: Mapping[str, Schema], *, asked: bool) -> Iterator[AuditFinding]:
    """Yield each role on a field of a type that no such field has."""
    for role, node in found.items():
        needed = kinds(role, asked=asked)
        has = all_types(node) - {"null"}
        if needed and has and not needed & has:
            said = f"It has the role {role} and is of type {_or(has)}; {_or(needed)} is needed."
            yield AuditFinding("role", str(node.get(POINTER)), said)


def _or(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))


def main(argv: Sequence[str] | None = None) -> int:
    """Audit contracts given by name, file or folder, else every shipped one; print the findings and return 1 if there are any."""
    from conformance.contract.catalogue import load, names

    count = 0
    chosen = tuple(sys.argv[1:] if argv is None else argv) or names()
    for name in chosen:
        try:
            findings = audit(load(name))
        except ContractError as error:
            findings = [AuditFinding("contract", "#", str(error))]
        for finding in findings:
            print(f"{name}: {finding.kind}: {finding.pointer}: {finding.sentence}")
        count += len(findings)
    print(f"{count} findings in {', '.join(chosen)}")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
