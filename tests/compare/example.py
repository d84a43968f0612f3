"""Make the kept example of a comparison, and its pictures: `python -m tests.compare.example [--out DIR]`. Needs Chromium on PATH."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from tests.peers.process import ROOT, keep, suite

EXAMPLE = ROOT / "docs" / "examples" / "compare"
KEPT = ("compare.md",)
PAGE = "compare.html"
TARGETS = (
    "mock", "woagent=mock:woagent", "observed=mock?as-observed",
    "percent=mock?fault=score_percent", "no limit=mock?fault=no_limit", "odd 400=mock?fault=error_400_shape",
)  # fmt: skip
# Name, width and height in CSS pixels, colour scheme.
PICTURES: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (
    ("light", 1280, 1130, "light"),
    ("dark", 1280, 1130, "dark"),
    ("narrow", 380, 900, "light"),
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def main(argv: list[str] | None = None) -> int:
    """Compare, keep what is small, take the pictures; return 0, or 2 where a part is missing."""
    parser = argparse.ArgumentParser(prog="example", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=EXAMPLE, help="folder for the example (default: docs/examples/compare)"
    )
    options = parser.parse_args(argv)
    out: Path = options.out
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        print("example: Chromium is not on PATH; it takes the pictures.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        # 1 says that something breaks, which is what the example is to show.
        if suite(*command_line(folder)).returncode != 1:
            return 2
        keep(folder, out, KEPT)
        take(Path(folder) / PAGE, out, program)
    return 0


def command_line(out: str) -> list[str]:
    """Return the arguments of `rerank-conformance` that make the example."""
    return ["compare", *TARGETS, "--out", out]


def take(page: Path, out: Path, program: str) -> None:
    """Write the pictures of a page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, width, height, scheme in PICTURES:
            tab = browser.new_page(viewport={"width": width, "height": height})
            tab.emulate_media(color_scheme=scheme)
            tab.goto(page.as_uri())
            tab.screenshot(path=out / f"{name}.png")
            tab.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
