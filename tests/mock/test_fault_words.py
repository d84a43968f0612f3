"""The words of faults stand in `faults.toml`, and some contract has each of them."""

import re

from conformance.contract import load, names
from conformance.mock.faults import fault, faults


def test_every_entry_is_needed() -> None:
    """Each key is the name of a fault of a shipped contract, and each has a sentence and a glob."""
    found = {name for contract in map(load, names()) for name in faults(contract)}
    for key, (sentence, breaks) in fault._words().items():
        pattern = re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", key))))
        assert any(map(pattern.fullmatch, found)), key
        assert sentence.endswith(".")
        assert " " not in breaks
