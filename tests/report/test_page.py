"""The page in a real headless Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conformance.model.run import Run
from conformance.report import run_page

pytestmark = pytest.mark.needs_chromium


@pytest.fixture(
    scope="module",
    params=[
        "hostile",
        pytest.param("worst", marks=pytest.mark.matrix),
        pytest.param("real", marks=pytest.mark.matrix),
        pytest.param("silent", marks=pytest.mark.matrix),
    ],
)
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(request.getfixturevalue(request.param), tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def real_file(real: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(real, tmp_path_factory.mktemp("real"))


def written(run: Run, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(run_page.render(run), encoding="utf-8", errors="backslashreplace")
    return path


def test_nothing_leaves_the_page(browser: Browser, page_file: Path) -> None:
    """The page asks for nothing but itself, and runs nothing that a server sent."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("console", lambda message: asked.append(message.text))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.locator("h1").inner_text() in page.title()
    assert page.title() != "owned"


def test_fits_any_width(browser: Browser, page_file: Path) -> None:
    """Nothing overflows sideways, narrow or wide, light or dark, on paper or not."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    for width, scheme in ((360, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(media="screen", color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_readable_without_a_script(browser: Browser, real: Run, real_file: Path) -> None:
    """Without JavaScript every clause is on the page, and the filter bar is not."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(real_file.as_uri())
    assert page.locator(".clause").count() == len(real.verdicts)
    assert not page.locator("#filter").is_visible()
    assert not page.locator("button").count()
    cause = page.locator(".cause").first
    assert cause.get_by_text("Expected").first.is_visible()
    cause.locator("summary").first.click()
    assert cause.locator("pre.curl").first.is_visible()
    page.locator("details.area > summary").first.click()
    assert page.locator("details.area .clause").first.is_visible()


def test_filters(browser: Browser, real: Run, real_file: Path) -> None:
    """Words and a verdict leave only the clauses that match, and the count says how many."""
    page = browser.new_page()
    page.goto(real_file.as_uri())
    page.fill("#find", "overlap_tokens maximum")
    shown = page.locator(".clause:visible .id").all_inner_texts()
    assert shown
    assert all("overlap_tokens" in name for name in shown)
    page.fill("#find", "")
    page.select_option("#verdict", "fail")
    broken = [verdict.clause.id for verdict in real.verdicts if verdict.outcome == "fail"]
    assert page.locator(".clause:visible .id").all_inner_texts() == broken
    assert page.locator("#found").inner_text().startswith(str(len(broken)))


def test_links_lead_to_the_clause(browser: Browser, real: Run, real_file: Path) -> None:
    """A link to a requirement opens the area that it is folded into; the exchange that shows it is a click away."""
    kept = next(verdict for verdict in real.verdicts if verdict.outcome == "pass" and verdict.exchanges[0] != "e1")
    page = browser.new_page()
    page.goto(f"{real_file.as_uri()}#{kept.clause.id}")
    clause = page.locator(f'[id="{kept.clause.id}"]')
    assert clause.is_visible()
    clause.locator(".ids a").first.click()
    exchange = page.locator(f'[id="{kept.exchanges[0]}"]')
    exchange.locator("pre.curl").wait_for(state="visible")
    assert "curl -sS" in exchange.locator("pre.curl").inner_text()


def test_every_link_has_an_end(browser: Browser, page_file: Path) -> None:
    """No link on the page leads nowhere, no two elements share an id, and every requirement has its anchor."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    lost = "[...document.querySelectorAll('a[href^=\"#\"]')].filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map((a) => a.hash)"
    twice = "[...document.querySelectorAll('[id]')].map((n) => n.id).filter((id, i, all) => all.indexOf(id) !== i)"
    assert page.evaluate(lost) == []
    assert page.evaluate(twice) == []


def test_command_is_copied(browser: Browser, real_file: Path) -> None:
    """The button copies the command as it stands."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(real_file.as_uri())
    page.locator(".cause summary").first.click()
    page.get_by_role("button", name="Copy the command").first.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("pre.curl").first.evaluate(
        "(node) => node.textContent"
    )


def test_reads_by_structure(browser: Browser, page_file: Path) -> None:
    """A screen reader finds one heading of the page, a main part, named sections, and names for what can be focused."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("h1").count() == page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    nameless = "[...document.querySelectorAll('section, pre[tabindex], nav')].filter((n) => !n.getAttribute('aria-label') && !document.getElementById(n.getAttribute('aria-labelledby'))).length"
    assert page.evaluate(nameless) == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in {"A", "INPUT"}
