"""Lawful servers, drawn at random: unrelated scorers, and every style that a contract leaves open."""

import hashlib
import math
import random
import re
import struct
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from conformance.contract import Contract, select, validator
from conformance.mock import scorer
from conformance.mock.rules import Body, Headers, Refusal, Rules

Scorer = Callable[[str, str], float]
_COMMON = re.compile(
    r"\b(?:the|a|an|is|are|of|in|on|by|as|and|what|which|how|do|it|its|for|with|from|at|to|has|have)\b", re.IGNORECASE
)

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# Words of a text of the usual length; tokens of a chunk; and texts that are padded to one length.
_USUAL, _CHUNKS, _BATCH = 20, (scorer.CHUNK, 512, 1000), 16


@lru_cache(maxsize=4096)
def _grams(text: str) -> Counter[str]:
    clean = " ".join(_COMMON.sub(" ", text.casefold()).split())
    return Counter(clean[i : i + n] for n in (2, 3) for i in range(len(clean) - n + 1))


def overlap(query: str, text: str) -> float:
    """Score by the share of the query's words and characters that a text covers."""
    return scorer.score(query, text)


def cosine(query: str, text: str) -> float:
    """Score by the cosine of character n-grams."""
    one, other = _grams(query), _grams(text)
    dot = sum(count * other[gram] for gram, count in one.items())
    norm = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    return min(1.0, (dot / norm if norm else 0.0) * 0.98 + scorer.nuance(query, text[:2000]) * 0.01)


def saturating(query: str, text: str) -> float:
    """Score like BM25, squeezed into 0..1 by a sigmoid."""
    found, total = scorer.features(query), 0.0
    here = scorer.features(text)
    for name, weight in found.items():
        if name in here:
            total += weight * (1 + math.log1p(len(name)))
    return min(1.0, 1 / (1 + math.exp(2.5 - total)) + scorer.nuance(query, text[:2000]) * 0.005)


def hashed(query: str, text: str) -> float:
    """Score by the cosine of hashed embeddings of words and characters, mixed with coverage."""

    def vector(features: dict[str, float]) -> list[float]:
        found = [0.0] * 64
        for name, weight in features.items():
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=2).digest()
            found[digest[0] % 64] += weight if digest[1] % 2 else -weight
        return found

    one, other = vector(scorer.features(query)), vector(scorer.features(text))
    norm = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    near = sum(x * y for x, y in zip(one, other, strict=True)) / norm if norm else 0.0
    return min(
        1.0, max(0.0, 0.2 * near + 0.75 * scorer.similarity(scorer.features(query), scorer.features(text))) + 0.001
    )


@lru_cache(maxsize=4096)
def _counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def diluted(query: str, text: str) -> float:
    """Score by the share of the query's words that a text has, worth less the longer the text is, as in BM25."""
    asked, found = _counted(query), _counted(text)
    weights = {word: 1 + math.log1p(len(word)) for word in asked}
    length = 0.3 + 0.7 * found.total() / _USUAL
    gained = sum(weight * found[word] / (found[word] + length) for word, weight in weights.items() if word in found)
    return gained / (sum(weights.values()) or 1.0)


SCORERS: tuple[Scorer, ...] = (overlap, cosine, saturating, hashed, diluted)


def _half(score: float) -> float:
    """Return a score as bfloat16 holds it: the upper half of a float's bits."""
    (bits,) = struct.unpack(">I", struct.pack(">f", score))
    return float(struct.unpack(">f", struct.pack(">I", (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000))[0])


# What models make of relevance, and how steep that is: as it is, nearly yes or no, all but the best near nought, or all in a fiftieth of the scale.
CURVES: tuple[tuple[Callable[[float], float], float], ...] = (
    (lambda score: score, 1.0),
    (lambda score: 1 / (1 + math.exp(24 * (0.45 - score))), 6.0),
    (lambda score: 0.3 * score**3, 1.0),
    (lambda score: 0.49 + 0.02 * score, 1.0),
)
# How fine their scores are: as computed, in steps of a byte, in bfloat16, or in four digits.
GRAINS: tuple[Callable[[float], float], ...] = (
    lambda score: score,
    lambda score: round(score * 256) / 256,
    _half,
    lambda score: round(score, 4),
)


class Lawful(Rules):
    """A faithful server of some style, all of it drawn from one seed."""

    def __init__(self, contract: Contract, key: str, seed: int) -> None:
        """Draw a style."""
        super().__init__(contract, key)
        rng = random.Random(seed)
        self.random = random.Random(seed)
        results = contract.success.place("results")
        self.results = results.path if results else ()
        self.scorer = SCORERS[seed % len(SCORERS)]
        self.refuses_unsupported = rng.random() < 0.4
        self.refuses_unknown = rng.random() < 0.4
        self.refuses_images = rng.random() < 0.5
        self.method_status = rng.choice((404, 405))
        self.media_status = rng.choice((400, 415)) if contract.answer(400) or not contract.documents_errors else 415
        self.wobble = rng.choice((0.0, 5e-5, 1e-4))
        self.digits = rng.choice((6, 8, 17))
        self.charset = rng.random() < 0.5
        self.extra = rng.random() < 0.5
        self.image_count = rng.random() < 0.5
        self.dashes = rng.random() < 0.5
        self.words = rng.choice(("The parameter is invalid. Please check again.", "无效的参数", "bad request", "x"))
        self.code = rng.choice((20015, 20012, 1))
        self.curve, self.grain = rng.choice(CURVES), rng.choice(GRAINS)
        self.padding = rng.choice((0.0, 1e-3))
        self.chunk = rng.choice(_CHUNKS)
        self.echo_by_default = "echo_switch" not in self._defaults and rng.random() < 0.5

    def score_chunk(self, query: str, chunk: str) -> float:
        """Score by the style's scorer."""
        return self.scorer(query, chunk)

    def score(self, body: Body, query: str, position: int, item: Any) -> float:
        """Round and wobble as the style does: padding moves what comes before the sigmoid, so less at the ends of the scale."""
        found = min(max(super().score(body, query, position, item), 0.0), 1.0)
        moved = self.random.uniform(-self.wobble, self.wobble) + self._padded(body, query, position, item)
        curve, steepness = self.curve
        found = curve(found + 4 * found * (1 - found) * moved / steepness)
        # Raw scores are those before the sigmoid, and before what rounds it.
        return found if self.value(body, "raw_scores") is True else round(self.grain(found), self.digits)

    def _padded(self, body: Body, query: str, position: int, item: Any) -> float:
        """Return by how much a text's score moves because it is padded to the longest one of its batch."""
        if not self.padding:
            return 0.0
        first = position - position % _BATCH
        longest = max(len(self.text(one)) for one in self.documents(body)[first : first + _BATCH])
        return self.padding * (scorer.nuance(f"{longest} {query}", self.text(item)) - 0.5)

    def cut(self, body: Body, text: str) -> list[str]:
        """Cut a document into the style's chunks."""
        return scorer.chunks(text, self.number(body, "chunk_limit"), self.number(body, "chunk_overlap"), self.chunk)

    def echoes(self, body: Body) -> bool:
        """Return documents without a word where the style does and the contract leaves it open."""
        asked = body.get(self.names.get("echo_switch", ""))
        return super().echoes(body) or (self.echo_by_default and asked is None and "echo_switch" in self.names)

    def accept_media(self, header: str | None) -> None:
        """Refuse a media type with the style's status."""
        try:
            super().accept_media(header)
        except Refusal as refusal:
            raise Refusal(self.media_status, refusal.message) from None

    def wrong_method(self) -> int:
        """Return the style's status."""
        return self.method_status

    def accept_model(self, body: Body) -> None:
        """Refuse, or let pass, what the contract leaves open."""
        super().accept_model(body)
        if self.refuses_unknown and set(body) - set(self.contract.fields):
            raise Refusal(self.refusal, "Unknown field.")
        if self.refuses_unsupported and any(
            not self.takes(body, name) for name in body if name in self.contract.fields
        ):
            raise Refusal(self.refusal, "This model does not support this field.")
        if self.refuses_images and body.get(self.names.get("model", "")) not in self.multimodal and self._image(body):
            raise Refusal(self.refusal, "This model reads text only.")

    def _image(self, body: Body) -> bool:
        return any(select(body, place.path) for place in self.contract.request_places if place.role == "image")

    def count(self, body: Body, rows: list[Any]) -> dict[str, int]:
        """Count as the style does."""
        counts = super().count(body, rows)
        if self.image_count:
            counts["image_tokens"] = self.floors.get("image_tokens", 0)
        return counts

    def identity(self) -> str:
        """Return an id with a prefix or without."""
        found = super().identity()
        return f"rerank-{found}" if self.dashes else found

    def shape(self, answer: Any, body: Body) -> Any:
        """Add undocumented fields where the style does."""
        if self.extra:
            for holder in (*([answer] if isinstance(answer, dict) else ()), *select(answer, (*self.results, "*"))):
                holder["undocumented"] = {"cached": False}
        return super().shape(answer, body)

    def shape_error(self, answer: Any, status: int, header: str | None) -> Any:
        """Say errors in the style's words."""
        if isinstance(answer, dict):
            documented = self.contract.answer(status)
            said = {"error_message": self.words, "error_code": self.code}
            for place in documented.places if documented else ():
                if place.role in said and len(place.path) == 1 and validator(place.schema).is_valid(said[place.role]):
                    answer = {**answer, place.path[0]: said[place.role]}
        return answer

    def wire(self, status: int, headers: Headers, data: bytes, request: Any) -> tuple[int, Headers, bytes]:
        """Name the character set where the style does."""
        if self.charset:
            headers = [
                (name, f"{value}; charset=utf-8" if name == "content-type" else value) for name, value in headers
            ]
        return status, headers, data
