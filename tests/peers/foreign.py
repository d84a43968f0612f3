"""Servers that speak other dialects than the contract they are judged by, written by hand from what is known of the field; nothing of the suite's is in them."""

import json
import math
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from attrs import field, frozen

from conformance.contract import load
from conformance.mock.app import Call
from tests.peers import wire

KEY = "a-key-of-some-length"
# What the page of this day lists.
MODELS = load(str(Path(__file__).resolve().parents[1] / "data" / "openapi" / "siliconflow")).models
Body = dict[str, Any]


class Refused(Exception):
    """A request is refused: a status and words."""

    def __init__(self, status: int, words: str, kind: str = "invalid_request_error") -> None:
        super().__init__(words)
        self.status, self.words, self.kind = status, words, kind


def words_of(text: str) -> set[str]:
    bare = "".join(char if char.isalnum() else " " for char in text.lower())
    return {
        word for word in bare.split() if word not in {"the", "is", "of", "a", "as", "which", "what", "how", "do"}
    } | {char for char in text if "\u4e00" <= char <= "\u9fff"}


def relevance(query: str, text: str) -> float:
    one, other = words_of(query), words_of(text)
    return 0.01 + 0.95 * len(one & other) / max(len(one), 1)


def text_of(item: Any) -> str:
    return item if isinstance(item, str) else str(item.get("text", "")) if isinstance(item, dict) else str(item)


def ranked(body: Body, limit: Any = None) -> list[tuple[int, float]]:
    documents = body["documents"] if isinstance(body["documents"], list) else [body["documents"]]
    rows = sorted(
        ((i, relevance(text_of(body["query"]), text_of(item))) for i, item in enumerate(documents)),
        key=lambda row: (-row[1], row[0]),
    )
    return rows[:limit] if isinstance(limit, int) and limit > 0 else rows


def need(ok: bool, status: int, words: str) -> None:
    if not ok:
        raise Refused(status, words)


def number(body: Body, name: str, status: int, *, least: int | None = None) -> int | None:
    """Read an integer as pydantic does where nobody told it to be strict: null is absent, and "2" is 2."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    need(isinstance(value, int) or (isinstance(value, float) and value.is_integer()), status, name)
    need(least is None or value >= least, status, name)
    return int(value)


def flag(body: Body, name: str, status: int) -> bool:
    value = body.get(name)
    if value is None:
        return False
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    need(value in (0, 1) and not isinstance(value, list | dict | str), status, name)
    return bool(value)


def texts(body: Body, status: int, *, objects: bool = False) -> None:
    need(isinstance(body.get("query"), str), status, "query")
    value = body.get("documents")
    need(
        isinstance(value, list)
        and all(
            isinstance(item, str) or (objects and isinstance(item, dict) and isinstance(item.get("text"), str))
            for item in value
        ),
        status,
        "documents",
    )


def inference(body: Body) -> Body:
    """Rank as an inference server in the way of vLLM: one model, `top_n` 0 for all, documents always returned, errors in an envelope."""
    texts(body, 400)
    need(
        body.get("model") in (None, "BAAI/bge-reranker-v2-m3", "Qwen/Qwen3-Reranker-0.6B"),
        404,
        f"The model `{body.get('model')}` does not exist.",
    )
    limit = number(body, "top_n", 400) or 0
    rows = ranked(body, limit)
    return {
        "id": f"rerank-{uuid.uuid4().hex}",
        "model": "BAAI/bge-reranker-v2-m3",
        "usage": {"total_tokens": sum(map(wire.tokens, body["documents"]))},
        "results": [
            {"index": i, "document": {"text": body["documents"][i], "multi_modal": None}, "relevance_score": s}
            for i, s in rows
        ],
    }


def gateway(body: Body) -> Body:
    """Rank as a gateway that keeps the contract, but answers every bad request with 500."""
    need(body.get("model") in MODELS, 500, "model")
    query = body.get("query")
    multimodal = (
        "VL" in body["model"]
        and isinstance(query, dict)
        and len(query) == 1
        and isinstance(query.get("text", query.get("image")), str)
    )
    need((isinstance(query, str) and query != "") or multimodal, 500, "query")
    documents = body.get("documents")
    need(
        (isinstance(documents, list) and documents != []) or (isinstance(documents, str) and not multimodal),
        500,
        "documents",
    )
    for item in documents if isinstance(documents, list) else [documents]:
        one = (
            isinstance(item, dict)
            and len(item.keys() & {"text", "image"}) == 1
            and isinstance(next(iter(item[k] for k in ("text", "image") if k in item)), str)
        )
        need(isinstance(item, str) or one, 500, "document")
    for name, least, most in (("top_n", 1, None), ("max_chunks_per_doc", 1, None), ("overlap_tokens", 0, 80)):
        if name in body:
            need(type(body[name]) is int and body[name] >= least and (most is None or body[name] <= most), 500, name)
    need("return_documents" not in body or isinstance(body["return_documents"], bool), 500, "return_documents")
    need(
        "instruction" not in body or (isinstance(body["instruction"], str) and body["instruction"] != ""),
        500,
        "instruction",
    )
    return own_shape(body, body.get("return_documents") is True)


def own_shape(body: Body, echoes: bool) -> Body:
    documents = body["documents"] if isinstance(body["documents"], list) else [body["documents"]]
    counted = {
        "input_tokens": sum(wire.tokens(text_of(item)) for item in (body["query"], *documents)),
        "output_tokens": 0,
    }
    rows = ranked(body, body.get("top_n"))
    results = [
        {
            "index": i,
            "relevance_score": s,
            **({"document": item if isinstance(item := documents[i], dict) else {"text": item}} if echoes else {}),
        }
        for i, s in rows
    ]
    return {
        "id": uuid.uuid4().hex,
        "results": results,
        "meta": {"tokens": counted, "billed_units": {**counted, "search_units": 0, "classifications": 0}},
    }


def strict(body: Body) -> Body:
    """Rank as a cloud's gateway in the way of Bedrock: limits and rules of its own on lists and limits, another name for scores, no id."""
    need(body.get("model") in MODELS and "VL" not in body["model"], 400, "model")
    need(isinstance(body.get("query"), str) and body["query"] != "", 400, "query")
    documents = body.get("documents")
    items = [documents] if isinstance(documents, str) else documents
    need(isinstance(items, list) and 1 <= len(items) <= 100, 400, "documents")
    need(all(text_of(item) for item in items) and len(set(map(text_of, items))) == len(items), 400, "documents")
    need(sum(len(text_of(item)) for item in items) < 200_000, 413, "documents")
    top = body.get("top_n", len(items))
    need(type(top) is int and 1 <= top <= len(items), 400, "top_n")
    need(isinstance(body.get("return_documents", False), bool), 400, "return_documents")
    echoes = {"document": True} if body.get("return_documents") else {}
    return {
        "results": [
            {"index": i, "relevanceScore": s, **({"document": {"text": text_of(items[i])}} if echoes else {})}
            for i, s in ranked({**body, "documents": items}, top)
        ]
    }


def logits(body: Body) -> Body:
    """Rank as a server in the way of llama.cpp: logits for scores, no echo, another place for the counts, any key and any model."""
    texts(body, 400)
    rows = ranked(body, number(body, "top_n", 400, least=1))
    return {
        "model": str(body.get("model")),
        "object": "list",
        "usage": {"prompt_tokens": 7, "total_tokens": 7},
        "results": [{"index": i, "relevance_score": math.log(s / (1.02 - s)) * 3} for i, s in rows],
    }


def renamed(body: Body) -> Body:
    """Rank as a vendor in the way of Voyage: `data` for `results`, bare strings for documents, `top_k` for `top_n`."""
    texts(body, 400)
    need(isinstance(body.get("model"), str), 400, "model")
    rows = ranked(body, number(body, "top_k", 400, least=1))
    echoes = flag(body, "return_documents", 400)
    data = [
        {"index": i, "relevance_score": s, **({"document": body["documents"][i]} if echoes else {})} for i, s in rows
    ]
    return {"object": "list", "data": data, "model": body["model"], "usage": {"total_tokens": len(data)}}


def wrapper(body: Body) -> Body:
    """Rank as a wrapper in the way of Xinference: unsorted results, null for a document that was not asked for, any chunk field dropped."""
    texts(body, 400, objects=True)
    need(isinstance(body.get("model"), str), 400, "model")
    need("no-such" not in body["model"], 400, "model")
    limit, echoes = number(body, "top_n", 400), flag(body, "return_documents", 400)
    rows = sorted(ranked(body, limit))
    counted = {
        "input_tokens": sum(wire.tokens(text_of(item)) for item in (body["query"], *body["documents"])),
        "output_tokens": 0,
    }
    results = [
        {"index": i, "relevance_score": s, "document": {"text": text_of(body["documents"][i])} if echoes else None}
        for i, s in rows
    ]
    return {"id": str(uuid.uuid4()), "results": results, "meta": {"tokens": counted, "billed_units": None}}


def detail(status: int, words: str, _kind: str) -> Any:
    del status
    return {"detail": words}


def envelope(status: int, words: str, kind: str) -> Any:
    return {"error": {"message": words, "type": kind, "param": None, "code": status}}


def own_error(status: int, words: str, _kind: str) -> Any:
    return {"code": 20015, "message": words, "data": ""} if status == 400 else words


@frozen
class Dialect:
    """A way to answer: how it ranks, how its errors look, which status bodies that cannot be read get, and whether keys are looked at and in which header one is taken without a scheme.

    `planted` holds for each thing that is wrong globs on the ids of clauses that speak of it; `most` is how many causes may be told.
    """

    rank: Callable[[Body], Body]
    error: Callable[[int, str, str], Any]
    unread: int = 400
    keyed: bool = True
    bare_key: str = "x-none"
    trace: bool = False
    planted: dict[str, str] = field(factory=dict)


DIALECTS: dict[str, Dialect] = {
    "inference": Dialect(inference, envelope, planted={
        "one model": "request.model.listed", "envelope": "error.401.shape", "trace": "*trace-id.required", "always echoes": "response.results.items.document.absent", "nulls or conversion": "request.top_n.*",
        "instruction ignored": "request.instruction.type", "chunks ignored": "request.max_chunks_per_doc.type", "overlap ignored": "request.overlap_tokens.maximum",
    }),
    "gateway": Dialect(gateway, own_error, unread=500, trace=True, planted={"500 for all": "response.no_server_error"}),
    "strict": Dialect(strict, lambda _status, words, _kind: {"message": words}, planted={
        "most documents": "request.documents.many", "no empty ones": "request.documents.empty_string", "no twins": "request.documents.duplicates", "short": "request.documents.large",
        "limit": "request.top_n.beyond", "scores": "response.results.items.relevance_score.required", "no id": "response.id.required", "envelope": "error.400.shape", "trace": "*trace-id.required",
        "instruction ignored": "request.instruction.type", "chunks ignored": "request.max_chunks_per_doc.type", "overlap ignored": "request.overlap_tokens.maximum", "no images": "request.branch.RerankVLRequest",
    }),
    "logits": Dialect(logits, envelope, keyed=False, planted={
        "keys": "auth.missing", "logits": "response.results.items.relevance_score.minimum", "no echo": "response.results.items.document.present", "no id": "response.id.required", "trace": "*trace-id.required",
        "envelope": "error.400.shape", "any model": "request.model.unknown",
    }),
    "renamed": Dialect(renamed, detail, unread=400, planted={"data": "response.results.required", "no id": "response.id.required", "detail": "error.400.shape", "trace": "*trace-id.required", "top_n ignored": "request.top_n.minimum"}),
    "wrapper": Dialect(wrapper, detail, unread=422, trace=True, planted={"unsorted": "response.results.sorted", "null documents": "response.results.items.document.oneOf", "detail": "error.401.shape", "null billed": "response.meta.billed_units.type"}),
}  # fmt: skip


@frozen
class Served:
    """A dialect under a prefix, as `conformance.selftest.stage` plays an application: without a socket."""

    dialect: Dialect
    base_path: str = "/v1"

    def answer(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes, float]:
        """Return status, headers, body and delay."""
        try:
            status, body = 200, self._judged(call)
        except Refused as refused:
            status, body = refused.status, self.dialect.error(refused.status, refused.words, refused.kind)
        headers = [("content-type", "application/json")]
        if self.dialect.trace:
            headers.append(("x-siliconcloud-trace-id", uuid.uuid4().hex))
        return status, headers, json.dumps(body).encode(), 0.0

    def _judged(self, call: Call) -> Any:
        dialect = self.dialect
        if call.path == f"{self.base_path}/models" and call.method == "GET":
            return {"object": "list", "data": [{"id": "text-embedder"}, {"id": "my-reranker"}]}
        if call.path != f"{self.base_path}/rerank":
            raise Refused(404, "Not Found")
        if call.method != "POST":
            raise Refused(405, "Method Not Allowed")
        given = call.header(b"authorization") == f"Bearer {KEY}" or call.header(dialect.bare_key.encode()) == KEY
        if dialect.keyed and not given:
            raise Refused(401, "Unauthorized", "authentication_error")
        if (call.header(b"content-type") or "").partition(";")[0].lower() != "application/json":
            raise Refused(415, "Unsupported Media Type")
        try:
            body = json.loads(call.body.decode())
            need(isinstance(body, dict), dialect.unread, "an object")
            return dialect.rank(body)
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise Refused(dialect.unread, f"{type(error).__name__}") from error


@contextmanager
def serving(name: str, prefix: str = "/v1") -> Iterator[str]:
    """Serve a dialect on loopback under a prefix; yields the base URL."""
    served = Served(DIALECTS[name], prefix)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {key.lower().encode(): value.encode("latin-1") for key, value in self.headers.items()}
            status, out, data, _ = served.answer(Call(self.command, self.path, headers, wire.body(self)))
            self.send_response(status)
            for key, value in (*out, ("content-length", str(len(data)))):
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET = do_PUT = do_DELETE = do_PATCH = answer

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
