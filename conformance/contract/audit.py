"""What is wrong with a contract as a document: the linters that exist do not look at these."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from conformance.contract.contract import ROLE, Contract, validator
from conformance.contract.errors import ContractError
from conformance.contract.schema import POINTER, convert, escape, follow, types, walk

ROLES = frozenset(
    ["model", "query", "documents", "instruction", "limit", "echo_switch", "chunk_limit", "chunk_overlap", "text", "image", "id", "results", "index", "score", "echo", "meta", "usage", "billed", "input_tokens", "output_tokens", "image_tokens", "search_units", "classifications", "error_code", "error_message", "error_data", "trace"]
)
_ESSENTIAL = ("model", "query", "documents"), ("results", "index", "score")
_BODY = re.compile(r"-d\s+'(?P<body>.*?)'\s*$", re.DOTALL | re.MULTILINE)
_URL = re.compile(r"https?://[^\s\"'\\]+")


@frozen
class Finding:
    """One defect: a stable kind, where it is (a JSON pointer), and what is wrong in a sentence."""

    kind: str
    pointer: str
    sentence: str


def audit(contract: Contract) -> list[Finding]:
    """Return every defect found, in document order; an empty list is a clean contract."""
    return [*_actions(contract), *_values(contract), *_branches(contract), *_samples(contract), *_declarations(contract), *_roles(contract)]


def _actions(contract: Contract) -> Iterator[Finding]:
    for action in contract.unmatched:
        yield Finding("overlay", "#", f"The overlay action on {action.target} matches nothing.")


def _schemas(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in (contract.document.get("components") or {}).get("schemas") or {}:
        pointer = f"#/components/schemas/{escape(name)}"
        yield pointer, convert(contract.document, follow(contract.document, pointer), pointer)
    yield f"{contract.pointer}/requestBody", contract.request_schema
    for answer in contract.answers.values():
        for schema in answer.media.values():
            yield answer.pointer, schema


def _values(contract: Contract) -> Iterator[Finding]:
    seen = set()
    for _, schema in _schemas(contract):
        for _, node in walk(schema):
            where = str(node.get(POINTER))
            if where in seen:
                continue
            seen.add(where)
            values = [("example", value) for value in node.get("x-examples", ())]
            values += [("default", node["default"])] if "default" in node else []
            keeps = validator(node)
            for kind, value in values:
                if not keeps.is_valid(value):
                    told = next(iter(keeps.iter_errors(value))).message
                    yield Finding(kind, f"{where}/{kind}", f"The {kind} {value!r} does not keep its own schema: {told}.")


def _branches(contract: Contract) -> Iterator[Finding]:
    """Each branch of a `oneOf` must have a value of its own, or no answer can ever choose it."""
    seen = set()
    for _, schema in _schemas(contract):
        for _, node in walk(schema):
            where = str(node.get(POINTER))
            if "oneOf" not in node or where in seen:
                continue
            seen.add(where)
            whole = validator({"oneOf": node["oneOf"]})
            for number, branch in enumerate(node["oneOf"]):
                if not any(whole.is_valid(value) for value in _instances(branch)):
                    yield Finding("oneOf", f"{where}/oneOf/{number}", "No value fits this branch alone.")


def _instances(branch: dict[str, Any]) -> Iterator[Any]:
    """Yield values that fit a branch, as different from each other as its schema lets them be."""
    keeps = validator(branch)
    properties = branch.get("properties", {})
    full = {name: next(_simple(member), None) for name, member in properties.items()}
    required = {name: full.get(name) for name in branch.get("required", ())}
    singles = [{name: value} for name, value in full.items()]
    for value in (*branch.get("x-examples", ()), *_simple(branch), required, full, *singles):
        if keeps.is_valid(value):
            yield value


def _simple(schema: dict[str, Any]) -> Iterator[Any]:
    yield from schema.get("x-examples", ())
    yield from schema.get("enum", ())
    samples: dict[str, Any] = {"string": "apple", "integer": 1, "number": 0.5, "boolean": True, "array": ["apple"], "object": {}, "null": None}
    longest = "a" * int(schema.get("minLength", 0))
    for kind in sorted(types(schema)) or sorted(samples):
        yield samples[kind] if kind != "string" or len(longest) <= len("apple") else longest


def _samples(contract: Contract) -> Iterator[Finding]:
    for number, sample in enumerate(contract.operation.get("x-codeSamples") or ()):
        where = f"{contract.pointer}/x-codeSamples/{number}"
        source = str(sample.get("source", ""))
        url = _URL.search(source)
        if url and contract.server and url[0] != contract.server + contract.path:
            yield Finding("sample", where, f"The sample's URL {url[0]} is not {contract.server + contract.path}.")
        body = _BODY.search(source)
        if body is None:
            continue
        try:
            value = json.loads(body["body"])
        except ValueError as error:
            yield Finding("sample", where, f"The sample's body is no JSON: {error}.")
            continue
        if not contract.request_validator.is_valid(value):
            yield Finding("sample", where, "The sample's body does not keep the request's schema.")
            continue
        named = contract.request_field("model")
        model = value.get(named.name) if named else None
        for name in value:
            if isinstance(model, str) and name in contract.fields and not contract.takes(model, name):
                yield Finding("sample", where, f"The sample sends `{name}` to {model}, which by its description does not support it.")


def _declarations(contract: Contract) -> Iterator[Finding]:
    declared = {tag.get("name") for tag in contract.document.get("tags") or ()}
    for tag in contract.operation.get("tags") or ():
        if tag not in declared:
            yield Finding("tag", f"{contract.pointer}/tags", f"The tag {tag} is not declared.")
    body = contract.operation.get("requestBody") or {}
    if contract.request_schema and body.get("required") is not True and all(branch.schema.get("required") for branch in contract.branches):
        yield Finding("body", f"{contract.pointer}/requestBody", "The body has required fields and is not required itself.")
    for pointer, schema in _schemas(contract):
        for path, node in walk(schema):
            missing = [name for name in node.get("required", ()) if node.get("properties") and name not in node["properties"]]
            if missing:
                yield Finding("required", str(node.get(POINTER, pointer)), f"{'.'.join(path) or 'The schema'} requires {', '.join(missing)}, which it does not describe.")


def _roles(contract: Contract) -> Iterator[Finding]:
    sides = (contract.request_schema, *contract.success.media.values())
    for side, essential in zip(sides, _ESSENTIAL, strict=False):
        found = [(node[ROLE], path) for path, node in walk(side) if ROLE in node]
        for role, path in found:
            if role not in ROLES:
                yield Finding("role", "/".join(path), f"{role!r} is no role.")
        for role in essential:
            if role not in {name for name, _ in found}:
                yield Finding("role", str(side.get(POINTER)), f"No field has the role {role}.")
    for branch in contract.branches:
        for role, count in Counter(item.role for item in branch.fields.values() if item.role).items():
            if count > 1:
                yield Finding("role", branch.pointer, f"{count} fields have the role {role}.")


def main() -> int:
    """Audit every shipped contract; print the findings and return 1 if there are any."""
    from conformance.contract.catalogue import load, names

    count = 0
    for name in names():
        try:
            findings = audit(load(name))
        except ContractError as error:
            findings = [Finding("contract", "#", str(error))]
        for finding in findings:
            print(f"{name}: {finding.kind}: {finding.pointer}: {finding.sentence}")
        count += len(findings)
    print(f"{count} findings in {', '.join(names())}")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
