"""One run for all items of a process, of the requirements that were chosen."""

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.model.exit import Exit
from conformance.model.run import Run
from conformance.running import Settings, Target, conduct
from conformance.suite.target import end, target


@pytest.fixture(scope="session")
def conformance_target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Resolve the target, starting the embedded mock where it is asked for."""
    with target(request.config) as found:
        yield found


@pytest.fixture(scope="session")
def conformance_run(request: pytest.FixtureRequest, conformance_target: Target) -> Run:
    """Send what the chosen requirements need, once, and judge it; ends the session where that shows nothing at all."""
    chosen = tuple(
        item.callspec.params["requirement"]  # type: ignore[attr-defined]
        for item in request.session.items
        if "requirement" in getattr(getattr(item, "callspec", None), "params", {})
    )
    run = conduct(conformance_target, Settings(select=chosen))
    if run.silent:
        # Skipped items alone would look like a success.
        end(request.config, run.notice, Exit.INCONCLUSIVE)
    return run


@pytest.fixture(scope="session")
def conformance_verdicts(conformance_run: Run) -> dict[str, Any]:
    """Return the verdicts by requirement."""
    return {verdict.clause.id: verdict for verdict in conformance_run.verdicts}
