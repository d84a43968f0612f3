"""Two servers written by hand from `tests/data/dialects`, with nothing of the suite's: an answer that is a list, and a nested request."""

import json
import math
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.peers import wire

KEY = "a-key-of-some-length"
Answer = tuple[int, Any]


class Refused(Exception):
    """A request is refused: a status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def relevance(query: str, text: str) -> float:
    """Score by shared letters in pairs."""

    def pairs(words: str) -> set[str]:
        bare = re.sub(r"\W|what|which|does|the|how|is|as|of|do|in|to", "", words.lower())
        return {bare[i : i + 2] for i in range(len(bare) - 1)}

    one, other = pairs(query), pairs(text)
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0


def integer(value: Any) -> bool:
    return type(value) is int


def texts_of(value: Any, fault: str) -> list[str]:
    if not isinstance(value, list) or not all(
        isinstance(item, str) or (fault == "takes_numbers" and integer(item)) for item in value
    ):
        raise Refused(422, "a list of strings")
    return [str(item) for item in value]


def ranked(query: str, texts: list[str]) -> list[tuple[int, float]]:
    return sorted(((i, relevance(query, text)) for i, text in enumerate(texts)), key=lambda row: (-row[1], row[0]))


def array(body: Any, fault: str) -> Answer:
    """Rank as `tests/data/dialects/array` has it."""
    if not isinstance(body, dict):
        raise Refused(422, "an object")
    if "query" not in body or "texts" not in body or not isinstance(body["query"], str):
        raise Refused(422, "query and texts")
    texts = texts_of(body["texts"], fault)
    for name in ("raw_scores", "return_text", "truncate"):
        value = body.get(name, False)
        if (
            not isinstance(value, bool)
            and not (name == "truncate" and value is None)
            and fault != "takes_strings_for_booleans"
        ):
            raise Refused(422, name)
    if body.get("truncation_direction", "Right") not in ("Left", "Right") and fault != "any_direction":
        raise Refused(422, "truncation_direction")
    if fault == "crashes_on_empty" and not texts:
        return 500, {"error": "list index out of range", "error_type": "Backend"}
    rows = ranked(body["query"], texts)
    if fault == "unsorted":
        rows.sort()
    if fault == "drops_last":
        rows = rows[:-1]
    found: list[dict[str, Any]] = []
    for place, (index, score) in enumerate(rows):
        row: dict[str, Any] = {
            "index": place if fault == "index_of_rank" else index,
            "score": str(score) if fault == "score_text" else score,
        }
        if body.get("raw_scores") is True:
            row["score"] = math.log(max(score, 1e-9) / max(1 - score, 1e-9))
        if body.get("return_text") is True or fault == "always_text":
            row["text"] = texts[index].strip() if fault == "strips" else texts[index]
        found.append(row)
    return 200, {"results": found} if fault == "wrapped" else found


def nested(body: Any, fault: str) -> Answer:
    """Rank as `tests/data/dialects/nested` has it."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise Refused(400, "model")
    given, parameters = body.get("input"), body.get("parameters", {})
    if fault == "flat_too" and given is None:
        given = body
    if not isinstance(given, dict) or (not isinstance(parameters, dict) and fault != "any_parameters"):
        if fault == "crashes_without_input" and "input" not in body:
            return 500, {"code": "InternalError", "message": "KeyError", "request_id": "r"}
        raise Refused(400, "input")
    parameters = parameters if isinstance(parameters, dict) else {}
    if body["model"] != "gte-rerank-v2":
        raise Refused(400, "model")
    if not isinstance(given.get("query"), str) or not given["query"]:
        raise Refused(400, "query")
    try:
        texts = texts_of(given.get("documents"), fault)
    except Refused:
        raise Refused(400, "documents") from None
    if not 1 <= len(texts) <= (1000 if fault == "no_most" else 500):
        raise Refused(400, "documents")
    limit = parameters.get("top_n", len(texts))
    if not integer(limit) or limit < (0 if fault == "zero_limit" else 1):
        raise Refused(400, "top_n")
    echoes = parameters.get("return_documents", False)
    if not isinstance(echoes, bool):
        raise Refused(400, "return_documents")
    rows = ranked(given["query"], texts)[: len(texts) if fault == "no_limit" else limit]
    results = [
        {
            "index": i,
            "relevance_score": score * 100 if fault == "percent" else score,
            **({"document": {"text": texts[i]}} if echoes and fault != "never_echoes" else {}),
        }
        for i, score in rows
    ]
    output = {
        "output": {"data" if fault == "other_name" else "results": results},
        "usage": {"total_tokens": 7 if fault == "constant_count" else sum(map(wire.tokens, (given["query"], *texts)))},
    }
    return 200, {**output, "request_id": "same" if fault == "same_id" else uuid.uuid4().hex}


FAULTS: dict[str, dict[str, str]] = {
    "array": {
        "unsorted": "response.sorted", "drops_last": "response.all", "index_of_rank": "ranking.permutation", "score_text": "response.items.score.type", "always_text": "response.items.text.absent",
        "strips": "response.items.text.exact", "wrapped": "response.type", "takes_numbers": "request.texts.items.type", "takes_strings_for_booleans": "request.raw_scores.type",
        "any_direction": "request.truncation_direction.enum", "crashes_on_empty": "response.no_server_error", "other_header": "auth.missing", "bearer_too": "auth.missing",
    },
    "nested": {
        "flat_too": "request.input.required", "any_parameters": "request.parameters.null", "crashes_without_input": "response.no_server_error", "no_most": "request.input.documents.maxItems",
        "zero_limit": "request.parameters.top_n.minimum", "no_limit": "response.output.results.limit", "percent": "response.output.results.items.relevance_score.maximum",
        "never_echoes": "response.output.results.items.document.present", "other_name": "response.output.results.required", "constant_count": "usage.usage.total_tokens.grows",
        "same_id": "response.request_id.unique", "takes_numbers": "request.input.documents.items.type", "any_key": "auth.wrong",
    },
}  # fmt: skip
_PLACES: dict[str, tuple[str, str, Callable[[Any, str], Answer], int]] = {
    "array": ("/rerank", "X-API-Key", array, 422),
    "nested": ("/api/v1/services/rerank/text-rerank", "Authorization", nested, 400),
}


def told(dialect: str, words: str) -> dict[str, str]:
    return (
        {"error": words, "error_type": "Validation"}
        if dialect == "array"
        else {"code": "InvalidParameter", "message": words, "request_id": uuid.uuid4().hex}
    )


def allowed(dialect: str, headers: Any, fault: str) -> bool:
    """Whether a request's key is the right one."""
    given = headers.get(_PLACES[dialect][1])
    if dialect == "nested":
        return bool(given == f"Bearer {KEY}" or (fault == "any_key" and str(given).startswith("Bearer ")))
    # The second is a server that asks for no key where another header is missing too.
    return bool(given == KEY or fault == "other_header" or (fault == "bearer_too" and given is None))


@contextmanager
def serving(dialect: str, fault: str = "") -> Iterator[str]:
    """Serve a dialect on loopback, with a fault or none; yields the base URL."""
    path, _, rank, refusal = _PLACES[dialect]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            raw = wire.body(self)
            status, body = self.judged(raw)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET = do_PUT = do_DELETE = do_PATCH = answer

        def judged(self, raw: bytes) -> Answer:
            if self.path != path:
                return 404, told(dialect, "no such path")
            if self.command != "POST":
                return 405, told(dialect, "POST")
            if not allowed(dialect, self.headers, fault):
                return 401, told(dialect, "no key")
            if (self.headers.get("content-type") or "").partition(";")[0].lower() != "application/json":
                return 415, told(dialect, "JSON")
            try:
                return rank(json.loads(raw.decode()), fault)
            except (ValueError, RecursionError):
                return refusal, told(dialect, "no JSON")
            except Refused as refused:
                return refused.status, told(dialect, str(refused))

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path[: -len('/rerank')] if dialect == 'array' else '/api/v1'}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
