"""Exchanges and runs made by hand, of the contract as it was on the day on which these tests were written."""

import json
from pathlib import Path
from typing import Any

import attrs

from conformance.contract import Contract, load
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.fact import Fact, Kind
from conformance.probes.kit import Kit
from conformance.store.record import Latency, Record, record
from conformance.traits.facts import facts
from tests.store.nights import night

CONTRACT = load(str(Path(__file__).resolve().parents[1] / "data" / "openapi" / "siliconflow"))
KIT = Kit(CONTRACT)


def success(**more: Any) -> dict[str, Any]:
    """Return a lawful answer to the kit's body, with more keys at its top."""
    count = len(KIT.body()[KIT.named("documents").name])
    rows = [{"index": index, "relevance_score": 0.9 - index / 10} for index in range(count)]
    return {
        "id": "0195ae84b2ad76a4b9190a383958da67",
        "results": rows,
        "meta": {"tokens": {"input_tokens": 5, "output_tokens": 0}},
        **more,
    }


def exchange(
    status: int, body: Any, media: str = "application/json", request: Request | None = None, **headers: str
) -> Exchange:
    """Return an exchange; `body` is JSON, or text for another media type; underscores in names of headers are hyphens."""
    data = (json.dumps(body) if media.endswith("json") else str(body)).encode("utf-8", "surrogatepass")
    sent = request or KIT.request(KIT.body())
    names = (("Content-Type", media), *((name.replace("_", "-"), value) for name, value in headers.items()))
    return Exchange("e1", sent, "http://127.0.0.1:1/rerank", Response(status, names, data), None, 0.0, 0.1)


def seen(*exchanges: Exchange, contract: Contract = CONTRACT) -> dict[tuple[Kind, str], Fact]:
    """Return the facts of exchanges by kind and place."""
    return {(fact.kind, fact.place): fact for fact in facts(contract, exchanges)}


def undocumented(*exchanges: Exchange, contract: Contract = CONTRACT) -> set[tuple[str, str]]:
    """Return kinds and places of what is not documented."""
    return {
        (str(kind), place) for (kind, place), fact in seen(*exchanges, contract=contract).items() if not fact.documented
    }


def run(
    number: int,
    *exchanges: Exchange,
    more: tuple[Fact, ...] = (),
    p95: float = 200.0,
    requests: int = 200,
    letters: str = "pp",
) -> Record:
    """Return the record of a night with the facts of these exchanges, and more."""
    held = record(night(number, letters, requests=requests))
    return attrs.evolve(
        held, facts=(*facts(CONTRACT, exchanges), *more) or None, latency=Latency(100.0, p95, 300.0, 50)
    )
