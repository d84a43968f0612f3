"""A request, its answer, and both together. No key is ever in them: see `Credential`."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

Headers = tuple[tuple[str, str], ...]
# The versions of HTTP by which a request is sent: the usual one, and that of clients which know no chunks.
HTTP, HTTP_BEFORE = "1.1", "1.0"
# How an error begins where something came that cannot be read.
NO_HTTP = "the answer was no HTTP"


class Unparsed(Enum):
    """What stands for the JSON of a body that is none."""

    NOT_JSON = "not JSON"


NOT_JSON = Unparsed.NOT_JSON
# What says who asks and how, not what is asked: a newer suite must find the requests of an older one.
_SENDERS = frozenset({"user-agent", "accept-encoding"})


class Flaw(StrEnum):
    """What may be wrong with how an answer came, whatever it says."""

    CUT = "cut"  # it broke off
    ENCODING = "encoding"  # its content encoding cannot be undone
    SIZE = "size"  # it is too long to be read


@define(slots=False, frozen=True)
class Request:
    """One request, as bytes.

    `path` is appended to the target's base URL. Header values may hold the key
    as the shell would read it (`$VAR`, `${VAR%?}`): the sender puts the key in
    on the wire, so that nothing that is written can leak it. `repeat` tells a
    request that is sent again on purpose from the first one. `version` is that of HTTP.
    """

    method: str
    path: str
    headers: Headers
    body: bytes = field(repr=False)
    repeat: int = 0
    version: str = HTTP

    @cached_property
    def key(self) -> str:
        """A fingerprint: two requests with the same one are the same request, whoever sends them."""
        digest = hashlib.sha256()
        told = [f"{name.lower()}: {value}" for name, value in self.headers if name.lower() not in _SENDERS]
        if self.version != HTTP:
            told.append(f"HTTP/{self.version}")
        for part in (self.method, self.path, *told):
            digest.update(part.encode() + b"\n")
        digest.update(b"\n" + self.body + b"\n%d" % self.repeat)
        return digest.hexdigest()[:24]

    def header(self, name: str) -> str | None:
        """Return the first header of a name, whatever its case."""
        return _header(self.headers, name)

    @cached_property
    def json(self) -> Any:
        """The parsed body, or NOT_JSON."""
        return _parse(self.body)

    @property
    def keyless(self) -> bool:
        """Whether no header holds the key or one made from it: such stand there as the shell would read them."""
        return not any("$" in value for _, value in self.headers)

    @cached_property
    def twice(self) -> str | None:
        """A key that an object of the body has twice: services take the first or the last; else None."""
        return _twice(self.body)


@define(slots=False, frozen=True)
class Response:
    """One answer, as bytes; `headers` in the order they came.

    `flaw` tells what is wrong with how the body came, `defect` in words; `body` is then what there is of it.
    """

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    defect: str = ""
    flaw: Flaw | None = None

    @property
    def cut(self) -> bool:
        """Whether the answer broke off, which may be the weather."""
        return self.flaw is Flaw.CUT

    def header(self, name: str) -> str | None:
        """Return the first header of a name, whatever its case."""
        return _header(self.headers, name)

    @cached_property
    def given(self) -> Mapping[str, Sequence[str]]:
        """The values of each header that differ, by its name in lower case, in the order they came."""
        found: dict[str, dict[str, None]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), {})[value] = None
        return {name: tuple(values) for name, values in found.items()}

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; empty when none is given."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The parsed body (NaN and Infinity refused, halves of surrogate pairs replaced), or NOT_JSON."""
        parsed = _parse(self.body)
        return _whole(parsed) if b"\\ud" in self.body.lower() else parsed

    @cached_property
    def twice(self) -> str | None:
        """A key that an object of the body has twice, of which readers take the first or the last; else None."""
        return _twice(self.body)

    @property
    def text(self) -> str:
        """The body as text, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")


@frozen
class Exchange:
    """A request and its answer, or why there is none.

    `started` is in seconds since the epoch, `elapsed` in seconds; `attempts`
    says the how-manieth try of its request this is. `generated` tells requests
    that were drawn at random from those that the suite plans.
    """

    id: str
    request: Request
    url: str
    response: Response | None
    error: str | None
    started: float
    elapsed: float
    attempts: int = 1
    generated: bool = False

    @property
    def unavailable(self) -> bool:
        """Whether the service gave no answer of its own: cut, timed out, or a gateway's status."""
        return self.response is None or self.response.cut or self.response.status in UNAVAILABLE

    @property
    def garbled(self) -> bool:
        """Whether something came that is no HTTP, which no outage explains."""
        return (self.error or "").startswith(NO_HTTP)

    @property
    def mangled(self) -> bool:
        """Whether an answer came that breaks HTTP itself: one that cannot be read as HTTP, a coding that is none, a whole body that its length calls cut off."""
        if self.response is None:
            return self.garbled
        return self.response.flaw is Flaw.ENCODING or (self.response.cut and self.response.json is not NOT_JSON)

    @property
    def limited(self) -> bool:
        """Whether the service asked for fewer requests; that says nothing of this one."""
        return self.response is not None and self.response.status == TOO_MANY

    @property
    def proper(self) -> bool:
        """Whether the answer is worth a verdict at once: no outage, no server error, and a body that can be read."""
        return (
            self.response is not None
            and not self.unavailable
            and not self.response.defect
            and self.response.status < SERVER_ERROR
        )


TOO_MANY = 429
SERVER_ERROR = 500
# Statuses that speak of the service's state or of the connection, not of the request (RFC 9110, RFC 8470, and those of common gateways).
UNAVAILABLE = frozenset({408, 421, 425, TOO_MANY, 502, 503, 504, *range(520, 528), 529, 530})
# Of these, what a service says itself; the others mostly come from what stands before it.
BUSY = frozenset({TOO_MANY, 503})


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _twice(body: bytes) -> str | None:
    found: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> None:
        if len(dict(pairs)) < len(pairs):
            found.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)

    try:
        json.loads(body, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        return None
    return found[0] if found else None


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return NOT_JSON


def _whole(value: Any) -> Any:
    """Return JSON whose strings can be written as UTF-8: an escaped half of a surrogate pair is no character."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {_whole(key): _whole(item) for key, item in value.items()} if isinstance(value, dict) else value
