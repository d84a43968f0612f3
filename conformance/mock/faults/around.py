"""Faults of what stands around a model: gateways, batches, meters, and replicas that are out of step."""

import gzip
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

from conformance.checks.structure import dotted
from conformance.contract import Contract
from conformance.contract.contract import CREDENTIALS
from conformance.mock import scorer
from conformance.mock.app import Call
from conformance.mock.faults.answers import without
from conformance.mock.faults.fault import Fault, listed, remembering, replace, wired
from conformance.mock.rules import Headers, Refusal, Rules
from conformance.probes.kit import Kit

# A batch of eight that is not full; a text of fewer tokens than a row needs, beside one of many; every so many answers.
_PARTLY, _FEW, _MANY, _EVERY, _LARGE = (5, 6, 7), 3, 20, 7, 1_500
_STALE = 0.12


def _packed(rules: Rules) -> None:
    def change(headers: Headers, data: bytes) -> tuple[Headers, bytes]:
        return headers, gzip.compress(data) if len(data) > _LARGE else data

    def asked(_status: int, call: Call) -> bool:
        return b"gzip" in call.headers.get(b"accept-encoding", b"")

    wired(asked, change)(rules)


def _scored(change: Callable[[Rules, list[Any], int, Any, Callable[[int], float]], float]) -> Callable[[Rules], None]:
    """Return what changes a document's score by the list that it is in; the last argument of the change scores any place of the list."""

    def score(original: Any, rules: Rules, body: Any, query: str, position: int, item: Any) -> float:
        documents = rules.documents(body)
        return change(rules, documents, position, item, lambda at: original(body, query, at, documents[at]))

    return replace("score", score)


def _row(_rules: Rules, documents: list[Any], position: int, _item: Any, own: Callable[[int], float]) -> float:
    return own(0 if len(documents) in _PARTLY and position == len(documents) - 1 else position)


def _padded(rules: Rules, documents: list[Any], position: int, item: Any, own: Callable[[int], float]) -> float:
    long = any(scorer.count(rules.text(other)) > _MANY for other in documents)
    return _STALE if long and scorer.count(rules.text(item)) < _FEW else own(position)


def _counting(size: Callable[[str], int]) -> Callable[[Rules], None]:
    def counted(original: Any, rules: Rules, body: Any, rows: Any) -> dict[str, int]:
        found, documents = dict(original(body, rows)), rules.documents(body)
        read = sum(size(rules.text(item)) + size(rules.query(body)) for item in documents)
        return {**found, "input_tokens": read, "total_tokens": read + found["output_tokens"]}

    return replace("count", counted)


def _leaving_out(path: tuple[str, ...]) -> Callable[[Rules], None]:
    leave = without(path)

    def shape(asked: Iterator[int], original: Any, _rules: Rules, *told: Any) -> Any:
        return original(*told) if next(asked) % _EVERY else leave(original(*told))

    return remembering("shape", partial(count, 1), shape)


def _one(model: str) -> Callable[[Rules], None]:
    def facts(original: Any, rules: Rules, body: Any) -> Any:
        if body.get(rules.names["model"]) == model and len(rules.documents(body)) == 1:
            raise Refusal(500, "index out of range")
        return original(body)

    return replace("facts", facts)


_OPEN = {
    "slash_open": wired(lambda status, call: status == 404 and call.path.endswith("/"), status=200),
    "chunked_open": wired(
        lambda status, call: status in CREDENTIALS and b"transfer-encoding" in call.headers, status=200
    ),
}
_FAULTS = {
    "packed_unlabelled": _packed,
    "batch_last_row": _scored(_row),
    "padding_scored": _scored(_padded),
    "lowered_as_turkish": replace("query", lambda original, _r, body: original(body).replace("I", "ı").lower()),
    "counts_characters": _counting(len),
    "counts_bytes": _counting(lambda text: len(text.encode("utf-8", "surrogatepass"))),
}


def around_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract allows."""
    yield from listed(contract, _OPEN)
    refusal = contract.refusal or 400
    if str(contract.refusal) not in contract.answers:
        yield Fault.of("refused_as_absent", wired(lambda status, _call: status == refusal, status=404))
    yield from listed(contract, _FAULTS)
    for place in contract.success.steady:
        name = dotted(place.path)
        yield Fault.of("{name}_now_and_then", _leaving_out(place.path), name=name, _EVERY=_EVERY)
    models = Kit(contract).models_of(Kit(contract).primary)
    if len(models) > 1:
        yield Fault.of("last_model_one", _one(models[-1]), model=models[-1])
