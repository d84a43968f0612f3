"""What a run may spend: requests for each purpose, tokens, time and bytes."""

import math
import time
from collections.abc import Callable
from enum import StrEnum

from attrs import define, field

from conformance.model.exchange import Exchange, Request

# What is reserved for a request, as a multiple of its estimate.
_MARGIN = 1.25


class Purpose(StrEnum):
    """Why a request goes out."""

    PLANNED = "planned"
    AGAIN = "again"  # what went unanswered, and the control beside it
    CLOSER = "closer"  # to isolate what was found
    TRIAL = "trial"  # what may have been meant instead: a few requests, which no share bounds


_FOR = {
    Purpose.PLANNED: "that are planned",
    Purpose.AGAIN: "for asking again",
    Purpose.CLOSER: "for looking closer",
    Purpose.TRIAL: "for trying what may be meant",
}


class BudgetSpentError(Exception):
    """Nothing more may be sent for a purpose; the message says in a few words which bound was reached."""


class TooDearError(Exception):
    """One request would cost more tokens than are left; a cheaper one may still go out."""


@define
class Budget:
    """Bounds on all that goes out; None is no bound.

    `max_requests` bounds everything; `shares` bounds each purpose besides. `max_time_s` is in seconds from the first
    request, `max_bytes` bounds what the run writes to its journal. `estimate` says how
    many tokens a request may cost, `charge` how many an exchange did cost.
    `requests` and `tokens` are what was spent so far; `spent` names each bound that kept something from being asked.
    """

    max_requests: int | None = None
    max_tokens: int | None = None
    max_time_s: float | None = None
    estimate: Callable[[Request], int] = field(default=lambda _request: 0, repr=False)
    charge: Callable[[Exchange], int] = field(default=lambda _exchange: 0, repr=False)
    shares: dict[Purpose, int] = field(factory=dict)
    max_bytes: int | None = None
    written: Callable[[], int] = field(default=lambda: 0, repr=False)
    requests: int = 0
    tokens: int = 0
    spent: dict[str, None] = field(factory=dict, init=False)
    _for: dict[Purpose, int] = field(factory=dict, init=False)
    _reserved: int = field(default=0, init=False)
    _scale: float = field(default=_MARGIN, init=False)
    _started: float | None = field(default=None, init=False)

    @property
    def left(self) -> int | None:
        """Planned requests that may still go out, None without a bound."""
        return self.left_for(Purpose.PLANNED)

    def left_for(self, purpose: Purpose) -> int | None:
        """Return how many requests may still go out for a purpose, None without a bound."""
        bounds = [] if self.max_requests is None else [self.max_requests - self.requests]
        if purpose in self.shares:
            bounds.append(self.shares[purpose] - self._for.get(purpose, 0))
        return max(min(bounds), 0) if bounds else None

    @property
    def deadline(self) -> float:
        """When everything has to have ended, on the monotonic clock."""
        return math.inf if self.max_time_s is None or self._started is None else self._started + self.max_time_s

    def admit(self, request: Request, purpose: Purpose = Purpose.PLANNED) -> int:
        """Reserve what a request may cost and return that; raises BudgetSpentError or TooDearError."""
        if self._started is None:
            self._started = time.monotonic()
        if self.left_for(purpose) == 0:
            self._refuse(self._bound(purpose))
        if time.monotonic() >= self.deadline:
            self._refuse(f"the time of {self.max_time_s:g} s")
        if self.max_bytes is not None and self.written() >= self.max_bytes:
            self._refuse(f"the {self.max_bytes:,} bytes that a run may write")
        reserved = 0
        if self.max_tokens is not None:
            reserved = math.ceil(self.estimate(request) * self._scale)
            if self.tokens + self._reserved + reserved > self.max_tokens:
                self.spent[f"the {self.max_tokens:,} tokens"] = None
                raise TooDearError
        self.requests += 1
        self._for[purpose] = self._for.get(purpose, 0) + 1
        self._reserved += reserved
        return reserved

    def _bound(self, purpose: Purpose) -> str:
        if self.max_requests is not None and self.requests >= self.max_requests:
            return f"the {_requests(self.max_requests)}"
        return self._shared(purpose)

    def _refuse(self, bound: str) -> None:
        if self.max_requests is None or bound != self._shared(Purpose.PLANNED):
            # Under a hard limit the planned requests go on when what was held back is free.
            self.spent[bound] = None
        raise BudgetSpentError(bound)

    def _shared(self, purpose: Purpose) -> str:
        return f"the {_requests(self.shares.get(purpose, 0))} {_FOR[purpose]}"

    def late(self) -> None:
        """Note that time ran out while a request was on its way or waited for its turn."""
        self.spent[f"the time of {self.max_time_s or 0:g} s"] = None

    def settle(self, exchange: Exchange, reserved: int) -> None:
        """Put what an exchange did cost in the place of what was reserved for it."""
        self._reserved -= reserved
        cost = self.charge(exchange)
        self.tokens += cost
        estimate = self.estimate(exchange.request) if self.max_tokens is not None else 0
        if estimate:
            # This service counts more than was guessed: what it is asked next is guessed higher.
            self._scale = max(self._scale, _MARGIN * cost / estimate)

    def release(self, reserved: int, purpose: Purpose) -> None:
        """Give back what was admitted and did not go out."""
        self._reserved -= reserved
        self.requests -= 1
        self._for[purpose] -= 1

    def recall(self, exchange: Exchange, purpose: Purpose) -> None:
        """Count an exchange of an earlier recording that this run goes on with, for what it was asked if it was asked once."""
        purpose = purpose if exchange.attempts == 1 else Purpose.AGAIN
        self.requests += 1
        self._for[purpose] = self._for.get(purpose, 0) + 1
        self.tokens += self.charge(exchange)


def _requests(count: int) -> str:
    return f"{count:,} request{'' if count == 1 else 's'}"
