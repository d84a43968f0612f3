"""The scale of a model's scores: its ends, its steps, and what lies apart on it."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from math import inf, log

from attrs import define

# As parts of the span of scores: from CHANGE on it is another score; batching and padding in half precision stay below WOBBLE.
CHANGE, WOBBLE = 5e-3, 1e-3
# As a part of a score, what the last digits of a number make of it.
_DIGITS = 1e-14
# As many steps between the least score and the greatest one tell texts of different relevance apart.
_FINE = 20
# So few of its steps from an end of its scale a service rounds relevance away; so many times what a score moves by it may lie beside it.
_STEPS, _BESIDE = 5, 2
# As a part of the span: texts whose scores are nearer are not told apart.
ALIKE = 2e-3
# As a part of a small score, what batching and padding move it by at the most; and so many times another score is no chance.
_MOVED, _TIMES = 0.01, 8
# So many times what one score moves from answer to answer is no noise.
_NOISE = 4
# What an answer has over another text at the least, where both are of one question; and as a part of what a sigmoid was made of, where that is so wide.
_OVER, _SHARE, _WIDE = 5e-3, 0.05, 12.0


def step_of(scores: Sequence[float]) -> float:
    """Return the least step between two of some scores, the least first; 0.0 where there are none. Twice computed, one score may differ in its last digits."""
    return min(
        (other - one for one, other in pairwise(scores) if other - one > _DIGITS * max(-one, other)), default=0.0
    )


def _logit(score: float) -> float:
    return log(score / (1.0 - score))


@define(slots=False, frozen=True, eq=False)
class Scale:
    """The scale of some scores, the least first; `raw` are the ends of the raw ones.

    `widest` is how far apart a contract lets scores lie, `noise` by how much one score moves from answer to answer.
    `plain` are the scores of each answer's plain texts, and `common` those that several short texts of any kind have.
    """

    scores: Sequence[float]
    raw: tuple[float, float]
    widest: float
    noise: float
    plain: Sequence[Sequence[float]]
    common: frozenset[float]

    @cached_property
    def grain(self) -> float:
        """The least step between two scores."""
        return step_of(self.scores)

    @property
    def least(self) -> float:
        """The least score."""
        return self.scores[0] if self.scores else 0.0

    @property
    def most(self) -> float:
        """The greatest score."""
        return self.scores[-1] if self.scores else 0.0

    @cached_property
    def span(self) -> float:
        """How far apart scores lie: as far as the contract lets them, or less where only a part of that is used."""
        return min(self.widest, self.most - self.least) or self.widest

    @property
    def clear(self) -> float:
        """By how much a difference of scores must move to move by more than noise."""
        return min(ALIKE * self.span, _NOISE * self.noise)

    def steady(self, scores: Collection[float]) -> float:
        """Return by how much a difference of some scores must move to move by more than noise: near an end of the scale that is as little."""
        near = min(max(scores, default=0.0) - self.least, self.most - min(scores, default=0.0))
        return min(self.clear, _MOVED * max(near, 0.0))

    def blurs(self, gain: float) -> bool:
        """Whether steps are so wide, and a gain so few of them, that it may be rounded away where it is a little less."""
        return self.wide and gain < _STEPS * self.grain

    @property
    def wide(self) -> bool:
        """Whether a step is wider than what batching moves: what counts for little may be rounded away."""
        return self.grain > WOBBLE * self.span

    @cached_property
    def coarse(self) -> bool:
        """Whether there are so few values that texts of different relevance may well share one."""
        return 0 < self.most - self.least < _FINE * self.grain

    def saturated(self, scores: Iterable[float]) -> bool:
        """Whether scores are all at an end of the scale where unlike plain texts are too: what differs there does not show."""
        told = list(scores)
        # What is rounded to an end of the scale has one raw score, too.
        raw = bool(self._crowded) and set(told) < set(self.raw)
        return raw or any(all(self._near(score, end) for score in told) for end in self._crowded)

    def lowest(self, scores: Iterable[float]) -> bool:
        """Whether scores are all at the lower end of the scale."""
        return all(self._near(score, self.least) for score in scores)

    def rounded(self, scores: Iterable[float]) -> bool:
        """Whether scores are a step of the service's own rounding apart, or a few beside an end of the scale: a sentence adds no more to a long text."""
        told = list(scores)
        # A long text that shares an end with several short ones is not there for its length.
        free = [end for end in (self.least, self.most) if end not in told or end in self.common]
        beside = any(all(self._near(score, end) for score in told) for end in free)
        wide = self.wide and max(told) - min(told) < 2 * self.grain
        return beside or wide or self._rounded_before(told)

    def _rounded_before(self, told: Sequence[float]) -> bool:
        """Whether a sigmoid made scores of numbers that were rounded, and these are of a step of those: in scores it is wider here and narrower there."""
        if not all(0.0 < score < 1.0 for score in (self.least, self.most, *told)):
            return False
        step = self._step_before
        return (
            step > WOBBLE * (_logit(self.most) - _logit(self.least))
            and _logit(max(told)) - _logit(min(told)) < 2 * step
        )

    @cached_property
    def _step_before(self) -> float:
        """The least step between the logits of two scores, all of which lie between 0 and 1."""
        return step_of(list(map(_logit, self.scores)))

    def ended(self, score: float) -> bool:
        """Whether a score is so near an end of the scale that what moves it may be rounded away."""
        return self._near(score, self.least) or self._near(score, self.most)

    @cached_property
    def _crowded(self) -> Sequence[float]:
        """The ends of the scale at which a plain answer has more than one text, and not all."""
        return [
            end
            for end in (self.least, self.most)
            if any(1 < sum(self._near(score, end) for score in scores) < len(scores) for scores in self.plain)
        ]

    def _near(self, score: float, end: float) -> bool:
        return abs(score - end) < self._close

    @cached_property
    def _close(self) -> float:
        """How far from an end of the scale relevance is rounded away, or moved to it."""
        moves = min(self.chance, ALIKE * max(self.widest, self.most - self.least))
        return max(_STEPS * self.grain, _BESIDE * moves)

    @property
    def chance(self) -> float:
        """By how much one score moves from answer to answer, where that is known."""
        return self.noise if self.noise < inf else 0.0

    @property
    def step(self) -> float:
        """By how much a difference of scores must move so that neither rounding nor chance moved it."""
        # Each of two scores may be rounded the other way.
        return max(2 * self.grain, _NOISE * self.chance)

    def _moved(self, one: float, other: float) -> float:
        """Return by how much batching and padding move two scores, the first above: what is near an end of the scale, by as little."""
        return min(ALIKE * self.span, _MOVED * min(one - self.least, self.most - other))

    def apart(self, one: float, other: float) -> bool:
        """Whether a score is above another one by more than batching and padding move it."""
        return one - other > self._moved(one, other)

    def noisy(self, scores: Collection[float]) -> bool:
        """Whether one score moves from answer to answer by more than what sets some apart."""
        return self._moved(max(scores), min(scores)) < self.chance

    def differ(self, one: float, other: float) -> bool:
        """Whether scores are apart, or further from one another than noise is: a sentence moves little of what is read of a long text as a whole."""
        return self.apart(max(one, other), min(one, other)) or abs(one - other) > _NOISE * self.noise

    def many_times(self, one: float, other: float, times: float = _TIMES, share: float = _SHARE) -> bool:
        """Whether a score is many times as far from the least as another one: some models give little to all but the best.

        Or, where a sigmoid made scores of a wide scale, above the other one by a share of that scale.
        """
        if one - self.least > times * max(other - self.least, 0.0):
            return True
        if not (0.0 < self.least <= min(one, other) and max(one, other) <= self.most < 1.0):
            return False
        low, high, above, below = map(_logit, (self.least, self.most, one, other))
        return high - low > _WIDE and above - below > share * (high - low)

    def above(self, one: float, other: float) -> bool:
        """Whether a score is clearly above another one."""
        # Others give nearly all to whatever has to do with the question.
        lacking = max(self.most - one, self.grain)
        full = self.most - other > _TIMES * lacking
        return one - other >= _OVER * self.span or full or self.many_times(one, other)
