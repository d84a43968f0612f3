"""Generated requests: Schemathesis and Hypothesis draw them from the same contract, and shrink what fails."""

import contextlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from threading import Lock
from typing import Any

from attrs import define

from conformance.contract import Contract
from conformance.document.cache import settle_hypothesis
from conformance.document.extra import install
from conformance.model.deviation import Deviation, excused
from conformance.model.exchange import Exchange, Request
from conformance.probes.kit import Kit, encode
from conformance.probes.probe import Expect, Probe

Send = Callable[[Request], Exchange | None]
_BATCH = 1_000
# Targets are asked in threads; Hypothesis runs in several, and making what it runs is one's at a time.
_MAKING = Lock()
MISSING = f"No requests are generated: Schemathesis is not installed. {install('fuzzing')}"


class FuzzingUnavailableError(Exception):
    """Schemathesis is not installed."""


@define
class Fuzzer:
    """Draws bodies from a contract and sends them; what fails, Hypothesis shrinks.

    `guilty` tells of a sent exchange whether it breaks a clause.
    """

    kit: Kit
    seed: int
    guilty: Callable[[Exchange], bool]

    def run(self, send: Send, count: int) -> None:
        """Send at most about `count` distinct generated requests, half of them meant to be valid.

        In batches: Hypothesis remembers all examples of one test, and a long run has to forget.
        """
        left, start, known = count, self.seed, set[int]()
        # Made once: each making leaves something behind in the caches of Schemathesis and Hypothesis.
        with _MAKING:
            strategies = [strategy(self.kit.contract, positive=positive) for positive in (True, False)]
        while left > 0:
            half, before = max(min(left, _BATCH) // 2, 1), len(known)
            for bodies in strategies:
                if not self._phase(send, min(half, left), start, known, bodies):
                    return
            left -= len(known) - before
            if len(known) == before:
                # The contract has nothing more to generate.
                return
            start += 1

    def _phase(self, send: Send, count: int, start: int, known: set[int], bodies: Any) -> bool:
        """Send a batch, note the beginning of each request's key, and return whether more may be sent."""
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis.errors import HypothesisException

        left = [count]
        spent = []
        failed: list[Exception] = []

        @seed(start)
        @settings(
            max_examples=max(count // 2, 1) if count < 20 else count,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(bodies)
        def example(body: Any) -> None:
            if left[0] <= 0:
                return
            left[0] -= 1
            try:
                request = self.kit.request(encode(body))
            except (TypeError, ValueError):
                return
            try:
                exchange = send(request)
            except Exception as error:  # noqa: BLE001
                # A full disk is no finding; Hypothesis would shrink it, and call it flaky when it passes.
                failed.append(error)
                exchange = None
            if exchange is None:
                left[0] = 0
                spent.append(True)
                return
            known.add(int(request.key[:15], 16))
            if self.guilty(exchange):
                raise BrokenError("broken")

        # What Hypothesis says of a failure, or of a target that fails now and then, the exchanges say themselves.
        with contextlib.suppress(BrokenError, HypothesisException, ExceptionGroup):
            example()
        if failed:
            raise failed[0]
        return not spent


class BrokenError(Exception):
    """A generated request shows a broken clause."""


def broken(kit: Kit, probe: Probe, exchange: Exchange, known: Sequence[Deviation] = ()) -> bool:
    """Whether one exchange breaks a clause, its own expectation or any check of single exchanges, in a way that is not known."""
    from conformance.checks.outcome import unmet
    from conformance.checks.reading import Reading
    from conformance.requirements.catalogue import single_checks
    from conformance.requirements.tally import ALLOWED, FORBIDDEN

    reading = Reading(exchange, kit.contract)
    if not reading.available:
        return False
    if probe.expect is not Expect.OBSERVE and unmet(probe.expect, reading) is not None:
        return not excused(known, (ALLOWED if probe.expect is Expect.ACCEPT else FORBIDDEN).id, exchange)
    checks = kit.__dict__.setdefault("_checks", single_checks(kit.contract))
    return any(check.judge(reading) and not excused(known, check.clause.id, exchange) for check in checks)


def available() -> bool:
    """Whether Schemathesis is installed."""
    from importlib.util import find_spec

    return find_spec("schemathesis") is not None


def strategy(contract: Contract, *, positive: bool) -> Any:
    """Return a Hypothesis strategy of bodies, by Schemathesis; raises FuzzingUnavailableError without it."""
    if not available():
        raise FuzzingUnavailableError(MISSING)
    settle_hypothesis()
    import schemathesis
    from hypothesis import strategies as st
    from schemathesis import GenerationMode

    operation = schemathesis.openapi.from_dict(with_models(contract))[contract.template][contract.method]
    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
    cases = operation.as_strategy(generation_mode=mode)
    return (
        cases.map(lambda case: case.body).filter(
            lambda body: isinstance(body, dict | list | str | int | float | bool | None) and _is_json(body)
        )
        | st.nothing()
    )


def _is_json(body: Any) -> bool:
    try:
        encode(body, allow_nan=False).decode("utf-8")
    except (TypeError, ValueError):
        return False
    return True


def with_models(contract: Contract) -> dict[str, Any]:
    """Return the effective document with each branch's models as an enum, so that generated requests ask models that exist."""
    document: dict[str, Any] = deepcopy(dict(contract.document))

    def mark(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                mark(item)
        elif isinstance(node, dict):
            if "x-rerank-models" in node:
                node["enum"] = list(node["x-rerank-models"])
            for item in node.values():
                mark(item)

    mark(document)
    return document
