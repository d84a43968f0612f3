"""The comparison's page in a real headless Chromium."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from benchmarks.compare_page import crowd
from conformance.compare.clause_table import ClauseState
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import Comparison, compare
from conformance.contract import Contract
from conformance.report import comparison_page
from tests.compare.conftest import REACH
from tests.looks import LETTERS, smallest_letters, squeezed
from tests.sampling import sampled

pytestmark = pytest.mark.needs_chromium
# With twenty targets and all clauses.
LIMIT = 3_100_000


@pytest.fixture(scope="module")
def compared(zoo: list[ComparedTarget], siliconflow: Contract) -> Comparison:
    """Compare three of the six: half as large a page takes a browser half as long."""
    return compare([zoo[0], zoo[1], zoo[3]], siliconflow, REACH, made=1_700_000_000.0)


@pytest.fixture(scope="module")
def big(compared: Comparison, hostile: Comparison) -> Comparison:
    """Put twenty targets beside each other, hostile ones among them, with two hundred requirements."""
    return crowd([*compared.subjects, *hostile.subjects[1:]], compared.reference)


def page(one: Comparison, folder: Path) -> Path:
    path = folder / "compare.html"
    path.write_text(comparison_page.render(one), encoding="utf-8", errors="backslashreplace")
    return path


@pytest.fixture(scope="module")
def pages(compared: Comparison, hostile: Comparison, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        name: page(one, tmp_path_factory.mktemp(name)) for name, one in (("compared", compared), ("hostile", hostile))
    }


@pytest.fixture(scope="module")
def big_page(big: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page(big, tmp_path_factory.mktemp("big"))


# A page of twenty targets takes a browser ten times as long.
@pytest.fixture(params=["hostile", *(pytest.param(name, marks=pytest.mark.matrix) for name in ("compared", "big"))])
def page_file(request: pytest.FixtureRequest) -> Path:
    held: Path | dict[str, Path] = request.getfixturevalue("big_page" if request.param == "big" else "pages")
    return held if isinstance(held, Path) else held[request.param]


def test_nothing_leaves_the_page(browser: Browser, page_file: Path) -> None:
    """The page asks for nothing but itself, runs nothing that a server or a vendor's page sent, and stays below 3 MB."""
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: asked.append(str(error)))
    tab.on("console", lambda message: asked.append(message.text))
    tab.goto(page_file.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    assert asked == [page_file.as_uri()]
    assert tab.title() not in {"owned", "1"}
    assert tab.locator("script").count() == 1
    assert tab.locator("img, iframe, object, link, base").count() == 0
    assert page_file.stat().st_size < LIMIT


def test_fits_any_width(browser: Browser, page_file: Path) -> None:
    """Nothing but a table or chart in its own frame overflows sideways; no cell is squeezed, and a chart can be read."""
    tab = browser.new_page()
    tab.goto(page_file.as_uri())
    for unfold in (False, True):
        tab.evaluate("(open) => document.querySelectorAll('details').forEach((node) => { node.open = open; })", unfold)
        for width, scheme in ((360, "dark"), (1280, "light")):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert squeezed(tab) == []
            assert smallest_letters(tab) >= LETTERS


def serious(tab: Page, **rules: dict[str, bool]) -> list[tuple[str, str, list[str]]]:
    """Return what axe-core finds serious or critical, with the first elements; only its own rules are left out that are named."""
    found = (
        Axe()
        .run(
            tab,
            options={
                "resultTypes": ["violations"],
                "rules": {name.replace("_", "-"): rule for name, rule in rules.items()},
            },
        )
        .response
    )
    assert len(found["passes"]) > 20
    return [
        (one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


# Rows of one table, and exchanges, differ in their words alone: axe-core looks at each for itself, for forty seconds.
SHORTEN = """(rows) => {
  document.querySelectorAll('tbody').forEach((body) => [...body.rows].slice(rows).forEach((row) => row.remove()));
  [...document.querySelectorAll('.exchange')].slice(rows).forEach((node) => node.remove());
}"""


@pytest.mark.parametrize(("scheme", "rows"), sampled([("light", 8), ("light", 0), ("dark", 0)], 1))
def test_axe_finds_nothing_serious(browser: Browser, pages: dict[str, Path], scheme: str, rows: int) -> None:
    """axe-core finds nothing serious or critical on a page of hostile answers, some of it unfolded; of each table the first rows, or all."""
    tab = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    tab.goto(pages["hostile"].as_uri())
    tab.evaluate("[...document.querySelectorAll('details')].slice(0, 5).forEach((node) => { node.open = true; })")
    if rows:
        tab.evaluate(SHORTEN, rows)
    assert serious(tab) == []


@pytest.mark.matrix
def test_axe_finds_nothing_serious_on_a_large_page(browser: Browser, big_page: Path) -> None:
    """Nor on twenty targets by two hundred requirements, hostile ones among them; its colours are those of the small page, and slow to measure."""
    tab = browser.new_page()
    tab.goto(big_page.as_uri())
    assert serious(tab, color_contrast={"enabled": False}) == []


def test_readable_without_a_script(browser: Browser, pages: dict[str, Path], compared: Comparison) -> None:
    """Without JavaScript the answer, every clause and every proof are on the page, and what needs a script is not."""
    tab = browser.new_context(java_script_enabled=False).new_page()
    tab.goto(pages["compared"].as_uri())
    assert tab.locator("h1").is_visible()
    assert tab.locator(".card").count() == len(compared.migrations)
    assert tab.locator("table.matrix tbody th code").count() >= len(compared.by_reference.rows) + len(compared.own.rows)
    assert not tab.locator("#filter").is_visible()
    assert not tab.locator("button").count()
    anchor = tab.locator("table.matrix td.b a").first.get_attribute("href")
    tab.goto(f"{pages['compared'].as_uri()}{anchor}")
    # A browser unfolds what a link leads into.
    assert tab.locator(f"[id='{str(anchor)[1:]}']").count() == 1


def test_summary(browser: Browser, pages: dict[str, Path], compared: Comparison) -> None:
    """The first table says of each target what decides, as the parts below it do."""
    tab = browser.new_page()
    tab.goto(pages["compared"].as_uri())
    rows = tab.locator("table.summary tbody tr")
    found = [
        [cell.strip() for cell in rows.nth(number).locator("td").all_inner_texts()] for number in range(rows.count())
    ]
    assert [cells[0] for cells in found] == [
        "first",
        *(compared.answer(migration) for migration in compared.migrations),
    ]
    assert compared.agreement is not None
    for number, cells in enumerate(found):
        for text, matrix in ((cells[1], compared.own), (cells[2], compared.by_reference)):
            states = [cell.state for cell in matrix.column(number)]
            told = {
                ClauseState.KEPT: f"✓ {states.count(ClauseState.KEPT)}",
                ClauseState.BROKEN: f"✗ {states.count(ClauseState.BROKEN)}",
                ClauseState.UNKNOWN: f"? {states.count(ClauseState.UNKNOWN)}",
            }
            assert text.split() == " ".join(words for state, words in told.items() if state in states).split()
        assert cells[4] == f"{compared.agreement.known[number].ndcg:.2f}"
        assert cells[6] == f"{compared.costs[number].p50:.1f}"
    assert [cells[3] for cells in found] == ["percent" if name == "percent" else "0..1" for name in compared.names]
    assert [cells[5] for cells in found] == [
        "–",
        *(f"{pair.tau:.2f}" for pair in compared.agreement.pairs[: len(found) - 1]),
    ]


def test_filters(browser: Browser, pages: dict[str, Path]) -> None:
    """Words and a kind leave only the rows that match, and the count says how many."""
    tab = browser.new_page()
    tab.goto(pages["compared"].as_uri())
    tab.fill("#find", "overlap_tokens minimum")
    shown = tab.locator("table.sortable tbody tr:visible").all_inner_texts()
    assert shown
    assert all("overlap_tokens" in row for row in shown)
    tab.fill("#find", "")
    tab.select_option("#rows", "broken")
    rows = tab.locator("table.sortable tbody tr:visible")
    assert rows.count() == rows.filter(has=tab.locator("td.b")).count() > 0
    assert tab.locator("#found").inner_text().startswith(f"{rows.count()} of")
    tab.select_option("#rows", "unknown")
    rows = tab.locator("table.sortable tbody tr:visible")
    assert rows.count() == rows.filter(has=tab.locator("td.u")).count() > 0


def test_sorting(browser: Browser, pages: dict[str, Path]) -> None:
    """A click on a column's head puts broken clauses first, another one last, and says so to a screen reader."""
    tab = browser.new_page()
    tab.goto(pages["compared"].as_uri())
    table = tab.locator("table.matrix").nth(1)
    head = table.locator("thead th").nth(2)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    states = table.locator("tbody tr").evaluate_all("(rows) => rows.map((row) => row.cells[2].className)")
    order = {"b": 0, "n": 1, "s": 2, "u": 3, "k": 5, "a": 6}
    assert [order[state] for state in states] == sorted(order[state] for state in states)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize("name", sampled(["compared", "hostile"], 1))
def test_cells_lead_to_their_proof(
    browser: Browser, pages: dict[str, Path], request: pytest.FixtureRequest, name: str
) -> None:
    """Each broken cell leads to the request, the answer and what was expected; each open one to its reason; a kept one names its exchange."""
    one: Comparison = request.getfixturevalue(name)
    tab = browser.new_page()
    tab.goto(pages[name].as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    broken = sum(
        cell.state is ClauseState.BROKEN
        for matrix in (one.by_reference, one.own)
        for line in matrix.rows
        for cell in line.cells
    )
    links = tab.locator("#checks ~ * td.b a, section[aria-labelledby=checks] td.b a")
    assert links.count() == broken > 0
    unproven = """(links) => links.filter((a) => {
      const end = document.getElementById(a.hash.slice(1));
      const exchange = end && end.closest('.exchange');
      return !exchange || !end.querySelector('pre') || !end.querySelector('.proof') || exchange.querySelectorAll(':scope > pre').length < 2;
    }).map((a) => a.hash)"""
    assert links.evaluate_all(unproven) == []
    assert (
        tab.locator("section[aria-labelledby=checks] td.u").evaluate_all(
            "(cells) => cells.filter((cell) => !cell.querySelector('a[href^=\"#why-\"]')).length"
        )
        == 0
    )
    kept = tab.locator("section[aria-labelledby=checks] td.k").all_inner_texts()
    assert kept
    assert all(re.fullmatch(r"✓ e\d+(\.\d+)?", text.strip()) for text in kept)
    tab.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = false; })")
    first = links.first
    anchor = str(first.get_attribute("href"))
    first.evaluate(
        "(node) => { for (let at = node; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true; }"
    )
    first.click()
    end = tab.locator(f"[id='{anchor[1:]}']")
    end.locator("pre").first.wait_for(state="visible")
    assert end.locator(".proof").first.is_visible()


def test_every_link_has_an_end(browser: Browser, page_file: Path) -> None:
    """No link leads nowhere, and no two elements share an id."""
    tab = browser.new_page()
    tab.goto(page_file.as_uri())
    lost = "[...document.querySelectorAll('a')].filter((a) => !a.hash || !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map((a) => a.outerHTML.slice(0, 200))"
    twice = "[...document.querySelectorAll('[id]')].map((n) => n.id).filter((id, i, all) => all.indexOf(id) !== i)"
    assert tab.evaluate(lost) == []
    assert tab.evaluate(twice) == []


def test_reads_by_structure(browser: Browser, page_file: Path) -> None:
    """A screen reader finds one heading, a main part, named regions, headers of tables, and names for charts; the keyboard reaches tables that scroll."""
    tab = browser.new_page()
    tab.goto(page_file.as_uri())
    assert tab.locator("h1").count() == tab.get_by_role("main").count() == tab.get_by_role("banner").count() == 1
    nameless = "[...document.querySelectorAll('section, .scroll, nav, svg')].filter((n) => !n.getAttribute('aria-label') && !String(n.getAttribute('aria-labelledby')).split(' ').every((id) => document.getElementById(id))).length"
    assert tab.evaluate(nameless) == 0
    assert tab.locator("svg.chart desc").count() == tab.locator("svg.chart").count() == 3
    assert tab.evaluate(
        "[...document.querySelectorAll('table')].every((t) => t.tHead && [...t.tBodies[0].rows].every((r) => r.cells[0].scope === 'row'))"
    )
    assert tab.evaluate("[...document.querySelectorAll('.scroll')].every((n) => n.tabIndex === 0)")


def test_prints(browser: Browser, pages: dict[str, Path]) -> None:
    """Printed, there is no bar of filters and no table is cut off in a frame."""
    tab: Page = browser.new_page()
    tab.goto(pages["compared"].as_uri())
    tab.emulate_media(media="print")
    assert not tab.locator("#filter").is_visible()
    assert tab.locator(".scroll").first.evaluate("(node) => getComputedStyle(node).overflowX") == "visible"
    assert tab.pdf()[:5] == b"%PDF-"


def test_hidden_characters_are_spelt_out(pages: dict[str, Path], compared: Comparison) -> None:
    """No control character, mark of direction or lone surrogate reaches the page as itself; the vendor's Chinese does."""
    text = pages["hostile"].read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "\\u001b[31m" in text
    assert "\\u202e" in text
    assert "蜜蜂" in pages["compared"].read_text(encoding="utf-8")


def test_same_comparison_same_page(compared: Comparison) -> None:
    """The page is a function of the comparison: rendered twice, it is the same to the byte, charts and all."""
    assert comparison_page.render(compared) == comparison_page.render(compared)
