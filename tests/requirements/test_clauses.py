"""The words of clauses stand in `clauses.toml`: each entry is whole, and some contract needs it."""

import re
from pathlib import Path

from attrs import fields_dict

from conformance.contract import load, names
from conformance.model import clause
from conformance.model.clause import Clause
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.requirements.generated import generated_requirements

DIALECTS = sorted(path.parent for path in (Path(__file__).parents[1] / "data" / "dialects").rglob("overlay.yaml"))


def test_every_entry_is_whole() -> None:
    """An entry says what holds, what is wrong and what to mend, and nothing that a clause does not have."""
    for key, entry in clause._entries().items():
        assert {"sentence", "wrong", "mend"} <= set(entry) <= set(fields_dict(Clause)), key


def test_every_entry_is_needed() -> None:
    """Each sentence is one of a clause of a shipped contract, or of a dialect; none of them has a required parameter."""
    found = [*generated_requirements()]
    for name in (*names(), *map(str, DIALECTS)):
        found += requirements(Kit(load(name), full=True))
    said = {item.clause.sentence for item in found}
    for key, entry in clause._entries().items():
        parts = re.split(r"\{[^}]*\}", str(entry["sentence"]))
        pattern = re.compile(".+".join(map(re.escape, parts)))
        assert key.startswith("request.parameter.") or any(map(pattern.fullmatch, said)), key
