"""`rerank-conformance drift` of one run's folder."""

import json
from pathlib import Path

import jsonschema_rs

from conformance.document import schema
from conformance.document.run import document as run_document
from conformance.report.formats import write_run
from tests.command import call
from tests.drift.answers import exchange, success, undocumented
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


def test_command(tmp_path: Path) -> None:
    """`drift` of a recorded folder lists what is undocumented, as text, Markdown and JSON by its schema."""
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
    assert (
        "no run of 'nobody'" in call("drift", "nobody", "--store", str(tmp_path / "none.sqlite")).stderr
        or "no store" in call("drift", "nobody").stderr
    )
