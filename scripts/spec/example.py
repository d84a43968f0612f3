"""What shows a breaking change that no single value does: what callers send today, or what comes in answer to it."""

import re
from collections.abc import Iterator
from typing import Any

from conformance.contract import Contract
from conformance.contract.schema import unescape
from conformance.probes.kit import Beside, Kit, value_of
from conformance.probes.sample import sampled
from scripts.spec import apart, lawful
from scripts.spec.change import ABSENT, Change
from scripts.spec.said import LISTS

_MEDIA = re.compile(r"/requestBody/content/(?P<media>[^/]+)$")
# How a parameter is written, whatever its value.
_SPELLING = frozenset({"style", "explode", "allowReserved", "content"})
_ADDRESS = re.compile(r"#/servers(/|$)|#/paths/[^/]+(/[^/]+)?(/servers.*)?$|.*/parameters/\d+")


def of(change: Change, place: tuple[str, lawful.Path, str] | None, old: Contract, new: Contract) -> Any:
    """Return a request as it is sent today, or an answer, that meets a change; ABSENT where none can be made.

    A request's body stands for itself; all else is an object of `url`,
    `headers`, `header`, `query`, `cookie`, or `status` with `headers` or `body`.
    """
    pointer = change.pointer
    if place is not None and place[0] == lawful.REQUEST:
        return next(_bodies(change, place[1], old), ABSENT)
    if place is not None and place[0] == lawful.BESIDE:
        where, name = place[1][:2]
        known = any((item.place, item.name) == (where, name) for item in old.parameters)
        return _parameter(where, name, place[2], old if known else new)
    if "/responses/" in pointer:
        return _answer(change, old, new)
    if "security" in pointer.lower():
        key = old.credential
        return {"headers": {key.header: key.value("KEY")} if key else {}}
    if found := _MEDIA.search(pointer):
        return {"headers": {"Content-Type": unescape(found["media"])}}
    return {"url": f"{old.server or ''}{old.path}"} if _ADDRESS.match(pointer) else ABSENT


def _answer(change: Change, old: Contract, new: Contract) -> Any:
    """Return an answer that has the header or the status that a change is about."""
    status, _, below = change.pointer.partition("/responses/")[2].partition("/")
    sides = (new, old) if change.before is ABSENT else (old, new)
    answers = [side.answers[key] for side in sides for key in (status.upper(), status) if key in side.answers]
    part, _, name = below.partition("/")
    if part == "headers":
        wanted = unescape(name.partition("/")[0])
        headers = (header for answer in answers for header in answer.headers if wanted in {"", header.name})
        return next(
            ({"status": status, "headers": {one.name: sampled(one.schema, "apple")}} for one in headers), ABSENT
        )
    bodies = (body for answer in answers for schema in answer.media.values() for body in apart.samples(schema))
    return {"status": status, **dict(zip(["body"], bodies, strict=False))}


def _bodies(change: Change, path: lawful.Path, old: Contract) -> Iterator[Any]:
    """Yield bodies of today that meet a change of a field: those that leave it out where its default moves, those that have it else."""
    last = change.pointer.rpartition("/")[2]
    kit = Kit(old)
    for branch in kit.branches:
        named = (
            item for item in branch.fields.values() if tuple(item.name.split(".")) == path[: item.name.count(".") + 1]
        )
        for item in named:
            body = kit.body(branch)
            if last == "default":
                body.pop(item.name, None)
            elif last in LISTS:
                lost = [name for name in change.before or () if change.after is ABSENT or name not in change.after]
                model = branch.by_role("model")
                body |= dict(zip([model.name] if model is not None else [], lost, strict=False))
            if last not in {"default", LISTS[0]} and item.name not in body:
                body[item.name] = sampled(item.schema, "apple")
            if old.request_validator.is_valid(body):
                yield old.nest({key: body[key] for key in sorted(body, key=lambda key: key != item.name)})


def _parameter(place: str, name: str, keyword: str, contract: Contract) -> Any:
    """Return what is sent at one place, the required parameters and the named one; as it crosses the wire where a change is of that."""
    sent = [
        (item, value_of(item))
        for item in contract.parameters
        if item.place == place and (item.required or item.name == name)
    ]
    if keyword not in _SPELLING:
        return {place: {item.name: value for item, value in sent}}
    # A list of one looks alike however it is sent.
    beside = Beside.of((item, value * 2 if isinstance(value, list) else value) for item, value in sent)
    return {place: {"query": beside.query, "cookie": beside.cookies, "header": dict(beside.headers)}[place]}
