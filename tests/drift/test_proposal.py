"""The overlay that documents what answers hold beyond the contract."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from openapi_spec_validator import validate
from ruamel.yaml import YAML

from conformance.contract import Contract
from conformance.contract.overlay import apply, parse
from conformance.document import schema
from conformance.document.run import document as run_document
from conformance.drift.drift import drift
from conformance.drift.proposal import document, propose
from conformance.model.fact import Fact, Kind
from conformance.report.formats import write_run
from tests.command import call
from tests.drift.answers import CONTRACT, exchange, run, success, undocumented
from tests.peers.handmade import Handmade

BEYOND = (
    exchange(200, success(extra={"a": None}), x_cache="hit"),
    exchange(200, success(extra={"a": 1})),
    exchange(402, {"code": 30001, "message": "m", "data": None}),
    exchange(400, {"code": 20015, "message": "m", "data": "d", "hint": "h"}),
    exchange(400, {"code": 20042, "message": "m", "data": "d"}),
    exchange(429, {"code": 50602, "message": "m", "data": "d"}),
    exchange(418, "short and stout", "text/plain"),
)


def overlaid(contract: Contract, overlay: object) -> Contract:
    """Return a contract with an overlay, read and applied by the project's own applier."""
    applied = apply(contract.document, parse(overlay, "proposal"))
    assert applied.unmatched == ()
    return Contract(contract.name, applied.document, contract.vendored, contract.source)


def test_documented_afterwards() -> None:
    """With the proposed overlay everything is documented, nothing drifts, and the document is valid OpenAPI."""
    before = undocumented(*BEYOND)
    assert {kind for kind, _ in before} == {"field", "status", "header", "error_code"}
    actions = propose(CONTRACT, drift([run(0, *BEYOND)]))
    documented = overlaid(CONTRACT, document(CONTRACT, actions))
    assert undocumented(*BEYOND, contract=documented) == set()
    validate(dict(documented.document))
    answer = documented.answer(402)
    assert answer is not None
    assert jsonschema_rs.is_valid(answer.media["application/json"], {"code": 30001, "message": "m", "data": None})
    assert not jsonschema_rs.is_valid(answer.media["application/json"], {"code": "thirty"})


def test_each_action_is_needed() -> None:
    """Without any one of the actions something stays undocumented."""
    actions = propose(CONTRACT, drift([run(0, *BEYOND)]))
    for left_out in actions:
        kept = [action for action in actions if action is not left_out]
        assert undocumented(*BEYOND, contract=overlaid(CONTRACT, document(CONTRACT, kept))), left_out


def test_hostile_places() -> None:
    """Facts that a merged folder made up become no action: names, statuses, codes and media types are checked where they are written."""
    facts = (
        Fact(Kind.FIELD, "200 /a b", False, {"type": "string"}),
        Fact(Kind.FIELD, "200 /nowhere/below", False, {}),
        Fact(Kind.FIELD, "999 /x", False, {}),
        Fact(Kind.STATUS, "4xx\n- target: $", False, {}),
        Fact(Kind.STATUS, "451", False, {"text/html; x=<script>": {"type": "string"}}),
        Fact(Kind.HEADER, "x: y", False),
        Fact(Kind.ERROR_CODE, "400 <script>", False),
        Fact(Kind.ERROR_CODE, "zzz 1", False),
    )
    actions = propose(CONTRACT, drift([run(0, more=facts)]))
    assert [action.update for action in actions] == [{"451": {"description": "Seen in answers."}}]


def test_command(tmp_path: Path) -> None:
    """`drift` of a recorded folder lists what is undocumented, as text, Markdown and JSON by its schema; `--propose` writes the overlay as YAML."""
    import attrs

    from conformance.contract import load
    from conformance.running import Settings, Target, conduct
    from conformance.traits.facts import facts

    contract = load("siliconflow")
    with Handmade() as peer:
        found = conduct(
            Target("peer", peer.base_url, contract, {str(contract.key_env): peer.key}),
            Settings(select=("response.json",)),
        )
    assert run_document(found)["facts"]
    folder = tmp_path / "run"
    write_run(attrs.evolve(found, facts=facts(contract, BEYOND)), folder, found.exchanges.values())

    plain = call("drift", str(folder))
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "`extra` of 200 is in answers and not in the contract" in plain.stdout
    assert call("drift", str(folder), "--format", "markdown").stdout.count("| standing |") == len(undocumented(*BEYOND))
    machine = json.loads(call("drift", str(folder), "--format", "json").stdout)
    published = schema("drift")
    jsonschema_rs.meta.validate(published)
    jsonschema_rs.validate(published, machine, validate_formats=True)
    proposed = call("drift", str(folder), "--propose", "--out", str(tmp_path / "overlay.yaml"))
    assert proposed.returncode == 0, proposed.stderr
    overlay = YAML(typ="safe").load((tmp_path / "overlay.yaml").read_text())
    assert undocumented(*BEYOND, contract=overlaid(contract, overlay)) == set()
    assert (
        "no run of 'nobody'" in call("drift", "nobody", "--store", str(tmp_path / "none.sqlite")).stderr
        or "no store" in call("drift", "nobody").stderr
    )


@pytest.mark.parametrize("name", ["siliconflow", "woagent"])
def test_nothing_to_propose(name: str) -> None:
    """Where all is documented there is no action."""
    from conformance.contract import load

    assert propose(load(name), drift([run(0, exchange(200, success()))])) == []
