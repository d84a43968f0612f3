"""What a faithful mock works out in one pass, beside the same decision by decision."""

import random
from collections.abc import Iterator
from itertools import product

import pytest

from conformance.contract import load, names
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.app import App, Call
from conformance.mock.rules import Rules
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS, QUERY, filler

_WORDS = "the red planet Mars is known as rusty baking bake 红色行星 火星 Café 🦊 x-1".split()
_ROLES = {
    "limit": (1, 3, 100),
    "echo_switch": (True, False),
    "instruction": ("", "Rank by planets."),
    "raw_scores": (True, False),
    "chunk_limit": (1, 9),
}


class _Stepwise(Rules):
    """Faithful rules that do not count as such, so that each decision is asked."""


def _bodies(kit: Kit) -> Iterator[bytes]:
    """Yield requests of few and many, short and long, equal and empty texts, with each option and without."""
    drawn = random.Random(19)
    texts = (
        *DOCUMENTS,
        "",
        " \n",
        filler(40),
        filler(400),
        *(" ".join(drawn.choices(_WORDS, k=12)) for _ in range(30)),
    )
    options = [{}, *({role: value} for role, values in _ROLES.items() for value in values)]
    for branch, chosen, size in product(kit.branches, options, (1, 4, 9)):
        asked = {role: value for role, value in chosen.items() if kit.has(role, branch=branch)}
        query = drawn.choice((QUERY, "", " ".join(drawn.choices(_WORDS, k=5))))
        listed = kit.documents(branch, tuple(drawn.choices(texts, k=size)))
        yield kit.encode(kit.body(branch, query=kit.query(branch, query), documents=listed, **asked))


@pytest.mark.parametrize("name", names())
def test_one_pass_answers_as_each_decision_does(name: str) -> None:
    """A request is answered byte for byte alike, its id aside, whether in one pass or by one decision after the other; most are answered in one pass."""
    contract = load(name)
    fast, slow = (App(rules(contract, MOCK_KEY)) for rules in (Rules, _Stepwise))
    kit, passes = Kit(contract), []
    for app in (fast, slow):
        app.rules._drawn = lambda bits: bits  # type: ignore[method-assign, assignment]
    credential = contract.credential
    headers = {b"content-type": b"application/json"}
    if credential is not None:
        headers[credential.header.lower().encode()] = credential.value(MOCK_KEY).encode()
    for body in _bodies(kit):
        one, other = (app.answer(Call("POST", app.path, headers, body)) for app in (fast, slow))
        assert one == other
        assert one is not None
        passes.append(one[0] == 200 and fast.rules.plain_facts(contract.flat(fast.rules.parse(body))) is not None)
    assert sum(passes) > len(passes) / 3
