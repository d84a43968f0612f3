"""Relevance without a model: deterministic, sensible, the same for a text wherever it stands."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate

# Words, single CJK characters and punctuation, each with the white space before it.
_TOKEN = re.compile(r"\s*+(?:[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s])")
_WORD = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_COMMON = frozenset(
    (
        "a an and are as at be by do does did for from has have how in is it its of on "
        "or that the this to was were what when where which who why will with known because "
        "的 了 是 在 和 吗 呢 哪 什 么 怎 样 里"
    ).split()
)
# Tokens in a chunk, and those shared by two of them where the request does not say.
CHUNK = 256
OVERLAP = 32
# Characters of a short text; and the texts whose scores by one query are remembered.
SHORT, _TEXTS = 2_000, 512

Features = dict[str, float]


@lru_cache(maxsize=512)
def ends(text: str) -> tuple[int, ...]:
    """Return where the tokens of a text end; those of the latest texts are remembered."""
    # White space at the end would be gone through from each of its places.
    return tuple(accumulate(map(len, _TOKEN.findall(text.rstrip()))))


def part(text: str, first: int, last: int) -> str:
    """Return some tokens of a text as they stand in it, the last one left out."""
    stops = ends(text)
    return text[stops[first - 1] if first else 0 : stops[min(last, len(stops)) - 1]].lstrip()


def hollowed(text: str) -> str:
    """Return a text of four tokens or more without its middle half."""
    stops = ends(text)
    quarter = len(stops) // 4
    return f"{text[: stops[quarter - 1]]} {text[stops[-quarter - 1] :].lstrip()}"


def _features(text: str) -> Features:
    found: Features = {}
    for word in dict.fromkeys(_WORD.findall(text.casefold())):
        if word not in _COMMON:
            found[word] = 1.0
            if len(word) > 5:
                # A stem of sorts, so that "bake" and "baking" are near.
                found[f"{word[:5]}…"] = 0.5
    for run in () if text.isascii() else _CJK.findall(text):
        for character in run:
            if character not in _COMMON:
                found[character] = 0.4
        for pair in zip(run, run[1:], strict=False):
            found["".join(pair)] = 1.0
    return found


_cached = lru_cache(maxsize=4096)(_features)


def _count(text: str) -> int:
    return len(_TOKEN.findall(text.rstrip()))


class ReadText:
    """A short text as it is scored and counted: its weighted features, how many tokens it has, and its bytes."""

    __slots__ = ("features", "raw", "size")

    def __init__(self, text: str) -> None:
        self.features, self.size, self.raw = features(text), _count(text), _encoded(text)


# The latest short texts, read.
short = lru_cache(maxsize=8192)(ReadText)


def count(text: str) -> int:
    """Return how many tokens a text has; those of short texts are remembered."""
    return short(text).size if len(text) <= SHORT else len(ends(text))


def features(text: str) -> Features:
    """Return the weighted features of a text; those of short texts are remembered."""
    return _cached(text) if len(text) <= SHORT else _features(text)


def similarity(query: Features, text: Features) -> float:
    """Return how much of the query's features a text covers, from 0.0 to 1.0."""
    total = sum(query.values())
    return sum(weight for name, weight in query.items() if name in text) / total if total else 0.0


def nuance(query: str, text: str) -> float:
    """Return a small number, from 0.0 to 1.0, that tells equally relevant texts apart, the same every time."""
    whole = _begun(query)
    whole.update(_encoded(text))
    return _part(whole)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _begun(query: str) -> blake2b:
    return blake2b(_encoded(f"{query}\0"), digest_size=4)


def _part(whole: blake2b) -> float:
    return int.from_bytes(whole.digest()) / 0xFFFFFFFF


def chunks(text: str, limit: int | None, overlap: int | None, size: int = CHUNK) -> list[str]:
    """Cut a text into chunks of `size` tokens; `overlap` tokens are shared by neighbours."""
    count = len(ends(text))
    if count <= size:
        return [text]
    step = max(1, size - min(OVERLAP if overlap is None else max(overlap, 0), size - 1))
    cut = [part(text, first, first + size) for first in range(0, max(count - size + step, 1), step)]
    return cut[:limit] if limit else cut


class Relevance:
    """A query as texts are scored by it; the scores of the latest short ones are remembered."""

    def __init__(self, query: str) -> None:
        self._features, self._begun, self.size = _features(query), _begun(query), _count(query)
        self._names, self._room = self._features.keys(), SHORT - len(query)
        self._known: dict[str, float] = {}

    def score(self, text: str) -> float:
        """Return the relevance of one chunk, from 0.0 to 1.0."""
        found = self._known.get(text)
        if found is not None:
            return found
        found = self._of(features(text), _encoded(text[:SHORT]))
        if len(text) <= self._room:
            if len(self._known) == _TEXTS:
                self._known.clear()
            self._known[text] = found
        return found

    def each(self, texts: Iterable[ReadText]) -> list[float]:
        """Return the relevance of each of some short texts, from 0.0 to 1.0."""
        return [self._of(text.features, text.raw) for text in texts]

    def _of(self, here: Features, raw: bytes) -> float:
        whole = self._begun.copy()
        whole.update(raw)
        near = 0.0 if self._names.isdisjoint(here) else similarity(self._features, here)
        return 0.002 + 0.95 * near + 0.01 * _part(whole)


_latest, _latest_long = lru_cache(maxsize=512)(Relevance), lru_cache(maxsize=2)(Relevance)


def question(query: str) -> Relevance:
    """Return a query as texts are scored by it; the latest ones are remembered."""
    return (_latest if len(query) <= SHORT else _latest_long)(query)


def score(query: str, text: str) -> float:
    """Return the relevance of one chunk to a query, from 0.0 to 1.0."""
    return question(query).score(text)
