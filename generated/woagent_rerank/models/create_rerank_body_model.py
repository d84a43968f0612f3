# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
from enum import StrEnum


class CreateRerankBodyModel(StrEnum):
    BAAIBGE_RERANKER_V2_M3 = "BAAI/bge-reranker-v2-m3"
    NETEASE_YOUDAOBCE_RERANKER_BASE_V1 = "netease-youdao/bce-reranker-base_v1"
    PROBAAIBGE_RERANKER_V2_M3 = "Pro/BAAI/bge-reranker-v2-m3"
    QWENQWEN3_RERANKER_0_6B = "Qwen/Qwen3-Reranker-0.6B"
    QWENQWEN3_RERANKER_4B = "Qwen/Qwen3-Reranker-4B"
    QWENQWEN3_RERANKER_8B = "Qwen/Qwen3-Reranker-8B"

    def __str__(self) -> str:
        return str(self.value)
