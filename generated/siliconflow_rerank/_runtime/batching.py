# Generated from openapi/siliconflow by `nox -s regenerate`; do not edit.
"""More documents than a vendor takes: split, sent a few at a time, merged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

from .errors import ConfigurationError, RerankError

ORDERS = ("scores", "documents")


class Batches:
    """The parts of a call with many documents, all checked before the first is sent: by the offset of each, what goes out."""

    def __init__(
        self,
        client: Any,
        body: Mapping[str, Any],
        size: int,
        concurrency: int,
        order: str,
    ) -> None:
        for option, told in (("batch_size", size), ("concurrency", concurrency)):
            if told < 1:
                msg = f"{option} must be at least 1"
                raise ConfigurationError(msg)
        if order not in ORDERS:
            msg = f"order must be one of {', '.join(map(repr, ORDERS))}"
            raise ConfigurationError(msg)
        self._client, self._concurrency, self._order = client, concurrency, order
        name = client.contract.ROLES["documents"]
        documents: Any = body.get(name)
        documents = [documents] if isinstance(documents, str) else documents
        listed = isinstance(documents, list | tuple)
        self._parts: dict[int, Any] = {}
        for start in range(0, len(documents) if listed else 1, size) or [0]:
            part = documents[start : start + size] if listed else documents
            self._parts[start] = client.settings.prepare(
                {**body, name: part}, start, warned=start > 0
            )

    def _failed(
        self, error: BaseException, start: int, done: Mapping[int, Any]
    ) -> BaseException:
        """Return the error of a batch, with what was done by then and which documents it had."""
        if isinstance(error, RerankError):
            count, _ = self._parts[start][1]
            error.done, error.failed = (
                dict(sorted(done.items())),
                range(start, start + count),
            )
        return error

    def run(self, call: Callable[[Any], Any]) -> dict[int, Any]:
        """Call for each part, a bounded number at once; raises the error of the first that fails, the answers of the others on it."""
        pool = ThreadPoolExecutor(min(self._concurrency, len(self._parts)))
        whole = False
        try:
            futures = {
                pool.submit(copy_context().run, call, part): start
                for start, part in self._parts.items()
            }
            wait(futures, return_when=FIRST_EXCEPTION)
            whole = True
        finally:
            # Nothing more is begun; after an interrupt, what is under way is not waited for either.
            pool.shutdown(wait=whole, cancel_futures=True)
        finished = {
            start: future for future, start in futures.items() if not future.cancelled()
        }
        done = {
            start: future.result()
            for start, future in finished.items()
            if future.exception() is None
        }
        for start, future in finished.items():
            found = future.exception()
            if found is not None:
                raise self._failed(found, start, done)
        return done

    async def run_async(self, call: Callable[[Any], Awaitable[Any]]) -> dict[int, Any]:
        """Await a call for each part as `run` does; what is under way when one fails is cancelled."""
        gate, done = asyncio.Semaphore(self._concurrency), dict[int, Any]()

        async def one(start: int) -> None:
            async with gate:
                try:
                    done[start] = await call(self._parts[start])
                except RerankError as error:
                    raise self._failed(error, start, done)

        tasks = [asyncio.ensure_future(one(start)) for start in self._parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return done

    def merged(self, answers: Mapping[int, Any]) -> Any:
        """Return one answer: results by score or by document, with their index in the whole list, counts summed."""
        places, order = self._client.contract.PLACES, sorted(answers)
        plain = {start: answers[start].to_dict() for start in order}
        results, index, score = (
            places[role][0] for role in ("results", "index", "score")
        )
        below = len(results) + 1
        rows = []
        for start in order:
            for row in at(plain[start], results) or ():
                put(row, index[below:], at(row, index[below:]) + start)
                rows.append(row)
        rows.sort(key=lambda row: (-at(row, score[below:]), at(row, index[below:])))
        _, limit = self._parts[0][1]
        kept = rows[:limit]
        if self._order == "documents":
            kept.sort(key=lambda row: at(row, index[below:]))
        merged: Any = kept
        if results:
            merged = plain[order[0]]
            put(merged, results, kept)
            for role in places.keys() - {"results", "index", "score"}:
                for path in places[role]:
                    counts = [at(plain[start], path) for start in order]
                    if any(isinstance(count, int) for count in counts):
                        put(
                            merged,
                            path,
                            sum(count for count in counts if isinstance(count, int)),
                        )
        found = self._client._reader()(merged)
        found.trace_id = answers[order[0]].trace_id
        return found


def at(value: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path of keys, None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def put(value: Any, path: Sequence[str], new: Any) -> None:
    """Put something at a path of keys."""
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = new
