"""The pinned query set."""

import json

import pytest

from conformance.contract import load
from conformance.contract.catalogue import names
from conformance.contract.validation import validator
from conformance.probes.kit import Kit
from conformance.probes.pinned import pinned, pinned_set


def test_every_question_has_an_answer_and_a_distractor():
    """Each question has passages that answer it and passages that do not, and its positions exist."""
    queries = pinned_set().queries
    assert len({query.id for query in queries}) == len(queries)
    assert len({query.language for query in queries}) >= 8
    for query in queries:
        assert query.relevant
        assert query.relevant < set(range(len(query.documents)))
        assert len(set(query.documents)) == len(query.documents)


@pytest.mark.parametrize("name", names())
def test_every_contract_allows_every_question(name):
    """The same questions are lawful requests of every shipped contract."""
    contract = load(name)
    kit = Kit(contract)
    for query, probe in pinned(kit):
        body = json.loads(probe.request.body)
        assert validator(contract.request_schema).is_valid(body), query.id


def test_a_model_can_be_chosen():
    """The questions can be asked of a named model, for a comparison of the same model at several vendors."""
    kit = Kit(load("siliconflow"))
    model = kit.contract.models[1]
    name = kit.named("model").name
    assert {probe.request.json[name] for _query, probe in pinned(kit, model)} == {model}
