"""Lawful requests to a contract's operation, for probes to start from."""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import quote, urlencode

from attrs import define, field, frozen

from conformance import __version__
from conformance.contract import Branch, Contract, Field, Parameter
from conformance.contract.instances import instances, sampled
from conformance.contract.parameters import keeps, text
from conformance.contract.schema import alternatives, flatten, types
from conformance.model.exchange import Headers, Request
from conformance.probes.texts import DOCUMENTS, QUERY

MULTIMODAL = "multimodal"
# What every request carries, where a document forgot to require it too.
_ALWAYS = frozenset({"query", "documents"})


class Own(Enum):
    """What stands for the credentials that a lawful request carries."""

    KEY = "the key"


@frozen
class Beside:
    """Parameters as they are sent: headers, and a query with its question mark."""

    headers: Headers = ()
    query: str = ""

    @classmethod
    def of(cls, given: Iterable[tuple[Parameter, Any]]) -> "Beside":
        """Return parameters, each with its value, as they are sent."""
        sent = [(item.place, item.name, text(value)) for item, value in given]
        query = urlencode([(name, said) for place, name, said in sent if place == "query"], quote_via=quote, safe="")
        return cls(tuple((name, said) for place, name, said in sent if place == "header"), f"?{query}" if query else "")


def value_of(item: Parameter) -> Any:
    """Return a value for a parameter that can be sent and read: its default, an example, else the simplest."""
    known = [item.schema["default"]] if "default" in item.schema else []
    guesses = chain(known, [sampled(item.schema, "apple")], instances(item.schema))
    sendable = (value for value in guesses if value is not None and keeps(item, [(item.name, text(value))]))
    return next(sendable, "apple")


@define(slots=False, eq=False)
class Kit:
    """What every probe is made from: a contract, and the models that the target is said to know.

    `models` replaces the contract's own list; a name that the contract does
    not know is taken for a text model that takes every field. `variable` is the
    name under which the key stands in requests (default: the contract's). A `full` kit asks
    about every level of every factor, another one about those that are worth a few requests.
    """

    contract: Contract
    models: tuple[str, ...] = ()
    headers: Headers = field(default=())
    variable: str | None = None
    full: bool = False
    _holders: dict[tuple[int, str], Any] = field(factory=dict, init=False, repr=False)

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The request's branches for which there is a model to ask."""
        return tuple(branch for branch in self.contract.branches if self.models_of(branch))

    @cached_property
    def primary(self) -> Branch:
        """The branch that most probes use: the first one with a model."""
        return self.branches[0] if self.branches else self.contract.branches[0]

    @cached_property
    def knows_models(self) -> bool:
        """Whether the contract or the caller names a model; if not, only a required one is sent, under a made-up name."""
        return bool(self.models or self.contract.models)

    def models_of(self, branch: Branch) -> tuple[str, ...]:
        """Return the models to ask for a branch, in the order of preference."""
        if not self.models:
            return branch.models or (self._made_up(branch),)
        known = set(self.contract.models)
        first = next((b for b in self.contract.branches if b.kind != MULTIMODAL), self.contract.branches[0])
        return tuple(m for m in self.models if m in branch.models or (m not in known and branch is first))

    @staticmethod
    def _made_up(branch: Branch) -> str:
        """Return a name for a model where nobody names one."""
        named = branch.by_role("model")
        fits = named is None or named.takes.is_valid("default")
        return "default" if fits or named is None else str(sampled(named.schema, "default"))

    def model(self, branch: Branch, name: str | None = None) -> str | None:
        """Return a model of the branch that takes the field `name`, or None."""
        only = branch.fields[name].only_models if name is not None and name in branch.fields else None
        known = set(self.contract.models)
        return next((m for m in self.models_of(branch) if only is None or m in only or m not in known), None)

    def has(self, *roles: str, branch: Branch | None = None) -> bool:
        """Whether the branch has a field of every one of these roles."""
        return all((branch or self.primary).by_role(role) is not None for role in roles)

    def named(self, role: str, branch: Branch | None = None) -> Field:
        """Return the branch's field of a role; KeyError when there is none."""
        found = (branch or self.primary).by_role(role)
        if found is None:
            raise KeyError(role)
        return found

    def body(self, branch: Branch | None = None, /, **roles: Any) -> dict[str, Any]:
        """Return a lawful body: the required fields, query and documents, and fields by role.

        The model is one that takes every field given; `documents` are texts,
        brought into the form that the branch takes.
        """
        branch = branch or self.primary
        body: dict[str, Any] = {}
        given = {self.named(role, branch).name: value for role, value in roles.items()}
        for item in branch.fields.values():
            if item.name in given:
                body[item.name] = given[item.name]
            elif item.required or item.role in _ALWAYS or (item.role == "model" and self.models):
                body[item.name] = self._default(branch, item, given)
        return body

    def _default(self, branch: Branch, item: Field, given: Mapping[str, Any]) -> Any:
        if item.role == "model":
            limited = (name for name in given if branch.fields[name].only_models)
            return next((m for name in limited if (m := self.model(branch, name))), self.model(branch))
        usual: Any = None
        if item.role == "query":
            usual = self.query(branch, QUERY)
        elif item.role == "limit":
            # As many as there are, or what is to be shown is cut off.
            usual = self._count(branch, given)
        elif item.role == "documents":
            longest = self.longest_document(max(map(len, DOCUMENTS)))
            usual = self.documents(
                branch, [text[:longest] for text in DOCUMENTS[: self.most_documents(len(DOCUMENTS))]]
            )
        return usual if usual is not None and item.takes.is_valid(usual) else sampled(item.schema, usual)

    def _count(self, branch: Branch, given: Mapping[str, Any]) -> int:
        """Return how many documents a body with the given fields has."""
        listed = given.get(self.named("documents", branch).name) if self.has("documents", branch=branch) else None
        return len(listed) if isinstance(listed, list) and listed else self.most_documents(len(DOCUMENTS))

    def query(self, branch: Branch, text: str) -> Any:
        """Return a text as the branch takes a query."""
        field = self.named("query", branch)
        return text if field.takes.is_valid(text) else self._wrapped(field.schema, text)

    def documents(self, branch: Branch, texts: Sequence[str]) -> list[Any]:
        """Return texts as the list of documents that the branch takes."""
        takes = branch.takes
        return [text if takes.is_valid(text) else self._wrapped(branch.items, text) for text in texts]

    def most_documents(self, wanted: int, branch: Branch | None = None) -> int:
        """Return how many documents a list may hold, `wanted` at most."""
        return int(min(wanted, (branch or self.primary).most[0]))

    def longest_document(self, wanted: int) -> int:
        """Return how many characters a document may have, `wanted` at most."""
        return int(min(wanted, self.primary.most[1]))

    def _wrapped(self, schema: dict[str, Any], text: str) -> Any:
        found = self.content(schema, "text", text)
        if found is not None:
            return found
        takes_text = any(
            "string" in types(leaf)
            or any(isinstance(value, str) for value in (leaf.get("const"), *leaf.get("enum", ())))
            for leaf in alternatives(schema)
        )
        # A text that breaks the schema on purpose stays what it is.
        return text if takes_text else sampled(schema, text)

    def content(self, schema: dict[str, Any], role: str, value: str) -> dict[str, Any] | None:
        """Return an object that holds a text or an image as a schema takes it, with what else is required there; None where it takes none."""
        # Every text of every request asks.
        held = self._holders.get((id(schema), role))
        if held is None or held[0] is not schema:
            held = self._holders[id(schema), role] = (schema, *_holder(schema, role))
        _, key, needed, inner = held
        if key is None:
            return None
        told = value if inner is None else self.content(inner, role, value)
        return {n: told if n == key else sampled(one, value) for n, one in needed.items()} | {key: told}

    @staticmethod
    def content_key(schema: dict[str, Any], role: str) -> str | None:
        """Return the key under which an object branch of a schema holds a text or an image, or None."""
        return _content_key(alternatives(schema), role)

    def takes_string(self, branch: Branch) -> bool:
        """Whether the branch takes one string in place of a list of documents."""
        return any("string" in types(leaf) for leaf in alternatives(self.named("documents", branch).schema))

    @property
    def key_name(self) -> str:
        """The name under which the key stands in requests."""
        return self.variable or self.contract.key_env or "API_KEY"

    @cached_property
    def authorization(self) -> tuple[str, str] | None:
        """The header that carries the key, as a shell would read it; None when none is asked for."""
        credential = self.contract.credential
        return None if credential is None else (credential.header, credential.value(f"${self.key_name}"))

    def request(
        self,
        body: Any,
        *,
        media: str | None = None,
        path: str | None = None,
        method: str | None = None,
        authorization: str | Own | None = Own.KEY,
        parameters: Mapping[tuple[str, str], Any] | None = None,
        repeat: int = 0,
    ) -> Request:
        """Return a request: a flat body as compact JSON (bytes as they are), the rest as the contract declares.

        `authorization` is another value for the header that carries the key, or None to send none;
        `media` is another media type, or "" to send none; `parameters` are others than the required ones, by place and name.
        """
        content = body if isinstance(body, bytes) else self.encode(body)
        beside = self.beside if parameters is None else self._beside(parameters)
        headers: list[tuple[str, str]] = [
            ("User-Agent", f"rerank-conformance/{__version__}"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
        ]
        media = self.media if media is None else media
        if media:
            headers.append(("Content-Type", media))
        if self.authorization and authorization is not None:
            name, own = self.authorization
            value = own if isinstance(authorization, Own) else authorization
            headers.append((name, value))
        return Request(
            method or self.contract.method,
            (self.contract.path if path is None else path) + beside.query,
            (*headers, *beside.headers, *self.headers),
            content,
            repeat,
        )

    @cached_property
    def parameters(self) -> Mapping[tuple[str, str], Any]:
        """What the contract requires beside the body, by place and name, each with a value that keeps its schema."""
        return {(item.place, item.name): value_of(item) for item in self.contract.parameters if item.required}

    @cached_property
    def beside(self) -> Beside:
        """What the contract requires beside the body, as it is sent."""
        return self._beside(self.parameters)

    def _beside(self, values: Mapping[tuple[str, str], Any]) -> Beside:
        declared = {(item.place, item.name): item for item in self.contract.parameters}
        return Beside.of((declared[here], value) for here, value in values.items())

    def encode(self, body: Any, **options: Any) -> bytes:
        """Return a flat body as it crosses the wire, as JSON."""
        return encode(self.contract.nest(body), **options)

    @cached_property
    def media(self) -> str:
        """The media type of a request body."""
        return next((media for media in self.contract.request_media if "json" in media), "application/json")

    @property
    def unmade(self) -> str:
        """Why no request can be made that keeps the contract's schema; empty where one can."""
        error = next(iter(self.contract.request_validator.iter_errors(self.body())), None)
        if error is None:
            return (
                "" if self.most_documents(1) else "its list of documents may hold none, so that nothing can be ranked."
            )
        where = ".".join(map(str, error.instance_path)) or "the request"
        return f"no request could be made that keeps its own schema: `{where}`: {str(error.message)[:200]}; an example in the document or in an overlay would show one."

    @cached_property
    def echoing(self) -> dict[str, Any]:
        """What asks, by role, that the documents come back; nothing where no switch does."""
        return {"echo_switch": True} if self.has("echo_switch") else {}

    @cached_property
    def control(self) -> Request:
        """The plainest lawful request: when this is refused, nothing else can be shown."""
        return self.request(self.body())


def _holder(schema: dict[str, Any], role: str) -> tuple[str | None, dict[str, Any], dict[str, Any] | None]:
    """Return the key under which an object of a schema holds a text or an image, the schemas of what is required there, and that of the object in which it stands under the key; no key where none does."""
    leaves = alternatives(schema)
    key, inner = _content_key(leaves, role), None
    if key is None:
        members = ((str(name), flatten(one)) for leaf in leaves for name, one in leaf.get("properties", {}).items())
        key, inner = next(((name, one) for name, one in members if _holder(one, role)[0] is not None), (None, None))
    leaf = next((leaf for leaf in leaves if key in leaf.get("properties", {})), {})
    return key, {name: leaf["properties"].get(name, {}) for name in leaf.get("required", ()) if key is not None}, inner


def _content_key(leaves: Iterable[dict[str, Any]], role: str) -> str | None:
    members = ((str(name), one) for leaf in leaves for name, one in leaf.get("properties", {}).items())
    return next((name for name, one in members if flatten(one).get("x-rerank-role") == role), None)


def encode(body: Any, **options: Any) -> bytes:
    """Return a value as JSON in UTF-8, without white space unless told otherwise."""
    settings: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":"), **options}
    return json.dumps(body, **settings).encode("utf-8", "surrogatepass")
