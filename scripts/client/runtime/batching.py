"""More documents than a vendor takes: split, sent a few at a time, merged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from copy import deepcopy
from typing import Any

from .errors import ConfigurationError, RerankError

Places = Mapping[str, Sequence[tuple[str, ...]]]
ORDERS = ("scores", "documents")


def offsets(count: int, size: int) -> list[int]:
    """Return where each batch begins."""
    if size < 1:
        msg = "batch_size must be at least 1"
        raise ConfigurationError(msg)
    return list(range(0, count, size)) or [0]


def checked(concurrency: int, order: str) -> None:
    """Raise ConfigurationError for options that nobody can mean."""
    if concurrency < 1:
        msg = "concurrency must be at least 1"
        raise ConfigurationError(msg)
    if order not in ORDERS:
        msg = f"order must be one of {', '.join(map(repr, ORDERS))}"
        raise ConfigurationError(msg)


def _failed(error: BaseException, start: int, count: int, done: Mapping[int, Any]) -> BaseException:
    """Return the error of a batch, with what was done by then and which documents it had."""
    if isinstance(error, RerankError):
        error.done, error.failed = dict(sorted(done.items())), range(start, start + count)
    return error


def run(counts: Mapping[int, int], concurrency: int, call: Callable[[int], Any]) -> dict[int, Any]:
    """Call for each offset, a bounded number at once; raises the error of the first that fails, the answers of the others on it."""
    done = dict[int, Any]()
    if len(counts) == 1:
        (start,) = counts
        try:
            return {start: call(start)}
        except RerankError as error:
            raise _failed(error, start, counts[start], done)  # noqa: B904 - the same error
    with ThreadPoolExecutor(min(concurrency, len(counts))) as pool:
        futures = {pool.submit(call, start): start for start in counts}
        _, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        wait(waiting)
    finished = {start: future for future, start in futures.items() if not future.cancelled()}
    done = {start: future.result() for start, future in finished.items() if future.exception() is None}
    for start, future in finished.items():
        found = future.exception()
        if found is not None:
            raise _failed(found, start, counts[start], done)
    return done


async def run_async(
    counts: Mapping[int, int], concurrency: int, call: Callable[[int], Awaitable[Any]]
) -> dict[int, Any]:
    """Await a call for each offset as `run` does; what is under way when one fails is cancelled."""
    gate, done = asyncio.Semaphore(concurrency), dict[int, Any]()

    async def one(start: int) -> None:
        async with gate:
            try:
                done[start] = await call(start)
            except RerankError as error:
                raise _failed(error, start, counts[start], done)  # noqa: B904 - the same error

    tasks = [asyncio.ensure_future(one(start)) for start in counts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return done


def merge(answers: Mapping[int, Any], places: Places, limit: Any, ordered: str) -> Any:
    """Return one answer from those of the batches, by offset: results by score or by document, with their index in the whole list, counts summed."""
    order = sorted(answers)
    merged = deepcopy(answers[order[0]])
    results, index, score = (places[role][0] for role in ("results", "index", "score"))
    below = len(results) + 1
    rows = []
    for start in order:
        for row in at(answers[start], results) or ():
            moved = deepcopy(row)
            _set(moved, index[below:], at(moved, index[below:]) + start)
            rows.append(moved)
    rows.sort(key=lambda row: (-at(row, score[below:]), at(row, index[below:])))
    kept = rows[:limit] if type(limit) is int and limit > 0 else rows
    if ordered == "documents":
        kept.sort(key=lambda row: at(row, index[below:]))
    if not results:
        return kept
    _set(merged, results, kept)
    for role, paths in places.items():
        if role in {"results", "index", "score"}:
            continue
        for path in paths:
            counts = [at(answers[start], path) for start in order]
            if any(isinstance(count, int) for count in counts):
                _set(merged, path, sum(count for count in counts if isinstance(count, int)))
    return merged


def at(value: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path of keys, None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _set(value: Any, path: Sequence[str], new: Any) -> None:
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = new
