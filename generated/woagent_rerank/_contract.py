# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""The contract's facts, for the runtime."""

from typing import Any

PACKAGE = "woagent_rerank"
VERSION = "0.1.0"
SERVER = "https://api.woagent.net"
PATH = "/rerank"
METHOD = "POST"
MEDIA = "application/json"
KEY_HEADER = "Authorization"
KEY_PREFIX = "Bearer "
KEY_NEEDED: Any = True
KEY_ENV = "WOAGENT_API_KEY"
URL_ENV = "WOAGENT_BASE_URL"
LOG_ENV = "WOAGENT_LOG"
TRACE: Any = None
ROLES: Any = {
    "model": "model",
    "query": "query",
    "documents": "documents",
    "instruction": "instruction",
    "limit": "top_n",
    "echo_switch": "return_documents",
    "chunk_limit": "max_chunks_per_doc",
    "chunk_overlap": "overlap_tokens",
}
MODELS: Any = [
    "Qwen/Qwen3-Reranker-8B",
    "Qwen/Qwen3-Reranker-4B",
    "Qwen/Qwen3-Reranker-0.6B",
    "BAAI/bge-reranker-v2-m3",
    "Pro/BAAI/bge-reranker-v2-m3",
    "netease-youdao/bce-reranker-base_v1",
]
ONLY_MODELS: Any = {
    "instruction": [
        "Qwen/Qwen3-Reranker-8B",
        "Qwen/Qwen3-Reranker-4B",
        "Qwen/Qwen3-Reranker-0.6B",
    ],
    "max_chunks_per_doc": [
        "BAAI/bge-reranker-v2-m3",
        "Pro/BAAI/bge-reranker-v2-m3",
        "netease-youdao/bce-reranker-base_v1",
    ],
    "overlap_tokens": [
        "BAAI/bge-reranker-v2-m3",
        "Pro/BAAI/bge-reranker-v2-m3",
        "netease-youdao/bce-reranker-base_v1",
    ],
}
PLACES: Any = {
    "results": [("results",)],
    "index": [("results", "*", "index")],
    "score": [("results", "*", "relevance_score")],
    "input_tokens": [("tokens", "input_tokens")],
    "output_tokens": [("tokens", "output_tokens")],
}
FIRST_INDEX: Any = 0
KEYWORDS: Any = {
    "model": "model",
    "query": "query",
    "documents": "documents",
    "instruction": "instruction",
    "limit": "top_n",
    "echo_switch": "return_documents",
    "chunk_limit": "max_chunks_per_doc",
    "chunk_overlap": "overlap_tokens",
}
TEXT_KEY: Any = None
QUERY_KEY: Any = None
NULLABLE: Any = []
ERROR_MESSAGES: Any = []
ERROR_CODES: Any = []
ENVELOPES: Any = []
SCHEMA: Any = {
    "type": "object",
    "required": ["model", "query", "documents"],
    "properties": {
        "model": {
            "type": "string",
            "enum": [
                "Qwen/Qwen3-Reranker-8B",
                "Qwen/Qwen3-Reranker-4B",
                "Qwen/Qwen3-Reranker-0.6B",
                "BAAI/bge-reranker-v2-m3",
                "Pro/BAAI/bge-reranker-v2-m3",
                "netease-youdao/bce-reranker-base_v1",
            ],
        },
        "query": {"type": "string"},
        "documents": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "instruction": {"type": "string"},
        "top_n": {"type": "integer"},
        "return_documents": {"type": "boolean"},
        "max_chunks_per_doc": {"type": "integer"},
        "overlap_tokens": {"type": "integer", "maximum": 80},
    },
}
