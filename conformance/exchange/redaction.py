"""Taking the key out of what came back, before anybody sees it.

Whatever is kept of an answer passes here once, where it comes in; what is
written, printed and judged is the redacted form. Eight consecutive characters
of a key are taken out, in any case. So they are in percent-encoding, as JSON,
JavaScript or HTML escapes, in base64 and in hex. Where no key was given, fewer
are taken out too, if they stand beside a mask (`abcdef***`): whose are they? A few
digits within a longer number are that number's, and a short word is a key only
where it stands alone: a score or an id is not spoilt.
"""

import base64
import logging
import re
import sys
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from attrs import frozen

MARKER = "[redacted key]"
# For a key that may as well be a word or a number of the server's own.
WORD = "[redacted word]"
_WINDOW = 8
# What is shorter is no secret, and taking it out would spoil every answer.
_SHORTEST = 3
# So many of its first or last characters beside a mask are a hint; first ones that end in a sign are what all keys of a vendor begin with.
_HEAD, _TAIL = 6, 4
_MASK = re.compile("\\*{2,}|\\.{3,}|…+|•{2,}|x{3,}|X{3,}".encode())
# What eight characters are at least in base64, wherever they begin in a group of three, and in hex.
_BASE64_WINDOW = 10
_HEX_WINDOW = 16
# So many digits in a row are no chance; what a number is written with.
_NUMBER = 14
_DIGITS = (b"0123456789.", b"0123456789abcdef")
# The second spelling of a spelling is undone too.
_ROUNDS = 2
_PIECE = 65_536
# Bytes of the longest escape, but for a run of backslashes.
_LONGEST = 12
# Whatever begins an escape is one byte that is searched for first; a run of backslashes is looked at once, from its start.
_ESCAPE = re.compile(
    rb"%(?:u00)?([0-9a-f]{2})|\\(?<!\\\\)\\*+(?:u00([0-9a-f]{2})|x([0-9a-f]{2})|(/))|&#(?:x0{0,6}([0-9a-f]{2});|0{0,6}([0-9]{2,3});)|(\0++)",
    re.IGNORECASE,
)
_LETTERS: dict[bytes, bytes] = {}
_SPELLINGS = 4_000
_HINTS = (b"%", b"\\", b"&#", b"\0")
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")

Span = tuple[int, int]


def redact(data: bytes, key: str | None, known: bytes = b"", *, stranger: bool = False) -> bytes:
    """Return the data with the key, and any eight consecutive characters of it, replaced by a marker.

    `known` is in lower case what everybody may read, such as a contract and what the suite itself asked: what stands there is left,
    as a part of the key may be a field's name, or letters in their order. What a `stranger` gets, who gave no part of the
    key, has no hint at it left either.
    """
    if not key or len(key) < _SHORTEST:
        return data
    shown = [*_spans(data, key, _ROUNDS), *(_hints(data, key.encode("utf-8", "surrogatepass")) if stranger else ())]
    spans = [(start, end) for start, end in shown if data[start:end].lower() not in known]
    if not spans:
        return data
    parts, at, marker = [], 0, (WORD if (len(key) < _WINDOW and (key.isalpha() or key.isdigit())) else MARKER).encode()
    for start, end in _merged(spans):
        parts += [data[at:start], marker]
        at = end
    return b"".join([*parts, data[at:]])


def redact_text(text: str, key: str | None, known: bytes = b"", *, stranger: bool = False) -> str:
    """Return a text with the key taken out."""
    return redact(text.encode("utf-8", "surrogatepass"), key, known, stranger=stranger).decode("utf-8", "surrogatepass")


def redact_headers(
    headers: Iterable[tuple[str, str]], keys: Iterable[str], known: bytes = b"", *, stranger: bool = False
) -> tuple[tuple[str, str], ...]:
    """Return headers without the keys, all in one pass; a value that holds a line break is none that HTTP can carry."""
    pairs = tuple(headers)
    words = "\n".join(part for pair in pairs for part in pair)
    for key in keys:
        words = redact_text(words, key, known, stranger=stranger)
    parts = words.split("\n")
    return tuple(zip(parts[::2], parts[1::2], strict=True)) if pairs else ()


def _hints(data: bytes, key: bytes) -> Iterator[Span]:
    """Yield where a key's first or last characters stand beside a mask, as many as there are; a word may be one of the server's own."""
    sizes = range(len(key), 0, -1) if len(key) >= _WINDOW else ()
    heads = [key[:size] for size in sizes if size >= _HEAD and key[size - 1] not in b"-_.:"]
    tails = [key[-size:] for size in sizes if size >= _TAIL]
    heads, tails = ([part for part in parts if not (part.isalpha() and part.islower())] for parts in (heads, tails))
    for start, end in (mask.span() for mask in _MASK.finditer(data)) if heads or tails else ():
        yield from ((start - len(head), start) for head in heads if data.endswith(head, 0, start))
        yield from ((end, end + len(tail)) for tail in tails if data.startswith(tail, end))


def _spans(data: bytes, key: str, rounds: int) -> list[Span]:
    """Return where a key shows in data, also behind escapes."""
    forms = _forms(key)
    spans = _runs(data.lower(), forms)
    if rounds and any(hint in data for hint in _HINTS):
        plain = b"".join(_ESCAPE.sub(_letter, piece) for piece in _pieces(data))
        # Where each letter came from is worked out only when there is something to be found.
        if plain != data and (found := _spans(plain, key, rounds - 1)):
            outs, ins = _origins(data)

            def origin(position: int) -> int:
                point = bisect_right(outs, position) - 1
                return ins[point] + position - outs[point]

            spans += [(origin(start), origin(end)) for start, end in found]
    return spans


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield data in pieces that no escape lies across; between two of them other threads have their turn."""
    at = 0
    while len(data) - at > _PIECE + _LONGEST:
        end = at + _PIECE
        run = len(data[at:end].rstrip(b"\\"))
        escapes = (match for start in range(end - _LONGEST, end) if (match := _ESCAPE.match(data, start)))
        across = (match.start() for match in escapes if match.end() > end)
        end = at + run if run and run < _PIECE else next(across, end)
        yield data[at:end]
        at = end
    yield data[at:]


@frozen
class _Forms:
    """What a key looks like in lower case, each with how much of it counts; `words` tells where in which one four bytes stand."""

    needles: tuple[tuple[bytes, int], ...]
    words: dict[int, list[tuple[int, int]]]


@lru_cache(maxsize=64)
def _forms(key: str) -> _Forms:
    plain = key.encode("utf-8", "surrogatepass")
    needles = {plain.lower(): min(_WINDOW, len(plain))}
    # The suite itself sends the key backwards and in other case, as wrong ones.
    for form in (plain, plain[::-1], key.swapcase().encode("utf-8", "surrogatepass")) if len(plain) >= _WINDOW else ():
        needles.setdefault(form.lower(), _WINDOW)
        needles[form.hex().encode()] = _HEX_WINDOW
        for shift, lost in ((0, 0), (1, 2), (2, 3)):
            whole = base64.b64encode(b"\0" * shift + form)[lost : (shift + len(form)) * 8 // 6]
            needles[whole.lower()] = _BASE64_WINDOW
            needles[whole.translate(bytes.maketrans(b"+/", b"-_")).lower()] = _BASE64_WINDOW
    words: dict[int, list[tuple[int, int]]] = {}
    for number, (needle, window) in enumerate(needles.items()):
        if window >= _WINDOW:
            for at in range(len(needle) - 3):
                words.setdefault(int.from_bytes(needle[at : at + 4], sys.byteorder), []).append((number, at))
    return _Forms(tuple(needles.items()), words)


def _runs(data: bytes, forms: _Forms) -> list[Span]:
    """Return where a form stands, or enough consecutive bytes of it, as far as they go.

    Eight bytes anywhere hold a whole word of four at a multiple of four: one
    pass over the data's words finds all that is worth a closer look.
    """
    needle, window = forms.needles[0]
    if window < _WINDOW:
        return [match.span() for match in re.finditer(rb"(?<![\w.])%b(?!\w|\.\w)" % re.escape(needle), data)]
    words = memoryview(data[: len(data) & ~3]).cast("I")
    # In pieces, so that no single step holds the interpreter for long.
    wanted = {word for at in range(0, len(words), _PIECE) for word in forms.words.keys() & set(words[at : at + _PIECE])}
    spans: list[Span] = []
    done = 0
    for at in (4 * i for i, word in enumerate(words) if word in wanted) if wanted else ():
        if at < done:
            continue
        runs = (
            (_run(data, at, forms.needles[number][0], offset), forms.needles[number][1])
            for number, offset in forms.words[words[at // 4]]
        )
        longest = max(
            (run for run, window in runs if run[1] - run[0] >= window and not _of_number(data, *run)),
            key=lambda run: run[1] - run[0],
            default=None,
        )
        if longest is not None:
            spans.append(longest)
            done = longest[1]
    return spans


def _run(data: bytes, at: int, needle: bytes, offset: int) -> Span:
    """Return how far data and needle agree around a word that they share."""
    start, end = at, at + 4
    before, after = offset, offset + 4
    while before and start and data[start - 1] == needle[before - 1]:
        start, before = start - 1, before - 1
    while after < len(needle) and end < len(data) and data[end] == needle[after]:
        end, after = end + 1, after + 1
    return start, end


def _of_number(data: bytes, start: int, end: int) -> bool:
    """Whether a run is a few digits, decimal or hexadecimal, of a longer number, which happen to be in the key too."""
    if end - start >= _NUMBER:
        return False
    beside = data[max(start - 1, 0) : start] + data[end : end + 1]
    digits = next((digits for digits in _DIGITS if not data[start:end].translate(None, digits)), b"")
    return any(one in digits for one in beside)


def _letter(match: re.Match[bytes]) -> bytes:
    """Return the character that an escape stands for; the escape itself where it is none that a key could hold."""
    escape: bytes = match[0]
    found = _LETTERS.get(escape)
    if found is None:
        sixteen = match[1] or match[2] or match[3] or match[5]
        code = int(sixteen, 16) if sixteen else int(match[6]) if match[6] else None
        named = b"" if match[7] else b"/"
        found = named if code is None else bytes([code]) if 0x20 <= code < 0x7F else escape
        if len(_LETTERS) < _SPELLINGS:
            _LETTERS[escape] = found
    return found


def _origins(data: bytes) -> tuple[list[int], list[int]]:
    """Return positions in data without its escapes, in order, and where they were in it."""
    outs, ins, at, length = [0], [0], 0, 0
    for match in _ESCAPE.finditer(data):
        letter = _letter(match)
        length += match.start() - at
        at = match.end()
        if len(letter) == at - match.start():
            length += len(letter)
            continue
        if letter:
            outs += [length, length + 1]
            ins += [match.start(), at]
            length += 1
        else:
            outs.append(length)
            ins.append(at)
    return outs, ins


def _merged(spans: list[Span]) -> Iterator[Span]:
    """Yield spans in order, those that touch as one."""
    held: Span | None = None
    for start, end in sorted(spans):
        if held is not None and start > held[1]:
            yield held
            held = None
        held = (start, end) if held is None else (held[0], max(held[1], end))
    if held is not None:
        yield held


class _Filter(logging.Filter):
    """Takes secrets out of what is logged."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        self.secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the words in their final form, without the secrets."""
        words = record.getMessage()
        for secret in self.secrets:
            words = redact_text(words, secret)
        record.msg, record.args = words, ()
        return True


@contextmanager
def quiet_logs(secrets: Collection[str]) -> Iterator[None]:
    """Take secrets out of what the HTTP libraries log: headers that came, and reason phrases."""
    redacting = _Filter(secrets)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(redacting)
    try:
        yield
    finally:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(redacting)
