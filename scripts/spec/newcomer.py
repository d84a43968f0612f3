"""What is proposed for a vendor that is not there yet: roles with their reasons, and what the text says of key, order, models and prices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from conformance.contract import Contract, ContractError, place, proposal
from conformance.contract.audit import audit
from conformance.contract.envelope import ENVELOPE
from conformance.contract.overlay import Action
from conformance.contract.proposal import Guess
from conformance.contract.roles import ROLE
from conformance.contract.schema import POINTER, flatten, resolve, walk
from scripts.spec import models
from scripts.spec.rewrite import Proposal, Step

_ORDER = re.compile(
    r"descend|best (match(es)? )?(comes? )?first|most relevant first|highest[^.]{0,40}first|(sorted|ordered|ranked|sort)\b[^.]{0,40}\b(relevan|scor)|ordered list of ranked|降序|从高到低|由高到低",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"(?:\$\{?|environ\W{1,4}|getenv\W{1,3}|env\.|export )(?!(?:YOUR_)?(?:API|ACCESS|SECRET)_)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN))\b"
)
_PREFIX = re.compile(
    r"[`'\"<]?\b(Token|Key|ApiKey|Api-Key|Bearer|Basic)\b(?:[`'\"”]?\s+followed by a space|\s+[<{\[$`'\"]?(?:your|api|the|token|key|\$|\{|<|YOUR|sk-))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[`\"“']([\w./:-]*[\w])[`\"”']")
# A name is read from its first character to its last: tried from every one, a data URI of 20 kB would take hours.
_PRICE = re.compile(
    r"(?<![\w./-])(?=[\w./-]*(?:\d|rerank))([\w./-]++)[^.\n$]{0,41}\$\s?(\d+(?:\.\d+)?)\s*(?:per|/|for)\s*(?:1\s*)?(?:million|1?M\b|1,?000,?000)",
    re.IGNORECASE,
)
_UNSURE = 0.75
_SCORE_RANGE = re.compile(r"\[0, ?1\]|between 0 and 1|from 0 to 1|0 ?[~–-] ?1\b|0到1|0至1", re.IGNORECASE)


def roles(fresh: Contract, old: Contract | None = None) -> Iterator[Proposal]:
    """Yield an action for each role that a field seems to have; of a known vendor only the sure ones, and none that the old contract does without."""
    declined = {(guess.path, guess.role) for guess in guesses(old)} if old is not None else set()
    for guess in guesses(fresh):
        wanted = old is None or ((guess.path, guess.role) not in declined and guess.confidence >= _UNSURE)
        # Where a schema that contains itself is cut off, there is no place to mark.
        if wanted and guess.pointer != "#":
            dotted = ".".join("items" if part == "*" else part for part in guess.path)
            called = f"`{dotted}`" if guess.path else "the whole answer"
            reason = f"{called}: {guess.reason}"
            for action in _marking(fresh, guess):
                said = f"Proposed with confidence {guess.confidence:.2f}: {reason}."
                yield Proposal(evolve(action, description=said), reason, guess.confidence)


def _marking(fresh: Contract, guess: Guess) -> Iterator[Action]:
    """Yield what marks a field: at its schema, or where it refers to one that other fields refer to as well."""
    where = place.location(fresh.document, guess.pointer)
    if isinstance(place.at(fresh.document, where), bool):
        # An overlay reaches into objects alone.
        yield Action(place.path(where[:-1]), "", {str(where[-1]): {ROLE: guess.role}})
        return
    shared = guess.pointer.startswith("#/components/schemas/") and len(where) == 3
    referrers = list(_referrers(fresh.document, guess.pointer, ())) if shared else []
    own = [location for location in referrers if guess.path and location[-1] == guess.path[-1]]
    if len(referrers) < 2 or len(own) != 1:
        yield Action(place.path(where), "", {ROLE: guess.role})
    elif str(fresh.document.get("openapi", "")).startswith("3.0"):
        # OpenAPI 3.0 overlooks what stands beside a reference.
        yield Action(place.path(own[0]), "", {"allOf": [{"$ref": guess.pointer}], ROLE: guess.role})
        yield Action(place.path((*own[0], "$ref")), "", None, remove=True)
    else:
        yield Action(place.path(own[0]), "", {ROLE: guess.role})


def _referrers(node: Any, pointer: str, at: place.Location) -> Iterator[place.Location]:
    if isinstance(node, Mapping):
        if node.get("$ref") == pointer:
            yield at
        for key, value in node.items():
            yield from _referrers(value, pointer, (*at, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _referrers(value, pointer, (*at, number))


def guesses(fresh: Contract) -> list[Guess]:
    """Return the roles that fields of a contract seem to have and are not marked with: of its request, its success, its errors, its headers."""
    found = proposal.of_request(fresh.wire_schema)
    for status, answer in fresh.answers.items():
        good = answer is fresh.success
        for media, schema in answer.media.items():
            if "json" in media or media == next(iter(answer.media)):
                found += (
                    proposal.of_answer(schema) if good else () if status.startswith("2") else proposal.of_error(schema)
                )
        for header in answer.headers if good else ():
            raw = place.at(fresh.document, place.location(fresh.document, header.pointer))
            guess = proposal.of_header(header.name, header.schema, str(raw.get("description", "")))
            if header.role is None and guess is not None:
                found.append(evolve(guess, pointer=header.pointer, path=(header.name,), schema=header.schema))
    once: dict[str, Guess] = {}
    for guess in found:
        once.setdefault(guess.pointer, guess)
    return list(once.values())


def facts(fresh: Contract, vendor: str) -> Iterator[Proposal]:
    """Yield what else is proposed once the roles are there; each reason quotes what it rests on."""
    yield from _key(fresh, vendor)
    yield from _required(fresh)
    yield from _defaults(fresh)
    yield from _texts(fresh)
    yield from _order(fresh)
    yield from _models(fresh)
    yield from _score(fresh)


def _path(fresh: Contract, pointer: str) -> str:
    return place.path(place.location(fresh.document, pointer))


def _proposed(target: str, reason: str, update: Any) -> Proposal:
    """Return an action that says why it is proposed."""
    return Proposal(Action(target, f"Proposed: {reason}.", update), reason)


def _key(fresh: Contract, vendor: str) -> Iterator[Proposal]:
    """Yield what carries the key where only a parameter says so, the variable it is read from, the word before it."""
    info, operation = fresh.document.get("info") or {}, fresh.operation
    told = [operation.get("description", ""), info.get("description", ""), operation.get("x-codeSamples", "")]
    said = " ".join(map(str, told))
    if fresh.credential is None:
        for number, raw in enumerate(fresh.operation.get("parameters") or ()):
            node, where = resolve(fresh.document, raw, f"{fresh.pointer}/parameters/{number}")
            header = isinstance(node, Mapping) and node.get("in") == "header"
            if header and str(node.get("name", "")).lower() == "authorization":
                reason = f"{where} asks for the header Authorization, which OpenAPI has said as a security scheme"
                schemes = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
                for there, update in (
                    ("$", {"components": schemes}),
                    (_path(fresh, fresh.pointer), {"security": [{"key": []}]}),
                ):
                    yield Proposal(Action(there, f"{reason}.", update), reason)
        return
    schemes = (fresh.document.get("components") or {}).get("securitySchemes") or {}
    name = next(
        (name for name, raw in schemes.items() if resolve(fresh.document, raw, "#")[0] is fresh.credential.scheme), None
    )
    if name is None:
        return
    where = place.path(("components", "securitySchemes", name))
    scheme = fresh.credential.scheme
    described = str(scheme.get("description", ""))
    if fresh.key_env is None:
        found = _VARIABLE.search(f"{described} {said}")
        variable = found[1] if found else re.sub(r"\W", "_", vendor).upper() + "_API_KEY"
        reason = f"the key is read from {variable}" + (", which the document names" if found else ", a name of ours")
        yield _proposed(where, reason, {"x-rerank-key-env": variable})
    word, bare = _PREFIX.search(described), scheme.get("type") == "apiKey" and not fresh.credential.prefix
    if word and bare and fresh.credential.header.lower() == "authorization":
        reason = f"the description has “{word[1]}” before the key"
        yield _proposed(where, reason, {"x-rerank-key-prefix": word[1]})


def _required(fresh: Contract) -> Iterator[Proposal]:
    """Yield a list of what is required, where an object that nobody can use without some of its fields has none at all."""
    for branch in fresh.branches:
        needed = [
            item.name for item in branch.fields.values() if item.role in {"query", "documents"} and "." not in item.name
        ]
        if needed and not branch.schema.get("required") and "$ref" not in branch.pointer:
            reason = f"{branch.pointer} requires nothing, and nothing can be ranked without {' and '.join(f'`{name}`' for name in needed)}"
            yield _proposed(_path(fresh, branch.pointer), reason, {"required": needed})
    for schema in fresh.success.media.values():
        for _, node in walk(schema):
            members = {flatten(member).get(ROLE): name for name, member in node.get("properties", {}).items()}
            needed = [members[role] for role in ("results", "index", "score") if role in members]
            if needed and not node.get("required") and POINTER in node:
                reason = f"{node[POINTER]} requires nothing, and nobody can use it without {' and '.join(f'`{name}`' for name in needed)}"
                yield _proposed(_path(fresh, str(node[POINTER])), reason, {"required": needed})


def _defaults(fresh: Contract) -> Iterator[Proposal]:
    """Take out a default of what must be sent: it is an example."""
    for branch in fresh.branches:
        for item in branch.fields.values():
            if item.required and "default" in item.schema:
                reason = f"`{item.name}` is required, so that its default never counts; it is an example"
                where = place.location(fresh.document, item.pointer)
                if place.has(fresh.document, (*where, "default")):
                    yield Proposal(Action(place.path((*where, "default")), f"{reason}.", None, remove=True), reason)


def _texts(fresh: Contract) -> Iterator[Proposal]:
    """Mark the text of documents that are objects of any form, by an example or by the default of a list of fields."""
    for pointer, name, known in proposal.of_open_documents(fresh.branches):
        sure = "as in an example" if known else "which is only a guess"
        reason = f"a document is an object of any form; its text stands under `{name}`, {sure}"
        text = {"properties": {name: {"type": "string", ROLE: "text"}}}
        yield _proposed(_path(fresh, pointer), reason, text)


def _order(fresh: Contract) -> Iterator[Proposal]:
    results = fresh.success.place("results")
    if results is None or "x-rerank-order" in results.schema:
        return
    for text in (results.schema.get("description"), fresh.operation.get("description"), fresh.operation.get("summary")):
        found = _ORDER.search(str(text or ""))
        if found and results.pointer != "#":
            reason = f"the text says “{_around(str(text), found)}”"
            yield _proposed(_path(fresh, results.pointer), reason, {"x-rerank-order": "descending"})
            return


def _around(text: str, found: re.Match[str]) -> str:
    words = " ".join(text[max(found.start() - 40, 0) : found.end() + 40].split())
    return words[:110]


def _models(fresh: Contract) -> Iterator[Proposal]:
    """List the models that a description names, and what they cost where the text says."""
    for branch in fresh.branches:
        item = branch.by_role("model")
        if item is None or branch.lists_models or item.pointer == "#":
            continue
        said = str(item.schema.get("description", ""))
        quoted = [
            name for name in _QUOTED.findall(said) if re.search(r"\d|rerank", name, re.IGNORECASE) and name[0] != "."
        ]
        named = list(dict.fromkeys([*models.named(said), *(name for name in quoted if re.search(r"[-/]", name))]))
        if named:
            reason = f"the description of `{item.name}` names {', '.join(named)}"
            yield _proposed(_path(fresh, item.pointer), reason, {"x-rerank-models": named})
        told = _PRICE.findall(f"{said} {fresh.operation.get('description', '')}")
        prices = {name: float(price) for name, price in told if name in named}
        if prices:
            reason = f"the text says what {', '.join(prices)} cost a million tokens"
            yield _proposed(_path(fresh, item.pointer), reason, {"x-rerank-prices": prices})


def _score(fresh: Contract) -> Iterator[Proposal]:
    score = fresh.success.place("score")
    bounds = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    if score is None or bounds & score.schema.keys() or fresh.request_field("raw_scores"):
        return
    found = _SCORE_RANGE.search(str(score.schema.get("description", "")))
    if found and score.pointer != "#":
        reason = f"the description of the score says “{found[0]}”"
        yield _proposed(_path(fresh, score.pointer), reason, {"minimum": 0, "maximum": 1})


def answered(fresh: Contract) -> Iterator[Proposal]:
    """Yield a schema for a success that has an example and no schema, as the example has it."""
    from genson import SchemaBuilder

    try:
        media, schema = next(iter(fresh.success.media.items()), ("", {}))
    except ContractError:
        return
    if not media or any(
        value for key, value in schema.items() if key not in {POINTER, "title", "description", "type", "x-examples"}
    ):
        return
    where = (*place.location(fresh.document, fresh.success.pointer), "content", media)
    entry = place.at(fresh.document, where)
    examples = [entry["example"]] if "example" in entry else []
    others = [item for item in (entry.get("examples") or {}).values() if isinstance(item, Mapping)]
    examples += [resolve(fresh.document, item, "#")[0].get("value") for item in others]
    examples += schema.get("x-examples", [])
    found = next((value for value in examples if isinstance(value, dict | list)), None)
    if found is not None:
        builder = SchemaBuilder(schema_uri=None)
        builder.add_object(found)
        reason = f"{place.pointer(where)} has an example and no schema; this one is what the example has"
        yield _proposed(place.path(where), reason, {"schema": builder.to_schema()})


def doubts(contract: Contract, steps: Sequence[Step], notes: Sequence[str]) -> Iterator[str]:
    """Say what a person should look at: unsure roles, fields without one, what the audit finds, what the document leaves out."""
    for step in steps:
        if step.confidence is not None and step.confidence < _UNSURE:
            yield f"Is this right? {step.reason}."
    silent = [item.name for item in contract.fields.values() if item.role is None and ENVELOPE not in item.schema]
    if silent:
        yield f"Fields of the request without a role, which are only checked against their schema: {', '.join(silent)}."
    results = contract.success.place("results")
    if results is not None and "x-rerank-order" not in results.schema:
        yield "No sentence that promises an order of the results was found; add `x-rerank-order: descending` if the vendor promises it."
    if contract.credential is None and contract.unsent_keys:
        yield (
            f"The document asks for {' or '.join(contract.unsent_keys)}, which is not sent. "
            "Add a bearer token or a key in a header as a security scheme, if the service takes one."
        )
    elif contract.credential is None:
        yield "The document asks for no key; if the service does, add a security scheme."
    elif contract.keys > 1:
        yield f"A request carries {contract.keys} keys at once, and of them {' and '.join(contract.unsent_keys)} is not sent; send it with --header."
    if not contract.server:
        yield "The document names no server; add one under `servers`, or name it at each run."
    if "{" in contract.template:
        yield f"The path {contract.template} has parameters; it is asked as {contract.path}, so set the examples of its parameters."
    if contract.request_field("model") is not None and not contract.models:
        yield "No model is named; list some under `x-rerank-models`, or name one at each run with --model."
    if contract.refusal is None:
        yield "No answer to a wrong request is described (400 or 422), so a refusal may have any status from 400 to 499."
    yield from (finding.sentence for finding in audit(contract))
    yield from notes
