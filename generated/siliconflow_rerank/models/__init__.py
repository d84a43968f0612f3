# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""Contains all the data models used in inputs/outputs"""

from .bad_request_data import BadRequestData
from .overloaded_data import OverloadedData
from .rate_limit_data import RateLimitData
from .rerank_classic_request import RerankClassicRequest
from .rerank_image_document import RerankImageDocument
from .rerank_image_url_content import RerankImageUrlContent
from .rerank_response import RerankResponse
from .rerank_response_meta import RerankResponseMeta
from .rerank_response_meta_billed_units import RerankResponseMetaBilledUnits
from .rerank_response_meta_tokens import RerankResponseMetaTokens
from .rerank_result import RerankResult
from .rerank_text_content import RerankTextContent
from .rerank_text_document import RerankTextDocument
from .rerank_vl_request import RerankVLRequest

__all__ = (
    "BadRequestData",
    "OverloadedData",
    "RateLimitData",
    "RerankClassicRequest",
    "RerankImageDocument",
    "RerankImageUrlContent",
    "RerankResponse",
    "RerankResponseMeta",
    "RerankResponseMetaBilledUnits",
    "RerankResponseMetaTokens",
    "RerankResult",
    "RerankTextContent",
    "RerankTextDocument",
    "RerankVLRequest",
)
