"""Relevance without a model: deterministic, sensible, the same for a text wherever it stands."""

import re
from functools import lru_cache
from hashlib import blake2b

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]", re.UNICODE)
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
_SHORT = 2_000

Features = dict[str, float]


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a text's tokens: words, single CJK characters, punctuation; those of the latest texts are remembered."""
    return tuple(match.span() for match in _TOKEN.finditer(text))


_counted = lru_cache(maxsize=8192)(lambda text: len(_TOKEN.findall(text)))


def count(text: str) -> int:
    """Return how many tokens a text has; those of short texts are remembered."""
    return _counted(text) if len(text) <= _SHORT else len(tokens(text))


def _features(text: str) -> Features:
    found: Features = {}
    for word in _WORD.findall(text.casefold()):
        if word not in _COMMON:
            found[word] = 1.0
            if len(word) > 5:
                # A stem of sorts, so that "bake" and "baking" are near.
                found[f"{word[:5]}…"] = 0.5
    for run in _CJK.findall(text):
        for character in run:
            if character not in _COMMON:
                found[character] = 0.4
        for pair in zip(run, run[1:], strict=False):
            found["".join(pair)] = 1.0
    return found


_cached = lru_cache(maxsize=4096)(_features)


def features(text: str) -> Features:
    """Return the weighted features of a text; those of short texts are remembered."""
    return _cached(text) if len(text) <= _SHORT else _features(text)


def similarity(query: Features, text: Features) -> float:
    """Return how much of the query's features a text covers, from 0.0 to 1.0."""
    total = sum(query.values())
    if not total:
        return 0.0
    return sum(weight for name, weight in query.items() if name in text) / total


def nuance(query: str, text: str) -> float:
    """Return a small number, from 0.0 to 1.0, that tells equally relevant texts apart, the same every time."""
    digest = blake2b(f"{query}\0{text}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) / 0xFFFFFFFF


def chunks(text: str, limit: int | None, overlap: int | None, size: int = CHUNK) -> list[str]:
    """Cut a text into chunks of `size` tokens; `overlap` tokens are shared by neighbours."""
    spans = tokens(text)
    if len(spans) <= size:
        return [text]
    step = max(1, size - min(OVERLAP if overlap is None else max(overlap, 0), size - 1))
    starts = range(0, max(len(spans) - size + step, 1), step)
    cut = [text[spans[i][0] : spans[min(i + size, len(spans)) - 1][1]] for i in starts]
    return cut[:limit] if limit else cut


def score(query: str, text: str) -> float:
    """Return the relevance of one chunk, from 0.0 to 1.0; those of short texts are remembered."""
    return _scored(query, text) if len(query) + len(text) <= _SHORT else _score(query, text)


def _score(query: str, text: str) -> float:
    return 0.002 + 0.95 * similarity(features(query), features(text)) + 0.01 * nuance(query, text[:_SHORT])


_scored = lru_cache(maxsize=8192)(_score)
