"""Recorded traffic: what requests in a HAR file use of a contract. Nothing of it is sent anywhere."""

import base64
import binascii
import codecs
import errno
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ijson
from attrs import evolve, field, frozen

from conformance.compare.spec_diff import answer_spots, request_spots
from conformance.compare.uses import Use, Vocabulary
from conformance.contract import Contract, select
from conformance.document.folder import opened, too_large
from conformance.traits.schema_words import form_of

SUFFIX = ".har"
# Texts of requests are kept as they stand; all else is read piece by piece.
_LARGEST = 64 * 1024 * 1024
_LARGEST_BODY = 3_000_000
_ENTRY = "log.entries.item"
_METHOD, _URL, _STATUS = (f"{_ENTRY}.{path}" for path in ("request.method", "request.url", "response.status"))
_KEYS = ("text", "encoding", "_encoding")
_ASKED, _ANSWERED = f"{_ENTRY}.request.postData", f"{_ENTRY}.response.content"


class TrafficError(ValueError):
    """A file is no HAR, or holds no request to the contract's operation."""


@frozen
class RecordedRequest:
    """One recorded request that was taken: its place in the file, and its body, read when it is asked for."""

    entry: int
    _text: str | bytes = field(repr=False)
    _contract: Contract = field(repr=False)

    @property
    def body(self) -> dict[str, Any]:
        """The fields of the request, flat."""
        body: dict[str, Any] = self._contract.flat(json.loads(self._text))
        return body


@frozen
class RecordedTraffic:
    """What a HAR file holds: the requests, what they use, and keys that the contract does not have."""

    path: str
    sent: tuple[RecordedRequest, ...]
    uses: tuple[Use, ...]
    undeclared: tuple[str, ...]


def read(path: Path, contract: Contract) -> RecordedTraffic:
    """Return what the traffic in a HAR file uses of a contract; raises TrafficError."""
    declared = {spot.path[0] for spot in request_spots(contract)}
    uses = _Uses(contract)
    sent: list[RecordedRequest] = []
    undeclared: dict[str, None] = {}
    for number, entry in enumerate(_entries(path)):
        try:
            text = _text(entry, _ASKED)
            body = json.loads(text)
            status = int(entry[_STATUS])
            called = urlsplit(entry[_URL]).path.rstrip("/")
            method = entry[_METHOD].upper()
        except (LookupError, AttributeError, TypeError, ValueError, RecursionError):
            continue
        if method != contract.method or not 200 <= status < 300 or not isinstance(body, dict):
            continue
        if not called.endswith(contract.path.rstrip("/")):
            continue
        sent.append(RecordedRequest(number, text, contract))
        uses.take(contract.flat(body))
        if len(undeclared) < 50:
            undeclared.update(dict.fromkeys(key[:100] for key in body if key not in declared))
        try:
            uses.take_answer(json.loads(_text(entry, _ANSWERED)))
        except (LookupError, TypeError, ValueError, RecursionError):
            continue
    if not sent:
        msg = f"{path} holds no request that {contract.name} could be used by: none is a {contract.method} to …{contract.path} with a JSON object that was answered with 2xx."
        raise TrafficError(msg)
    return RecordedTraffic(str(path), tuple(sent), tuple(uses.found()), tuple(undeclared)[:50])


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what each entry says of one exchange, by its place in the file; what is of no use is never built."""
    wanted = {_METHOD, _URL, _STATUS, *(f"{place}.{key}" for place in (_ASKED, _ANSWERED) for key in _KEYS)}
    listed, entry = False, dict[str, Any]()
    try:
        with opened(path) as held:
            if os.fstat(held.fileno()).st_size > _LARGEST:
                raise too_large(_LARGEST)
            if held.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                held.seek(0)
            for place, event, value in ijson.parse(held):
                listed = listed or (place == "log.entries" and event == "start_array")
                if place in wanted:
                    entry[place] = value
                elif place == _ENTRY and event != "map_key" and not event.startswith("start_"):
                    yield entry
                    entry = {}
    except OSError as error:
        hint = "; cut it to the requests that matter" if error.errno == errno.EFBIG else ""
        raise TrafficError(f"{path} cannot be read: {error.strerror or error}{hint}.") from error
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        raise TrafficError(f"{path} is no HAR file: it is not JSON, or is cut off.") from error
    if not listed:
        raise TrafficError(f"{path} is no HAR file: it needs `log` with a list of `entries`.")


def _text(entry: Mapping[str, Any], place: str) -> str | bytes:
    """Return a body; raises LookupError and ValueError, also for one that is too large."""
    text: str = entry[f"{place}.text"]
    if len(text) > _LARGEST_BODY:
        raise ValueError(place)
    if "base64" in (entry.get(f"{place}.encoding"), entry.get(f"{place}._encoding")):
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError(place) from error
    return text


class _Uses:
    """What was asked, with models and forms, and what the answers held: all of it could have been read."""

    def __init__(self, contract: Contract) -> None:
        self._uses = tuple(Vocabulary(contract).uses)
        self._answers = tuple(spot.path for spot in answer_spots(contract))
        self._asked: dict[int, dict[str, None]] = {}
        self._answered: set[tuple[str, ...]] = set()

    def take(self, body: dict[str, Any]) -> None:
        """Take note of a request's fields."""
        for number, use in enumerate(self._uses):
            if use.area != "request":
                continue
            for value in select(body, use.path):
                given = self._asked.setdefault(number, {})
                if use.role == "model":
                    given[str(value)] = None
                elif use.role in {"documents", "query"}:
                    given[form_of(value)] = None

    def take_answer(self, answer: Any) -> None:
        """Take note of what an answer holds."""
        self._answered |= {path for path in self._answers if path not in self._answered and select(answer, path)}

    def found(self) -> Iterator[Use]:
        """Yield the uses."""
        for number, use in enumerate(self._uses):
            if number in self._asked:
                yield evolve(use, given=tuple(self._asked[number]))
            elif use.area == "answer" and use.path in self._answered:
                yield use
