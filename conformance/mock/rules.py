"""The decisions of a mock, one method each, so that a fault or a style can change exactly one."""

import math
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import orjson

from conformance.contract import Contract, Place, under, validator
from conformance.contract.contract import CREDENTIALS
from conformance.contract.parameters import keeps
from conformance.contract.roles import COUNTS
from conformance.contract.schema import alternatives, flatten
from conformance.mock import scorer
from conformance.mock.body import Facts, Row, identifier

Body = dict[str, Any]
Headers = list[tuple[str, str]]


class Refusal(Exception):
    """A request is refused: a status, a message for the error's body, and in a word what it is refused for."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason


def _floors(places: Iterable[Place]) -> dict[str, int]:
    """Return the least count that each role of an answer may have, where the contract says more than nothing."""
    found: dict[str, int] = {}
    for place in places:
        for leaf in alternatives(place.schema) if place.role in COUNTS else ():
            least = max(leaf.get("minimum", 0), math.floor(leaf.get("exclusiveMinimum", -1)) + 1)
            found[place.role] = max(found.get(place.role, 0), math.ceil(least))
    return found


class Rules:
    """What a faithful server of a contract decides. Names come from the contract's roles."""

    def __init__(self, contract: Contract, key: str) -> None:
        self.contract = contract
        self.key = key
        self.schema = contract.request_rules
        self.validator = contract.request_validator
        self.media = frozenset(media.lower() for media in contract.request_media)
        self.names: Mapping[str, str] = {item.role: item.name for item in contract.fields.values() if item.role}
        self._texts = contract.inner_keys("text")
        self.models = frozenset(contract.models)
        self.multimodal = frozenset(m for b in contract.branches if b.kind == "multimodal" for m in b.models)
        self.refusal = contract.refusal or 400
        self.credential = contract.credential
        self.unauthorised = next((status for status in CREDENTIALS if str(status) in contract.answers), CREDENTIALS[0])
        self.always_echoes = contract.always_echoes
        trace = contract.success.header("trace")
        self.trace = trace.name.lower() if trace else None
        self._traced = identifier(flatten(trace.schema) if trace else {})
        results, echo = contract.success.place("results"), contract.success.place("echo")
        self._takes_back = validator(echo.schema if echo else {}).is_valid
        self.most: int | None = results.schema.get("maxItems") if results else None
        self.fewest: int = results.schema.get("minItems", 0) if results else 0
        self.floors = _floors(contract.success.places)
        self._fixed = {role: self.floors.get(role, 0) for role in ("search_units", "classifications")}
        # No secrets: a system's call for each id would take a tenth of an answer's time.
        self._drawn = Random().getrandbits
        self._accepted = next((int(s) for s in contract.answers if s.startswith("2") and s.isdigit()), 200)
        self._defaults = {
            item.role: item.schema["default"]
            for item in contract.fields.values()
            # A default that its own schema refuses says nothing.
            if item.role and "default" in item.schema and item.takes.is_valid(item.schema["default"])
        }

    @property
    def faithful(self) -> bool:
        """Whether none of its decisions is another one's: then the same request has the same answer, but for ids."""
        return type(self) is Rules and _DECISIONS.isdisjoint(self.__dict__)

    # --- the request ---

    def authorise(self, header: str | None) -> None:
        """Refuse what is not exactly the key; `header` is the value of the header that the contract names."""
        if self.credential is None or header == self.credential.value(self.key) or not self.contract.secured:
            return
        prefix = self.credential.prefix
        given = header or ""
        # The names of HTTP's own schemes know no case (RFC 9110, 11.1).
        spelt = (
            given[: len(prefix)].lower() == prefix.lower()
            if self.credential.authentication
            else given.startswith(prefix)
        )
        if not spelt or given[len(prefix) :] != self.key:
            raise Refusal(self.unauthorised, "Invalid token", "credentials")

    def accept_media(self, header: str | None) -> None:
        """Refuse a media type that the contract does not declare."""
        if header not in self.media and (header or "").partition(";")[0].strip().lower() not in self.media:
            raise Refusal(415, f"Content-Type must be {' or '.join(sorted(self.media))}", "media_type")

    def accept_parameters(self, headers: Iterable[tuple[str, str]], query: Iterable[tuple[str, str]]) -> None:
        """Refuse a request without a required parameter, or with one that its schema does not allow."""
        sent = {"header": headers, "query": query}
        for item in self.contract.parameters:
            kept = keeps(item, sent.get(item.place, ()))
            if kept is None and item.required:
                raise Refusal(self.refusal, f"The {item.place} parameter {item.name} is required.", "parameter")
            if kept is False:
                words = f"The {item.place} parameter {item.name} is not what it must be."
                raise Refusal(self.refusal, words, "parameter")

    def parse(self, raw: bytes) -> Any:
        """Return the body's JSON; refuse what is none."""
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise Refusal(self.refusal, "The body is not valid JSON.", "syntax") from None

    def validate(self, body: Any) -> None:
        """Refuse what the contract's schema does not allow, and what is no object: there would be nothing to rank."""
        if not isinstance(body, dict):
            raise Refusal(self.refusal, "The body is no object.", "schema")
        try:
            if self.validator.is_valid(body):
                return
            complaint = self.complaint(body)
        except ValueError:
            # jsonschema-rs gives up on what is nested too deep.
            complaint = "The body is nested too deep."
        raise Refusal(self.refusal, complaint, "schema")

    def complaint(self, body: Any) -> str:
        """Return what is wrong with a body, in a sentence."""
        error = next(iter(self.validator.iter_errors(body)))
        context = getattr(error.kind, "context", None)
        while context:
            # The branch that got furthest is the one that was meant.
            error = min((branch[0] for branch in context if branch), key=lambda e: -len(e.instance_path))
            context = getattr(error.kind, "context", None)
        where = "/".join(str(part) for part in error.instance_path)
        return f"{where}: {error.message}"[:500] if where else str(error.message)[:500]

    def accept_model(self, body: Body) -> None:
        """Refuse a model that the contract does not name."""
        name = self.names.get("model")
        if name and self.models and name in body and body[name] not in self.models:
            raise Refusal(self.refusal, "Model does not exist. Please check it carefully.", "model")

    def value(self, body: Body, role: str) -> Any:
        """Return the request's value of a role, or the contract's default, or None; a null says nothing.

        A field that the model does not take is as good as absent.
        """
        name = self.names.get(role)
        if name is None or body.get(name) is None:
            return self._defaults.get(role)
        return body[name] if self.takes(body, name) else self._defaults.get(role)

    def number(self, body: Body, role: str) -> int | None:
        """Return the value of a role if it is a whole number; a contract may let anything stand there."""
        value = self.value(body, role)
        return value if isinstance(value, int) else None

    def takes(self, body: Body, name: str) -> bool:
        """Whether the request's model takes a field."""
        model = body.get(self.names.get("model", ""))
        return not isinstance(model, str) or self.contract.takes(model, name)

    def documents(self, body: Body) -> list[Any]:
        """Return the documents; a single string is one, and null is none."""
        value = body.get(self.names["documents"])
        return value if isinstance(value, list) else [] if value is None else [value]

    # --- the ranking ---

    def text(self, item: Any) -> str:
        """Return what a document or a query is scored by: an object's texts, its strings where the contract names none of them a text, and whatever a list holds, however deep."""
        if isinstance(item, str):
            return item
        found, left = [], [*reversed([*under(item, self._texts)])] or [item]
        while left:
            one = left.pop()
            if isinstance(one, list):
                left += reversed(one)
            elif isinstance(one, dict):
                left += [value for value in reversed(one.values()) if isinstance(value, str)]
            else:
                found.append(str(one))
        return " ".join(found)

    def query(self, body: Body) -> str:
        """Return the query's text."""
        return self.text(body.get(self.names["query"], ""))

    def cut(self, body: Body, text: str) -> list[str]:
        """Return a document's chunks."""
        if len(text) <= scorer.CHUNK:
            return [text]
        return scorer.chunks(text, self.number(body, "chunk_limit"), self.number(body, "chunk_overlap"))

    def score_chunk(self, query: str, chunk: str) -> float:
        """Return the relevance of a chunk, from 0.0 to 1.0."""
        return scorer.score(query, chunk)

    def combine(self, scores: list[float]) -> float:
        """Return a document's score from those of its chunks: the best."""
        return max(scores) if len(scores) > 1 else scores[0]

    def score(self, body: Body, query: str, position: int, item: Any) -> float:
        """Return a document's score, rounded as a service would print it."""
        del position
        parts = self.cut(body, self.text(item))
        found = self.combine([self.score_chunk(query, part) for part in parts])
        instruction = self.value(body, "instruction")
        if isinstance(instruction, str):
            found = 0.9 * found + 0.1 * self.score_chunk(instruction, parts[0])
        return round(found if 0.0 <= found <= 1.0 else min(max(found, 0.0), 1.0), 8)

    def scale(self, body: Body, score: float) -> float:
        """Return a score as it is asked for: from 0 to 1, or raw, as a logit."""
        if self.value(body, "raw_scores") is not True:
            return score
        kept = min(max(score, 1e-9), 1 - 1e-9)
        return math.log(kept / (1 - kept))

    def candidates(self, documents: list[Any]) -> list[int]:
        """Return the indices of the documents that are ranked: all."""
        return list(range(len(documents)))

    def rank(self, body: Body) -> list[Row]:
        """Return the results: sorted, and no more than the limit."""
        documents, query = self.documents(body), self.query(body)
        rows = [Row(i, self.scale(body, self.score(body, query, i, documents[i]))) for i in self.candidates(documents)]
        return self._shown(body, documents, self.order(rows))

    def _shown(self, body: Body, documents: list[Any], rows: list[Row]) -> list[Row]:
        """Return of all results those that are asked for, with what is asked back."""
        rows = self.limit(body, rows)
        if self.echoes(body):
            for row in rows:
                row.document, row.echo = self.echo(documents[row.index]), True
        return rows

    def order(self, rows: list[Row]) -> list[Row]:
        """Sort by score, the best first; equal ones by index."""
        return sorted(rows, key=lambda row: (-row.score, row.index))

    def limit(self, body: Body, rows: list[Row]) -> list[Row]:
        """Keep the best."""
        limit = self.value(body, "limit")
        # A default below 1 stands for all.
        if limit is None or not isinstance(limit, int | float) or limit < 1:
            return rows[: self.most]
        return rows[: int(min(limit, len(rows)))][: self.most]

    def echoes(self, body: Body) -> bool:
        """Whether the documents are to be returned."""
        return self.always_echoes or self.value(body, "echo_switch") is True

    def echo(self, item: Any) -> Any:
        """Return a document as it goes back: as it came, or its text where the contract has another form of it there."""
        told = next(under(item, self._texts), None) if isinstance(item, dict) and not self._takes_back(item) else None
        return item if told is None else told

    # --- the answer ---

    def count(self, body: Body, rows: list[Row]) -> dict[str, int]:
        """Return the counts by role."""
        del rows
        documents = self.documents(body)
        read = sum(scorer.count(self.text(item)) for item in documents)
        read += len(documents) * scorer.count(self.query(body))
        return self._told(body, read)

    def _told(self, body: Body, read: int) -> dict[str, int]:
        """Return the counts by role, of what was read."""
        written = 0
        if self.floors:
            written = self.floors.get("output_tokens", 0)
            read = max(read, self.floors.get("input_tokens", 0), self.floors.get("total_tokens", 0) - written)
        counts = {**self._fixed, "input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        if body.get(self.names.get("model", "")) in self.multimodal:
            counts["image_tokens"] = self.floors.get("image_tokens", 0)
        return counts

    def facts(self, body: Body) -> Facts:
        """Return what the answer is made of; refuse a request that has no answer of the contract's form."""
        if len(self.documents(body)) < self.fewest:
            raise Refusal(self.refusal, "There are too few documents to rank.", "documents")
        rows = self.rank(body)
        return Facts(self.identity(), rows, self.count(body, rows), self.model(body))

    def plain_facts(self, body: Body) -> Facts | None:
        """Return what `facts` does but for the id, in one pass, or None where other things than short texts make the scores; for faithful rules alone."""
        documents, query = self.documents(body), self.query(body)
        moved = self.value(body, "instruction") is not None or self.value(body, "raw_scores")
        if moved or len(documents) < self.fewest:
            return None
        texts = [item if isinstance(item, str) else self.text(item) for item in documents]
        if any(len(text) > scorer.SHORT for text in texts):
            return None
        read = list(map(scorer.short, texts))
        sizes = [text.size for text in read]
        if max(sizes, default=0) > scorer.CHUNK:
            return None
        question = scorer.question(query)
        scores = [round(score, 8) for score in question.each(read)]
        order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
        rows = self._shown(body, documents, [Row(index, scores[index]) for index in order])
        return Facts("", rows, self._told(body, sum(sizes) + len(sizes) * question.size), self.model(body))

    def model(self, body: Body) -> str | None:
        """Return the model that ranks: the one that was asked for, or the first."""
        asked = body.get(self.names.get("model", ""))
        return asked if isinstance(asked, str) else next(iter(self.contract.models), None)

    def identity(self) -> str:
        """Return a new id."""
        return self._drawn(128).to_bytes(16).hex()

    def trace_id(self) -> str:
        """Return a new trace, in the form that the contract gives it."""
        return str(self._traced(f"ti_{self._drawn(80).to_bytes(10).hex()}"))

    def status(self, body: Any) -> int:
        """Return the status of a success."""
        del body
        return self._accepted

    def shape(self, answer: Any, body: Body) -> Any:
        """Return the body of a success as it goes out."""
        del body
        return answer

    def shape_error(self, answer: Any, status: int, header: str | None) -> Any:
        """Return the body of an error as it goes out."""
        del status, header
        return answer

    def refused(self, refusal: Refusal, path: str, body: bytes) -> Any:
        """Return the whole answer (`status`, `wire()`, `body`, `plain`) to a refused request, or None for one by the contract."""
        del refusal, path, body

    def unavailable(self, status: int) -> Any:
        """Return the whole answer of a busy service, or None for one by the contract."""
        del status

    def wrong_method(self) -> int:
        """Return the status for a method that is not declared."""
        return 405

    def encode(self, value: Any) -> bytes:
        """Return a value as JSON."""
        return orjson.dumps(value)

    def wait(self) -> float:
        """Return how long an answer is held back, in seconds."""
        return 0.0

    def wire(self, status: int, headers: Headers, data: bytes, request: Any) -> tuple[int, Headers, bytes]:
        """Return an answer as it crosses the wire."""
        del request
        return status, headers, data


_DECISIONS = frozenset(vars(Rules))
