"""What a request may cost, guessed before it is sent, and what it did cost by the answer's own count."""

import json
import re

from attrs import define

from conformance.contract import Contract, select
from conformance.model.exchange import NOT_JSON, Exchange, Request

# One token for each Chinese, Japanese or Korean character, one for four bytes of anything else: no tokenizer of the
# models is shipped, and a budget needs the order of magnitude.
# Two of few ranges each: of many, a table of all characters is made first.
_WIDE = (re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]"), re.compile(r"[\uf900-\ufaff\U00020000-\U0003ffff]"))
_BYTES = 4


@define(slots=False, eq=False)
class Meter:
    """Counts tokens by a contract's roles."""

    contract: Contract

    def estimate(self, request: Request) -> int:
        """Return about how many tokens a request may be billed: the query once for each document, and the documents."""
        body = self.contract.flat(request.json)
        if body is NOT_JSON or not isinstance(body, dict):
            return 0
        query, documents = (self._value(body, role) for role in ("query", "documents"))
        pieces = documents if isinstance(documents, list) else [documents]
        return sum(self._tokens(query) + self._tokens(piece) for piece in pieces)

    def charge(self, exchange: Exchange) -> int:
        """Return how many tokens an exchange cost: what its answer says was billed or counted, else the estimate if it was taken."""
        response = exchange.response
        if response is None or not 200 <= response.status < 300:
            return 0
        for holder in ("billed", "usage", None):
            place = self.contract.success.place("input_tokens", under=holder)
            found = select(response.json, place.path) if place is not None else []
            if found and isinstance(found[0], int) and not isinstance(found[0], bool) and found[0] >= 0:
                return found[0]
        return self.estimate(exchange.request)

    def usd(self, request: Request) -> float | None:
        """Return about what a request costs in US dollars, None where the contract carries no price for its model."""
        field = self.contract.request_field("model")
        body = self.contract.flat(request.json)
        model = body.get(field.name) if field is not None and isinstance(body, dict) else None
        price = self.contract.prices.get(model) if isinstance(model, str) else None
        return None if price is None else self.estimate(request) * price / 1_000_000

    def _value(self, body: dict[str, object], role: str) -> object:
        field = self.contract.request_field(role)
        return body.get(field.name) if field is not None else None

    @staticmethod
    def _tokens(value: object) -> int:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value is not None else ""
        wide = 0 if text.isascii() else sum(len(signs.findall(text)) for signs in _WIDE)
        return wide + -(-(len(text.encode("utf-8", "surrogatepass")) - 3 * wide) // _BYTES)
