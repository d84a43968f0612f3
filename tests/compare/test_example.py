"""The comparison that is kept under docs: it says what a comparison of today says."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.compare import json_form
from conformance.compare.comparison import Comparison
from scripts.example import EXAMPLE, KEPT, PICTURES, TARGETS, command_line

README = (EXAMPLE / "README.md").read_text()
SCHEMA = json.loads((Path(json_form.__file__).with_name("schemas") / "compare.schema.json").read_text())


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLE / "compare.json").read_text())
    return found


def test_kept_example_says_what_today_says(kept: dict[str, Any], compared: Comparison) -> None:
    """States, fates, habits and contracts of the kept report are those of the same servers now; limits are looked for further there.

    Once a contract has changed, the report is of an earlier one: dated, and not wrong.
    """
    jsonschema_rs.validate(SCHEMA, kept, validate_formats=True)
    today = json.loads(json_form.render(compared))
    assert [target["name"] for target in kept["targets"]] == list(compared.names)

    def states(report: dict[str, Any]) -> list[Any]:
        return [(line["requirement"], [cell["state"] for cell in line["cells"]]) for part in ("own", "by_reference") for line in report["clauses"][part]["rows"]]

    def effects(report: dict[str, Any]) -> list[Any]:
        return [(migration["target"], migration["answer"], {use["use"]: use["effect"] for use in migration["uses"]}) for migration in report["migrations"]]

    def behaviours(report: dict[str, Any]) -> dict[str, Any]:
        rows = [row for row in report["behaviour"] if row["id"] not in {"limit.documents", "limit.bytes"}]
        return {row["id"]: [(cell["kind"], cell["shown"]) for cell in row["cells"]] for row in rows}

    def contracts(report: dict[str, Any]) -> list[Any]:
        return [target["contract"] for target in report["targets"]]

    remake = "`nox -s example` makes it again"
    if contracts(kept) == contracts(today):
        assert states(kept) == states(today), remake
        assert effects(kept) == effects(today), remake
        assert behaviours(kept) == behaviours(today), remake
        assert kept["spec_diff"] == today["spec_diff"], remake


def test_readme_names_files_and_command() -> None:
    """The README beside the example links every kept file and picture, and shows the command that the script runs."""
    linked = set(re.findall(r"\]\(([\w.]+)\)", README))
    assert linked == {*KEPT, *(f"{name}.png" for name, *_ in PICTURES)}
    assert all((EXAMPLE / name).is_file() for name in linked)
    told = re.search(r"rerank-conformance (compare mock .+?)```", README, re.DOTALL)
    assert told is not None
    assert told[1].replace("\\\n", "").replace('"', "").split() == " ".join(command_line("OUT")[: len(TARGETS) + 1]).split()


@pytest.mark.parametrize(("name", "width", "height"), [picture[:3] for picture in PICTURES])
def test_pictures(name: str, width: int, height: int) -> None:
    """Each picture is a PNG of its size, and small."""
    data = (EXAMPLE / f"{name}.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (width, height)
    assert len(data) < 300_000
