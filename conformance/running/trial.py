"""A few requests that may show what was meant, when the service accepts nothing: another base URL, model or contract."""

from collections.abc import Iterable, Iterator

from attrs import evolve

from conformance.causes.dialect import Asking, Trial, accepted, catalogued, elsewhere, likeness, offered, speaker
from conformance.contract import catalogue, load
from conformance.exchange.budget import Purpose
from conformance.exchange.sender import Sender
from conformance.model.exchange import NOT_JSON, Exchange
from conformance.probes.kit import Kit

# Requests that are repeated so often are trials: they say nothing of the target itself.
FIRST = 9_000_000
_MODELS = 2
# An error may come with the status of a success, too.
_REFUSED = frozenset({200, 400, 404, 405, 415, 422, 500})


def is_trial(exchange: Exchange) -> bool:
    """Whether an exchange is of a trial, and so nothing to be judged."""
    return exchange.request.repeat >= FIRST


async def attempt(kit: Kit, sender: Sender) -> None:
    """Send what may show what was meant, where nothing is accepted: one request each, until one is; the sender records it."""
    known = sender.exchanges.get(kit.control.key)
    status = known.response.status if known is not None and known.response is not None else 0
    number = FIRST
    for trial in elsewhere(sender.base_url, kit.control, status):
        if accepted(await _ask(sender, trial, number := number + 1)):
            return
    if status not in _REFUSED:
        return
    listed = await _ask(sender, catalogued(sender.base_url, kit.control), number := number + 1)
    body = listed.response.json if listed is not None and listed.response is not None else NOT_JSON
    for trial in _models(kit, sender.base_url, offered(body, kit.contract.models, _model(kit))):
        if accepted(await _ask(sender, trial, number := number + 1)):
            return
    for trial in _others(kit, sender.base_url):
        exchange = await _ask(sender, trial, number := number + 1)
        # What is accepted and answered in a way that no contract knows may be another one's all the same.
        if exchange is not None and accepted(exchange) and speaker(exchange) is not None:
            return


async def confirm(kit: Kit, sender: Sender, exchanges: Iterable[Exchange]) -> None:
    """Ask in the form of the contract that the answers follow better, if there is one: with its own model, then with the one that was asked."""
    near = likeness(kit.contract, exchanges)
    if near is None:
        return
    place = Asking(sender.base_url, kit.contract).base(near.contract)
    used = _model(kit)
    for number, models in enumerate([(), (used,)] if used else [()]):
        request = Kit(near.contract, models, kit.headers, kit.key_name).control
        if accepted(await _ask(sender, Trial(place, request), FIRST + number + 1)):
            return


def _model(kit: Kit) -> str:
    """Return the model that the control names; empty where it names none."""
    field, body = kit.contract.request_field("model"), kit.contract.flat(kit.control.json)
    return str(body.get(field.name, "")) if field is not None and isinstance(body, dict) else ""


def _models(kit: Kit, base_url: str, names: tuple[str, ...]) -> Iterator[Trial]:
    for name in names[:_MODELS]:
        yield Trial(base_url, Kit(kit.contract, (name,), kit.headers, kit.variable).control)


def _others(kit: Kit, base_url: str) -> Iterator[Trial]:
    for name in catalogue.names():
        if name != kit.contract.name:
            other = load(name)
            for place in dict.fromkeys((base_url, Asking(base_url, kit.contract).base(other))):
                yield Trial(place, Kit(other, (), kit.headers, kit.key_name).control)


async def _ask(sender: Sender, trial: Trial, number: int) -> Exchange | None:
    """Send one trial; None where the budget does not allow it."""
    if sender.budget.left_for(Purpose.TRIAL) == 0:
        return None
    request = evolve(trial.request, repeat=number)
    other = evolve(sender, base_url=trial.base_url, numbered=sender.numbered, attempts=1, control=None)
    async with other.wire() as wire:
        await other.send(wire, [request], purpose=Purpose.TRIAL)
    sender.numbered = other.numbered
    return other.exchanges.get(request.key)
