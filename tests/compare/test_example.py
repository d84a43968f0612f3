"""The comparison that is kept under docs: it says what a comparison of today says."""

import re
import struct

import pytest

from conformance.compare.comparison import Comparison
from conformance.report.formats import render
from tests.compare.example import EXAMPLE, KEPT, PICTURES, TARGETS, command_line

README = (EXAMPLE / "README.md").read_text()


def answers(page: str) -> list[str]:
    """Return the first table of a page: each target, whether it can stand in, and how many uses end how."""
    return re.findall(r"^\| `.+?` \| \*\*.+$", page, re.MULTILINE)


def test_kept_example_says_what_today_says(compared: Comparison) -> None:
    """The kept page gives the same answers as a comparison of the same servers today."""
    kept, today = (EXAMPLE / "compare.md").read_text(), render("comparison", "markdown", compared)
    assert len(answers(kept)) == len(TARGETS) - 1
    assert answers(kept) == answers(today), "`nox -s example` makes it again"


def test_readme_names_files_and_command() -> None:
    """The README beside the example links every kept file and picture, and shows the command that the script runs."""
    linked = set(re.findall(r"\]\(([\w.]+)\)", README))
    assert linked == {*KEPT, *(f"{name}.png" for name, *_ in PICTURES)}
    assert all((EXAMPLE / name).is_file() for name in linked)
    told = re.search(r"rerank-conformance (compare mock .+?)```", README, re.DOTALL)
    assert told is not None
    assert (
        told[1].replace("\\\n", "").replace('"', "").split()
        == " ".join(command_line("OUT")[: len(TARGETS) + 1]).split()
    )


@pytest.mark.parametrize(("name", "width", "height"), [picture[:3] for picture in PICTURES])
def test_pictures(name: str, width: int, height: int) -> None:
    """Each picture is a PNG of its size, and small."""
    data = (EXAMPLE / f"{name}.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (width, height)
    assert len(data) < 300_000
