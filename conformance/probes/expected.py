"""What a contract expects of the answer to any request body."""

from typing import Any

from conformance.contract import select, validator
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.probe import Expect


def expectation(kit: Kit, body: Any) -> Expect:
    """Return what a contract expects of the answer to any JSON value as a body."""
    contract = kit.contract
    body = contract.flat(body)
    try:
        keeps = contract.request_validator.is_valid(body)
    except ValueError:
        return Expect.OBSERVE
    if not keeps:
        return Expect.REFUSE
    field = contract.request_field("model")
    model = body.get(field.name) if field else None
    fitting = [
        branch
        for branch in kit.branches
        if model in {None, *kit.models_of(branch)} and validator(branch.schema).is_valid(body)
    ]
    if field is not None and not fitting:
        return Expect.OBSERVE
    unsupported = any(not contract.takes(str(model), name) for name in body if name in contract.fields)
    odd = any(isinstance(value, float) and value.is_integer() for value in body.values())
    image = holds_image(kit, body) and all(branch.kind != MULTIMODAL for branch in fitting)
    # A lone surrogate is no text that UTF-8 can hold.
    if unsupported or odd or image or set(body) - set(contract.fields) or "\\ud" in repr(body):
        return Expect.OBSERVE
    return Expect.ACCEPT


def holds_image(kit: Kit, body: dict[str, Any]) -> bool:
    """Whether a body holds an image anywhere."""
    return any(select(body, place.path) for place in kit.contract.request_places if place.role == "image")
