"""An answer's count beside the texts that it counts, and what these cost whatever the tokenizer."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property, lru_cache

from attrs import frozen

from conformance.checks.reading import Reading, text_of
from conformance.contract import select
from conformance.requirements.scale import CHANGE
from conformance.requirements.scores import CUT

_WORD = re.compile(r"\w+|[^\w\s]")
# What begins a word.
_COSTLY = re.compile(r"(?<!\S)[^\W\d_]")
_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SPELLED = re.compile(r"\d|(?<=[^\W\d_])[A-Z]")
_RUN = re.compile(f"{_SIGNS.pattern}+")
# Texts of so many characters are cut by nobody.
UNCUT = 1_000
# So many characters, and so many words of a text any model reads, whose context they share with the question; all of them where it is read in chunks, of which there may be so many.
_CONTEXT, _READ, _CHUNKS = 600, 100, 1_000
# The first characters of a text that as a rule hold so many words.
_ENOUGH = 2_000
# A word of more characters is one unknown token to BERT's tokenizers.
_SPELT = 100
# So many bytes of a question and a text fit into every context.
_WHOLE = 900


@frozen(slots=False)
class Counted:
    """An answer's count, beside the question and the texts that it counts; `pictured` is what its images alone count, where it tells that."""

    reading: Reading
    query: str
    texts: tuple[str, ...]
    count: int
    pictured: int | None = None

    @cached_property
    def kind(self) -> str:
        """What must be alike in two answers whose counts are compared: the model, and other words for it."""
        return repr((self.reading.asked("model"), self.reading.asked("instruction")))

    @cached_property
    def returns(self) -> str:
        """What says what comes back."""
        return repr((self.reading.wanted("echo_switch"), self.reading.limit is None))

    @cached_property
    def cut(self) -> str:
        """What says how a long text is cut, where there is one: what is cut off need not count."""
        long = max(map(len, self.texts)) > UNCUT
        return repr([self.reading.asked(role) for role in sorted(CUT)]) if long else ""

    @cached_property
    def script(self) -> float:
        """The share of letters of ASCII, in tenths."""
        parts = (self.query, *self.texts)
        return round(sum(map(_latin, parts)) / max(sum(map(len, parts)), 1), 1)

    @cached_property
    def accented(self) -> bool:
        """Whether the documents or the question hold letters beyond ASCII: such a language may cost twice what as much English does."""
        return any(_latin(text) < len(text) for text in (self.query, *self.texts))

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """The documents, whatever their order."""
        return tuple(sorted(self.texts))

    @cached_property
    def weight(self) -> int:
        """What tells documents from others, whatever their order: that of two lists together is the sum."""
        return sum(map(hash, self.texts))

    @cached_property
    def short(self) -> bool:
        """Whether each document is read whole beside the question, by any model."""
        asked = len(self.query.encode(errors="replace"))
        return all(asked + len(text.encode(errors="replace")) <= _WHOLE for text in self.texts)

    @cached_property
    def parted(self) -> bool:
        """Whether white space parts what is asked and read into words that every tokenizer spells: a longer one may be unknown as a whole."""
        return max(map(_longest, (self.query, *self.texts))) <= _SPELT

    @cached_property
    def images(self) -> bool:
        """Whether the question or a document is an image."""
        return self.reading.asks_by_image or self.reading.shows_images

    @cached_property
    def wrapped(self) -> bool:
        """Whether a document is an object."""
        return any(isinstance(item, dict) for item in self.reading.documents)

    @cached_property
    def size(self) -> int:
        """Characters in all documents."""
        return sum(map(len, self.texts))

    @cached_property
    def words(self) -> int:
        """Words and signs in all documents."""
        return sum(map(_words, self.texts))

    @cached_property
    def read(self) -> Sequence[str]:
        """What any model reads of the documents: no context is shorter."""
        return self.texts if self.whole else [text[:_CONTEXT] for text in self.texts]

    @cached_property
    def read_size(self) -> int:
        """Characters in what any model reads."""
        return sum(map(len, self.read))

    @cached_property
    def read_words(self) -> int:
        """Words and signs in what any model reads."""
        return sum(map(_words, self.read))

    @cached_property
    def chunks(self) -> float:
        """In how many chunks a long text may be read; no bound where the request has none."""
        asked = self.reading.wanted("chunk_limit")
        return asked if self.cut and isinstance(asked, int) else math.inf

    @cached_property
    def whole(self) -> bool:
        """Whether a long text is sure to be read to its end: the model reads in chunks, and as many as it takes."""
        chunks, model = self.reading.contract.request_field("chunk_limit"), self.reading.asked("model")
        takes = chunks is not None and (not isinstance(model, str) or self.reading.contract.takes(model, chunks.name))
        return takes and _CHUNKS <= self.chunks < math.inf

    @cached_property
    def least(self) -> int:
        """What the documents and a short question's words cost, whatever the tokenizer that knows their signs; what is an image has none."""
        return self._costs()

    def least_beside(self, found: Iterable["Counted"]) -> int:
        """Return what they cost where a run of signs may be one unknown token: no answer of the model tells two such runs apart."""
        model = self.reading.asked("model")
        known = any(one.tells_signs for one in found if one.reading.asked("model") == model)
        return self.least if known else self._costs(blank=True)

    def _costs(self, *, blank: bool = False) -> int:
        """Return what they cost; where signs are taken for blank, what else they hold."""
        asked = min(_worded(self.query), _READ) if len(self.query) <= UNCUT and not self.reading.asks_by_image else 0
        items = zip(self.texts, self.reading.documents, strict=True) if self.images else ()
        texts = [text for text, item in items if not self.reading.textless(item)] if self.images else self.texts
        texts = [_SIGNS.sub(" ", text) for text in texts] if blank else texts
        return sum(_least(text, whole=self.whole) for text in texts) + asked

    @cached_property
    def tells_signs(self) -> bool:
        """Whether two documents that differ in signs of a script without spaces alone score clearly apart."""
        alike: dict[str, list[float]] = defaultdict(list)
        for index, score in (self.reading.by_index or {}).items():
            if not self.texts[index].isascii():
                alike[_RUN.sub("\0", self.texts[index])].append(score)
        return any(max(scores) - min(scores) > CHANGE for scores in alike.values())

    @cached_property
    def asked(self) -> tuple[int, int, int, int]:
        """Bytes of the question, its words and signs, its characters beyond ASCII, and these with what stands between spaces. Each may be a token."""
        size, beyond = len(self.query.encode(errors="replace")), len(self.query) - _latin(self.query)
        return size, _words(self.query), beyond, len(self.query.split()) + beyond

    @cached_property
    def spelled(self) -> tuple[int, int]:
        """Digits, and capitals within words, in all documents and in the question: some tokenizers read them one by one."""
        return sum(map(_spelled, self.texts)), _spelled(self.query)

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """What a count may be made of: documents and what is in them, and the question, once and with each."""
        texts, asked = self.texts, (*self.asked, self.spelled[1])
        often = [len(texts) * part for part in asked]
        odd, pieces = (sum(map(part, texts)) for part in ((lambda text: len(text) - _latin(text)), _pieces))
        return len(texts), self.size, self.words, odd, pieces, self.spelled[0], *asked, *often

    def times(self, other: "Counted") -> float:
        """Return how many times another one's text this is at the most; no bound where it has what that one has not."""
        if self.wrapped > other.wrapped:
            return math.inf
        pairs = zip(self.parts, other.parts, strict=True)
        return max(mine / theirs if theirs else math.inf for mine, theirs in pairs if mine)

    def exceeds(self, less: "Counted", times: float) -> bool:
        """Whether this is so many times the text of another one of its script, in no fewer documents and with as long a question."""
        return (
            self.script == less.script
            and self.accented >= less.accented
            and less.cut in {"", self.cut}
            and (self.chunks >= _CHUNKS or self.cut == less.cut)
            and self.read_size >= times * less.size
            and len(self.texts) >= len(less.texts)
            and all(mine >= theirs + less.spelled[1] for mine, theirs in zip(self.asked, less.asked, strict=True))
            and self.read_words >= times * (less.words + less.spelled[0])
        )


def _kind(sign: str) -> str:
    """Return what a sign is: a letter, what else a word may hold, white space, or a sign of its own."""
    return "a" if sign.isalpha() else "0" if sign.isalnum() or sign == "_" else " " if sign.isspace() else "."


_KINDS = "".join(map(_kind, map(chr, range(256)))).encode()
# A capital, another letter, a digit, or anything else: in these a long text's spelled signs are counted at once.
_LETTERS = bytes(
    ord("A" if sign.isupper() else "a" if sign.isalpha() else "0" if sign.isdigit() else " ")
    for sign in map(chr, range(256))
)


def _kinds(text: str) -> bytes:
    """Return what the signs of a text of ASCII are, after white space: in these a long text's words are counted at once."""
    return b" " + text.encode("ascii").translate(_KINDS)


def _worded(text: str) -> int:
    """Return what the words of a text cost: three tokens for four."""
    return (_kinds(text).count(b" a") if text.isascii() else len(_COSTLY.findall(text))) * 3 // 4


@lru_cache(4096)
def _longest(text: str) -> int:
    return max(map(len, text.split()), default=0)


@lru_cache(4096)
def _spelled(text: str) -> int:
    if not text.isascii():
        return len(_SPELLED.findall(text))
    found = b" " + text.encode("ascii").translate(_LETTERS)
    return found.count(b"0") + found.count(b"A") - found.count(b" A") - found.count(b"0A")


def _pieces(text: str) -> int:
    return len(text.split())


# One text is in many requests, and each round of questions weighs all of them again.
@lru_cache(4096)
def _words(text: str) -> int:
    if not text.isascii():
        return len(_WORD.findall(text))
    return sum(map(_kinds(text).count, (b".", b" a", b" 0", b".a", b".0")))


@lru_cache(4096)
def _latin(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


@lru_cache(4096)
def _least(text: str, *, whole: bool = False) -> int:
    """Return what a text costs whatever the tokenizer: three tokens for four words, and one for four signs of a script without spaces; one if it says something."""
    if not whole and len(text) > _ENOUGH and (least := _least(text[:_ENOUGH])) == _READ:
        return least
    # Not all words: odd white space may part them for one reader and not for another.
    words = _worded(text)
    signs = 0 if text.isascii() else len(_SIGNS.findall(text)) // 4
    most = max(signs, words)
    return max(any(map(str.isalnum, text)), most if whole else min(most, _READ))


@cache
def counting(path: tuple[str, ...]) -> Callable[[Reading], Counted | None]:
    """Return what reads the count at a place of an answer, with what was asked; the same for all clauses on it."""

    def counted(reading: Reading) -> Counted | None:
        values = select(reading.answer, path) if reading.answered and reading.documents else []
        if not values or not isinstance(values[0], int) or isinstance(values[0], bool):
            return None
        places = reading.contract.success.places if reading.shows_images else ()
        beside = (place.path for place in places if (place.role, place.path[:-1]) == ("image_tokens", path[:-1]))
        pictured = [value for place in beside for value in select(reading.answer, place) if isinstance(value, int)]
        return Counted(
            reading, text_of(reading.asked("query")), tuple(reading.texts), values[0], next(iter(pictured), None)
        )

    return counted
