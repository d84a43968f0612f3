"""A few requests that may show what was meant, when the service accepts nothing: another base URL, model or contract."""

from collections.abc import Iterator

from attrs import evolve

from conformance.causes.dialect import Trial, catalogued, elsewhere, offered
from conformance.contract import catalogue, load
from conformance.exchange.sender import Sender
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.probes.kit import Kit

# Requests that are repeated so often are trials: they say nothing of the target itself.
FIRST = 9_000_000
_MODELS = 2
_REFUSED = frozenset({400, 404, 405, 415, 422})


def is_trial(exchange: Exchange) -> bool:
    """Whether an exchange is of a trial, and so nothing to be judged."""
    return exchange.request.repeat >= FIRST


async def attempt(kit: Kit, sender: Sender) -> None:
    """Send what may show what was meant, one request each, to the first that is accepted; the sender records it."""
    known = sender.exchanges.get(kit.control.key)
    status = known.response.status if known is not None and known.response is not None else 0
    number = FIRST
    for trial in elsewhere(sender.base_url, kit.control, status):
        if _accepted(await _ask(sender, trial, number := number + 1)):
            return
    if status not in _REFUSED:
        return
    listed = await _ask(sender, catalogued(sender.base_url, kit.control), number := number + 1)
    body = listed.response.json if listed is not None and listed.response is not None else NOT_JSON
    for trial in (*_models(kit, sender.base_url, offered(body, kit.contract.models)), *_others(kit, sender.base_url)):
        if _accepted(await _ask(sender, trial, number := number + 1)):
            return


def _models(kit: Kit, base_url: str, names: tuple[str, ...]) -> Iterator[Trial]:
    for name in names[:_MODELS]:
        yield Trial(base_url, Kit(kit.contract, (name,), kit.headers, kit.variable).control)


def _others(kit: Kit, base_url: str) -> Iterator[Trial]:
    for name in catalogue.names():
        if name != kit.contract.name:
            yield Trial(base_url, Kit(load(name), (), kit.headers, kit.key_name).control)


async def _ask(sender: Sender, trial: Trial, number: int) -> Exchange | None:
    """Send one trial; None where the budget does not allow it."""
    request = evolve(trial.request, repeat=number)
    other = evolve(sender, base_url=trial.base_url, numbered=sender.numbered, attempts=1, control=None)
    async with other.wire() as wire:
        await other.send(wire, [request])
    sender.numbered = other.numbered
    return other.exchanges.get(request.key)


def _accepted(exchange: Exchange | None) -> bool:
    return (
        exchange is not None
        and exchange.response is not None
        and 200 <= exchange.response.status < 300
        and isinstance(exchange.response.json, dict | list)
    )
