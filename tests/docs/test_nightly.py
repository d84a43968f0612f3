"""docs/nightly.md says of targets.toml what its schema says, and shows one that can be used."""

import json
import re
from pathlib import Path

import conformance.targets
from conformance.targets import read

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "nightly.md").read_text(encoding="utf-8")
SCHEMA = json.loads(
    (Path(conformance.targets.__file__).parent / "schemas" / "targets.schema.json").read_text(encoding="utf-8")
)
FIELDS = SCHEMA["$defs"]["target"]["properties"]


def test_every_key_is_told() -> None:
    """The table has a row for each key of the schema, in its words, and no other."""
    keys = {**FIELDS, **{f"budget.{name}": field for name, field in FIELDS["budget"]["properties"].items()}}
    told = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert told == {name: field["description"] for name, field in keys.items()}


def test_the_example_is_good(tmp_path: Path) -> None:
    """The targets.toml of the page is taken, and shows every key."""
    (block,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    (tmp_path / "targets.toml").write_text(block)
    entry = read(tmp_path / "targets.toml")["staging"]
    assert set(entry.told) == set(FIELDS)
    assert set(entry.told["budget"]) == set(FIELDS["budget"]["properties"])
    assert entry.contract.name == "siliconflow"
    assert "STAGING_RERANK_KEY" in " ".join(entry.missing({}))
