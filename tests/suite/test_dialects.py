"""Dialects that nobody ships: an answer that is a list, an envelope, documents as objects, a nested request, keys in other headers."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from conformance.compare.behaviour_table import LimitSearch
from conformance.compare.comparison import compare
from conformance.compare.survey import Survey, ask
from conformance.contract import Contract, load
from conformance.contract.audit import audit
from conformance.contract.envelope import flat, nest
from conformance.mock import MockServer
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.running import Settings, Target, conduct
from conformance.selftest.matrix import measure
from tests.peers import dialects
from tests.sampling import sampled

FOLDER = Path(__file__).parents[1] / "data" / "dialects"
DIALECTS = sorted(path.name for path in FOLDER.iterdir())


def dialect(name: str) -> Contract:
    return load(str(FOLDER / name))


def failed(contract: Contract, url: str) -> list[str]:
    run = conduct(Target("peer", url, contract, {contract.key_env or "API_KEY": dialects.KEY}), Settings())
    assert run.exit_code in {0, 1}, run.notice
    return [verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL]


@pytest.mark.parametrize("name", sampled(DIALECTS, 1))
def test_faults_of_the_mock_are_found(name: str) -> None:
    """Every hundredth fault of a dialect's mock is found by the clause that it names, and lawful servers give no alarm."""
    assert audit(dialect(name)) == []
    found = measure(str(FOLDER / name), jobs=1, step=100, lawful=1)
    # One that needs two features together may be missed: an option without a role may matter to any score.
    missed = [row.fault for row in found.rows if not row.seen]
    assert len(missed) <= 1, missed
    assert all("+" in name for name in missed)
    assert found.alarms == ()


@pytest.mark.parametrize("name", dialects.FAULTS)
def test_lawful_servers_of_others_pass(name: str) -> None:
    """A server written by hand from the contract, with nothing of the suite's in it, keeps every clause."""
    with dialects.serving(name) as url:
        assert failed(dialect(name), url) == []


@pytest.mark.parametrize(
    ("name", "fault"), sampled([(name, fault) for name, faults in dialects.FAULTS.items() for fault in faults], 2)
)
def test_faults_of_servers_of_others_are_found(name: str, fault: str) -> None:
    """Each planted fault is found by the clause that speaks of it."""
    with dialects.serving(name, fault) as url:
        assert any(fnmatchcase(clause, dialects.FAULTS[name][fault]) for clause in failed(dialect(name), url))


def test_key_goes_where_the_contract_says() -> None:
    """Requests carry the key in the header of the scheme, and its name stands in no other."""
    for name, header, value in (
        ("array", "X-API-Key", "$API_KEY"),
        ("wrapped", "api-key", "$PLAIN_KEY"),
        ("nested", "Authorization", "Bearer $API_KEY"),
    ):
        request = Kit(dialect(name)).control
        assert request.header(header) == value
        assert [key for key, held in request.headers if "$" in held] == [header]
    assert all("$" not in held for _, held in Kit(dialect("objects")).control.headers)


@pytest.mark.parametrize("name", DIALECTS)
def test_ids_are_whole(name: str) -> None:
    """No clause's id has an empty part, and those of a nested request say where the field stands."""
    ids = {item.clause.id for item in requirements(Kit(dialect(name)))}
    assert not [clause for clause in ids if ".." in clause or clause.endswith(".")]
    if name == "nested":
        assert {"request.input.required", "request.input.query.minLength", "request.parameters.top_n.minimum"} <= ids


@pytest.mark.parametrize(
    "wire",
    [
        {},
        {"model": "m"},
        {"input": {}},
        {"input": None, "model": "m"},
        {"input": {"query": "q", "more": [1]}, "parameters": {"top_n": 1}},
        [],
        "x",
        None,
        1,
    ],
)
def test_nesting_is_undone(wire: object) -> None:
    """A body from the wire, opened and nested again, is what it was."""
    where = dialect("nested").envelopes
    assert where == {("input",), ("parameters",)}
    assert nest(flat(wire, where), where) == wire


def test_dialects_are_compared() -> None:
    """A nested request and a list for an answer stand side by side, paired by role, each judged by its own contract and by the first one's."""
    first, second = dialect("nested"), dialect("array")
    what = Survey((first,), reach=LimitSearch(documents=0, bytes=0))
    subjects = []
    for contract in (first, second):
        with MockServer(contract, key="mock-key") as server:
            subjects.append(
                ask(
                    contract.name,
                    Target(contract.name, server.base_url, contract, {contract.key_env or "API_KEY": server.key}),
                    what,
                )
            )
    found = compare(subjects, first, what.reach, made=0.0)
    rows = {row.role: [cell.name for cell in row.cells] for row in found.spec_diff if row.role}
    assert rows["query"] == ["input.query", "query"]
    assert rows["results"] == ["output.results", "(answer)"]
    access = {row.item: [cell.name for cell in row.cells] for row in found.spec_diff if row.area == "access"}
    assert access["authentication"] == ["Authorization: Bearer KEY", "X-API-Key: KEY"]
    # What only longer profiles ask is not shown.
    states = {(line.clause.id, cell.state.value) for line in found.own.rows for cell in line.cells}
    assert {state for _, state in states} <= {"kept", "not promised", "not shown"}
    hidden = {name for name, state in states if state == "not shown" and not name.endswith(".default")}
    assert hidden <= {"ranking.query.literal", "response.latency.steady"}
