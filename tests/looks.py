"""What a reader sees of a page in a real browser, as numbers that a test can hold."""

from playwright.sync_api import Page

# In CSS pixels: what stands beside a paragraph of 14 and can still be read.
LETTERS = 9
_SMALLEST = (
    "Math.min(...[...document.querySelectorAll('svg.chart text')].map((node) => node.getBoundingClientRect().height))"
)
_SQUEEZED = """[...document.querySelectorAll('td')].filter((cell) => {
  const words = document.createRange();
  words.selectNodeContents(cell);
  const {width, height} = words.getBoundingClientRect();
  return width < 80 && height > 100;
}).map((cell) => cell.textContent)"""


def smallest_letters(page: Page) -> float:
    """Return the height of the smallest text in a chart, in CSS pixels."""
    found: float = page.evaluate(_SMALLEST)
    return found


def squeezed(page: Page) -> list[str]:
    """Return what stands in cells of a table that are narrow and tall: words broken into single letters."""
    found: list[str] = page.evaluate(_SQUEEZED)
    return found
