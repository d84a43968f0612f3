"""Faults of what stands around a model: gateways, batches, meters, and replicas that are out of step."""

import gzip
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from conformance.checks.structure import dotted
from conformance.contract import Contract
from conformance.contract.contract import CREDENTIALS
from conformance.contract.roles import GROWING
from conformance.mock import scorer
from conformance.mock.app import Call
from conformance.mock.faults.answers import without
from conformance.mock.faults.fault import Fault, after, replace, wired
from conformance.mock.rules import Headers, Refusal, Rules
from conformance.probes.kit import Kit

# A batch of eight that is not full; a text of fewer tokens than a row needs, beside one of many; every so many answers.
_PARTLY, _FEW, _MANY, _EVERY, _LARGE = (5, 6, 7), 3, 20, 7, 1_500
_STALE = 0.12


def around_faults(contract: Contract) -> Iterator[Fault]:
    """Yield the faults that the contract allows."""
    if contract.credential is not None and contract.secured:
        yield Fault.of("slash_open", wired(lambda status, call: status == 404 and call.path.endswith("/"), status=200))
        yield Fault.of(
            "chunked_open",
            wired(lambda status, call: status in CREDENTIALS and b"transfer-encoding" in call.headers, status=200),
        )
    if contract.refusal is None or str(contract.refusal) not in contract.answers:
        yield Fault.of(
            "refused_as_absent", wired(lambda status, _call: status == (contract.refusal or 400), status=404)
        )
    yield Fault.of("packed_unlabelled", _packed)
    yield Fault.of("batch_last_row", _row)
    yield Fault.of("padding_scored", _padding)
    yield Fault.of(
        "lowered_as_turkish", replace("query", lambda original, _r, body: original(body).replace("I", "ı").lower())
    )
    for name, words, size in (("characters", "characters", len), ("bytes", "bytes", _bytes)):
        if any(place.role in GROWING for place in contract.success.places):
            yield Fault(f"counts_{name}", f"Tokens are counted in {words}.", "usage.*.tokens", _counting(size))
    for place in contract.success.steady:
        name = dotted(place.path)
        yield Fault.of("{name}_now_and_then", _leaving_out(place.path), name=name, _EVERY=_EVERY)
    models = Kit(contract).models_of(Kit(contract).primary)
    if len(models) > 1:
        yield Fault.of("last_model_one", _one(models[-1]), model=models[-1])


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


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


_row = _scored(
    lambda _r, documents, position, _i, own: own(
        0 if len(documents) in _PARTLY and position == len(documents) - 1 else position
    )
)


def _padded(rules: Rules, documents: list[Any], position: int, item: Any, own: Callable[[int], float]) -> float:
    long = any(scorer.count(rules.text(other)) > _MANY for other in documents)
    return _STALE if long and scorer.count(rules.text(item)) < _FEW else own(position)


_padding = _scored(_padded)


def _counting(size: Callable[[str], int]) -> Callable[[Rules], None]:
    def counted(original: Any, rules: Rules, body: Any, rows: Any) -> dict[str, int]:
        found, documents = dict(original(body, rows)), rules.documents(body)
        read = sum(size(rules.text(item)) + size(rules.query(body)) for item in documents)
        return {**found, "input_tokens": read, "total_tokens": read + found["output_tokens"]}

    return replace("count", counted)


def _leaving_out(path: tuple[str, ...]) -> Callable[[Rules], None]:
    leave = without(path)

    def apply(rules: Rules) -> None:
        asked = count(1)
        after("shape", lambda answer: answer if next(asked) % _EVERY else leave(answer))(rules)

    return apply


def _one(model: str) -> Callable[[Rules], None]:
    def facts(original: Any, rules: Rules, body: Any) -> Any:
        if body.get(rules.names["model"]) == model and len(rules.documents(body)) == 1:
            raise Refusal(500, "index out of range")
        return original(body)

    return replace("facts", facts)
