"""What a contract says of a request: its body's fields and branches, and its parameters."""

from collections.abc import Mapping
from functools import cached_property
from math import inf
from typing import Any

from attrs import field, frozen

from conformance.contract.roles import ROLE
from conformance.contract.schema import POINTER, Schema, alternatives, flatten, types, walk
from conformance.contract.validation import validator

# Without these nothing is ranked.
_ASKED = ("query", "documents")


@frozen
class Field:
    """A field of the request: its wire name (dotted inside an envelope), its role, and its schemas (one a branch that has it)."""

    name: str
    role: str | None
    pointer: str
    schema: Schema
    required: bool

    @cached_property
    def takes(self) -> Any:
        """What says whether the field may have a value."""
        return validator(self.schema)

    @property
    def only_models(self) -> frozenset[str] | None:
        """Models that take the field by the contract's prose; None when it names none."""
        named = self.schema.get("x-rerank-only-models")
        return None if named is None else frozenset(named)


@frozen
class Branch:
    """One alternative of the request body: an object schema with its fields and models."""

    label: str
    pointer: str
    schema: Schema
    fields: Mapping[str, Field]

    def by_role(self, role: str) -> Field | None:
        """Return the branch's field of a role, or None."""
        return next((item for item in self.fields.values() if item.role == role), None)

    @cached_property
    def most(self) -> tuple[float, float]:
        """How many documents a list may hold, and how many characters a text among them may have; infinite where that is not said."""
        documents = self.by_role("documents")
        lists = (leaf for leaf in alternatives(documents.schema if documents else {}) if "items" in leaf)
        texts = (leaf for leaf in alternatives(self.items) if "string" in types(leaf))
        held = min((leaf["maxItems"] for leaf in lists if "maxItems" in leaf), default=inf)
        return held, min((leaf["maxLength"] for leaf in texts if "maxLength" in leaf), default=inf)

    @cached_property
    def marked(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Where roles stand in the body, each with the role; several where a field has several forms."""
        return tuple((where, str(node[ROLE])) for where, node in walk(self.schema) if where and ROLE in node)

    @cached_property
    def items(self) -> Schema:
        """The schema of one document in a list; an empty one where there is none."""
        documents = self.by_role("documents")
        leaves = alternatives(documents.schema) if documents is not None else ()
        return next((leaf["items"] for leaf in leaves if isinstance(leaf.get("items"), dict)), {})

    @cached_property
    def takes(self) -> Any:
        """What says whether the list of documents may hold a document."""
        return validator(self.items)

    @cached_property
    def kind(self) -> str:
        """What the branch's models take: `text` or `multimodal`."""
        model = self.by_role("model")
        return str(model.schema.get("x-rerank-kind", "text")) if model else "text"

    @property
    def lists_models(self) -> bool:
        """Whether the contract names the branch's models; if not, those of its examples are all that is known."""
        model = self.by_role("model")
        return model is not None and bool(
            model.schema.get("x-rerank-models") or model.schema.get("enum") or "const" in model.schema
        )

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Names of the branch's models, from its examples when the contract lists none; empty without any."""
        model = self.by_role("model")
        if model is None:
            return ()
        said = model.schema
        fixed = [said["const"]] if "const" in said else said.get("enum") or said.get("x-rerank-models")
        loose = [name for leaf in alternatives(said) for name in (leaf.get("enum") or ())]
        found = fixed or loose or said.get("x-examples") or ()
        return tuple(name for name in found if isinstance(name, str) and name)


@frozen
class Parameter:
    """A parameter beside the body: its name, where it stands (`header`, `query`, `path` or `cookie`), whether it is required, and its schema."""

    name: str
    place: str
    required: bool
    pointer: str
    schema: Schema = field(repr=False)

    @property
    def plain(self) -> bool:
        """Whether it may be a text, a number or a boolean, and stands where such a value is sent."""
        kinds = [types(leaf) - {"null"} for leaf in alternatives(self.schema)]
        return self.place != "cookie" and any(not kind or kind - {"array", "object"} for kind in kinds)


def branches(request: Schema) -> tuple[Branch, ...]:
    """Return the alternatives of a flat request body; of those that ask for different things (null, ids in place of texts) the ones that rank as the first does."""
    result: list[Branch] = []
    for number, raw in enumerate(alternatives(request)):
        schema = flatten(raw)
        required = schema.get("required", ())
        fields = {
            name: Field(name, _role(item), str(item.get(POINTER, "#")), item, name in required)
            for name, item in schema.get("properties", {}).items()
        }
        label = str(schema.get("title") or schema.get(POINTER, "").rpartition("/")[2] or number)
        result.append(Branch(label, str(schema.get(POINTER, "#")), schema, fields))
    asked = [[item.name for role in _ASKED if (item := branch.by_role(role))] for branch in result]
    named = next((names for names in asked if len(names) == len(_ASKED)), None)
    return tuple(branch for branch, names in zip(result, asked, strict=True) if named in (None, names))


def _role(schema: Schema) -> str | None:
    named = flatten(schema).get(ROLE)
    return None if named is None else str(named)
