"""More documents than a vendor takes: split, sent a few at a time, merged by score."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from copy import deepcopy
from typing import Any

from .errors import BatchError, RerankError

Places = Mapping[str, Sequence[tuple[str, ...]]]


def offsets(count: int, size: int) -> list[int]:
    """Return where each batch begins."""
    if size < 1:
        msg = "batch_size must be at least 1"
        raise ValueError(msg)
    return list(range(0, count, size)) or [0]


def failed(error: RerankError, done: dict[int, Any]) -> BatchError:
    """Return the error of a call of which a batch failed, with what was done."""
    batch = BatchError(
        f"a batch failed after {len(done)} were answered: {error.message}",
        status_code=error.status_code,
        code=error.code,
        trace_id=error.trace_id,
        retry_after=error.retry_after,
        response=error.response,
    )
    batch.done = dict(sorted(done.items()))
    return batch


def run(starts: Sequence[int], concurrency: int, call: Callable[[int], Any]) -> dict[int, Any]:
    """Call for each offset, a bounded number at once; raises BatchError for the first that fails."""
    if concurrency < 1:
        msg = "concurrency must be at least 1"
        raise ValueError(msg)
    if len(starts) == 1:
        return {starts[0]: call(starts[0])}
    with ThreadPoolExecutor(min(concurrency, len(starts))) as pool:
        futures = {pool.submit(call, start): start for start in starts}
        finished, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        wait(waiting)
    done = {start: future.result() for future, start in futures.items() if not future.cancelled() and future.exception() is None}
    for future in finished:
        error = future.exception()
        if isinstance(error, RerankError):
            raise failed(error, done) from error
        if error is not None:
            raise error
    return done


async def run_async(starts: Sequence[int], concurrency: int, call: Callable[[int], Awaitable[Any]]) -> dict[int, Any]:
    """Await a call for each offset, a bounded number at once; raises BatchError for the first that fails."""
    if concurrency < 1:
        msg = "concurrency must be at least 1"
        raise ValueError(msg)
    gate, done = asyncio.Semaphore(concurrency), dict[int, Any]()

    async def one(start: int) -> None:
        async with gate:
            done[start] = await call(start)

    tasks = [asyncio.ensure_future(one(start)) for start in starts]
    try:
        await asyncio.gather(*tasks)
    except RerankError as error:
        raise failed(error, done) from error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return done


def merge(answers: Mapping[int, Any], places: Places, limit: int | None) -> Any:
    """Return one answer from those of the batches, by offset: results by score with their original index, counts summed."""
    order = sorted(answers)
    merged = deepcopy(answers[order[0]])
    results, index, score = (places[role][0] for role in ("results", "index", "score"))
    below = len(results) + 1
    rows = []
    for start in order:
        for row in _get(answers[start], results) or ():
            moved = deepcopy(row)
            _set(moved, index[below:], _get(moved, index[below:]) + start)
            rows.append(moved)
    rows.sort(key=lambda row: (-_get(row, score[below:]), _get(row, index[below:])))
    kept = rows if limit is None else rows[:limit]
    if not results:
        return kept
    _set(merged, results, kept)
    for role, paths in places.items():
        if role in {"results", "index", "score"}:
            continue
        for path in paths:
            counts = [_get(answers[start], path) for start in order]
            if any(isinstance(count, int) for count in counts):
                _set(merged, path, sum(count for count in counts if isinstance(count, int)))
    return merged


def _get(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _set(value: Any, path: Sequence[str], new: Any) -> None:
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = new
