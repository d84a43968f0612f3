"""Every fault against every use: no failed clause that touches a use is answered by *yes*."""

from functools import cache

import pytest

from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import CanReplace
from conformance.compare.reliance import Reliance
from conformance.compare.uses import IMPLIED, RANKING, SERVICE, Vocabulary
from conformance.contract import Contract, load, names
from conformance.mock.faults import faults
from conformance.model.clause import Clause
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from tests.compare.conftest import told
from tests.compare.replacement import answers, faulty
from tests.sampling import sampled, spread

# So many faults of a contract at every change; `pytest -m matrix tests/compare/test_replacement.py` tries all of all contracts.
FEW = {"infinity": 1}
SAMPLE = [(name, fault) for name, few in FEW.items() for fault in spread(faults(load(name)), few)]
# What nobody can use a reranker with, whatever is used of it.
FATAL = (
    "unsorted",
    "ascending",
    "last_pair",
    "index_rank",
    "index_one_based",
    "index_zero",
    "index_null",
    "dedup",
    "drops_empty",
    "cap_50",
    "results_empty",
    "score_null",
    "refuses_one",
    "strict.documents.minItems",
    "html_page",
    "truncated",
)
# What breaks only those who use it.
NARROW = {
    "echo_rotated": ("results.document.text", "id"),
    "limit_minus_one": ("top_n", "results.index"),
    "error_400_shape": ("error.400", "documents"),
    "null.id": ("id", "results.relevance_score"),
    "list.meta.tokens": ("meta.tokens.input_tokens", "query"),
    "echo_never": ("return_documents", "query"),
}


@cache
def first(name: str) -> ComparedTarget:
    return faulty(told(name) if name in {"siliconflow", "woagent"} else load(name))


@cache
def answered(name: str, fault: str) -> dict[str, CanReplace]:
    return {one.use: one.answer for one in answers(first(name), faulty(first(name).contract, fault))}


@pytest.mark.parametrize(("name", "fault"), SAMPLE)
def test_a_failed_clause_that_touches_a_use_is_never_yes(name: str, fault: str) -> None:
    """For each single use of a contract, a server with one fault is answered by *yes* only where no failed clause touches it."""
    found = list(answers(first(name), faulty(first(name).contract, fault)))
    assert found
    assert [(one.use, one.touched) for one in found if one.wrong] == []


@pytest.mark.matrix
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", names())
def test_no_fault_of_any_contract_is_a_wrong_yes(name: str) -> None:
    """The same of every fault of every contract."""
    wrong = {
        fault: [
            (one.use, one.touched) for one in answers(first(name), faulty(first(name).contract, fault)) if one.wrong
        ]
        for fault in faults(load(name))
    }
    assert {fault: found for fault, found in wrong.items() if found} == {}


@pytest.mark.parametrize("fault", sampled(FATAL, 1))
def test_what_breaks_a_reranker_breaks_every_use(fault: str) -> None:
    """An unsorted list, a wrong index, a dropped document and the like are a *no* for whatever is used."""
    assert set(answered("siliconflow", fault).values()) == {CanReplace.NO}


@pytest.mark.parametrize("fault", sampled(NARROW, 1))
def test_what_breaks_one_use_leaves_the_others(fault: str) -> None:
    """A fault that concerns one use is a *no* for that one, and a *yes* for one that never meets it."""
    broken, whole = NARROW[fault]
    found = answered("siliconflow", fault)
    assert (found[broken], found[whole]) == (CanReplace.NO, CanReplace.YES)


def test_the_same_server_is_a_yes() -> None:
    """A server without a fault can replace itself for each use that can be shown, and for no other."""
    found = {one.use: one for one in answers(first("siliconflow"), first("siliconflow"))}
    assert {one.answer for one in found.values()} == {CanReplace.YES, CanReplace.UNKNOWN}
    assert all(use.startswith("error.") for use, one in found.items() if one.answer is CanReplace.UNKNOWN)
    assert not any(one.touched for one in found.values())


@pytest.mark.parametrize("name", ["siliconflow", "woagent", "cohere", "infinity", "jina", "voyage"])
def test_every_clause_is_told_somewhere(name: str) -> None:
    """Whoever uses everything is told of every clause, at the use that is nearest; clauses on no field are the service's."""
    contract: Contract = load(name)
    reliance = Reliance(contract, (*Vocabulary(contract).uses, *IMPLIED))
    clauses: list[Clause] = [item.clause for item in requirements(Kit(contract))]
    assert [clause.id for clause in clauses if not reliance.concerned(clause)] == []
    assert [clause.id for clause in clauses if not clause.roles and reliance.concerned(clause) != (SERVICE,)] == []
    # Each is told at a field, where there is one.
    assert [clause.id for clause in clauses if RANKING in reliance.concerned(clause)] == []
