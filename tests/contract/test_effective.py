"""The effective contracts are valid, and every overlay action is needed."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from conformance.contract import Contract, document, load, names, overlay
from conformance.contract.audit import audit
from conformance.contract.resources import contracts_root
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from scripts.regenerate import class_names, generate
from tests.sampling import sampled

ACTIONS = [
    (vendor, number, action)
    for vendor in names()
    for number, action in enumerate(overlay.parse(document.load(contracts_root() / vendor / "overlay.yaml"), vendor))
]


@pytest.mark.parametrize("vendor", names())
def test_effective_contract_is_valid_openapi(vendor: str) -> None:
    """The effective document passes openapi-spec-validator with every error on."""
    document = load(vendor).document
    judge = OpenAPIV30SpecValidator if str(document["openapi"]).startswith("3.0") else OpenAPIV31SpecValidator
    assert list(judge(document).iter_errors()) == []


@pytest.mark.parametrize("vendor", names())
def test_audit_finds_nothing(vendor: str) -> None:
    """Every example, sample and default keeps its schema, every branch can be chosen, every action matches."""
    assert audit(load(vendor)) == []


def test_audit_sees_what_the_vendored_document_gets_wrong() -> None:
    """Without its overlay SiliconFlow's document has the defects that the overlay mends."""
    vendored = load("siliconflow").vendored
    bare = Contract("bare", vendored, vendored, contracts_root())
    kinds = {finding.kind for finding in audit(bare)}
    assert {"default", "oneOf", "tag", "body"} <= kinds


def _asked(contract: Contract) -> object:
    try:
        asking = requirements(Kit(contract))
        return (
            {(item.clause.id, item.clause.level, item.clause.sentence) for item in asking},
            {probe.request.key for item in asking for probe in item.probes},
        )
    except (KeyError, AttributeError) as error:
        return repr(error)


# What a contract says to those who ask: names, prices, roles, models, findings of the audit, clauses and probes; the cheapest first.
QUESTIONS: tuple[Callable[[Contract], object], ...] = (
    lambda contract: contract.key_env,
    lambda contract: dict(contract.prices),
    lambda contract: [(place.role, place.path) for answer in contract.answers.values() for place in answer.places],
    lambda contract: [(place.role, place.path) for place in contract.request_places],
    lambda contract: [
        (branch.kind, branch.lists_models, branch.models, [(f.name, f.only_models) for f in branch.fields.values()])
        for branch in contract.branches
    ],
    lambda contract: class_names(contract.document),
    lambda contract: sorted(map(repr, audit(contract))),
    _asked,
)


@cache
def whole(vendor: str, question: Callable[[Contract], object]) -> object:
    """Return what a vendor's contract says with all its actions."""
    return question(load(vendor))


def without(vendor: str, number: int, less: list[overlay.Action]) -> Contract:
    """Return a vendor's contract with one of its overlay's actions replaced."""
    contract = load(vendor)
    everything = [item for name, _, item in ACTIONS if name == vendor]
    applied = overlay.apply(contract.vendored, everything[:number] + less + everything[number + 1 :])
    return Contract(vendor, applied.document, contract.vendored, contract.source, applied.unmatched)


@pytest.mark.parametrize(
    ("vendor", "number", "action"), sampled(ACTIONS, 12), ids=lambda value: getattr(value, "target", value)
)
def test_action_is_needed(vendor: str, number: int, action: overlay.Action, tmp_path: Path) -> None:
    """Without any one action, or any one key of its update, an audit, a clause, a probe, a role or a generated name changes."""
    contract = load(vendor)
    assert action not in contract.unmatched
    lesser = {"action": without(vendor, number, [])}
    for key in action.update or ():
        rest = {name: value for name, value in action.update.items() if name != key}
        lesser[key] = without(vendor, number, [evolve(action, update=rest)])
    unneeded = [
        part
        for part, other in lesser.items()
        if all(question(other) == whole(vendor, question) for question in QUESTIONS)
        and generated(other, tmp_path / part) == tree(vendor)
    ]
    assert unneeded == []


@cache
def tree(vendor: str) -> dict[str, str]:
    """Return what a vendor's contract generates with all its actions."""
    with TemporaryDirectory() as folder:
        return generated(load(vendor), Path(folder) / vendor)


def generated(contract: Contract, folder: Path) -> dict[str, str]:
    """Return the modules that a contract generates, by name."""
    folder.mkdir(parents=True)
    tree = generate(contract, folder)
    return {str(path.relative_to(tree)): path.read_text() for path in tree.rglob("*.py")}
