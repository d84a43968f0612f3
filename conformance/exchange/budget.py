"""What a run may spend: requests, tokens and time."""

import math
import time
from collections.abc import Callable

from attrs import define, field

from conformance.model.exchange import Exchange, Request

# What is reserved for a request, as a multiple of its estimate.
_MARGIN = 1.25


class BudgetSpentError(Exception):
    """Nothing more may be sent."""


class TooDearError(Exception):
    """One request would cost more tokens than are left; a cheaper one may still go out."""


@define
class Budget:
    """Bounds on all that goes out, retries too; None is no bound.

    `max_time_s` is in seconds from when the budget was made; `estimate` says how
    many tokens a request may cost, `charge` how many an exchange did cost.
    `requests` and `tokens` are what was spent so far.
    """

    max_requests: int | None = None
    max_tokens: int | None = None
    max_time_s: float | None = None
    estimate: Callable[[Request], int] = field(default=lambda _request: 0, repr=False)
    charge: Callable[[Exchange], int] = field(default=lambda _exchange: 0, repr=False)
    requests: int = 0
    tokens: int = 0
    _reserved: int = field(default=0, init=False)
    _scale: float = field(default=_MARGIN, init=False)
    _started: float = field(factory=time.monotonic, init=False)

    @property
    def left(self) -> int | None:
        """Requests that may still go out, None without a bound."""
        return None if self.max_requests is None else max(self.max_requests - self.requests, 0)

    def admit(self, request: Request) -> int:
        """Reserve what a request may cost and return that; raises BudgetSpentError or TooDearError."""
        if self.max_requests is not None and self.requests >= self.max_requests:
            raise BudgetSpentError
        if self.max_time_s is not None and time.monotonic() - self._started >= self.max_time_s:
            raise BudgetSpentError
        reserved = 0
        if self.max_tokens is not None:
            reserved = math.ceil(self.estimate(request) * self._scale)
            if self.tokens + self._reserved + reserved > self.max_tokens:
                raise TooDearError
        self.requests += 1
        self._reserved += reserved
        return reserved

    def settle(self, exchange: Exchange, reserved: int) -> None:
        """Put what an exchange did cost in the place of what was reserved for it."""
        self._reserved -= reserved
        cost = self.charge(exchange)
        self.tokens += cost
        estimate = self.estimate(exchange.request) if self.max_tokens is not None else 0
        if estimate:
            # This service counts more than was guessed: what it is asked next is guessed higher.
            self._scale = max(self._scale, _MARGIN * cost / estimate)

    def recall(self, exchange: Exchange) -> None:
        """Count an exchange of an earlier recording that this run goes on with."""
        self.requests += 1
        self.tokens += self.charge(exchange)
