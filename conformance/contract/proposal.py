"""Which fields of a document may have which roles, by name, type, description and example: proposals, for a person to look at.

`hints.toml` holds what is recognised.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from attrs import field, frozen

from conformance.contract.request import Branch
from conformance.contract.roles import ROLE
from conformance.contract.schema import POINTER, Schema, all_types, alternatives, flatten, types, walk

_ENOUGH = 0.55
_FEWEST = 0.35
_DERIVED = 0.6
_RETURNED = ("return", "include", "with")
Path = tuple[str, ...]


@frozen
class Guess:
    """A field that may have a role: where it is declared (a JSON pointer) and stands, how sure that is (0 to 1), and why."""

    role: str
    pointer: str
    path: Path
    confidence: float
    reason: str
    schema: Schema = field(repr=False, eq=False)


@frozen
class _Hint:
    names: tuple[str, ...]
    types: frozenset[str]
    words: re.Pattern[str]
    # Names that follow from those of the documents.
    more: frozenset[str] = frozenset()


@cache
def _hints() -> Mapping[str, Mapping[str, _Hint]]:
    raw = tomllib.loads((files(__package__) / "hints.toml").read_text(encoding="utf-8"))
    documents = raw["request"]["documents"]["names"]
    more = {
        ("result", "echo"): {name.removesuffix("s") for name in documents},
        ("request", "echo_switch"): {f"{verb}{name}" for verb in _RETURNED for name in documents},
    }

    def hint(side: str, role: str, said: Mapping[str, Any]) -> _Hint:
        words = re.compile(said["words"], re.IGNORECASE)
        return _Hint(tuple(said["names"]), frozenset(said["types"]), words, frozenset(more.get((side, role), ())))

    return {side: {role: hint(side, role, said) for role, said in roles.items()} for side, roles in raw.items()}


def kinds(role: str, *, asked: bool) -> frozenset[str]:
    """Return the JSON types that a field of a role has in the request, or in an answer; empty where any will do."""
    if role == "results":
        return frozenset({"array"})
    sides = ("request", "content") if asked else ("answer", "result", "content")
    return frozenset().union(*(_hints()[side][role].types for side in sides if role in _hints()[side]))


def of_request(schema: Schema) -> list[Guess]:
    """Return the roles that fields of a request may have, fields that have one left alone; `schema` is the body's."""
    found: list[Guess] = []
    for leaf in alternatives(schema):
        nodes = [(path, node) for path, node in _nodes(leaf) if path and "*" not in path]
        found += _assigned(nodes, "request", _given(leaf), sibling=_query_beside)
        for guess in [*found, *_standing(nodes)]:
            if guess.role in {"documents", "query"}:
                found += _content(guess)
    return list({(guess.role, guess.pointer): guess for guess in found}.values())


def of_answer(schema: Schema) -> list[Guess]:
    """Return the roles that fields of a success may have; `schema` is the body's."""
    nodes = list(_nodes(schema))
    rows = max(_rows(nodes), key=lambda row: row[0], default=None)
    if rows is None:
        return []
    _, place, leaf, own = rows
    prefix = (*place[0], "*")
    found = [*own]
    if ROLE not in place[1]:
        # What is marked already is sure.
        sure = [1.0] * len({"index", "score"} & _given(leaf)) + [guess.confidence for guess in own]
        found.insert(0, _guess("results", place, min(1.0, sum(sure) / 2), "its items hold an index and a score"))
    for guess in [*own, *_standing([((*prefix, *path), node) for path, node in _nodes(leaf)])]:
        if guess.role == "echo":
            found += _content(guess)
    outside = [(path, node) for path, node in nodes if path and "*" not in path and path != place[0]]
    return [*found, *_assigned(outside, "answer", _given(schema))]


def of_error(schema: Schema) -> list[Guess]:
    """Return the roles that fields of an error may have."""
    nodes = list(_nodes(schema))
    text = any("string" in types(leaf) for leaf in alternatives(schema))
    if text and not {"properties", ROLE} & flatten(schema).keys():
        return [_guess("error_message", ((), schema), 0.9, "the error is a string")]
    return _assigned([(path, node) for path, node in nodes if path], "error", _given(schema))


def of_open_documents(branches: Iterable[Branch]) -> Iterator[tuple[str, str, bool]]:
    """Yield where documents are objects of any form, the member that their text is likeliest under, and whether an example or a default says so."""
    for branch in branches:
        item = branch.by_role("documents")
        for leaf in alternatives(item.schema) if item else ():
            for kind in alternatives(leaf["items"]) if isinstance(leaf.get("items"), dict) else ():
                closed = kind.get("properties") or kind.get("additionalProperties") is False
                if item is None or "object" not in types(kind) or closed or POINTER not in kind:
                    continue
                lists = [values for values in item.schema.get("x-examples", ()) if isinstance(values, list)]
                known = [*kind.get("x-examples", ()), *chain.from_iterable(lists)]
                pairs = [pair for example in known if isinstance(example, Mapping) for pair in example.items()]
                held = [(key, value) for key, value in pairs if isinstance(value, str)]
                keys = [key for key, _ in sorted(held, key=lambda pair: -len(pair[1]))]
                defaults = [other.schema.get("default") for other in branch.fields.values()]
                keys += [str(name) for names in defaults if isinstance(names, list) for name in names]
                name = next((key for key in keys if key in {"text", "content"}), next(iter(keys), "text"))
                yield str(kind[POINTER]), name, bool(keys)


def of_header(name: str, schema: Schema, description: str = "") -> Guess | None:
    """Return the role that a header of an answer may have, or None."""
    found = _assigned([((name,), {"description": description, **schema})], "header", frozenset())
    return found[0] if found else None


def _nodes(schema: Schema) -> Iterator[tuple[Path, Schema]]:
    """Yield what a value can be made of, the merged form of each field once, without what a field's own alternatives say again."""
    seen = set()
    for path, node in walk(schema):
        if path not in seen or ROLE in node:
            seen.add(path)
            yield path, flatten(node)


def _standing(nodes: Iterable[tuple[Path, Schema]]) -> Iterator[Guess]:
    """Yield the roles that fields have already, as if they were guessed."""
    for path, node in nodes:
        if ROLE in node:
            yield _guess(node[ROLE], (path, node), 1.0, "marked")


def _given(schema: Schema) -> frozenset[str]:
    return frozenset(str(node[ROLE]) for _, node in walk(schema) if ROLE in node)


def _guess(role: str, place: tuple[Path, Schema], confidence: float, reason: str) -> Guess:
    path, node = place
    return Guess(role, str(node.get(POINTER, "#")), path, round(confidence, 2), reason, node)


def _assigned(
    nodes: list[tuple[Path, Schema]], side: str, given: frozenset[str], *, above: int = 0, sibling: Any = None
) -> list[Guess]:
    """Give each role to the field that fits it best; every field has one role at most, and roles that are given already are not given again.

    `above` is how deep the object itself stands: only what is deeper inside it is less likely.
    """
    scored = []
    for place in nodes:
        # What no value fits is no field.
        if ROLE in place[1] or place[1].get("not") == {}:
            continue
        for role, hint in _hints()[side].items():
            if role not in given:
                value, reason = _score(place, hint)
                if sibling is not None:
                    value += sibling(role, place, nodes)
                if value >= _ENOUGH:
                    scored.append((value - 0.02 * (len(place[0]) - above), role, place, reason))
    # A document that comes back as an object is the echo, not the text inside it.
    echoes = {place[0] for _, role, place, _ in scored if role == "echo"}
    scored = [
        item
        for item in scored
        if item[1] != "echo" or not any(item[2][0][:end] in echoes for end in range(len(item[2][0])))
    ]
    found: list[Guess] = []
    for value, role, place, reason in sorted(scored, key=lambda item: -item[0]):
        if all(guess.role != role and guess.path != place[0] for guess in found):
            found.append(_guess(role, place, min(value, 1.0), reason))
    return found


def _query_beside(role: str, place: tuple[Path, Schema], nodes: list[tuple[Path, Schema]]) -> float:
    """Return how much more a list looks like the documents where only one list of texts or objects stands in the request."""
    if role != "documents" or not _takes(place[1]):
        return -1.0 if role == "documents" else 0.0
    return 0.25 if sum(1 for _, node in nodes if _takes(node)) == 1 else 0.0


def _takes(schema: Schema) -> bool:
    """Whether a field can be a list of texts or objects."""
    for leaf in alternatives(schema):
        if "array" in types(leaf):
            items = leaf.get("items")
            listed = alternatives(items) if isinstance(items, dict) and items else [{}]
            if any(types(item) & {"string", "object"} or not types(item) for item in listed):
                return True
    return False


def _score(place: tuple[Path, Schema], hint: _Hint) -> tuple[float, str]:
    """Return how well a field fits a role, from 0 to 1, and why."""
    path, node = place
    kinds = all_types(node)
    if kinds and not kinds & hint.types:
        return 0.0, ""
    name = folded(path[-1])
    reasons = []
    if name in hint.names:
        value = 0.72 - 0.015 * hint.names.index(name)
        reasons.append(f"`{path[-1]}` is a usual name of it")
    elif name in hint.more:
        value = _DERIVED
        reasons.append(f"`{path[-1]}` is called after the documents")
    else:
        near = next(
            (known for known in hint.names[:3] if len(known) > 4 and (name.endswith(known) or name.startswith(known))),
            None,
        )
        value = _FEWEST if near else 0.0
        reasons += [f"its name holds “{near}”"] if near else []
    said = f"{node.get('title', '')} {node.get('description', '')}"
    if hint.words.search(said):
        value += 0.13
        reasons.append("its description speaks of it")
    elif not reasons:
        return 0.0, ""
    if kinds:
        value += 0.1
        reasons.append(f"its type is {' or '.join(sorted(kinds & hint.types))}")
    return value, ", ".join(reasons)


def folded(name: str) -> str:
    """Return a name without case and what joins its words."""
    return re.sub(r"[\W_]", "", name).lower()


def _content(guess: Guess) -> list[Guess]:
    """Return the text and the image inside the objects that a query, a document or an echo may be, or inside what these hold."""
    found: list[Guess] = []
    for leaf in alternatives(guess.schema):
        inner = leaf.get("items") if guess.role == "documents" else leaf
        for item in alternatives(inner) if isinstance(inner, dict) else ():
            if item.get("properties") and not _given(item) & {"text", "image"}:
                found += _held(_members(guess.path, item), len(guess.path))
    return found


def _held(own: list[tuple[Path, Schema]], above: int) -> list[Guess]:
    """Return the text and the image among an object's members; where none of them is either, among theirs."""
    found = _assigned(own, "content", frozenset(), above=above)
    strings = [place for place in own if "string" in types(place[1])]
    if len(strings) == 1 and not any(entry.role == "text" for entry in found):
        found.append(_guess("text", strings[0], 0.6, "it is the only string of the object"))
    deeper = [(path, leaf) for path, node in own for leaf in alternatives(node) if leaf.get("properties")]
    return found or [guess for path, leaf in deeper for guess in _held(_members(path, leaf), len(path))]


def _members(path: Path, item: Schema) -> list[tuple[Path, Schema]]:
    """Return an object's members; what has few values tells the kinds of objects apart: no text and no image is listed in advance."""
    members = ((name, flatten(member)) for name, member in item["properties"].items())
    return [((*path, name), node) for name, node in members if not {"const", "enum"} & node.keys()]


def _rows(nodes: list[tuple[Path, Schema]]) -> Iterator[tuple[float, tuple[Path, Schema], Schema, list[Guess]]]:
    """Yield the lists of an answer that may be the results: how likely, where, an item's schema, and what is guessed of its fields."""
    for path, node in nodes:
        for leaf in alternatives(node):
            items = leaf.get("items")
            # Lists of lists of results answer several questions.
            if "array" not in types(leaf) or not isinstance(items, dict) or "*" in path:
                continue
            for item in alternatives(items):
                members = [((*path, "*", *below), inner) for below, inner in _nodes(item) if below and "*" not in below]
                own = _assigned(members, "result", _given(item), above=len(path))
                have = {guess.role for guess in own} | _given(item)
                if {"index", "score"} <= have:
                    marked = 2.0 if node.get(ROLE) == "results" else 0.0
                    sure = sum(guess.confidence for guess in own if guess.role in {"index", "score"})
                    yield marked + sure, (path, node), item, own
