# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Contains all the data models used in inputs/outputs"""

from .create_rerank_body import CreateRerankBody
from .create_rerank_body_model import CreateRerankBodyModel
from .create_rerank_response_200 import CreateRerankResponse200
from .create_rerank_response_200_results_item import CreateRerankResponse200ResultsItem
from .create_rerank_response_200_results_item_document import (
    CreateRerankResponse200ResultsItemDocument,
)
from .create_rerank_response_200_tokens import CreateRerankResponse200Tokens

__all__ = (
    "CreateRerankBody",
    "CreateRerankBodyModel",
    "CreateRerankResponse200",
    "CreateRerankResponse200ResultsItem",
    "CreateRerankResponse200ResultsItemDocument",
    "CreateRerankResponse200Tokens",
)
