"""One run for all items of a process, of the requirements that were chosen."""

from typing import Any

import pytest

from conformance.model.run import Run
from conformance.running import Settings, Target, conduct


@pytest.fixture(scope="session")
def conformance_run(request: pytest.FixtureRequest, conformance_target: Target) -> Run:
    """Send what the chosen requirements need, once, and judge it."""
    chosen = tuple(item.callspec.params["requirement"] for item in request.session.items if "requirement" in getattr(getattr(item, "callspec", None), "params", {}))  # type: ignore[attr-defined]
    return conduct(conformance_target, Settings(select=chosen))


@pytest.fixture(scope="session")
def conformance_verdicts(conformance_run: Run) -> dict[str, Any]:
    """Return the verdicts by requirement."""
    return {verdict.clause.id: verdict for verdict in conformance_run.verdicts}
