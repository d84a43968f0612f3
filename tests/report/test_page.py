"""The page in a real headless Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from conformance.report import html
from conformance.verdict.run import Run

pytestmark = pytest.mark.needs_chromium
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=["real", "hostile"])
def page_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(html.render(request.getfixturevalue(request.param)), encoding="utf-8", errors="backslashreplace")
    return path


def test_nothing_leaves_the_page(browser: Browser, page_file: Path) -> None:
    """The page asks for nothing but itself, and runs nothing that a server sent."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert "broken" in page.title()
    assert page.locator("h1").inner_text() in page.title()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_any_width(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    """Nothing overflows sideways, narrow or wide, light or dark."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_readable_without_a_script(browser: Browser, real: Run, tmp_path: Path) -> None:
    """Without JavaScript every clause is on the page, and the filter bar is not."""
    path = tmp_path / "report.html"
    path.write_text(html.render(real), encoding="utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator(".clause").count() == len(real.verdicts)
    assert not page.locator("#filter").is_visible()


def test_filters(browser: Browser, real: Run, tmp_path: Path) -> None:
    """Words and a verdict leave only the clauses that match, and the count says how many."""
    path = tmp_path / "report.html"
    path.write_text(html.render(real), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.fill("#find", "overlap_tokens maximum")
    shown = page.locator(".clause:visible .id").all_inner_texts()
    assert shown
    assert all("overlap_tokens" in name for name in shown)
    page.fill("#find", "")
    page.select_option("#verdict", "fail")
    broken = [verdict.clause.id for verdict in real.verdicts if verdict.outcome == "fail"]
    assert page.locator(".clause:visible .id").all_inner_texts() == broken
    assert page.locator("#found").inner_text().startswith(str(len(broken)))
