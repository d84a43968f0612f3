"""Tests that need a program which is not there are deselected, with a printed count; in CI that is an error."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = {
    "needs_chromium": ("chromium", "chromium-browser", "google-chrome"),
    "needs_postgresql": ("initdb",),
    "needs_npm": ("npm",),
    "needs_curl": ("curl",),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Six services are asked once for all tests of the first folder, one server of PostgreSQL is made for those of the other.
SHARING = ("tests/compare/", "tests/store/")
COUNTS = pytest.StashKey[dict[str, int]]()


def installed(program: str) -> bool:
    """Whether a program is on PATH, or where Debian hides those of PostgreSQL."""
    return shutil.which(program) is not None or any(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))


def pytest_configure(config: pytest.Config) -> None:
    """Start the count; a worker of pytest-xdist hands its own over to the main process."""
    config.stash[COUNTS] = {}
    # No test asks anybody in the world: each client would read all the world's certificates, which takes 20 ms.
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent / "data")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what cannot run here, and count it."""
    missing = {mark: names[0] for mark, names in PROGRAMS.items() if not any(map(installed, names))}
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
    if hasattr(config, "workeroutput"):
        config.workeroutput["missing"] = counts


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of all later collections of garbage, and collect as seldom as the command line does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file's tests with one worker, and those of a whole folder that share what takes long to make."""
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((folder for folder in SHARING if file.startswith(folder)), file)

    return Sharing(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over a worker's count; all workers collect the same tests."""
    node.config.stash[COUNTS].update(getattr(node, "workeroutput", {}).get("missing", {}))


def everything_must_run() -> bool:
    """Whether a deselected test is an error here, as it is in CI."""
    return any(os.environ.get(name, "").lower() in {"1", "true"} for name in ("CI", "RERANK_REQUIRE_ALL"))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that had to leave tests out and may not."""
    if (
        session.config.stash[COUNTS]
        and everything_must_run()
        and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was deselected, and why."""
    for program, count in config.stash[COUNTS].items():
        terminalreporter.write_line(f"deselected {count} tests: {program} is not installed")
        if everything_must_run():
            terminalreporter.write_line(
                "This run must leave no test out (CI or RERANK_REQUIRE_ALL is set), so it fails.", red=True
            )


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own keys out of the tests."""
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep runs of the tests, those of subprocesses too, out of a developer's own store."""
    monkeypatch.setenv("RERANK_STORE", str(tmp_path.with_name(f"{tmp_path.name}-store") / "runs.sqlite"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path.with_name(f"{tmp_path.name}-data")))


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """Start a headless Chromium; of a module, for it keeps an event loop in this thread as long as it is there."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, PROGRAMS["needs_chromium"])))
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=found, args=FLAGS) as browser:
        yield browser


@pytest.fixture
def browser(chromium: "Browser") -> "Iterator[Browser]":
    """Lend the browser to a test, and close the tabs that it opened: the heavy pages of twenty tests fill the memory."""
    yield chromium
    for context in chromium.contexts:
        context.close()
