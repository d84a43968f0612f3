"""The words of faults stand in `faults.toml`, and some contract has each of them."""

import re

from conformance.contract import load, names
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.app import App, Call
from conformance.mock.faults import fault, faults
from conformance.mock.rules import Rules
from conformance.probes.kit import Kit


def test_every_entry_is_needed() -> None:
    """Each key is the name of a fault of a shipped contract, and each has a sentence and a glob."""
    found = {name for contract in map(load, names()) for name in faults(contract)}
    for key, (sentence, breaks, *_) in fault.read("faults").items():
        pattern = re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", key))))
        assert any(map(pattern.fullmatch, found)), key
        assert sentence.endswith(".")
        assert " " not in breaks


def test_a_fault_changes_only_what_another_left() -> None:
    """Beside a fault that makes indices, scores or counts null, every fault that changes answers can be switched on: what is not there stays as it is."""
    contract = load("siliconflow")
    kit, known = Kit(contract), faults(contract)
    headers = {
        name.lower().encode(): value.replace(f"${contract.key_env}", MOCK_KEY).encode()
        for name, value in kit.control.headers
    }
    for first in ("index_null", "score_null", *(name for name in known if name.startswith("null."))):
        for second in known:
            rules = Rules(contract, MOCK_KEY)
            known[first].apply(rules)
            known[second].apply(rules)
            app = App(rules)
            answer = app.answer(
                Call(kit.control.method, app.base_path + kit.control.path, headers, kit.control.body, "")
            )
            assert answer is None or answer[0]
