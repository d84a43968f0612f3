"""Recorded traffic: what requests in a HAR file use of a contract. Nothing of it is sent anywhere."""

import base64
import binascii
import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve, frozen

from conformance.compare.spec_diff import answer_spots, request_spots
from conformance.compare.uses import Use, Vocabulary
from conformance.contract import Contract, select
from conformance.document.folder import read_text
from conformance.traits.schema_words import form_of

SUFFIX = ".har"
_LARGEST = 512 * 1024 * 1024


class TrafficError(ValueError):
    """A file is no HAR, or holds no request to the contract's operation."""


@frozen
class RecordedRequest:
    """One recorded request that was taken: its place in the file, its body, and its answer's body."""

    entry: int
    body: dict[str, Any]
    answer: Any


@frozen
class RecordedTraffic:
    """What a HAR file holds: the requests, what they use, and keys that the contract does not have."""

    path: str
    sent: tuple[RecordedRequest, ...]
    uses: tuple[Use, ...]
    undeclared: tuple[str, ...]


def read(path: Path, contract: Contract) -> RecordedTraffic:
    """Return what the traffic in a HAR file uses of a contract; raises TrafficError."""
    sent = tuple(_requests(_entries(path), contract))
    if not sent:
        msg = f"{path} holds no request that {contract.name} could be used by: none is a {contract.method} to …{contract.path} with a JSON object that was answered with 2xx."
        raise TrafficError(msg)
    asked = {spot.path: spot for spot in request_spots(contract)}
    declared = {spot.path[0] for spot in asked.values()}
    undeclared = dict.fromkeys(key for one in sent for key in one.body if key not in declared)
    return RecordedTraffic(
        str(path), sent, tuple(_uses(sent, contract)), tuple(key[:100] for key in list(undeclared)[:50])
    )


def _entries(path: Path) -> list[Any]:
    try:
        held = json.loads(read_text(path, largest=_LARGEST))
        entries = held["log"]["entries"]
    except OSError as error:
        hint = "; cut it to the requests that matter" if error.errno == errno.EFBIG else ""
        msg = f"{path} cannot be read: {error.strerror or error}{hint}."
        raise TrafficError(msg) from error
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise TrafficError(f"{path} is no HAR file: it needs `log` with `entries` ({type(error).__name__}).") from error
    if not isinstance(entries, list):
        raise TrafficError(f"{path} is no HAR file: `log.entries` is no list.")
    return entries


def _requests(entries: list[Any], contract: Contract) -> Iterator[RecordedRequest]:
    for number, entry in enumerate(entries):
        try:
            request, response = entry["request"], entry["response"]
            url, method, status = str(request["url"]), str(request["method"]), int(response["status"])
            body = json.loads(_text(request["postData"]))
        except (LookupError, TypeError, ValueError, RecursionError):
            continue
        if method.upper() != contract.method or not 200 <= status < 300 or not isinstance(body, dict):
            continue
        if not urlsplit(url).path.rstrip("/").endswith(contract.path.rstrip("/")):
            continue
        try:
            answer = json.loads(_text(response["content"]))
        except (LookupError, TypeError, ValueError, RecursionError):
            answer = None
        yield RecordedRequest(number, contract.flat(body), answer)


def _text(held: Any) -> str | bytes:
    text = held["text"]
    if held.get("encoding") == "base64" or held.get("_encoding") == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError from error
    return str(text)


def _uses(sent: tuple[RecordedRequest, ...], contract: Contract) -> Iterator[Use]:
    """Yield what was asked, with models and forms, and what the answers held: all of it could have been read."""
    answered = {spot.path for spot in answer_spots(contract) if any(select(one.answer, spot.path) for one in sent)}
    for use in Vocabulary(contract).uses:
        if use.area == "request":
            values = [value for one in sent for value in select(one.body, use.path)]
            if not values:
                continue
            if use.role == "model":
                given = tuple(dict.fromkeys(str(value) for value in values))
            elif use.role in {"documents", "query"}:
                given = tuple(dict.fromkeys(form_of(value) for value in values))
            else:
                given = ()
            yield evolve(use, given=given)
        elif use.area == "answer" and use.path in answered:
            yield use
