"""What changed between two nights."""

from io import StringIO
from pathlib import Path

import pytest
from attrs import evolve

from conformance.contract import load
from conformance.document.run import document
from conformance.mock import MockServer
from conformance.model.verdict import Outcome
from conformance.report.difference import headline, markdown, show, unlike
from conformance.running import Settings, Target, conduct
from conformance.store import keeping
from conformance.store.difference import ClauseChange, difference, since_last
from conformance.store.record import record
from conformance.store.store import Store
from tests.store.nights import clause, night


def names(changes: tuple[ClauseChange, ...]) -> list[str]:
    return [change.clause.id for change in changes]


def after(tmp_path: Path, *letters: str) -> dict[str, list[int]]:
    """Return the clauses in each list of the difference that the last of these nights makes."""
    with Store.open(tmp_path / "nights.sqlite") as store:
        for number, one in enumerate(letters):
            store.add(night(number, one))
        found = since_last(store, record(night(len(letters) - 1, letters[-1])))
    lists = ("newly_broken", "mended", "new", "gone", "flaky", "changed", "still_broken")
    places = {clause(at): at for at in range(len(letters[-1]) + 5)}
    told = {name: [places[one] for one in names(getattr(found, name))] for name in lists}
    return {name: places for name, places in told.items() if places}


@pytest.mark.parametrize(
    ("nights", "told"),
    [
        (["pp", "pp"], {}),
        (["pp", "pf"], {"newly_broken": [1]}),
        (["pf", "pf"], {"still_broken": [1]}),
        (["pf", "pp"], {"mended": [1]}),
        (["pp", "ppp"], {"new": [2]}),
        (["ppp", "pp"], {"gone": [2]}),
        (["pp", "ii", "pf"], {"newly_broken": [1]}),  # the outage in between is no news …
        (["pf", "ii", "pf"], {"still_broken": [1]}),  # … and mends nothing
        (["pf", "ni"], {}),
        (["ip", "fp"], {"newly_broken": [0]}),  # judged before, never shown
        (["p", "f", "p", "f"], {"flaky": [0]}),
        (["p", "f", "p", "f", "p"], {"flaky": [0]}),
        (["p", "f", "p", "f", "f", "f"], {"newly_broken": [0]}),  # settled: told once …
        (["p", "f", "p", "f", "f", "f", "f"], {"still_broken": [0]}),
        (["p", "f", "p", "f", "p", "p", "p"], {"mended": [0]}),
        (["k", "s"], {"changed": [0]}),
        (["f", "k"], {"changed": [0]}),
        (["k", "f"], {"newly_broken": [0]}),
        (["f", "s"], {"mended": [0]}),
    ],
)
def test_since_last(tmp_path: Path, nights: list[str], told: dict[str, list[int]]) -> None:
    """Each clause lands in the list that its nights speak for, and in no other."""
    assert after(tmp_path, *nights) == told


def test_runs_of_different_contracts_are_said_to_be() -> None:
    """Whoever compares runs of two contracts or profiles is told so; those of one series say nothing of it."""
    before, after = (record(night(number, "pp")) for number in range(2))
    assert unlike(difference(before, after, [before])) == ""
    other = evolve(after, contract="other", contract_version="2", profile="deep")
    found = difference(before, other, [before])
    said = unlike(found)
    assert said.startswith("The runs differ in contract (")
    assert f"→ other 2) and profile ({before.profile} → deep)" in said
    show(found, stream := StringIO())
    assert said in " ".join(stream.getvalue().split())
    assert "differ in contract" in markdown(found)


def test_alarm() -> None:
    """Newly broken and new broken clauses raise the alarm; flaky and standing ones do not."""
    nights = [record(night(number, letters)) for number, letters in enumerate(["pff", "pfp", "pff", "pfp"])]
    quiet = difference(nights[2], nights[3], nights[:3])
    assert not quiet.alarming
    assert quiet.quiet
    assert names(quiet.flaky) == [clause(2)]
    assert names(quiet.still_broken) == [clause(1)]
    loud = difference(nights[3], record(night(4, "ffff")), nights)
    assert names(loud.alarming) == [clause(0), clause(3)]
    assert loud.newly_broken[0].detail == "what was said of 0 in night 4"


def test_first_night(tmp_path: Path) -> None:
    """Without an earlier run everything is new, and what is broken is told."""
    with Store.open(tmp_path / "s.sqlite") as store:
        found = since_last(store, record(night(0, "pf")))
    assert found.before is None
    assert names(found.new) == [clause(0), clause(1)]
    assert names(found.alarming) == [clause(1)]


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("pp", "2 clauses, none failed"),
        ("pfin", "4 clauses, 1 failed, 1 could not be judged"),
        ("iin", "3 clauses, none could be judged"),
    ],
)
def test_a_first_night_in_words(letters: str, words: str) -> None:
    """Of a first night it is said how much failed and how much could not be judged; one that never answered is not called free of failures."""
    assert headline(difference(None, record(night(0, letters)))) == f"The first run of its kind: {words}"


def test_only_comparable_runs(tmp_path: Path) -> None:
    """Another target, contract or profile is no earlier night; neither is a later run."""
    other = {"name": "woagent", "version": "1.0.0", "sha256": "b" * 64}
    with Store.open(tmp_path / "s.sqlite") as store:
        store.add(night(1, "f", id="profile-1", profile="smoke"))
        store.add(night(1, "f", id="contract-1", contract=other))
        store.add(night(1, "f", target={"name": "elsewhere", "base_url": "http://127.0.0.1:1"}))
        store.add(night(9, "f"))
        found = since_last(store, record(night(2, "p")))
        assert found.before is None
        assert [run.id for run in store.runs("siliconflow")] == ["contract-1", "profile-1", "siliconflow-night-0009"]


def test_whole_circle(tmp_path: Path) -> None:
    """Real runs: remembered, compared with a night on which the server breaks a clause, and named."""
    contract = load("siliconflow")
    settings = Settings(select=("request.overlap_tokens.*",))
    path = tmp_path / "s.sqlite"
    runs = []
    for faults in ((), ("loose.overlap_tokens.maximum",)):
        with MockServer(contract, fault=next(iter(faults), None)) as server:
            runs.append(
                conduct(Target("mock", server.base_url, contract, {str(contract.key_env): server.key}), settings)
            )
        kept = keeping(path)
        told = [kept.send(value) for value in (None, {}, document(runs[-1]), document(runs[-1]))]
        assert told == [""] * 4
    with Store.open(path, make=False) as store:
        assert [run.id for run in store.runs()] == [run.id for run in runs]
        found = since_last(store, runs[1])
        assert names(found.alarming) == ["request.overlap_tokens.maximum"]
        assert found.alarming[0].before is Outcome.PASS
        assert store.details(runs[1].id) == {change.clause.id: change.detail for change in found.alarming}
        assert not since_last(store, runs[0]).mended
