"""The journal: every exchange on a line of its own, written as it happens, under a seal that tells who began it.

The first line says what is recorded, each further one is an exchange, and the
last one how the recording ended. A process that is killed leaves all lines but
perhaps the one it was writing; that one is not read.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from attrs import define, field, frozen

from conformance.model.exchange import HTTP, Exchange, Flaw, Request, Response

NAME = "journal.jsonl"
VERSION = 1
_SCHEMA = Path(__file__).parents[1] / "schemas" / "journal.schema.json"
# No line of a run within its ceilings is longer; and of a long one all but the texts is little, or it would take much more memory than it has bytes.
_LONGEST, _BONES, _SHORT = 32_000_000, 500_000, 1_000_000
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# With more damage than this it is no recording.
_DAMAGES = 1_000
_ID = re.compile(rb'"id":"(e[0-9.]{1,20})"')


class JournalError(Exception):
    """A journal cannot be read or written; the message names the file."""


@frozen
class Damage:
    """A line that cannot be read: its number, from 1, and the exchange that it seems to have held."""

    line: int
    exchange: str = ""

    def __str__(self) -> str:
        """Return what is wrong, in a sentence."""
        held = f"exchange {self.exchange}" if self.exchange else "what it held"
        return f"Line {self.line} of {NAME} is damaged; {held} is left out."


def lock(folder: Path) -> int:
    """Return a file descriptor that keeps other runs out of a folder until it is closed; raises JournalError, or OSError."""
    # On the folder itself: no file is left behind, and the lock ends with the process.
    held = os.open(folder, os.O_RDONLY)
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(held)
            msg = f"Another run writes into {folder} right now; wait for its end, or choose another folder."
            raise JournalError(msg) from error
        except OSError:
            # A file system without locks.
            return held
    return held


@define(slots=False, eq=False)
class Journal:
    """An open journal; each call appends one line and hands it to the operating system before it returns.

    `held` is the lock on its folder, taken unless it is given.
    """

    path: Path
    held: int | None = None
    started: float | None = field(default=None, init=False)
    written: int = field(default=0, init=False)
    _file: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open the file for appending; raises JournalError."""
        try:
            self.held = lock(self.path.parent) if self.held is None else self.held
            # A link would lead out of the folder.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            self._file = os.open(self.path, flags, 0o644)
            _mend(self.path, self._file)
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror or error}") from error

    def begin(self, header: dict[str, Any]) -> None:
        """Write the first line; `started` in it (seconds since the epoch) is from then on the recording's."""
        self.started = header.get("started")
        self._append({"journal": VERSION, **header})

    def record(self, exchange: Exchange) -> None:
        """Write an exchange."""
        self._append(encode(exchange))

    def end(self, how: str, duration_s: float, *, pace: float | None = None, spent: Sequence[str] = ()) -> None:
        """Write how a recording ended, how long it took in seconds, the pace that was found in requests a minute, and which bounds were reached."""
        self._append({"end": how, "duration_s": round(duration_s, 3), "pace": pace, "spent": list(spent)})

    def close(self) -> None:
        """Close the file, and let others into the folder."""
        os.close(self._file)
        if self.held is not None:
            os.close(self.held)

    def _append(self, line: dict[str, Any]) -> None:
        try:
            text = orjson.dumps(line)
        except TypeError:
            # Half of a surrogate pair, or a number of more than 64 bits.
            text = json.dumps(line, separators=(",", ":")).encode()
        data = memoryview(text + b"\n")
        self.written += len(data)
        try:
            # A signal or a full pipe may cut a write short.
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror or error}") from error


def _mend(path: Path, file: int) -> None:
    """Close a line that a kill left open, so that the next one begins anew."""
    with path.open("rb") as held:
        held.seek(0, os.SEEK_END)
        if held.tell():
            held.seek(-1, os.SEEK_END)
            if held.read(1) != b"\n":
                os.write(file, b"\n")


def lines(path: Path, damaged: Callable[[Damage], None] = lambda _damage: None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the offset and the content of each whole line, the header first.

    `damaged` is called with each other one but the last, which a kill may have cut off. Raises JournalError for what is no journal.
    """
    bad = 0
    try:
        with path.open("rb") as held:
            offset = 0
            for number, line in enumerate(iter(lambda: held.readline(_LONGEST), b""), 1):
                content, complaint = _parsed(line)
                if number == 1:
                    _header(path, content, complaint)
                if isinstance(content, dict) and not complaint and (number == 1 or "journal" not in content):
                    yield offset, content
                elif len(line) == _LONGEST or line.endswith(b"\n"):
                    found = _ID.search(line)
                    damaged(Damage(number, found[1].decode() if found else ""))
                    bad += 1
                offset += len(line)
                rest = line
                while len(rest) == _LONGEST and not rest.endswith(b"\n"):
                    # Of a line that is too long.
                    rest = held.readline(_LONGEST)
                    offset += len(rest)
                if bad > _DAMAGES:
                    raise JournalError(f"{path} is damaged: more than {_DAMAGES:,} of its lines cannot be read.")
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror or error}") from error
    if offset == 0:
        raise JournalError(f"{path} is empty: nothing was recorded.")


def _bony(line: bytes) -> bool:
    """Whether a line has more beside its texts than that of an exchange has."""
    bones, end = 0, 0
    for text in _TEXT.finditer(line):
        bones += text.start() - end + 2
        end = text.end()
        if bones > _BONES:
            return True
    return bones + len(line) - end > _BONES


def _parsed(line: bytes) -> tuple[Any, str]:
    """Return what a line holds, and what is wrong with it."""
    if len(line) == _LONGEST or (len(line) > _SHORT and _bony(line)):
        return None, "it is too long"
    try:
        content = json.loads(line)
        error = next(_validator().iter_errors(content), None)
    except (ValueError, TypeError, RecursionError, OverflowError) as failure:
        return None, type(failure).__name__
    if error is None:
        return content, ""
    return content, f"{'/'.join(map(str, error.instance_path)) or 'its first line'}: {str(error.message)[:200]}"


def _header(path: Path, content: Any, complaint: str) -> None:
    """Raise JournalError for a first line that begins no journal of this version."""
    if not isinstance(content, dict) or "journal" not in content:
        raise JournalError(f"{path} is no journal of this suite.")
    if content["journal"] != VERSION:
        msg = f"{path} is a journal of version {str(content['journal'])[:20]}; this suite reads version {VERSION}."
        raise JournalError(msg)
    if complaint:
        raise JournalError(f"{path} is damaged: its first line is not what this suite writes ({complaint}).")


@cache
def _validator() -> Any:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def read_at(path: Path, offset: int) -> Exchange:
    """Return the exchange on the line that begins at an offset."""
    with path.open("rb") as held:
        held.seek(offset)
        return decode(json.loads(held.readline()))


def encode(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as plain values; bodies as text where they are UTF-8, else in base64."""
    request, response = exchange.request, exchange.response
    line: dict[str, Any] = {
        "id": exchange.id,
        "attempt": exchange.attempts,
        "started": exchange.started,
        "elapsed_s": exchange.elapsed,
        "url": exchange.url,
        "request": {"method": request.method, "path": request.path, "headers": request.headers, **_body(request.body)},
    }
    if request.repeat:
        line["repeat"] = request.repeat
    if request.version != HTTP:
        line["http"] = request.version
    if exchange.generated:
        line["generated"] = True
    if response is not None:
        line["response"] = {"status": response.status, "headers": response.headers, **_body(response.body)}
        if response.defect:
            line["response"] |= {"defect": response.defect, "flaw": response.flaw}
    else:
        line["error"] = exchange.error
    return line


def decode(line: dict[str, Any]) -> Exchange:
    """Return the exchange of a line; raises ValueError for one that cannot have happened."""
    request, response = line["request"], line.get("response")
    headers = _pairs(request["headers"])
    asked = Request(
        request["method"], request["path"], headers, _bytes(request), line.get("repeat", 0), line.get("http", HTTP)
    )
    came = None
    if response:
        flawed = response.get("defect", ""), Flaw(response["flaw"]) if response.get("flaw") else None
        came = Response(response["status"], _pairs(response["headers"]), _bytes(response), *flawed)
    times = line["started"], line["elapsed_s"]
    more = line["attempt"], line.get("generated", False)
    return Exchange(line["id"], asked, line["url"], came, line.get("error"), *times, *more)


def _body(data: bytes) -> dict[str, str]:
    try:
        return {"body": data.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(data).decode()}


def _bytes(part: dict[str, Any]) -> bytes:
    encoded = part.get("body_base64")
    return base64.b64decode(encoded) if encoded is not None else str(part["body"]).encode()


def _pairs(headers: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers)


_FILE = "seal.key"
_BYTES = 32


def seal(header: Mapping[str, Any]) -> str:
    """Return the seal of a header; empty where this user has no folder to keep a secret in."""
    secret = _secret()
    told = {name: value for name, value in header.items() if name != "seal"}
    return hmac.new(secret, json.dumps(told, sort_keys=True).encode(), hashlib.sha256).hexdigest() if secret else ""


def sealed(header: Mapping[str, Any]) -> bool:
    """Whether a header bears the seal of this user on this machine."""
    whole = seal(header)
    return bool(whole) and hmac.compare_digest(whole.encode(), str(header.get("seal", "")).encode("utf-8", "replace"))


@cache
def _secret() -> bytes:
    from platformdirs import user_data_path

    path = user_data_path("rerank-conformance", appauthor=False) / _FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Whole before it has its name: two runs may begin at once, and the first one's stays.
            made = path.with_name(f"{_FILE}.{os.getpid()}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(secrets.token_bytes(_BYTES))
            try:
                os.link(made, path)
            except FileExistsError:
                return path.read_bytes()
            finally:
                made.unlink()
        return path.read_bytes()
    except OSError:
        return b""
