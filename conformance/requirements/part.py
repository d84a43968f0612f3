"""Parts of a text that must count, and how those that a screen makes doubtful are asked several at a time.

A question of many parts is asked again with something else in the place of all doubtful ones. Then a few of them get a
question of their own. A part counts where its document moves with it. What stays doubtful is asked alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from statistics import median

from attrs import frozen

from conformance.checks.features import planned
from conformance.checks.reading import Reading, text_of
from conformance.contract import Contract
from conformance.model.exchange import Request
from conformance.requirements.evidence import Evidence

# So many parts stand in a question of their own, where more than two are left.
_FEW, _LEFT = 4, 2
# What a part moves is such a part of what most move, and so many steps; where few others show by how much chance moves theirs, by so much more of that.
_PART, _STEPS, _HALF, _BEYOND = 0.25, 2, 0.5, 4


@frozen
class Part:
    """One part of a text: its name in a finding, the clause that it belongs to, and how it is asked alone.

    `alone` are one or two requests. `pair` are the places of two documents in the answer of one request, or of
    one document in the answers of both; their scores must differ. So must those of `more` pairs, which leave
    less to chance, and `clearly`, where other words of theirs may move scores too; of a document in two answers so
    must its own, whatever happens to others. Where that shows too little, `turned` asks for what the second document of
    each pair has: by how much the first one is above it must move; `roomy` asks that more of each text be read.
    `script` is a request, and two documents of it, that show whether a model reads the part's script. `brief` are the places
    of two much shorter documents of the same answer that differ in the same. `said` is what the screen's question says of the part,
    and as much of something else; `free` tells that both may as well stand behind another question.
    """

    name: str
    alone: tuple[Request, ...]
    pair: tuple[int, int]
    screened: tuple[int, int]
    more: tuple[tuple[int, int], ...] = ()
    clearly: bool = False
    turned: Request | None = None
    roomy: Request | None = None
    script: tuple[Request, tuple[int, int]] | None = None
    brief: tuple[int, int] | None = None
    said: tuple[str, str] | None = None
    free: bool = False

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The places of all pairs of documents."""
        return (self.pair, *self.more)

    def differs(self, contract: Contract) -> bool:
        """Whether the documents of each pair that is asked alone are two."""
        texts = planned(self.alone[0], contract).documents
        return all(texts[one] != texts[other] for one, other in self.pairs)

    def shown(self, alone: Sequence[Reading]) -> bool:
        """Whether answers to what is asked alone have the documents of all pairs."""
        places = {place for pair in self.pairs for place in pair}
        return all(places <= (reading.by_index or {}).keys() for reading in alone)

    def texts(self, alone: Sequence[Reading]) -> Iterator[str]:
        """Yield the questions and the documents that show the part."""
        for reading in alone:
            yield text_of(reading.asked("query"))
            yield from (reading.texts[place] for pair in self.pairs for place in pair)

    def gain(self, reading: Reading | None) -> float:
        """Return by how much a screen's answer tells the part's two documents apart; 0.0 where it does not have both."""
        scores = (reading.by_index if reading is not None else None) or {}
        one, other = self.screened
        return scores[one] - scores[other] if {one, other} <= scores.keys() else 0.0


@frozen
class Narrowing:
    """How parts of a question are asked several at a time: `query` is the screen's, `head` one that others stand behind.

    `ask` returns a request with another question about the screen's documents.
    """

    screen: Request
    parts: Sequence[Part]
    query: str
    head: str
    ask: Callable[[str], Request]

    def left(self, evidence: Evidence, doubtful: Sequence[Part]) -> tuple[list[Part], list[Request]]:
        """Return the parts that stay doubtful, and what is to be asked before more of them may be told."""
        said = [part for part in doubtful if part.said is not None]
        count: set[str] = set()
        wanted: list[Request] = []
        seen = evidence.of(self.screen)
        # What is a step or none in a question of many parts is none in another one.
        if seen is not None and any(part.gain(seen) >= _STEPS * evidence.scale(seen).grain for part in said):
            query = self.query
            for part in said:
                query = query.replace(*part.said or ("", ""), 1)
            count, wanted = self._told(evidence, said, (self.screen, self.ask(query)))
        left = [part for part in doubtful if part.name not in count]
        # What is long leaves little to what stands beside it.
        free = sorted((part for part in left if part.free), key=lambda part: len(part.said[0]) if part.said else 0)
        if not wanted and len(free) > _LEFT:
            several, wanted = self._grouped(evidence, free, _FEW)
            count |= several
            # Two requests each are more than one.
            free = [part for part in free if part.name not in several and len(part.alone) > 1]
            if not wanted and len(free) > _LEFT:
                single, wanted = self._grouped(evidence, free, 1)
                count |= single
        return [part for part in left if part.name not in count], wanted

    def _grouped(self, evidence: Evidence, free: Sequence[Part], size: int) -> tuple[set[str], list[Request]]:
        """Return the names of those parts that count in questions of so many, and what is not asked yet: first two of them, and where these show any, all."""
        groups = [free[start : start + size] for start in range(0, len(free), size)]
        asked = [self._behind(group, 0) for group in groups]
        # One group is what is said in the place of another.
        instead = [asked[1], *asked] if len(groups) > 1 else [self._behind(free, 1)]
        count: set[str] = set()
        wanted: dict[str, Request] = {}
        for number, (group, one, other) in enumerate(zip(groups, asked, instead, strict=False)):
            if number == _LEFT and (wanted or not count):
                break
            more, unasked = self._told(evidence, group, (one, other))
            count |= more
            wanted |= {request.key: request for request in unasked}
        return count, list(wanted.values())

    def _behind(self, some: Sequence[Part], which: int) -> Request:
        """Return a question of a few parts, or of what is said in their place."""
        return self.ask(self.head + "".join(part.said[which] for part in some if part.said is not None))

    def _told(
        self, evidence: Evidence, some: Collection[Part], asked: tuple[Request, Request]
    ) -> tuple[set[str], list[Request]]:
        """Return the names of those parts that count, for they are said in one of two questions, and what is not asked yet."""
        one, other = map(evidence.of, asked)
        if one is None or other is None:
            return set(), [request for request, reading in zip(asked, (one, other), strict=True) if reading is None]
        moves = {part.name: part.gain(one) - part.gain(other) for part in self.parts if part.said is not None}
        scale, asked_in = evidence.scale(one), [text_of(reading.asked("query")) for reading in (one, other)]
        # What neither asks about shows by how much chance moves a text, else what both do; the fewer show it, the further.
        apart: dict[tuple[bool, ...], list[float]] = defaultdict(list)
        for part in self.parts:
            if part.said is not None:
                apart[tuple(part.said[0] in text for text in asked_in)].append(moves[part.name])
        others = apart[(False, False)] or apart[(True, True)]
        chance = max(others, default=0.0) * (1 + _BEYOND / max(len(others), 1))
        # Where not one of several moves, a step is no matter of rounding.
        steps = _STEPS if any(others) or len(others) < _FEW else _HALF
        bound = max(steps * scale.grain, chance, _PART * median(moves[part.name] for part in some))

        def surely(part: Part) -> float:
            return scale.steady(
                [
                    reading.by_index[at]
                    for reading in (one, other)
                    if reading.by_index
                    for at in part.screened
                    if at in reading.by_index
                ]
            )

        return {part.name for part in some if moves[part.name] > max(bound, surely(part))}, []
