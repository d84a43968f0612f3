"""Faults of what stands around a model, and servers that do the same within the contract: played in this process."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from conformance.exchange.environment import MOCK_KEY
from conformance.mock.app import Call
from conformance.mock.faults import faults
from conformance.mock.faults.fault import replace
from conformance.mock.rules import Refusal, Rules
from conformance.model.verdict import Outcome
from conformance.probes.texts import PLANES
from conformance.selftest.stage import loaded, play
from tests.sampling import sampled

CASES = [
    *(
        ("siliconflow", name)
        for name in ("slash_open", "cache_public", "batch_last_row", "lowered_as_turkish", "meta_now_and_then")
    ),
    *(
        ("cohere", name)
        for name in ("refused_as_absent", "date_epoch", "packed_unlabelled", "crash_hollow", "padding_scored")
    ),
    *(("voyage", name) for name in ("counts_characters", "counts_bytes", "last_model_one", "lenient_nan")),
]


def failed(vendor: str, rules: Rules | None = None, *names: str) -> set[str]:
    """Return the failed clauses of a server of some rules or faults."""
    run = play(loaded(vendor), names, rules)
    return {verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL}


@pytest.mark.parametrize(("vendor", "fault"), sampled(CASES, 3))
def test_faults_around_a_model_are_found(vendor: str, fault: str) -> None:
    """Each of these faults breaks the clause that it is meant to break."""
    found = failed(vendor, None, fault)
    assert any(fnmatchcase(clause, faults(loaded(vendor))[fault].breaks) for clause in found), found


@pytest.mark.parametrize("status", [401, 403, 404, 307])
def test_another_path_may_be_refused_in_any_way(status: int) -> None:
    """A path with a slash at its end that is sent elsewhere, or refused with any status, is no breach."""
    rules = Rules(loaded("cohere"), MOCK_KEY)

    def wire(_original: Any, _rules: Any, came: int, headers: Any, data: bytes, call: Call) -> Any:
        return (status if call.path.endswith("/") else came), headers, data

    replace("wire", wire)(rules)
    assert "auth.path" not in failed("cohere", rules)


def test_a_model_that_there_is_not_may_be_absent() -> None:
    """404 is true of a model that nobody has, and untrue of a body that is invalid."""

    def absent(original: Any, rules: Rules, body: Any) -> None:
        try:
            original(body)
        except Refusal as refusal:
            raise Refusal(404, refusal.message) from None

    rules = Rules(loaded("voyage"), MOCK_KEY)
    replace("accept_model", absent)(rules)
    assert failed("voyage", rules) == set()
    rules = Rules(loaded("voyage"), MOCK_KEY)
    replace("validate", absent)(rules)
    assert failed("voyage", rules) == {"error.status.true"}


def test_a_template_is_no_count_of_characters() -> None:
    """What is read around each document may cost more than a short text has characters."""
    rules = Rules(loaded("voyage"), MOCK_KEY)

    def count(original: Any, rules: Rules, body: Any, rows: Any) -> dict[str, int]:
        read = original(body, rows)["total_tokens"] + 120 * len(rules.documents(body))
        return {**original(body, rows), "input_tokens": read, "total_tokens": read}

    replace("count", count)(rules)
    assert failed("voyage", rules) == set()


def test_counts_of_one_model_alone_are_lawful() -> None:
    """A count that one model has and another one has not is no answer that leaves something out."""
    contract = loaded("siliconflow")
    rules = Rules(contract, MOCK_KEY)

    def shape(original: Any, _rules: Rules, answer: Any, body: Any) -> Any:
        whole = original(answer, body)
        if body["model"] == contract.models[0]:
            return whole
        return {**whole, "meta": {name: value for name, value in whole["meta"].items() if name != "billed_units"}}

    replace("shape", shape)(rules)
    assert "response.steady" not in failed("siliconflow", rules)


@pytest.mark.parametrize("found", [True, False])
def test_a_hint_at_the_right_key_is_found(found: bool) -> None:
    """A refusal that shows the right key's first characters and a mask repeats the key, but where it shows what it was given."""
    rules = Rules(loaded("siliconflow"), MOCK_KEY)

    def wire(_original: Any, _rules: Any, status: int, headers: Any, data: bytes, call: Call) -> Any:
        given = call.headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        shown = MOCK_KEY.encode() if found and status == 401 else given
        added = [("x-key", f"{shown[:6].decode('latin-1')}***")] if shown and status >= 400 else []
        return status, [*headers, *added], data

    replace("wire", wire)(rules)
    assert ("security.key_not_echoed" in failed("siliconflow", rules)) is found


def test_a_character_in_two_escapes_is_asked_for() -> None:
    """A small profile finds who takes each half of a pair of escapes for a character of its own."""
    rules = Rules(loaded("siliconflow"), MOCK_KEY)

    def wire(_original: Any, _rules: Any, status: int, headers: Any, data: bytes, call: Call) -> Any:
        for letter in PLANES if b"\\ud83d\\ude00" in call.body else "":
            data = data.replace(letter.encode(), "\ufffd\ufffd".encode())
        return status, headers, data

    replace("wire", wire)(rules)
    assert failed("siliconflow", rules) == {"response.results.items.document.exact"}
