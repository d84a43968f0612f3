# Generated from openapi/woagent by `nox -s regenerate`; do not edit.
"""Trying again: connection failures and statuses that pass, with growing, jittered pauses.

tenacity does the waiting; it is imported and entered only after a first failure, so that a call that succeeds pays nothing.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .errors import APIConnectionError, retry_after

PASSING = frozenset({408, 429, 500, 502, 503, 504})
Outcome = httpx.Response | APIConnectionError


@dataclass(frozen=True)
class Retries:
    """How often and how long to try again.

    `number` counts what comes after the first try; `initial` and `ceiling` bound a pause in seconds (a
    `Retry-After` counts as long as it is not above the ceiling of patience, `longest`); `deadline` bounds the
    whole call in seconds, first try included.
    """

    number: int = 2
    initial: float = 0.5
    ceiling: float = 8.0
    longest: float = 60.0
    deadline: float | None = None

    def passing(self, outcome: Outcome) -> bool:
        """Whether another try may do better."""
        if isinstance(outcome, APIConnectionError):
            return True
        return outcome.status_code in PASSING


def again(
    retries: Retries, first: Outcome, started: float, attempt: Callable[[], Outcome]
) -> Outcome:
    """Return the outcome of trying again after a first failure."""
    from tenacity import Retrying

    outcomes = iter([first])
    result: Outcome = Retrying(**_policy(retries, started))(
        lambda: next(outcomes, None) or attempt()
    )
    return result


async def again_async(
    retries: Retries,
    first: Outcome,
    started: float,
    attempt: Callable[[], Awaitable[Outcome]],
) -> Outcome:
    """Return the outcome of trying again after a first failure; cancellation ends it at any point."""
    from tenacity import AsyncRetrying

    outcomes = iter([first])

    async def one() -> Outcome:
        return next(outcomes, None) or await attempt()

    result: Outcome = await AsyncRetrying(**_policy(retries, started))(one)
    return result


def _policy(retries: Retries, started: float) -> dict[str, Any]:
    from tenacity import RetryCallState, retry_if_result, wait_random_exponential

    # Full jitter: many clients that failed together do not come back together.
    pause = wait_random_exponential(multiplier=retries.initial, max=retries.ceiling)

    def wait(state: RetryCallState) -> float:
        outcome = state.outcome.result() if state.outcome else None
        asked = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        return pause(state) if asked is None else asked

    def stop(state: RetryCallState) -> bool:
        if (
            state.attempt_number > retries.number
            or state.upcoming_sleep > retries.longest
        ):
            return True
        return (
            retries.deadline is not None
            and time.monotonic() - started + state.upcoming_sleep > retries.deadline
        )

    return {
        "wait": wait,
        "stop": stop,
        "retry": retry_if_result(retries.passing),
        "retry_error_callback": lambda state: state.outcome.result(),
    }
