"""The code samples of a contract, read as a shell would read them."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract
from conformance.contract.finding import AuditFinding

_URL = re.compile(r"https?://[^\s\"'\\]+")
_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--json")


def audit(contract: Contract) -> Iterator[AuditFinding]:
    """Yield what is wrong with the operation's `x-codeSamples`: URL, body, and fields that the model does not take."""
    samples = contract.operation.get("x-codeSamples") or []
    for number, sample in enumerate(samples if isinstance(samples, list) else [samples]):
        where = f"{contract.pointer}/x-codeSamples/{number}"
        source = sample.get("source") if isinstance(sample, Mapping) else None
        if not isinstance(source, str):
            yield AuditFinding("sample", where, "The sample has no source.")
            continue
        url = _URL.search(source)
        if url and contract.server and url[0] != contract.server + contract.path:
            yield AuditFinding("sample", where, f"The sample's URL {url[0]} is not {contract.server + contract.path}.")
        try:
            text = _data(source)
            body = None if text is None else json.loads(text)
        except ValueError as error:
            yield AuditFinding("sample", where, f"The sample cannot be read: {error}.")
            continue
        if body is not None:
            yield from fits(contract, body, "sample", where)


def fits(contract: Contract, body: Any, kind: str, where: str) -> Iterator[AuditFinding]:
    """Yield what is wrong with an example of a whole request."""
    error = next(iter(contract.request_validator.iter_errors(contract.flat(body))), None)
    if error is not None:
        yield AuditFinding(kind, where, f"The {kind}'s body does not keep the request's schema: {error.message}.")
        return
    named = contract.request_field("model")
    model = body.get(named.name) if named and isinstance(body, dict) else None
    if (
        isinstance(model, str)
        and model not in contract.models
        and all(branch.lists_models for branch in contract.branches)
    ):
        yield AuditFinding(kind, where, f"The {kind} names the model {model}, which the contract does not list.")
    for name in body if isinstance(body, dict) else ():
        if name not in contract.fields:
            yield AuditFinding(kind, where, f"The {kind} sends `{name}`, which the contract does not describe.")
        elif isinstance(model, str) and not contract.takes(model, name):
            yield AuditFinding(
                kind, where, f"The {kind} sends `{name}` to {model}, which by its description does not support it."
            )


def _data(source: str) -> str | None:
    """Return the body that a curl command sends; None for what is no curl or sends none."""
    if not source.lstrip().startswith("curl"):
        return None
    words = shlex.split(source)
    for word, following in zip(words, words[1:], strict=False):
        if word in _DATA:
            return following
    joined = tuple(f"{name}=" for name in _DATA if name.startswith("--"))
    return next((word.partition("=")[2] for word in words if word.startswith(joined)), None)
