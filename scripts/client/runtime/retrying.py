"""Trying again: connection failures and statuses that pass, with growing, jittered pauses.

tenacity does the waiting; it is imported and entered only after a first failure, so that a call that succeeds pays nothing.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .errors import APIConnectionError, ConfigurationError, retry_after

# What a clock takes, in seconds: 23 days.
LONGEST = 2e6
PASSING = frozenset({408, 429, 500, 502, 503, 504})
Outcome = httpx.Response | APIConnectionError


@dataclass(frozen=True)
class Retries:
    """How often and how long to try again.

    `number` counts what comes after the first try; `initial` and `ceiling` bound a pause in seconds (a
    `Retry-After` counts as long as it is not above the ceiling of patience, `longest`); `deadline` bounds the
    whole call in seconds: every try, every pause, every batch.
    """

    number: int = 2
    initial: float = 0.5
    ceiling: float = 8.0
    longest: float = 60.0
    deadline: float | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody can mean."""
        if not (
            all(told >= 0 for told in (self.number, self.initial, self.ceiling, self.longest))
            and (self.deadline is None or self.deadline > 0)
        ):
            msg = f"retries must not be negative, and a deadline must be more than 0 seconds: {self}"
            raise ConfigurationError(msg)

    def passing(self, outcome: Outcome) -> bool:
        """Whether another try may do better."""
        if isinstance(outcome, APIConnectionError):
            return outcome.passing
        return outcome.status_code in PASSING

    def until(self, started: float) -> float | None:
        """Return when a call that started then must be over, by time.monotonic(); None where nothing bounds it."""
        return None if self.deadline is None else started + self.deadline


def again(
    retries: Retries, first: Outcome, until: float | None, attempt: Callable[[], Outcome], log: logging.Logger
) -> Outcome:
    """Return the outcome of trying again after a first failure."""
    from tenacity import Retrying

    outcomes = iter([first])
    result: Outcome = Retrying(**_policy(retries, until, log))(lambda: next(outcomes, None) or attempt())
    return result


async def again_async(
    retries: Retries,
    first: Outcome,
    until: float | None,
    attempt: Callable[[], Awaitable[Outcome]],
    log: logging.Logger,
) -> Outcome:
    """Return the outcome of trying again after a first failure; cancellation ends it at any point."""
    from tenacity import AsyncRetrying

    outcomes = iter([first])

    async def one() -> Outcome:
        return next(outcomes, None) or await attempt()

    result: Outcome = await AsyncRetrying(**_policy(retries, until, log))(one)
    return result


def _policy(retries: Retries, until: float | None, log: logging.Logger) -> dict[str, Any]:
    from tenacity import RetryCallState, retry_if_result, wait_random_exponential

    # Full jitter: many clients that failed together do not come back together.
    pause = wait_random_exponential(multiplier=retries.initial, max=retries.ceiling)

    def wait(state: RetryCallState) -> float:
        outcome = state.outcome.result() if state.outcome else None
        asked = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        return min(LONGEST, pause(state) if asked is None else asked)

    def stop(state: RetryCallState) -> bool:
        if state.attempt_number > retries.number or state.upcoming_sleep > retries.longest:
            return True
        return until is not None and time.monotonic() + state.upcoming_sleep > until

    def tell(state: RetryCallState) -> None:
        outcome = state.outcome.result() if state.outcome else None
        why = outcome.status_code if isinstance(outcome, httpx.Response) else type(outcome).__name__
        log.info(
            "%s: trying again in %.2f s (%d of %s)", why, state.upcoming_sleep, state.attempt_number, retries.number
        )

    return {
        "wait": wait,
        "stop": stop,
        "before_sleep": tell,
        "retry": retry_if_result(retries.passing),
        "retry_error_callback": lambda state: state.outcome.result(),
    }
