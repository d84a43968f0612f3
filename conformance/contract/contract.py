"""A vendor's contract: its OpenAPI document with its overlay on, and the questions it answers."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import define

from conformance.contract import answer, envelope, operation, parameters, request
from conformance.contract.answer import Answer, Place
from conformance.contract.credential import Credential, asked, credentials, unsent
from conformance.contract.errors import ContractError
from conformance.contract.overlay import Action
from conformance.contract.request import Branch, Field, Parameter
from conformance.contract.roles import ROLE
from conformance.contract.schema import Schema, escape, flatten, resolve, types, walk
from conformance.contract.validation import validator

# Statuses of an answer to wrong credentials.
CREDENTIALS = (401, 403)
# Scores of fewer values than that do not tell three texts apart.
_FINE = 100
# Statuses of an answer to a request that breaks the contract, the usual one first.
REFUSALS = (400, 422)


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
        return str((self.document.get("info") or {}).get("version", ""))

    @cached_property
    def sha256(self) -> str:
        """Hash of the effective document in canonical JSON."""
        canonical = json.dumps(self.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def server(self) -> str:
        """The URL of the first server, the operation's own before the path's and the document's, without a trailing slash; empty when there is none."""
        item = self.document["paths"][self.template]
        levels = (
            self.operation.get("servers"),
            item.get("servers") if isinstance(item, Mapping) else None,
            self.document.get("servers"),
        )
        listed = (servers[0] for servers in levels if isinstance(servers, list) and servers)
        first = next((server for server in listed if isinstance(server, Mapping)), {})
        url = str(first.get("url", ""))
        for name, variable in (first.get("variables") or {}).items():
            value = variable.get("default") or next(iter(variable.get("enum") or ()), "")
            url = url.replace("{" + name + "}", str(value))
        if url.startswith("//"):
            url = f"https:{url}"
        if url and "://" not in url and not url.startswith("/"):
            # A host without its scheme, or a path without its slash.
            url = f"https://{url}" if "." in url.partition("/")[0] else f"/{url}"
        return url.rstrip("/")

    @cached_property
    def _where(self) -> tuple[str, str]:
        try:
            # Where another one was named, the others are left out.
            listed = [where for where, _ in operation.operations(self.document)]
            where = listed[0] if len(listed) == 1 else operation.choose(self.document)
            if "?" in where[0] or "#" in where[0]:
                raise ContractError(f"the path {where[0]} holds a query; say it as parameters, `in: query`.")
        except ContractError as error:
            raise ContractError(f"{self.source}: {error}") from error
        return where

    @property
    def template(self) -> str:
        """The path as the document writes it, parameters in braces."""
        return self._where[0]

    @cached_property
    def path(self) -> str:
        """The path that is appended to a base URL, with an example in place of each parameter."""
        return parameters.filled(self.template, self._said)

    @cached_property
    def _said(self) -> tuple[Parameter, ...]:
        return tuple(parameters.declared(self.document, self.template, self.operation))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What may be sent beside the body, in headers and in the query; the key is none of it."""
        held = self.credential.header.lower() if self.credential is not None else ""
        beside = [item for item in self._said if item.place != "path"]
        return tuple(item for item in beside if item.name.lower() != held or item.place == "query")

    @property
    def method(self) -> str:
        """The HTTP method in capitals."""
        return self._where[1].upper()

    @property
    def pointer(self) -> str:
        """JSON pointer of the operation."""
        return f"#/paths/{escape(self.template)}/{self._where[1]}"

    @cached_property
    def operation(self) -> Mapping[str, Any]:
        """The operation object."""
        return operation.at(self.document, self._where)

    @cached_property
    def request_media(self) -> tuple[str, ...]:
        """Media types that the request body may have."""
        body, _ = resolve(self.document, self.operation["requestBody"], f"{self.pointer}/requestBody")
        return tuple(dict.fromkeys(operation.concrete(str(kind)) for kind in body.get("content") or ()))

    @cached_property
    def wire_schema(self) -> Schema:
        """The JSON request body as it crosses the wire, as JSON Schema 2020-12."""
        found = operation.body_schema(self.document, self.operation, self.pointer)
        if found is None:
            raise ContractError(f"{self.source}: {self.method} {self.path} takes no JSON body.")
        return found[1]

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
        some = {name: found for name, found in said.items() if len(found) < len(forms)}
        if not some:
            return self.request_schema
        partly = {name: found[0] if len(found) == 1 else {"anyOf": found} for name, found in some.items()}
        return {**self.request_schema, "properties": {**partly, **self.request_schema.get("properties", {})}}

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """The alternatives of the request body, in the contract's order."""
        return request.branches(self.request_schema)

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
        return self._by_role.get(role)

    @cached_property
    def _by_role(self) -> Mapping[str, Field]:
        found: dict[str, Field] = {}
        for item in self.fields.values():
            if item.role is not None:
                found.setdefault(item.role, item)
        return found

    @cached_property
    def request_places(self) -> tuple[Place, ...]:
        """Every role in the request's body, in document order."""
        return tuple(Place(node[ROLE], path, node) for path, node in walk(self.request_schema) if ROLE in node)

    def inner_keys(self, role: str) -> frozenset[str]:
        """Return the keys under which values of a role stand within the request's fields."""
        return self._inner_keys.get(role, frozenset())

    @cached_property
    def _inner_keys(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for place in self.request_places:
            found.setdefault(place.role, set()).update(place.path[-1:])
        return {role: frozenset(keys) for role, keys in found.items()}

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """What is documented, by status (`200`, `4XX`, `default`)."""
        return dict(answer.answers(self.document, self.operation, self.pointer))

    def answer(self, status: int) -> Answer | None:
        """Return what is documented for a status: itself, its class (`4XX`), or the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None

    @cached_property
    def success(self) -> Answer:
        """The answer to a request that is accepted: the first documented 2xx with a body, else the default."""
        good = [status for status in self.answers if status.startswith("2")]
        for status in sorted(good or self.answers.keys() & {"default"}, key=lambda one: not self.answers[one].media):
            return self.answers[status]
        raise ContractError(f"{self.source}: {self.method} {self.path} documents no success.")

    @property
    def refusal(self) -> int | None:
        """The documented status of a request that breaks the contract: 400, else 422; None without either."""
        return next((status for status in REFUSALS if self.answer(status) is not None), None)

    @cached_property
    def first_index(self) -> int:
        """The index of the first document: 0, or 1 where the schema of the index takes no 0."""
        place = self.success.place("index")
        takes = validator(place.schema).is_valid if place is not None else None
        return int(takes is not None and not takes(0) and takes(1))

    @cached_property
    def score_bounds(self) -> tuple[Any, Any]:
        """The least and the greatest score; None where the contract does not say."""
        place = self.success.place("score")
        schema = flatten(place.schema) if place is not None else {}
        keys = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
        low, high = (next((schema[key] for key in bound if key in schema), None) for bound in keys)
        return low, high

    @cached_property
    def score_span(self) -> float:
        """How far apart the contract lets two scores be; 1 where it does not say."""
        low, high = self.score_bounds
        return float(high - low) if low is not None and high is not None and high > low else 1.0

    @cached_property
    def coarse_scores(self) -> bool:
        """Whether scores have so few values that texts of different relevance may well share one."""
        place = self.success.place("score")
        schema = flatten(place.schema) if place is not None else {}
        whole = "integer" in types(schema) and "number" not in types(schema)
        step = schema.get("multipleOf") or (whole and "maximum" in schema)
        return bool(step) and self.score_span / step < _FINE

    @cached_property
    def always_echoes(self) -> bool:
        """Whether every result carries its document: the contract requires it and lets no null stand for it, or no field switches it off."""
        echo, results = self.success.place("echo"), self.success.place("results")
        if echo is None or results is None or self.request_field("echo_switch") is None:
            return echo is not None
        above = [node for path, node in walk(results.schema) if (*results.path, *path) == echo.path[:-1]]
        required = any(echo.path[-1] in node.get("required", ()) for node in above)
        return required and not validator(echo.schema).is_valid(None)

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
        return next(credentials(*self._security), None)

    @property
    def keys(self) -> int:
        """How many keys a request carries at once, in the way that takes the fewest."""
        return min((len(option) for option in asked(self._security[0]) if option), default=0)

    @property
    def unsent_keys(self) -> tuple[str, ...]:
        """What else the operation takes as a key, in words: what no header carries is not sent."""
        return tuple(dict.fromkeys(unsent(*self._security)))

    @property
    def _security(self) -> tuple[Any, dict[str, Any]]:
        named = (self.document.get("components") or {}).get("securitySchemes") or {}
        where = "#/components/securitySchemes"
        schemes = {name: resolve(self.document, raw, f"{where}/{escape(name)}")[0] for name, raw in named.items()}
        return self.operation.get("security", self.document.get("security")), schemes

    @property
    def secured(self) -> bool:
        """Whether a request without the key is to be refused."""
        return self.credential is not None and not self.credential.optional

    @property
    def key_env(self) -> str | None:
        """Name of the environment variable that holds the key, or None."""
        named = self.credential.scheme.get("x-rerank-key-env") if self.credential is not None else None
        return None if named is None else str(named)


_QUESTIONS = """version sha256 server models key_env request_places parameters path request_media request_validator
    success documents_errors""".split()


def ask(contract: Contract) -> None:
    """Ask a contract every question once, so that a document that cannot answer is refused where it is loaded.

    Raises whatever a malformed document makes the questions raise.
    """
    for name in _QUESTIONS:
        getattr(contract, name)
    for said in contract.answers.values():
        _ = said.places
        for schema in (*said.media.values(), *(header.schema for header in said.headers)):
            validator(schema)
