"""Tests that need a program which is not there are deselected, with a printed count; in CI that is an error."""

import os
import shutil

import pytest

PROGRAMS = {
    "needs_chromium": ("chromium", "chromium-browser", "google-chrome"),
    "needs_postgresql": ("initdb", "pg_ctl"),
    "needs_npm": ("npm",),
}
COUNTS = pytest.StashKey[dict[str, int]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what cannot run here, and count it."""
    missing = {mark: names[0] for mark, names in PROGRAMS.items() if not any(map(shutil.which, names))}
    counts: dict[str, int] = {}
    kept, gone = [], []
    for item in items:
        lacking = [missing[mark] for mark in missing if item.get_closest_marker(mark)]
        (gone if lacking else kept).append(item)
        for program in lacking:
            counts[program] = counts.get(program, 0) + 1
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = kept
    config.stash[COUNTS] = counts
    if counts and os.environ.get("RERANK_REQUIRE_ALL"):
        told = ", ".join(f"{count} for want of {program}" for program, count in counts.items())
        raise pytest.UsageError(f"Tests cannot run here: {told}.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was deselected, and why."""
    for program, count in config.stash.get(COUNTS, {}).items():
        terminalreporter.write_line(f"deselected {count} tests: {program} is not installed")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own keys out of the tests."""
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
