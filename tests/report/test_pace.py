"""Pace and how much was judged, in the reports for people."""

import re

import attrs
import pytest

from conformance.model.run import Run
from conformance.report.formats import render


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_pace_and_judged_are_shown(real: Run, form: str) -> None:
    """A report names the pace that was found, with the line for targets.toml, and the MUSTs that were judged."""
    page = re.sub("<[^>]+>|`", "", render("run", form, attrs.evolve(real, pace=120.0)))
    plain = page.replace("&#95;", "_")
    assert "about 2 requests a second" in plain
    assert "requests_per_minute = 120" in plain
    judged, musts = real.musts
    assert f"{judged} of the {musts} MUST clauses" in plain


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_no_limit_is_not_mentioned(real: Run, form: str) -> None:
    """A service that set no limit has no pace in its report."""
    assert real.pace is None
    assert "requests_per_minute" not in render("run", form, real)
