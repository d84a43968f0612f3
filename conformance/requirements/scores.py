"""Every score of a run by what it may depend on: model, query, text, and the options that matter to a ranking."""

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import inf, isfinite
from typing import Any

from attrs import define, frozen

from conformance.checks.features import features, form_of, long
from conformance.checks.reading import Reading, text_of
from conformance.contract import Contract
from conformance.model.explanation import Features, chosen
from conformance.requirements.movement import Scored, moved, usual
from conformance.requirements.scale import CHANGE, Scale, step_of

# A score that batching moves by next to nothing may be rounded to the next step; steps that are no parts of the scale are no wider than so many changes.
_STEP, _GRID = 1.1, 4
# So many values on either side show whether there is a grid.
_NEAR = 3
# Options that say what comes back or when, not how texts are ranked; what was taken uncut is no shorter where it may be cut.
_SHOW = frozenset({"limit", "echo_switch", "handling", "truncation"})
# Options that say how a text is cut, and mean nothing to one that fits into a chunk.
CUT = frozenset({"chunk_limit", "chunk_overlap"})
# And how much of any text is read.
CAP = "text_cap"
# So many scores that came twice tell how steady scores are.
_KNOWN = 20
# So many texts of one score have it for what they have in common, which is nothing of the question.
_SEVERAL = 3
# A text that no service has a reason to read otherwise than it stands.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,:;?!-]*\.?")
# Characters that the shortest chunk of any reranker holds.
_CHUNK = 64

Key = Hashable


@frozen
class Judged:
    """The scores of one key: the value that most of them have, those that agree with it, and those that do not."""

    value: float
    agreeing: tuple[Scored, ...]
    deviating: tuple[Scored, ...]


@define(slots=False, eq=False)
class Scores:
    """All scores in the answers to lawful requests."""

    contract: Contract
    readings: Iterable[Reading]

    def tolerance(self, reading: Reading) -> float:
        """Return from where on it is another score than a reading's: a part of the contract's span; where that has no bounds, as of raw scores, of as much as the service uses, if that is more; and more than a step of the service's own rounding."""
        return self._tolerances[_raw(reading)]

    @cached_property
    def _tolerances(self) -> tuple[float, float]:
        bounded = None not in self.contract.score_bounds
        used = (0.0 if bounded else self._used(raw=False)), self._used(raw=True)
        step = _STEP * step_of(sorted(scores_of(self.readings)))
        usual, raw = (max(CHANGE * max(self.contract.score_span, one), step) for one in used)
        return usual, raw

    def _used(self, *, raw: bool) -> float:
        least, most = ends(self.readings, raw=raw)
        return most - least

    def scale(self, reading: Reading) -> Scale:
        """Return the scale of the model that a reading asks for, where enough of it was seen; else that of the service."""
        return self._scales.get(reading.asked("model"), self.whole)

    @cached_property
    def whole(self) -> Scale:
        """The scale of all scores of the service."""
        return self._scale(list(self.readings))

    @cached_property
    def _scales(self) -> Mapping[Any, Scale]:
        """The scale of each model of which enough was seen, and of requests that name none: one may score as another one never does."""
        asked: dict[Any, list[Reading]] = defaultdict(list)
        for reading in self.readings:
            if reading.answered and isinstance(model := reading.asked("model"), str | None):
                asked[model].append(reading)
        return {
            model: self._scale(some)
            for model, some in (asked.items() if len(asked) > 1 else ())
            if sum(len(one.by_index or {}) for one in some) >= _KNOWN
        }

    @cached_property
    def _plain(self) -> Sequence[Sequence[float]]:
        """The scores of each answer's plain texts, whatever model is asked: what models have in common may show with one of them alone."""
        answered = (one for one in self.readings if one.answered and not _raw(one))
        return [[score for text, score in one.once(_short).items() if _PLAIN.fullmatch(text)] for one in answered]

    def _scale(self, readings: Sequence[Reading]) -> Scale:
        usual = [one for one in readings if one.answered and not _raw(one)]
        short = {(text, score) for one in usual for text, score in one.once(_short).items()}
        scores, widest = sorted(scores_of(readings)), self.contract.score_span
        # Raw scores lie as far apart as the service has them.
        if None in self.contract.score_bounds and scores:
            widest = max(widest, scores[-1] - scores[0])
        common = frozenset(score for score, texts in Counter(score for _, score in short).items() if texts >= _SEVERAL)
        return Scale(scores, ends(readings, raw=True), widest, self.noise, self._plain, common)

    @cached_property
    def seen(self) -> Mapping[Key, list[Scored]]:
        """Scores by key: texts that must score the same have the same key."""
        found: dict[Key, list[Scored]] = defaultdict(list)
        for reading in self.readings:
            for key, scored in reading.once(_scored):
                found[key].append(scored)
        return found

    @cached_property
    def judged(self) -> Sequence[Judged]:
        """Each key that was scored in two answers or more."""
        return list(self._compared.values())

    @cached_property
    def noise(self) -> float:
        """By how much one and the same score moves from answer to answer at the most; infinite where too few came twice to know."""
        moves = [abs(one.score - judged.value) for judged in self.judged for one in judged.agreeing]
        return max(moves, default=inf) if len(self.judged) >= _KNOWN else inf

    @cached_property
    def varied(self) -> Sequence[tuple[Judged, frozenset[str]]]:
        """Each of these, with the factors in which the answers that agree are unlike."""
        return [(one, frozenset(_unlike(one.agreeing))) for one in self.judged]

    @cached_property
    def _compared(self) -> Mapping[Key, Judged]:
        return {key: self._judged(seen) for key, seen in self.seen.items() if len(seen) > 1}

    def _judged(self, seen: Sequence[Scored]) -> Judged:
        return _judged(seen, self.wobble(seen))

    def wobble(self, seen: Sequence[Scored]) -> float:
        """Return from where on a score of one key is another one: what batching moves by next to nothing may be rounded to the next value of a grid."""
        # What a reading asks by is part of a key, so all of one key have one scale.
        tolerance = self.tolerance(seen[0].reading)
        low, *more = sorted({one.score for one in seen})
        if len(more) != 1 or not tolerance < more[0] - low <= _GRID * CHANGE * self.contract.score_span:
            return tolerance
        grid, often = self._often
        at = bisect_right(grid, low)
        near = grid[max(0, at - _NEAR) : at + _NEAR]
        beside = at == bisect_left(grid, more[0])
        # On a grid values near these are those of several texts, all but one perhaps.
        return more[0] - low if beside and sum(often[value] > 1 for value in near) >= len(near) - 1 else tolerance

    @cached_property
    def _often(self) -> tuple[Sequence[float], Counter[float]]:
        """All scores, the least first, and how many texts have each, whatever they are asked by."""
        often = Counter(score for key in self.seen.values() for score in {one.score for one in key})
        return sorted(often), often

    def blamed(self) -> Sequence[tuple[Features, Sequence[Scored]]]:
        """Return each set of features that moves scores, with the scores that it moves."""
        pairs = (seen for seen in self.seen.values() if len(seen) > 1)
        groups = [seen for seen in pairs if self.wobble(seen) <= self.tolerance(seen[0].reading)]
        found: list[tuple[Features, Sequence[Scored]]] = []
        for raw in (False, True):
            some = [seen for seen in groups if _raw(seen[0].reading) is raw]
            # What moves the usual scores is likelier to move raw ones, too, than what was asked beside it.
            likely = {feature.factor for features, _ in found for feature in features}
            found += moved(some, self.tolerance(some[0][0].reading), likely) if some else []
        return tuple(found)

    @cached_property
    def _answers(self) -> Mapping[Key, list[tuple[Reading, Mapping[Key, float]]]]:
        """The scores of each answer by key, by what ranked."""
        found: dict[Key, list[tuple[Reading, Mapping[Key, float]]]] = defaultdict(list)
        for reading in self.readings:
            if scored := reading.once(_scored):
                found[reading.once(ranked)].append((reading, {key: one.score for key, one in scored}))
        return found

    @cached_property
    def _steady(self) -> frozenset[Key]:
        """The keys of one score; where any score moves, those that were seen more than once."""
        steady = frozenset(key for key, one in self._compared.items() if not one.deviating)
        return steady if len(steady) < len(self._compared) else frozenset(self.seen)

    def beside(self, reading: Reading) -> Iterator[Mapping[int, float]]:
        """Yield, of each other answer with a reading's query, model and options, the scores of the reading's documents by index; those that may move are left out."""
        kind = reading.once(ranked)
        keys = [_key(reading, kind, index) for index in range(len(reading.texts))]
        for other, scores in self._answers.get(kind, ()):
            if other is not reading:
                yield {index: scores[key] for index, key in enumerate(keys) if key in scores and key in self._steady}

    def value(self, reading: Reading, text: str, but: Collection[Scored] = ()) -> float | None:
        """Return the score that a text has beside a reading's query, model and options, `but` some where there are others; None where it was never scored."""
        kinds = (self.seen.get((reading.once(ranked), _cut(reading, text), text, image)) for image in (False, True))
        seen = next(filter(None, kinds), [])
        moved = {*map(id, but)}
        left = [one for one in seen if id(one) not in moved] or seen
        return self._judged(left).value if left else None


def scores_of(readings: Iterable[Reading], *, raw: bool = False) -> set[float]:
    """Return the different scores of some answers: the usual ones, or the raw ones, which have another scale.

    What has no word, or none that every model reads, may have a score of its own, far below all that is compared.
    """
    asked = [one for one in readings if one.answered and _raw(one) is raw and _worded(text_of(one.asked("query")))]
    return {
        score
        for one in asked
        for index, score in (one.by_index or {}).items()
        if isfinite(score) and _worded(one.texts[index])
    }


def _short(reading: Reading) -> Mapping[str, float]:
    """Return the scores of short texts that have words which every model reads, where the question is no long one."""
    if long(text_of(reading.asked("query"))):
        return {}
    scores = {reading.texts[index]: score for index, score in (reading.by_index or {}).items()}
    return {text: score for text, score in scores.items() if not long(text) and _worded(text)}


@lru_cache(maxsize=4096)
def _worded(text: str) -> bool:
    """Whether a text has a word, of Latin letters or of digits: a model need not read another script."""
    return any(letter.isascii() and letter.isalnum() for letter in text)


def ends(readings: Iterable[Reading], *, raw: bool = False) -> tuple[float, float]:
    """Return the least and the greatest score of some answers: of the usual ones, or of the raw ones."""
    scores = scores_of(readings, raw=raw)
    return min(scores, default=0.0), max(scores, default=0.0)


def _raw(reading: Reading) -> bool:
    return reading.asked("raw_scores") is True


def _unlike(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield the factors of which several levels are among these scores' features."""
    levels: dict[str, str] = {}
    for feature in frozenset().union(*(one.features for one in scored)):
        if levels.setdefault(feature.factor, feature.level) != feature.level:
            yield feature.factor


def _scored(reading: Reading) -> list[tuple[Key, Scored]]:
    """Return the scores of an answer, each with what it may depend on."""
    scores = reading.by_index if reading.answered else None
    if not scores:
        return []
    kind, carried, texts = reading.once(ranked), reading.once(features), reading.texts
    times = Counter(texts)
    return [
        (
            _key(reading, kind, index),
            Scored(reading, texts[index], score, carried | _placed(reading, index, times[texts[index]])),
        )
        for index, score in scores.items()
    ]


def _key(reading: Reading, kind: Key, index: int) -> Key:
    """Return what a document's score may depend on."""
    text = reading.texts[index]
    # The address of an image is another document than the image.
    return (kind, _cut(reading, text), text, reading.textless(reading.documents[index]))


def ranked(reading: Reading) -> tuple[str, ...]:
    """Return what ranks: the query, first, and every option that may matter to any text."""
    body, known = reading.body, reading.contract.fields
    skipped = _SHOW | CUT | {CAP, "query", "documents"}
    told = [
        f"{name}={json.dumps(value, sort_keys=True)}"
        for name, value in body.items()
        if name not in known or known[name].role not in skipped
    ]
    return (text_of(reading.asked("query")), str(reading.asks_by_image), *sorted(told))


def _cut(reading: Reading, text: str) -> tuple[str, ...]:
    """Return the values of the options that say how a text is cut; a limit that no text of its length reaches, whatever a token is, is none."""
    binding, length = reading.once(_binding), len(text.encode("utf-8", "surrogatepass"))
    return tuple("free" if length <= reach else told for reach, told in (binding if long(text) else binding[:1]))


def _binding(reading: Reading) -> Sequence[tuple[float, str]]:
    """Return of each option that cuts texts how many bytes it leaves at least, and its value; a cap comes first."""
    values = [(role, reading.wanted(role)) for role in (CAP, *sorted(CUT))]
    least = {"chunk_limit": _CHUNK, CAP: 1}
    return [
        (value * least[role] if role in least and isinstance(value, int) else -1, json.dumps(value))
        for role, value in values
    ]


def _placed(reading: Reading, index: int, times: int) -> Features:
    own, repeated = reading.documents[index], bool(reading.exchange.request.repeat)
    return _place(index, form_of(own), isinstance(own, str), times > 1, repeated)


@lru_cache(maxsize=4096)
def _place(index: int, form: str, text: bool, twin: bool, repeated: bool) -> Features:
    """Return the features of a document in its place; the same few for ten thousand scores."""
    return frozenset(
        {
            chosen("documents/place", f"place {index + 1}", plain=index < 2),
            chosen("documents/own", form, plain=text),
            chosen("documents/twin", "a text twice" if twin else "each text once", plain=not twin),
            chosen("request/again", "sent again" if repeated else "sent once", plain=not repeated),
        }
    )


def _judged(seen: Sequence[Scored], tolerance: float) -> Judged:
    value = usual(seen, (), tolerance)
    agreeing = tuple(one for one in seen if abs(one.score - value) <= tolerance)
    return Judged(value, agreeing, tuple(one for one in seen if not abs(one.score - value) <= tolerance))
