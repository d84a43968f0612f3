# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""The contract's facts, for the runtime."""

from typing import Any

PACKAGE = "siliconflow_rerank"
VERSION = "0.1.0"
SERVER = "https://api.siliconflow.cn/v1"
PATH = "/rerank"
METHOD = "POST"
MEDIA = "application/json"
KEY_HEADER = "Authorization"
KEY_PREFIX = "Bearer "
KEY_NEEDED: Any = True
KEY_ENV = "SILICONFLOW_API_KEY"
URL_ENV = "SILICONFLOW_BASE_URL"
LOG_ENV = "SILICONFLOW_LOG"
TRACE = "x-siliconcloud-trace-id"
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
    "BAAI/bge-reranker-v2-m3",
    "Pro/BAAI/bge-reranker-v2-m3",
    "netease-youdao/bce-reranker-base_v1",
    "Qwen/Qwen3-Reranker-0.6B",
    "Qwen/Qwen3-Reranker-4B",
    "Qwen/Qwen3-Reranker-8B",
    "Qwen/Qwen3-VL-Reranker-8B",
]
ONLY_MODELS: Any = {
    "instruction": [
        "Qwen/Qwen3-Reranker-0.6B",
        "Qwen/Qwen3-Reranker-4B",
        "Qwen/Qwen3-Reranker-8B",
    ],
    "max_chunks_per_doc": [
        "BAAI/bge-reranker-v2-m3",
        "Pro/BAAI/bge-reranker-v2-m3",
        "netease-youdao/bce-reranker-base_v1",
        "Qwen/Qwen3-VL-Reranker-8B",
    ],
    "overlap_tokens": [
        "BAAI/bge-reranker-v2-m3",
        "Pro/BAAI/bge-reranker-v2-m3",
        "netease-youdao/bce-reranker-base_v1",
        "Qwen/Qwen3-VL-Reranker-8B",
    ],
}
PLACES: Any = {
    "results": [("results",)],
    "index": [("results", "*", "index")],
    "score": [("results", "*", "relevance_score")],
    "input_tokens": [
        ("meta", "tokens", "input_tokens"),
        ("meta", "billed_units", "input_tokens"),
    ],
    "output_tokens": [
        ("meta", "tokens", "output_tokens"),
        ("meta", "billed_units", "output_tokens"),
    ],
    "image_tokens": [
        ("meta", "tokens", "image_tokens"),
        ("meta", "billed_units", "image_tokens"),
    ],
    "search_units": [("meta", "billed_units", "search_units")],
    "classifications": [("meta", "billed_units", "classifications")],
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
ERROR_MESSAGES: Any = ["message"]
ERROR_CODES: Any = ["code"]
ENVELOPES: Any = []
SCHEMA: Any = {
    "anyOf": [
        {
            "type": "object",
            "required": ["model", "query", "documents"],
            "properties": {
                "model": {"type": "string"},
                "query": {"type": "string", "minLength": 1},
                "documents": {
                    "oneOf": [
                        {"type": "string"},
                        {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "oneOf": [
                                    {"type": "string"},
                                    {
                                        "type": "object",
                                        "properties": {"text": {"type": "string"}},
                                        "required": ["text"],
                                    },
                                    {
                                        "type": "object",
                                        "properties": {"image": {"type": "string"}},
                                        "required": ["image"],
                                    },
                                ]
                            },
                        },
                    ]
                },
                "instruction": {"type": "string", "minLength": 1},
                "top_n": {"type": "integer", "minimum": 1},
                "return_documents": {"type": "boolean"},
                "max_chunks_per_doc": {"type": "integer", "minimum": 1},
                "overlap_tokens": {"type": "integer", "minimum": 0, "maximum": 80},
            },
        },
        {
            "type": "object",
            "required": ["model", "query", "documents"],
            "properties": {
                "model": {"type": "string"},
                "query": {
                    "oneOf": [
                        {"type": "string", "minLength": 1},
                        {
                            "type": "object",
                            "properties": {"image": {"type": "string"}},
                            "required": ["image"],
                        },
                    ]
                },
                "documents": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "oneOf": [
                            {"type": "string"},
                            {
                                "type": "object",
                                "properties": {"text": {"type": "string"}},
                                "required": ["text"],
                            },
                            {
                                "type": "object",
                                "properties": {"image": {"type": "string"}},
                                "required": ["image"],
                            },
                        ]
                    },
                },
                "instruction": {"type": "string", "minLength": 1},
                "top_n": {"type": "integer", "minimum": 1},
                "return_documents": {"type": "boolean"},
                "max_chunks_per_doc": {"type": "integer", "minimum": 1},
                "overlap_tokens": {"type": "integer", "minimum": 0, "maximum": 80},
            },
        },
    ]
}
