"""Combined requests: every pair of choices is in one of them, and all of them are lawful."""

import json
from itertools import combinations, product

import pytest

from conformance.contract import load, names, validator
from conformance.probes.coverage import coverage
from conformance.probes.design import ABSENT, Design, designs
from conformance.probes.kit import Kit


def apart(kit: Kit, one: str, other: str) -> bool:
    named = [item.name for role in ("model", "instruction") if (item := kit.primary.by_role(role)) is not None]
    return kit.named("query").name in {one, other} and bool({one, other} & set(named))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("vendor", names())
def test_every_row_is_a_lawful_request(vendor: str, *, full: bool) -> None:
    """Each combined request is one that the contract's schema allows, in the branch that it is made for."""
    kit = Kit(load(vendor), full=full)
    asked = [
        (design, one)
        for design, strength in designs(kit)
        if not (full and strength > 2)
        for one in design.combined(strength)
    ]
    assert len(asked) > 5
    for design, one in asked:
        body = json.loads(one.request.body)
        assert kit.contract.request_validator.is_valid(kit.contract.flat(body)), one.row
        assert validator(design.branch.schema).is_valid(kit.contract.flat(body)), one.row


@pytest.mark.parametrize("vendor", names())
def test_every_pair_of_choices_is_held(vendor: str) -> None:
    """Of the first form of the request any two levels that a request can hold together are together in a row.

    But for a question and what it is asked of: scores are compared within few models.
    """
    kit = Kit(load(vendor))
    design = Design(kit, kit.primary)
    held = {frozenset(pair) for row in design.rows(2) for pair in combinations(row.items(), 2)}
    for one, other in combinations(design.factors, 2):
        if apart(kit, one, other):
            continue
        for level, its in product(design.factors[one], design.factors[other]):
            if design.possible({one: level, other: its}):
                assert frozenset({(one, level), (other, its)}) in held, (one, level, other, its)


@pytest.mark.parametrize("vendor", names())
def test_few_rows_hold_them(vendor: str) -> None:
    """Pairs take tens of requests, not the thousands of all choices together, and the same ones each time."""
    kit = Kit(load(vendor))
    rows = list(Design(kit, kit.primary).rows(2))
    assert len(rows) <= 60
    assert rows == list(Design(Kit(load(vendor)), Kit(load(vendor)).primary).rows(2))


def test_a_field_stands_beside_a_model_that_takes_it() -> None:
    """A row holds a field that only some models take with one of these, and both ways are asked."""
    kit = Kit(load("siliconflow"))
    design = Design(kit, kit.primary)
    limited = {
        item.name: item.only_models
        for item in kit.primary.fields.values()
        if item.only_models is not None and item.name in design.factors
    }
    assert limited
    model = kit.named("model").name
    rows = list(design.rows(2))
    for name, only in limited.items():
        assert {row[model] in only for row in rows if row[name] != ABSENT} == {True}
        assert {row[name] == ABSENT for row in rows} == {True, False}


def test_simpler_rows_differ_in_one_choice() -> None:
    """What is asked to find the guilty feature is the row with one choice made plain, for each that is not."""
    kit = Kit(load("siliconflow"))
    design = Design(kit, kit.primary)
    row = max(design.rows(2), key=lambda one: sum(level != design.plain[name] for name, level in one.items()))
    found = dict(design.simpler(row))
    assert found.keys() == {name for name, level in row.items() if level != design.plain[name]}
    for name, less in found.items():
        assert {other for other in row if row[other] != less[other]} == {name}
    assert list(design.simpler(design.plain)) == []


@pytest.mark.parametrize("vendor", names())
def test_coverage_says_what_is_held_and_left_out(vendor: str) -> None:
    """Of the first form next to nothing is left out; of each, held and left out are apart and tell all that a request can hold."""
    kit = Kit(load(vendor))
    found = list(coverage(kit))
    assert [one.form for one in found] == [branch.label for branch in kit.branches]
    assert all(apart(kit, one, other) for (one, _), (other, _) in found[0].left_out)
    for branch, one in zip(kit.branches, found, strict=True):
        design = Design(kit, branch)
        possible = {
            frozenset({(a, x), (b, y)})
            for a, b in combinations(design.factors, 2)
            for x, y in product(design.factors[a], design.factors[b])
            if design.possible({a: x, b: y})
        }
        assert one.held | {frozenset(pair) for pair in one.left_out} == possible
        assert not one.held & {frozenset(pair) for pair in one.left_out}
        assert one.total == len(possible)
        assert len(list(one.words())) == len({(a, b) for (a, _), (b, _) in one.left_out})
