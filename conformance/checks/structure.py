"""What the contract's schemas say about bodies: of the success, and of each documented error."""

from collections.abc import Iterator
from http import HTTPMethod
from typing import Any

from conformance.checks.check import Check, Judgement, complaint, show
from conformance.checks.reading import Reading
from conformance.contract import Answer, Contract, select, validator
from conformance.contract.contract import CREDENTIALS, REFUSALS
from conformance.contract.schema import POINTER, Schema, alternatives, flatten, types
from conformance.model.clause import Clause, Impact, Level, keywords
from conformance.model.exchange import BUSY, NOT_JSON, UNAVAILABLE
from conformance.model.finding import Breach

# What a clause on each keyword says of a place that passes it, and of one that fails it.
KEYWORDS = keywords("answered")
# Statuses that a client can bring about by what it sends.
_PROVOKED = (*REFUSALS, CREDENTIALS[0], 404, 405)

Node = tuple[tuple[str, ...], str]


def dotted(path: tuple[str, ...]) -> str:
    """Return a path as it stands in an id: `*` reads `items`."""
    return ".".join("items" if part == "*" else part for part in path)


def body_checks(contract: Contract, prefix: str, answer: Answer, schema: Schema, applies: Any) -> Iterator[Check]:
    """Yield one check for every keyword of every schema in a body.

    `applies` tells whether a reading's body is one that the schema speaks of.
    """
    compiled = validator(schema)
    nodes = dict(_nodes(schema))

    def broken(reading: Reading) -> dict[Node, list[Breach]]:
        cache: dict[str, dict[Node, list[Breach]]] = reading.__dict__.setdefault("_broken", {})
        if prefix not in cache:
            cache[prefix] = _errors(compiled, nodes, reading.answer)
        return cache[prefix]

    for node, owner in nodes.items():
        path, keyword = node
        said, wrong, *impact = KEYWORDS[keyword]
        subject = f"`{dotted(path)}`" if path else "the body"
        where = "an answer" if answer is contract.success else f"a {answer.status}"
        clause = Clause(
            ".".join(filter(None, (prefix, dotted(path), keyword))),
            f"In {where}, {subject} {said}.",
            Level.MUST,
            f"{owner.get(POINTER, '#')}/{keyword}",
            Impact(*impact) if impact else Impact.BREAKS,
            _about(answer, path),
            wrong=f"{subject[0].upper()}{subject[1:]} {wrong}.",
            mend=f"Send {subject} as the contract declares it.",
        )

        def judge(reading: Reading, node: Node = node) -> Judgement:
            if not applies(reading) or reading.answer is NOT_JSON:
                return None
            return broken(reading).get(node, [])

        yield Check(clause, judge)


def _about(answer: Answer, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the roles on the way to a path, and the name of a field that has none."""
    roles = tuple(place.role for place in answer.places if place.path == path[: len(place.path)])
    named = not path or path[-1] == "*" or any(place.path == path for place in answer.places)
    return roles if named else (*roles, ".".join(part for part in path if part != "*"))


def _nodes(
    schema: Schema, path: tuple[str, ...] = (), seen: frozenset[str] = frozenset()
) -> Iterator[tuple[Node, Schema]]:
    """Yield each (path, keyword) that can be broken, with the schema that owns it; the first owner counts."""
    flat = flatten(schema)
    branches = [] if alternatives(flat) == [flat] else alternatives(flat)
    for keyword in flat:
        if keyword == "required":
            for name in flat["required"]:
                yield ((*path, name), "required"), flat
        elif keyword in KEYWORDS and not (keyword == "additionalProperties" and flat[keyword] is not False):
            yield (path, keyword), flat
    for branch in branches:
        # What is wrong inside a branch shows as "fits no branch", unless only one could have been meant.
        for name, member in branch.get("properties", {}).items():
            yield from _nodes(member, (*path, name), seen)
    for name, member in flat.get("properties", {}).items():
        yield from _nodes(member, (*path, name), seen)
    if isinstance(flat.get("items"), dict):
        yield from _nodes(flat["items"], (*path, "*"), seen)


def _errors(compiled: Any, nodes: dict[Node, Schema], body: Any) -> dict[Node, list[Breach]]:
    found: dict[Node, list[Breach]] = {}
    for outer in complaints(compiled, body):
        if outer is None:
            return {node: [Breach("a body that can be read", "it is nested too deep")] for node in list(nodes)[:1]}
        error = _meant(outer)
        path = tuple("*" if isinstance(part, int) else str(part) for part in error.instance_path)
        keyword = next((str(part) for part in reversed(error.schema_path) if part in KEYWORDS), "type")
        if keyword == "required":
            path = (*path, str(error.kind.property))
        node: Node = (path, keyword)
        while node not in nodes and node[0]:
            node = (node[0][:-1], "oneOf" if (node[0][:-1], "oneOf") in nodes else "type")
        found.setdefault(node, []).append(Breach(_expected(nodes.get(node, {}), node), _located(error)))
    for (path, keyword), owner in nodes.items():
        if keyword == "type" and types(owner) == {"integer"}:
            # JSON Schema takes 1.0 for an integer; a client that indexes with it does not.
            whole = [value for value in select(body, path) if isinstance(value, float) and value.is_integer()]
            if whole:
                found.setdefault((path, keyword), []).append(Breach("an integer without a fraction", show(whole[0])))
    return found


def _located(error: Any) -> str:
    """Return where a body is wrong, and how."""
    return f"{'/'.join(map(str, error.instance_path)) or 'the body'}: {complaint(str(error.message))}"


def complaints(compiled: Any, body: Any) -> list[Any]:
    """Return what a validator finds; [None] for a body that it gives up on, nested too deep."""
    try:
        return list(compiled.iter_errors(body))
    except (ValueError, RecursionError):
        return [None]


def _meant(error: Any) -> Any:
    """Return what is wrong inside the one branch that a value was meant for, else the error itself."""
    branches = [[_meant(inner) for inner in branch] for branch in getattr(error.kind, "context", ())]
    deeper = [
        branch for branch in branches if branch and all(len(e.instance_path) > len(error.instance_path) for e in branch)
    ]
    return deeper[0][0] if len(deeper) == 1 else error


_FORMS = {
    "oneOf": "exactly one of the contract's forms",
    "anyOf": "one of the contract's forms",
    "not": "nothing that the contract rules out",
}


def _expected(owner: Schema, node: Node) -> str:
    path, keyword = node
    if keyword == "required":
        return f"`{dotted(path)}`, which is required"
    return _FORMS[keyword] if keyword in _FORMS else f"{keyword}: {show(owner.get(keyword))}"


def success_checks(contract: Contract) -> Iterator[Check]:
    """Yield the checks of the success's body."""
    for schema in contract.success.media.values():
        yield from body_checks(contract, "response", contract.success, schema, lambda reading: reading.answered)
        return


def error_checks(contract: Contract) -> Iterator[Check]:
    """Yield, for each documented error status, the checks of its media type and of its body's shape."""
    for status, answer in contract.answers.items():
        if status.startswith("2"):
            continue
        for media, schema in answer.media.items():
            compiled = validator(schema)
            name = status.lower()

            def about(reading: Reading, answer: Answer = answer) -> bool:
                # What broke off or cannot be read shows no shape, nor does an answer to HEAD, nor what a parser says of a method that HTTP does not have.
                method = reading.exchange.request.method in set(HTTPMethod) - {HTTPMethod.HEAD}
                # Nor does a gateway's own page under a status that the contract does not name: who writes 5XX speaks of the service.
                foreign = str(reading.status) not in contract.answers and reading.status in UNAVAILABLE - BUSY
                bad = reading.status >= 300 and not reading.defect
                return bad and not foreign and method and contract.answer(reading.status) is answer

            def kind(reading: Reading, answer: Answer = answer, about: Any = about) -> Judgement:
                if not about(reading) or reading.exchange.response is None:
                    return None
                came = reading.exchange.response.media_type
                wanted = [media.lower() for media in answer.media]
                return [] if came in wanted else [Breach(" or ".join(wanted), came or "no Content-Type")]

            def shape(reading: Reading, compiled: Any = compiled, about: Any = about) -> Judgement:
                if not about(reading) or reading.exchange.response is None or reading.defect:
                    return None
                if reading.answer is NOT_JSON:
                    return [Breach("a JSON body", show(reading.exchange.response.text) or "an empty body")]
                return [
                    Breach("the contract's error shape", _located(error) if error else "it is nested too deep")
                    for error in complaints(compiled, reading.answer)
                ]

            provoked = any(contract.answer(code) is answer for code in _PROVOKED)
            told = {"name": name, "status": status, "answer": answer, "provoked": provoked}
            yield Check(Clause.of("error.{name}.media_type", media=media, **told), kind)
            yield Check(Clause.of("error.{name}.shape", **told), shape)
            break
