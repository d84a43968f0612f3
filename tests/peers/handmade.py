"""A rerank server written by hand from SiliconFlow's page, and a hundred ways to get it wrong.

It reads no contract on purpose: what the suite derives and what this file
spells out are two readings of one page, and must agree. Its author wrote the
suite too, so its faults are no blind sample.
"""

import hashlib
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.peers import wire

TEXT = {
    "BAAI/bge-reranker-v2-m3",
    "Pro/BAAI/bge-reranker-v2-m3",
    "netease-youdao/bce-reranker-base_v1",
    "Qwen/Qwen3-Reranker-0.6B",
    "Qwen/Qwen3-Reranker-4B",
    "Qwen/Qwen3-Reranker-8B",
}
VL = "Qwen/Qwen3-VL-Reranker-8B"
CHUNK = 400


class Refusal(Exception):
    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}


def bad(message: str, code: int = 20015) -> Refusal:
    return Refusal(400, {"code": code, "message": message, "data": ""})


def grams(text: str) -> dict[str, float]:
    """Words of Latin scripts, single characters and pairs of CJK."""
    found: dict[str, float] = {}
    for word in re.findall(r"[^\W\u4e00-\u9fff_]+", text.lower()):
        if word not in {"the", "of", "is", "a", "and", "what", "how", "in", "as", "do"}:
            found[word] = found.get(word, 0) + 1
    cjk = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    for c in cjk:
        found[c] = found.get(c, 0) + 0.5
    for pair in zip(cjk, cjk[1:], strict=False):
        found["".join(pair)] = found.get("".join(pair), 0) + 1
    return found


def similar(query: str, text: str) -> float:
    q, d = grams(query), grams(text)
    shared = sum(min(w, 1) for g, w in q.items() if g in d)
    total = sum(min(w, 1) for w in q.values()) or 1
    noise = int(hashlib.sha256(f"{query}|{text}".encode("utf-8", "replace")).hexdigest()[:6], 16) / 0xFFFFFF * 0.01
    return round(min(0.98 * shared / total / (1 + len(d) / 900), 0.98) + noise, 6)


def pieces(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text) or [text]


class Handmade:
    """The server on a free port of loopback; `fault` names the one thing that it gets wrong."""

    def __init__(self, fault: str = "", key: str = "mock-key") -> None:
        self.fault, self.key, self.calls = fault, key, 0
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def answer(self) -> None:
                peer.handle(self, wire.body(self))

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        class Server(ThreadingHTTPServer):
            # The default of five drops connections when the suite opens several at once.
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def is_(self, name: str) -> bool:
        return self.fault == name

    # --- the wire ---
    def handle(self, http: Any, raw: bytes) -> None:
        self.calls += 1
        headers = {"Content-Type": "application/json", "x-siliconcloud-trace-id": f"ti_{uuid.uuid4().hex[:16]}"}
        try:
            status, body = 200, self.rerank(http, raw)
            if self.is_("no_trace"):
                del headers["x-siliconcloud-trace-id"]
            if self.is_("empty_trace"):
                headers["x-siliconcloud-trace-id"] = ""
            if self.is_("constant_trace"):
                headers["x-siliconcloud-trace-id"] = "ti_same"
            if self.is_("html_type"):
                headers["Content-Type"] = "text/html"
            if self.is_("status_201"):
                status = 201
            if self.is_("error_in_200"):
                body = {"code": 20042, "message": "input must have less than 8192 tokens", "data": None}
            if self.is_("wrapped"):
                body = {"data": body}
            if self.is_("double_json"):
                body = json.dumps(body)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
            headers.update(refusal.headers)
            if self.is_("422") and status == 400:
                status = 422
            if self.is_("400_detail") and status == 400:
                body = {"detail": body["message"]}
            if self.is_("400_no_code") and status == 400:
                del body["code"]
            if self.is_("400_code_string") and status == 400:
                body["code"] = str(body["code"])
            if self.is_("400_text") and status == 400:
                headers["Content-Type"] = "text/plain"
            if self.is_("400_data_null") and status == 400:
                body["data"] = None
            if self.is_("401_object") and status == 401:
                body = {"message": body}
            if self.is_("404_text") and status == 404:
                headers["Content-Type"] = "text/plain"
            if self.is_("500_on_bad") and status == 400:
                status = 500
            if self.is_("200_on_bad") and status == 400:
                status = 200
            if self.is_("trace_leak") and status == 400:
                body["message"] = 'Traceback (most recent call last):\n  File "/app/server.py", line 10'
            if self.is_("path_leak") and status == 400:
                body["message"] = "failed in /usr/lib/python3/rerank/server.py"
            if self.is_("key_leak") and status == 400:
                body["message"] = f"bad request of {http.headers.get('Authorization')}"
        if self.is_("charset"):
            headers["Content-Type"] += "; charset=utf-8"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if self.is_("nan") and status == 200:
            data = re.sub(rb'"relevance_score": [\d.e-]+', b'"relevance_score": NaN', data)
        http.send_response(status)
        headers["Content-Length"] = str(len(data))
        for name, value in headers.items():
            http.send_header(name, value)
        http.end_headers()
        http.wfile.write(data)

    # --- the rules ---
    def rerank(self, http: Any, raw: bytes) -> Any:
        if http.path != "/v1/rerank":
            if self.is_("any_path"):
                return {"ok": True}
            raise Refusal(404, "404 page not found")
        if http.command != "POST":
            if self.is_("any_method"):
                return {"ok": True}
            raise Refusal(405, "method not allowed", {"Allow": "POST"})
        if not self.is_("body_first"):
            self.authorise(http)
        if not (http.headers.get("Content-Type") or "").lower().startswith("application/json") and not self.is_(
            "any_media"
        ):
            raise Refusal(415, "unsupported media type")
        try:
            text = raw.decode("utf-8", "replace" if self.is_("lenient_utf8") else "strict")
            if self.is_("trailing"):
                body, _ = json.JSONDecoder().raw_decode(text)
            else:
                body = json.loads(text)
        except (ValueError, RecursionError):
            raise bad("The body is no JSON.") from None
        if isinstance(body, list) and self.is_("list_body"):
            body = body[0]
        if not isinstance(body, dict):
            raise bad("The body is no object.")
        self.check(body)
        if self.is_("body_first"):
            self.authorise(http)
        return self.rank(body)

    def authorise(self, http: Any) -> None:
        given = http.headers.get("Authorization")
        if self.is_("spelt_authorization") and "Authorization" not in dict(http.headers.items()):
            given = None
        if self.is_("no_auth"):
            return
        if self.is_("any_token") and given and given.startswith("Bearer "):
            return
        if self.is_("prefix_token") and given and f"Bearer {self.key}".startswith(given) and len(given) > 10:
            return
        if self.is_("starts_token") and given and given.startswith(f"Bearer {self.key}"):
            return
        if self.is_("any_scheme") and given and given.split()[-1] == self.key:
            return
        if given != f"Bearer {self.key}":
            raise Refusal(403 if self.is_("403_for_401") else 401, "Invalid token")

    def integer(self, body: dict[str, Any], name: str, low: int | None, high: int | None) -> None:
        if name not in body:
            return
        value = body[name]
        if self.is_(f"null_{name}") and value is None:
            del body[name]
            return
        if self.is_(f"string_{name}") and isinstance(value, str) and value.lstrip("-").isdigit():
            value = body[name] = int(value)
        if self.is_(f"float_{name}") and isinstance(value, float):
            value = body[name] = int(value)
        if self.is_(f"bool_{name}") and isinstance(value, bool):
            value = body[name] = int(value)
        if isinstance(value, float) and value.is_integer():
            value = body[name] = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise bad(f"{name} must be an integer")
        if low is not None and value < low:
            if (
                self.is_(f"low_{name}")
                or (self.is_(f"zero_{name}") and value == 0)
                or (self.is_(f"negative_{name}") and value < 0)
            ):
                body[name] = low
                return
            raise bad(f"{name} is too small")
        if high is not None and value > high + (1 if self.is_(f"off_by_one_{name}") else 0):
            if self.is_(f"high_{name}"):
                return
            raise bad(f"{name} is too large")
        if self.is_(f"strict_{name}") and value in {low, high}:
            raise bad(f"{name} is at its bound")

    def check(self, body: dict[str, Any]) -> None:
        for name in ("model", "query", "documents"):
            if name not in body:
                if self.is_(f"default_{name}"):
                    body[name] = {"model": "BAAI/bge-reranker-v2-m3", "query": "x", "documents": ["x"]}[name]
                    continue
                raise bad(f"{name} is required")
        model = body["model"]
        if self.is_("model_coerced") and isinstance(model, int):
            model = body["model"] = "BAAI/bge-reranker-v2-m3"
        if not isinstance(model, str):
            raise bad("model must be a string")
        if model not in TEXT | {VL} and not self.is_("any_model"):
            if self.is_("model_404"):
                raise Refusal(404, "no such model")
            raise bad("Model does not exist. Please check it carefully.", 20012)
        if self.is_("model_gone") and model == "Qwen/Qwen3-Reranker-4B":
            raise bad("Model does not exist. Please check it carefully.", 20012)
        if self.is_("vl_gone") and model == VL:
            raise bad("Model does not exist. Please check it carefully.", 20012)
        query = body["query"]
        if isinstance(query, (int, float)) and not isinstance(query, bool) and self.is_("query_number"):
            query = body["query"] = str(query)
        if isinstance(query, list) and self.is_("query_list"):
            query = body["query"] = "".join(map(str, query))
        if isinstance(query, dict):
            if model != VL and not self.is_("object_query"):
                if not isinstance(body["documents"], list):
                    raise bad("an object query needs a list")
            if isinstance(body["documents"], str) and not self.is_("mixed"):
                raise bad("an object query needs a list")
            if self.is_("query_object_any"):
                pass
            elif not isinstance(query.get("image"), str):
                raise bad("an object query needs an image")
            if self.is_("no_image_query"):
                raise bad("no images")
        elif query is None and self.is_("query_null"):
            body["query"] = "null"
        elif not isinstance(query, str):
            raise bad("query must be a string")
        elif not query and not self.is_("empty_query"):
            raise bad("query must not be empty")
        documents = body["documents"]
        if isinstance(documents, str):
            if self.is_("no_single_string"):
                raise bad("documents must be a list")
            if self.is_("string_chars"):
                documents = list(documents)
            body["documents"] = [documents] if isinstance(documents, str) else documents
        elif isinstance(documents, dict) and self.is_("documents_object"):
            body["documents"] = ["x"]
        elif not isinstance(documents, list):
            raise bad("documents must be a list")
        elif not documents and not self.is_("empty_documents"):
            raise bad("List should have at least 1 item after validation, not 0")
        if self.is_("surrogate_crashes") and "\ud800" in str(query):
            raise Refusal(500, "internal error")
        if self.is_("infinity_crashes") and body.get("top_n") == float("inf"):
            raise Refusal(500, "internal error")
        if self.is_("emoji_crashes") and "🦊" in str(query):
            raise Refusal(500, "internal error")
        if self.is_("one_crashes") and len(body["documents"]) == 1:
            raise Refusal(500, "internal error")
        if self.is_("no_empty_string") and "" in body["documents"]:
            raise bad("empty document")
        if self.is_("max_64") and len(body["documents"]) > 64:
            raise bad("too many documents")
        if self.is_("max_50") and len(body["documents"]) > 50:
            raise bad("too many documents")
        if self.is_("max_size") and len(json.dumps(body)) > 500_000:
            raise bad("too large")
        for item in body["documents"]:
            self.item(item)
        for name in ("instruction",):
            if name in body:
                value = body[name]
                if value is None and self.is_("null_instruction"):
                    continue
                if not isinstance(value, str) and not (self.is_("instruction_number") and isinstance(value, int)):
                    raise bad("instruction must be a string")
                if value == "" and not self.is_("empty_instruction"):
                    raise bad("instruction must not be empty")
        self.integer(body, "top_n", 1, None)
        self.integer(body, "max_chunks_per_doc", 1, None)
        self.integer(body, "overlap_tokens", 0, 80)
        if "top_n" in body and self.is_("top_n_beyond") and body["top_n"] > len(body["documents"]):
            raise bad("top_n is larger than the list")
        if "return_documents" in body:
            value = body["return_documents"]
            if self.is_("bool_string") and value in ("true", "false"):
                value = body["return_documents"] = value == "true"
            if self.is_("bool_number") and value in (0, 1):
                value = body["return_documents"] = bool(value)
            if self.is_("bool_null") and value is None:
                value = body["return_documents"] = False
            if not isinstance(value, bool):
                raise bad("return_documents must be a boolean")
        if self.is_("strict_unknown") and set(body) - {
            "model",
            "query",
            "documents",
            "instruction",
            "top_n",
            "return_documents",
            "max_chunks_per_doc",
            "overlap_tokens",
        }:
            raise bad("unknown field")

    def item(self, item: Any) -> None:
        if isinstance(item, str):
            return
        if isinstance(item, (int, float)) and not isinstance(item, bool) and self.is_("item_number"):
            return
        if item is None and self.is_("item_null"):
            return
        if isinstance(item, list) and self.is_("item_list"):
            return
        if isinstance(item, dict):
            if self.is_("no_text_object") and "text" in item:
                raise bad("no objects")
            if self.is_("no_image_object") and "image" in item:
                raise bad("no images")
            if self.is_("item_empty_object") and not item:
                return
            both = "text" in item and "image" in item
            if both and not self.is_("item_both"):
                raise bad("text or image, not both")
            value = item.get("text", item.get("image"))
            if (
                isinstance(value, str)
                or (self.is_("item_text_number") and isinstance(value, int))
                or (self.is_("item_text_null") and "text" in item and value is None)
            ):
                return
        raise bad("a document is a string or an object with text or image")

    # --- the ranking ---
    def score(self, body: dict[str, Any], position: int, item: Any) -> float:
        text = (
            item
            if isinstance(item, str)
            else str(next(iter(item.values()), ""))
            if isinstance(item, dict)
            else str(item)
        )
        query = body["query"] if isinstance(body["query"], str) else str(next(iter(body["query"].values()), ""))
        parts = pieces(text)
        step = CHUNK - min(body.get("overlap_tokens", 0), 80)
        chunks = ["".join(parts[i : i + CHUNK]) for i in range(0, max(len(parts), 1), step)][
            : 10_000 if self.is_("no_chunk_limit") else body.get("max_chunks_per_doc", 1024)
        ]
        if self.is_("first_chunk"):
            chunks = chunks[:1]
        if self.is_("last_chunk"):
            chunks = chunks[-1:]
        if self.is_("two_chunks"):
            chunks = chunks[:2]
        if self.is_("skip_last_chunk") and len(chunks) > 1:
            chunks = chunks[:-1]
        if self.is_("query_ignored"):
            query = "planet red France honey tides 首都"
        scores = [similar(query, chunk) for chunk in chunks]
        best = max(scores)
        if self.is_("mean_chunk"):
            best = sum(scores) / len(scores)
        if self.is_("position_score"):
            best = best / (1 + 0.1 * position)
        if self.is_("batch_score"):
            best = best / (1 + 0.02 * len(body["documents"]))
        if self.is_("limit_score") and "top_n" in body:
            best *= 0.9
        if self.is_("echo_score") and body.get("return_documents"):
            best *= 0.9
        if self.is_("overlap_score"):
            best *= 1 - body.get("overlap_tokens", 0) / 200
        if self.is_("chunks_score") and "max_chunks_per_doc" in body:
            best *= 0.9
        if self.is_("object_score") and isinstance(item, dict):
            best *= 0.9
        if self.is_("random_score"):
            best = int(uuid.uuid4().hex[:4], 16) / 65535
        if self.is_("jitter_score"):
            best = min(1.0, best + int(uuid.uuid4().hex[:4], 16) / 65535 * 0.05)
        if self.is_("inverted"):
            best = 1 - best
        if self.is_("latin_only") and not grams(text).keys() & set(re.findall("[a-z]+", text.lower())):
            best = 0.001
        if self.is_("length_score"):
            best = min(1.0, 0.9 / (1 + len(text)))
        return best

    def rank(self, body: dict[str, Any]) -> Any:
        documents = body["documents"]
        if self.is_("dedup"):
            seen: list[Any] = []
            keep = [i for i, d in enumerate(documents) if not (d in seen or seen.append(d))]
        elif self.is_("drop_empty"):
            keep = [i for i, d in enumerate(documents) if d != ""]
        else:
            keep = list(range(len(documents)))
        if self.is_("cap_100"):
            keep = keep[:100]
        if self.is_("cap_50"):
            keep = keep[:50]
        scored = [(self.score(body, i, documents[i]), i) for i in keep]
        if self.is_("first_n"):
            scored = scored[: body.get("top_n", len(scored))]
        if self.is_("last_n"):
            scored = scored[-body.get("top_n", len(scored)) :]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        if self.is_("worst_n"):
            scored = scored[-body.get("top_n", len(scored)) :]
        if self.is_("default_limit"):
            body.setdefault("top_n", 5)
        if self.is_("cap_limit"):
            body["top_n"] = min(body.get("top_n", 10_000), 10) if "top_n" in body else 10_000
        if not self.is_("no_limit"):
            scored = scored[: body.get("top_n", len(scored)) + (1 if self.is_("limit_plus") and "top_n" in body else 0)]
        if self.is_("unsorted"):
            scored.sort(key=lambda pair: pair[1])
        if self.is_("ascending"):
            scored.reverse()
        if self.is_("last_pair") and len(scored) > 2:
            scored[-1], scored[-2] = scored[-2], scored[-1]
        results = []
        for rank, (score, i) in enumerate(scored):
            result: dict[str, Any] = {"index": i, "relevance_score": score}
            if self.is_("rank_index"):
                result["index"] = rank
            if self.is_("one_based"):
                result["index"] = i + 1
            if self.is_("reversed_index"):
                result["index"] = len(documents) - 1 - i
            if self.is_("string_index"):
                result["index"] = str(i)
            if self.is_("float_index"):
                result["index"] = float(i)
            if self.is_("no_index"):
                del result["index"]
            if self.is_("no_score"):
                del result["relevance_score"]
            if self.is_("string_score"):
                result["relevance_score"] = str(score)
            if self.is_("percent"):
                result["relevance_score"] = score * 100
            if self.is_("logits"):
                result["relevance_score"] = score * 20 - 10
            if self.is_("slightly_above"):
                result["relevance_score"] = score + 0.05
            if self.is_("null_score"):
                result["relevance_score"] = None
            if self.is_("same_index"):
                result["index"] = 0
            if self.is_("null_document"):
                result["document"] = None
            if body.get("return_documents") is True or self.is_("always_echo"):
                if not self.is_("never_echo"):
                    result["document"] = self.echo(documents[i], documents[rank % len(documents)])
            results.append(result)
        counted = sum(len(pieces(d if isinstance(d, str) else str(d))) for d in (body["query"], *documents)) + 3
        if self.is_("usage_limited"):
            counted = len(results)
        if self.is_("usage_constant"):
            counted = 7
        if self.is_("usage_negative"):
            counted = -counted
        if self.is_("usage_string"):
            counted = str(counted)
        tokens = {"input_tokens": counted, "output_tokens": 0}
        if self.is_("usage_float"):
            tokens["input_tokens"] = counted + 0.5
        answer: dict[str, Any] = {
            "id": uuid.uuid4().hex,
            "results": results,
            "meta": {"billed_units": {**tokens, "search_units": 0, "classifications": 0}, "tokens": tokens},
        }
        if self.is_("no_id"):
            del answer["id"]
        if self.is_("null_id"):
            answer["id"] = None
        if self.is_("empty_id"):
            answer["id"] = ""
        if self.is_("constant_id"):
            answer["id"] = "same"
        if self.is_("number_id"):
            answer["id"] = self.calls
        if self.is_("no_results"):
            answer["data"] = answer.pop("results")
        if self.is_("results_object"):
            answer["results"] = {str(i): r for i, r in enumerate(results)}
        if self.is_("meta_list"):
            answer["meta"] = []
        if self.is_("meta_null"):
            answer["meta"] = None
        return answer

    def echo(self, item: Any, other: Any) -> Any:
        text = item if isinstance(item, str) else item.get("text") if isinstance(item, dict) else str(item)
        if text is None:
            return {"image": item["image"]}
        if self.is_("echo_string"):
            return text
        if self.is_("echo_empty"):
            return {}
        if self.is_("echo_content"):
            return {"content": text}
        if self.is_("echo_other"):
            return {"text": other if isinstance(other, str) else text}
        import html
        import unicodedata

        changes = {
            "echo_strip": str.strip,
            "echo_lower": str.lower,
            "echo_html": html.escape,
            "echo_nfkc": lambda t: unicodedata.normalize("NFKC", t),
            "echo_nfc": lambda t: unicodedata.normalize("NFC", t),
            "echo_nul": lambda t: t.replace("\x00", ""),
            "echo_cut": lambda t: t[:1000],
            "echo_spaces": lambda t: re.sub(r"[ \t]+", " ", t),
            "echo_crlf": lambda t: t.replace("\r\n", "\n"),
            "echo_ascii": lambda t: t.encode("ascii", "ignore").decode(),
            "echo_no_astral": lambda t: "".join(c for c in t if ord(c) < 0x10000),
            "echo_unescape": html.unescape,
        }
        return {"text": changes.get(self.fault, str)(text)}
