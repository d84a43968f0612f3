"""`rerank-conformance requirements --coverage`: which pairs of request features a profile covers."""

import json
from typing import Any

from click.testing import CliRunner

from conformance.cli.requirements import command
from conformance.contract import load

CONTRACT = load("siliconflow")


def told(*flags: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(command, ["siliconflow", "--coverage", "--format", "json", *flags], standalone_mode=False)
    assert done.exception is None
    return json.loads(done.stdout_bytes)


def test_smoke_covers_nearly_all_pairs_of_the_first_form() -> None:
    """Smoke holds nearly all pairs of the first form's features, and names each pair that it leaves out."""
    first = told()[0]
    assert first["covered"] / first["pairs"] > 0.95
    assert len(first["left_out"]) == first["pairs"] - first["covered"]
    assert set(first["features"]["model"]) < set(CONTRACT.models)


def test_nightly_covers_more() -> None:
    """Nightly covers more pairs of each form, and all of the first one's that one request can hold."""
    for smoke, nightly in zip(told(), told("--profile", "nightly"), strict=True):
        assert nightly["covered"] > smoke["covered"]


def test_people_read_a_table() -> None:
    """Without a form the pairs that are left out stand in a table, a line for two features."""
    done = CliRunner().invoke(command, ["siliconflow", "--coverage"], standalone_mode=False)
    lines = done.output.splitlines()
    assert "pairs that smoke covers" in lines[0]
    assert any("model × query" in line for line in lines)
