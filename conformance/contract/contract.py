"""A vendor's contract: its OpenAPI document with its overlay on, and the questions it answers."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from conformance.contract import envelope
from conformance.contract.credential import Credential, credentials
from conformance.contract.errors import ContractError
from conformance.contract.overlay import Action
from conformance.contract.schema import POINTER, Schema, alternatives, convert, escape, flatten, resolve, walk

ROLE = "x-rerank-role"
# Statuses of an answer to wrong credentials.
CREDENTIALS = (401, 403)
# Statuses of an answer to a request that breaks the contract, the usual one first.
REFUSALS = (400, 422)
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@frozen
class Field:
    """A field of the request: its wire name (dotted inside an envelope), its role, and its schemas (one a branch that has it)."""

    name: str
    role: str | None
    pointer: str
    schema: Schema
    required: bool

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

    @property
    def kind(self) -> str:
        """What the branch's models take: `text` or `multimodal`."""
        model = self.by_role("model")
        return str(model.schema.get("x-rerank-kind", "text")) if model else "text"

    @property
    def lists_models(self) -> bool:
        """Whether the contract names the branch's models; if not, those of its examples are all that is known."""
        model = self.by_role("model")
        return model is not None and bool(model.schema.get("x-rerank-models") or model.schema.get("enum"))

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the branch's models, from its examples when the contract lists none; empty without any."""
        model = self.by_role("model")
        if model is None:
            return ()
        return tuple(model.schema.get("enum") or model.schema.get("x-rerank-models") or model.schema.get("x-examples") or ())


@frozen
class Place:
    """Where values of a role stand in a body: keys from the root, `*` for every item of a list."""

    role: str
    path: tuple[str, ...]
    schema: Schema = field(repr=False)

    @property
    def name(self) -> str:
        """The path in words, as it stands in ids: `*` reads `items`."""
        return ".".join("items" if part == "*" else part for part in self.path)

    @property
    def pointer(self) -> str:
        """Where the role is declared."""
        return str(self.schema.get(POINTER, "#"))


@frozen
class Header:
    """A header of an answer."""

    name: str
    role: str | None
    required: bool
    schema: Schema
    pointer: str


@frozen
class Answer:
    """What the contract says of one status: media types with their schemas, and headers."""

    status: str
    pointer: str
    media: Mapping[str, Schema]
    headers: tuple[Header, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every role in the answer's bodies, in document order."""
        found: dict[tuple[str, tuple[str, ...]], Place] = {}
        for schema in self.media.values():
            for path, node in walk(schema):
                if ROLE in node:
                    found.setdefault((node[ROLE], path), Place(node[ROLE], path, node))
        return tuple(found.values())

    def place(self, role: str, under: str | None = None) -> Place | None:
        """Return the first place of a role, or the first one below the place of role `under`."""
        prefix: tuple[str, ...] = ()
        if under is not None:
            above = self.place(under)
            if above is None:
                return None
            prefix = above.path
        return next((p for p in self.places if p.role == role and p.path[: len(prefix)] == prefix), None)

    def header(self, role: str) -> Header | None:
        """Return the header of a role, or None."""
        return next((item for item in self.headers if item.role == role), None)


@define(slots=False, eq=False)
class Contract:
    """An effective contract; `document` must not be changed after this is made."""

    name: str
    document: Mapping[str, Any]
    vendored: Mapping[str, Any]
    source: Path
    unmatched: tuple[Action, ...] = ()

    @cached_property
    def version(self) -> str:
        """The document's own `info.version`."""
        return str(self.document.get("info", {}).get("version", ""))

    @cached_property
    def sha256(self) -> str:
        """Hash of the effective document in canonical JSON."""
        canonical = json.dumps(self.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def server(self) -> str:
        """The first server's URL without a trailing slash; empty when there is none."""
        servers = self.document.get("servers") or [{}]
        url = str(servers[0].get("url", ""))
        for name, variable in (servers[0].get("variables") or {}).items():
            url = url.replace("{" + name + "}", str(variable.get("default", "")))
        return url.rstrip("/")

    @cached_property
    def _where(self) -> tuple[str, str]:
        candidates = []
        for path, item in (self.document.get("paths") or {}).items():
            for method in _METHODS:
                operation = item.get(method)
                if isinstance(operation, Mapping) and "requestBody" in operation:
                    schema = self._body_of(path, method)
                    roles = {node[ROLE] for _, node in walk(schema) if ROLE in node} if schema else set()
                    named = "rerank" in f"{path} {operation.get('operationId', '')}".lower()
                    candidates.append(("documents" in roles, named, (path, method)))
        if not candidates:
            msg = f"{self.source} has no operation with a request body."
            raise ContractError(msg)
        best = max(candidates, key=lambda item: item[:2])
        if not any(best[:2]):
            msg = f"{self.source} has no operation that reranks: none has a field of role documents, none is called so."
            raise ContractError(msg)
        return best[2]

    @property
    def path(self) -> str:
        """The path that is appended to a base URL."""
        return self._where[0]

    @property
    def method(self) -> str:
        """The HTTP method in capitals."""
        return self._where[1].upper()

    @property
    def pointer(self) -> str:
        """JSON pointer of the operation."""
        return f"#/paths/{escape(self.path)}/{self._where[1]}"

    @cached_property
    def operation(self) -> Mapping[str, Any]:
        """The operation object."""
        operation: Mapping[str, Any] = self.document["paths"][self.path][self._where[1]]
        return operation

    def _body_of(self, path: str, method: str) -> Schema | None:
        where = f"#/paths/{escape(path)}/{method}/requestBody"
        body, where = resolve(self.document, self.document["paths"][path][method]["requestBody"], where)
        for media, entry in (body.get("content") or {}).items():
            if "json" in media:
                return convert(self.document, entry.get("schema", {}), f"{where}/content/{escape(media)}/schema")
        return None

    @cached_property
    def request_media(self) -> tuple[str, ...]:
        """Media types that the request body may have."""
        body, _ = resolve(self.document, self.operation["requestBody"], f"{self.pointer}/requestBody")
        return tuple(body.get("content") or ())

    @cached_property
    def wire_schema(self) -> Schema:
        """The JSON request body as it crosses the wire, as JSON Schema 2020-12."""
        schema = self._body_of(self.path, self._where[1])
        if schema is None:
            msg = f"{self.source}: {self.method} {self.path} takes no JSON body."
            raise ContractError(msg)
        return schema

    @cached_property
    def request_schema(self) -> Schema:
        """The JSON request body, flat: fields inside envelopes stand at the top, by dotted names."""
        return envelope.opened(self.wire_schema)

    @cached_property
    def envelopes(self) -> frozenset[tuple[str, ...]]:
        """Where objects stand that hold fields of the request; most contracts have none."""
        return envelope.envelopes(self.wire_schema)

    def nest(self, body: Any) -> Any:
        """Return a flat body as it goes over the wire."""
        return envelope.nest(body, self.envelopes) if self.envelopes else body

    def flat(self, body: Any) -> Any:
        """Return a body from the wire with its envelopes opened."""
        return envelope.flat(body, self.envelopes) if self.envelopes else body

    @cached_property
    def request_validator(self) -> Any:
        """A validator of flat request bodies (`is_valid`, `iter_errors`)."""
        return validator(self.request_rules)

    @cached_property
    def request_rules(self) -> Schema:
        """The request's schema, with what some of its forms say of a field said of it in the others too.

        An open object that does not know a field promises nothing about it.
        """
        forms = [branch.fields for branch in self.branches]
        said = {name: [form[name].schema for form in forms if name in form] for form in forms for name in form}
        partly = {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in said.items() if len(found) < len(forms)}
        if not partly:
            return self.request_schema
        return {**self.request_schema, "properties": {**partly, **self.request_schema.get("properties", {})}}

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The alternatives of the request body, in the contract's order."""
        result = []
        for number, raw in enumerate(alternatives(self.request_schema)):
            schema = flatten(raw)
            required = schema.get("required", ())
            fields = {
                name: Field(name, _role(item), str(item.get(POINTER, "#")), item, name in required) for name, item in schema.get("properties", {}).items()
            }
            label = str(schema.get("title") or schema.get(POINTER, "").rpartition("/")[2] or number)
            result.append(Branch(label, str(schema.get(POINTER, "#")), schema, fields))
        return tuple(result)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field of the request, the first branch's schema where several have it."""
        merged: dict[str, Field] = {}
        for branch in self.branches:
            for name, item in branch.fields.items():
                merged.setdefault(name, item)
        return merged

    def request_field(self, role: str) -> Field | None:
        """Return the request's field of a role, or None."""
        return next((item for item in self.fields.values() if item.role == role), None)

    @cached_property
    def request_places(self) -> tuple[Place, ...]:
        """Every role in the request's body, in document order."""
        return tuple(Place(node[ROLE], path, node) for path, node in walk(self.request_schema) if ROLE in node)

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """What is documented, by status (`200`, `4XX`, `default`)."""
        result = {}
        for status, raw in (self.operation.get("responses") or {}).items():
            node, where = resolve(self.document, raw, f"{self.pointer}/responses/{status}")
            media = {
                str(kind): convert(self.document, entry.get("schema", {}), f"{where}/content/{escape(kind)}/schema")
                for kind, entry in (node.get("content") or {}).items()
            }
            headers = tuple(self._header(name, item, f"{where}/headers/{escape(name)}") for name, item in (node.get("headers") or {}).items())
            result[str(status).upper() if str(status) != "default" else "default"] = Answer(str(status), where, media, headers)
        return result

    def _header(self, name: str, raw: Any, where: str) -> Header:
        node, where = resolve(self.document, raw, where)
        schema = convert(self.document, node.get("schema", {}), f"{where}/schema")
        return Header(name, node.get(ROLE), bool(node.get("required")), schema, where)

    def answer(self, status: int) -> Answer | None:
        """Return what is documented for a status: itself, its class (`4XX`), or the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None

    @cached_property
    def success(self) -> Answer:
        """The answer to a request that is accepted: the first documented 2xx."""
        for status, item in self.answers.items():
            if status.startswith("2"):
                return item
        msg = f"{self.source}: {self.method} {self.path} documents no success."
        raise ContractError(msg)

    @property
    def refusal(self) -> int | None:
        """The documented status of a request that breaks the contract: 400, else 422; None without either."""
        return next((status for status in REFUSALS if self.answer(status) is not None), None)

    @cached_property
    def score_span(self) -> float:
        """How far apart the contract lets two scores be; 1 where it does not say."""
        place = self.success.place("score")
        schema = flatten(place.schema) if place is not None else {}
        low, high = (next((schema[key] for key in (bound, f"exclusive{bound.title()}") if key in schema), None) for bound in ("minimum", "maximum"))
        return float(high - low) if low is not None and high is not None and high > low else 1.0

    @property
    def documents_errors(self) -> bool:
        """Whether any status but success is documented."""
        return any(not status.startswith("2") for status in self.answers)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """Names of all models the contract lists, each once."""
        return tuple(dict.fromkeys(name for branch in self.branches for name in branch.models))

    @cached_property
    def prices(self) -> Mapping[str, float]:
        """What a million input tokens cost, in US dollars, by the name of the model; of those whose price is known."""
        found: dict[str, float] = {}
        for branch in self.branches:
            model = branch.by_role("model")
            given = model.schema.get("x-rerank-prices") if model else None
            for name, price in (given or {}).items():
                if isinstance(price, int | float) and not isinstance(price, bool):
                    found[str(name)] = float(price)
        return found

    def takes(self, model: str, name: str) -> bool:
        """Whether a model takes a field, by the contract's prose; True where it says nothing."""
        only = [branch.fields[name].only_models for branch in self.branches_of(model) if name in branch.fields]
        return not only or any(item is None or model in item for item in only)

    def branches_of(self, model: str) -> tuple[Branch, ...]:
        """Return the branches that list a model; all of them for an unknown one."""
        own = tuple(branch for branch in self.branches if model in branch.models)
        return own or self.branches

    @cached_property
    def credential(self) -> Credential | None:
        """How the operation takes a key, the first way that a header can carry; None when it asks for none."""
        named = (self.document.get("components") or {}).get("securitySchemes") or {}
        schemes = {name: resolve(self.document, raw, f"#/components/securitySchemes/{escape(name)}")[0] for name, raw in named.items()}
        return next(credentials(self.operation.get("security", self.document.get("security")), schemes), None)

    @property
    def secured(self) -> bool:
        """Whether a request without the key is to be refused."""
        return self.credential is not None and not self.credential.optional

    @property
    def key_env(self) -> str | None:
        """Name of the environment variable that holds the key, or None."""
        named = self.credential.scheme.get("x-rerank-key-env") if self.credential is not None else None
        return None if named is None else str(named)


def _role(schema: Schema) -> str | None:
    named = flatten(schema).get(ROLE)
    return None if named is None else str(named)


def ask(contract: Contract) -> None:
    """Ask a contract every question once, so that a document that cannot answer is refused where it is loaded.

    Raises whatever a malformed document makes the questions raise.
    """
    _ = (contract.version, contract.sha256, contract.server, contract.models, contract.key_env, contract.request_places)
    _ = (contract.request_media, contract.request_validator, contract.success, contract.documents_errors)
    for answer in contract.answers.values():
        _ = answer.places
        for schema in (*answer.media.values(), *(header.schema for header in answer.headers)):
            validator(schema)


def validator(schema: Schema) -> Any:
    """Return a compiled validator of JSON Schema 2020-12.

    jsonschema-rs, because a fuzzed mock validates thousands of bodies a second.
    Raises ContractError for a schema that is none.
    """
    from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

    try:
        return Draft202012Validator(schema)
    except (ValidationError, ReferencingError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        msg = f"{schema.get(POINTER, 'A schema')} is no usable schema: {first[:300]}"
        raise ContractError(msg) from error


def select(body: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the values at a place's path; missing keys and other types give none."""
    values = [body]
    for key in path:
        if key == "*":
            values = [item for value in values if isinstance(value, list) for item in value]
        else:
            values = [value[key] for value in values if isinstance(value, dict) and key in value]
    return values
