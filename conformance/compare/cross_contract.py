"""A contract asked of another vendor's server: its clauses, at that server's path, with that server's way to send a key, and its models."""

from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.probes.kit import Kit
from conformance.running import Target


def asked_at(reference: Contract, own: Contract) -> Contract:
    """Return the reference as it is asked of a server of another contract: where and with what that one is asked, every schema the reference's."""
    if reference.path == own.path and _sent(reference) == _sent(own):
        return reference
    document: dict[str, Any] = dict(reference.document)
    paths = dict(document["paths"])
    item = paths.pop(reference.path)
    paths.pop(own.path, None)
    if _sent(reference) != _sent(own):
        method = reference.method.lower()
        item = {
            **item,
            method: {**item[method], "security": own.operation.get("security", own.document.get("security")) or []},
        }
        schemes = (own.document.get("components") or {}).get("securitySchemes") or {}
        document["components"] = {**(document.get("components") or {}), "securitySchemes": schemes}
    document["paths"] = {own.path: item, **paths}
    return Contract(reference.name, document, reference.vendored, reference.source, reference.unmatched)


def _sent(contract: Contract) -> tuple[str, str] | None:
    """Return in which header, and behind what, a contract's key goes."""
    return None if contract.credential is None else (contract.credential.header, contract.credential.prefix)


def aligned(target: Target, first: Contract) -> Target:
    """Return the target with the models that it shares with the first contract in that one's order.

    So both are asked of the same model, and a request that two contracts ask for is one request.
    """
    own = target.models or target.contract.models
    shared = [name for name in first.models if name in own]
    if not shared:
        return target
    return evolve(target, models=(*shared, *(name for name in own if name not in shared)))


def models_of(reference: Contract, own: Contract, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the models to ask by the reference: those that the server knows too first; its own where none is shared."""
    known = given or own.models
    if not known or not reference.models:
        return given
    shared = tuple(name for name in reference.models if name in known)
    if not shared:
        return known
    return (*shared, *(name for name in reference.models if name not in shared))


def kit_for(reference: Contract, own: Kit) -> Kit:
    """Return what the reference's probes of a server are made from: its own where the reference is its own contract.

    The key stands under the server's own variable, so that a request that both
    contracts ask for is one request.
    """
    models = models_of(reference, own.contract, own.models)
    if (reference.name, reference.document, models) == (
        own.contract.name,
        own.contract.document,
        own.models or own.contract.models,
    ):
        return own
    variable = own.variable or own.contract.key_env
    return Kit(
        asked_at(reference, own.contract),
        models,
        own.headers,
        variable or ("API_KEY" if own.contract.credential else None),
    )
