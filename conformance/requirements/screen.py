"""How parts are screened: a request asks about many at once. What it makes doubtful is asked alone, and only that is judged.

Two texts that differ in nothing but the part in question must not have the same score.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from statistics import median
from typing import Any

from attrs import evolve, frozen

from conformance.checks.check import show
from conformance.checks.reading import Reading, text_of
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority
from conformance.probes.texts import EDGES, TOPICS
from conformance.requirements.evidence import Evidence
from conformance.requirements.part import Narrowing, Part
from conformance.requirements.requirement import Requirement, of_answers, probe_all
from conformance.requirements.scale import ALIKE, Scale

# A part that counts gives so much of what the plainest gives; one of many words, and one of several parts of a question, each with an answer of its own, more.
# What gains little is screened by a part of it.
_SHARE, _SHARE_OF_WORDS, SHARE_OF_MANY, _QUARTER = 0.1, 0.17, 0.25, 0.25
# Topics of a short question; so many times as long is a text of much else.
_BRIEF_TOPICS, _MUCH_ELSE = 2, 3
# As many documents as a screen may have: a limit that must be sent and takes no such number cuts off what is to be compared.
MANY = 80
# By so much a limit is more than there are.
_BEYOND = 3
# Characters of a text in which a sentence is not most of it.
_MUCH = 200
# So many lost parts are named.
_TOLD = 3
# So many times as much as what is doubtful is no doubt; nor is what is lost where it is so many times what most scores move by.
_SURELY, _STEADY = 2, 8
# And so many times the least that any text has is hardly more, or such a part of the span: a long question leaves little to each of its parts.
_HARDLY, _FAINTLY = 2, 0.1
# So many parts in a row that are lost, and so many that are not, are no chance; and by such a part of the span a text rises from the least score.
_RUN, _RISES = 3, 0.05
_TOKEN = re.compile(r"\w+|[^\w\s]")


def _beside(kit: Kit, screen: Request, role: str) -> Request:
    """Return a screen with a limit a little beyond the list, or with the documents asked back: neither may matter."""
    body = kit.contract.flat(screen.json)
    value = len(body[kit.named("documents").name]) + _BEYOND if role == "limit" else True
    rich = {**body, **({kit.named(role).name: value} if role and kit.has(role) else {})}
    return kit.request(rich) if kit.contract.request_validator.is_valid(rich) else screen


@frozen
class _Screen:
    """A request that screens many parts; `plain` (else the best) and `unlike` are the documents that show what an answer gains in it."""

    request: Request
    parts: Sequence[Part]
    plain: int | None
    unlike: int
    share: float = _SHARE

    def doubtful(self, evidence: Evidence, request: Request, times: int = 1) -> list[Part]:
        """Return the parts of which an answer does not show, so many times over, that they count."""
        reading = evidence.of(request)
        scores = reading.by_index if reading is not None and reading.answered else None
        if reading is None or scores is None:
            return []
        last = self.unlike % len(reading.documents)
        best = scores.get(self.plain, 0.0) if self.plain is not None else max(scores.values(), default=0.0)
        gain = best - scores.get(last, 0.0)
        least = min(ALIKE * evidence.scale(reading).span, _QUARTER * gain)

        def told(part: Part) -> float:
            return scores.get(part.screened[0], 0.0) - scores.get(part.screened[1], 0.0)

        # A single word gives less than several.
        shares = (
            (part, _SHARE_OF_WORDS if part.turned is not None else _SHARE if part.clearly else self.share)
            for part in self.parts
        )
        return [part for part, share in shares if told(part) <= times * max(share * gain, least)]


def screening(
    kit: Kit,
    clause: Clause,
    bare: Request,
    plain: int | None,
    parts: Sequence[Part],
    unlike: int = -1,
    beside: str = "",
    share: float = _SHARE,
    query: str = "",
    head: str = "",
    *,
    together: bool = False,
) -> Requirement:
    """Return the requirement that no part is lost.

    The screen carries a field of the role `beside` that should not matter: what is lost with it alone is lost because of it.
    `query` is its question, where that is of many parts, and `head` one that a few of them may stand behind;
    `together` tells that parts are of documents about which one question is asked.
    """
    # Where a contract cuts texts short, two may be one.
    parts = [part for part in parts if len(part.alone) > 1 or part.differs(kit.contract)]
    screen = _Screen(_beside(kit, bare, beside), parts, plain, unlike, share)

    def ask(question: str) -> Request:
        body = {**kit.contract.flat(screen.request.json), kit.named("query").name: kit.query(kit.primary, question)}
        return kit.request(body)

    narrowing = Narrowing(screen.request, parts, query, head, ask)

    def left(evidence: Evidence) -> tuple[list[Part], list[Request]]:
        doubtful = screen.doubtful(evidence, screen.request)
        if doubtful and together:
            return _together(
                kit, evidence, doubtful, beside, _counted(evidence, parts, doubtful, evidence.of(screen.request))
            )
        return narrowing.left(evidence, doubtful)

    def holds(finding: Finding, evidence: Evidence, found: Sequence[Reading]) -> None:
        doubtful, _ = left(evidence)
        if not doubtful:
            return
        seen, shown = evidence.of(bare), found[0]
        unseen = parts if seen is None or not seen.answered else screen.doubtful(evidence, bare, _SURELY)
        lost: list[str] = []
        field = f"`{kit.named(beside).name}`" if beside and kit.has(beside) else ""
        scale = evidence.scale(shown)
        steady = max(_STEADY * _moves(seen, shown), scale.clear, scale.step)
        counted = _counted(evidence, parts, doubtful, shown)
        for part in doubtful:
            # A result that is missing shows nothing of how its text is read.
            surely = part not in unseen and {*part.screened} <= (shown.by_index or {}).keys()
            if surely and part.gain(seen) - part.gain(shown) > steady:
                finding.features = finding.features or (field,)
                finding.fail(shown, f"{part.name} counts, as it does without {field}", "it does not")
            else:
                _alone(evidence, finding, part, lost, counted)

    def closer(evidence: Evidence) -> Iterator[Request]:
        doubtful, wanted = left(evidence)
        if wanted:
            yield from wanted
            return
        seen = evidence.of(screen.request)
        # Where there is no room for all, what shows least that it counts comes first.
        for part in sorted(doubtful, key=lambda part: part.gain(seen)):
            yield from (*part.alone, bare)
            alone = evidence.answered(Finding(), part.alone)
            more = part.turned or part.roomy
            if more and alone and part.shown(alone) and not _shows(evidence, alone[0], part):
                yield more

    judge = of_answers([screen.request], holds)
    return Requirement(clause, judge, probe_all([screen.request], clause.sentence, Priority.ODD), closer=closer)


@frozen
class _Counted:
    """What a screen shows of the parts that count: how many different words and signs a document of one has at the most, and whether most do.

    `plainly` tells that questions as short as one that asks a part alone show that several others count.
    """

    size: int = 0
    most: bool = False
    plainly: bool = False


def _counted(evidence: Evidence, parts: Sequence[Part], doubtful: Sequence[Part], screen: Reading | None) -> _Counted:
    names = {part.name for part in doubtful}
    found = [part for part in parts if part.name not in names]
    sizes = [_words_of(screen.texts[part.screened[0]]) for part in found] if screen is not None else []
    plainly = sum(_told(evidence, part) for part in parts) >= _RUN
    return _Counted(max(sizes, default=0), most=2 * len(found) > len(parts), plainly=plainly)


def _told(evidence: Evidence, part: Part) -> bool:
    """Whether two questions that differ in a part, and have not much else, show that it counts."""
    alone = [reading for request in part.alone if (reading := evidence.of(request)) is not None and reading.by_index]
    asks = len(alone) == len(part.alone) > 1 and part.shown(alone) and not _many(alone)
    return asks and _alike(evidence.scale(alone[0]), alone, part) is None


def _words_of(text: str) -> int:
    return len({*_TOKEN.findall(text)})


def _together(
    kit: Kit, evidence: Evidence, doubtful: Sequence[Part], beside: str, counted: _Counted
) -> tuple[list[Part], list[Request]]:
    """Return the parts of documents that stay doubtful where several are asked about at once, as each would be alone, and what is to be asked before.

    Those about which nothing more can be said are asked there, not alone.
    """
    name, most = kit.named("documents").name, kit.most_documents(MANY)
    left: list[Part] = []
    wanted: list[Request] = []
    while doubtful:
        body: dict[str, Any] = {}
        documents: list[Any] = []
        places: list[tuple[tuple[int, int], ...]] = []
        for part in doubtful:
            body = kit.contract.flat(part.alone[0].json)
            if documents and len(documents) + len(body[name]) > most:
                break
            places.append(tuple((one + len(documents), other + len(documents)) for one, other in part.pairs))
            documents += body[name]
        asked = _beside(kit, kit.request({**body, name: documents}), beside)
        reading = evidence.of(asked)
        wanted += [asked] if reading is None else []
        for part, (first, *more) in zip(doubtful, places, strict=False):
            at = first[0] - part.pair[0]
            brief = part.brief and (part.brief[0] + at, part.brief[1] + at)
            among, told = evolve(part, alone=(asked,), pair=first, more=tuple(more), brief=brief), Finding()
            _alone(evidence, told, among, [], counted)
            if not told.kept:
                left.append(part if reading is None or told.broken else among)
        doubtful = doubtful[len(places) :]
    return left, wanted


def _alone(evidence: Evidence, finding: Finding, part: Part, lost: list[str], counted: _Counted) -> None:
    """Judge a part by the requests that ask it alone; `counted` are those of its kind that count."""
    alone = [reading for request in part.alone if (reading := evidence.of(request)) is not None and reading.by_index]
    scale = evidence.scale(alone[0]) if alone else evidence.scores.whole
    if len(alone) < len(part.alone):
        finding.hide(f"{part.name} was not asked alone")
    elif not part.shown(alone):
        finding.hide(f"the documents that show {part.name} are not in the results")
    elif (alike := _alike(scale, alone, part)) is None:
        finding.keep(*alone)
    elif part.turned is not None and ((turned := evidence.of(part.turned)) is None or not part.shown([turned])):
        finding.hide(f"{part.name} was not asked the other way round")
    elif part.turned is not None and turned is not None and _turned(scale, alone[0], turned, part):
        finding.keep(*alone)
    elif part.script and not _reads(evidence, *part.script):
        finding.hide(f"{part.name}: a model need not read their script, and this one may not")
    elif part.roomy and (roomy := evidence.of(part.roomy)) and _shows(evidence, roomy, part):
        finding.keep(roomy)
    elif not (_sunk(scale, alone, part, alike, counted) or (counted.plainly and _flat(alone))) and (
        scale.saturated(alike)
        # A word among others, a part of a question that has many, and a sentence of a text that has more, may be worth less than a step.
        or (
            scale.rounded(alike)
            and (part.turned or _many(alone) or any(len(text) > _MUCH for text in part.texts(alone)))
        )
        or _let_go(scale, alone, part)
        or _faint(scale, alone, part, alike)
    ):
        finding.hide(
            f"{part.name} is asked about texts whose scores are rounded to one, or are all at one end of the scale"
        )
    else:
        lost.append(part.name)
        finding.features = (lost[0],)
        finding.wrong = _unread(lost)
        finding.fail(
            alone[-1],
            f"{part.name} counts: other scores for texts that differ there",
            f"nearly the same scores: {show(alike)}",
        )


def _reads(evidence: Evidence, request: Request, pair: tuple[int, int]) -> bool:
    """Whether an answer tells a text that answers its question from one that does not, and from whatever others say."""
    reading = evidence.of(request)
    scores = (reading.by_index if reading is not None else None) or {}
    # To whom a script is one unknown sign, texts of other such scripts are the same text.
    if reading is None or not {*pair} <= scores.keys() or [*scores.values()].count(scores[pair[0]]) > 1:
        return False
    return evidence.scale(reading).above(scores[pair[0]], scores[pair[1]])


def _shows(evidence: Evidence, reading: Reading, part: Part) -> bool:
    """Whether one answer tells the documents of a part apart."""
    return part.shown([reading]) and _alike(evidence.scale(reading), [reading], part) is None


def _flat(alone: Sequence[Reading]) -> bool:
    """Whether all texts have one score for a question of hardly more than two of them."""
    return len(alone) > 1 and not _many(alone) and any(len(set((one.by_index or {}).values())) == 1 for one in alone)


def _turned(scale: Scale, one: Reading, other: Reading, part: Part) -> bool:
    """Whether each first document of a pair has more over the second one where the question is about it than where it is about that one.

    To whoever does not read what differs, both questions are one, or both documents; and chance moves one pair up and another one down.
    """
    tables = [reading.by_index or {} for reading in (one, other)]
    told = []
    for first, second in part.pairs:
        scores = [table[place] for table in tables for place in (first, second)]
        more, steady = scores[0] - scores[1] - scores[2] + scores[3], scale.steady(scores)
        # What is at the lower end of the scale, whatever is asked, would have less if there were any.
        if abs(more) > steady or not scale.lowest(scores):
            told.append(more > steady)
    return any(told) and all(told)


def _sunk(scale: Scale, alone: Sequence[Reading], part: Part, alike: Sequence[float], counted: _Counted) -> bool:
    """Whether two texts of one answer lie at the lower end of the scale though comparable ones do not: who reads them gives more."""
    if len(alone) > 1 or scale.wide or not scale.lowest(alike):
        return False
    (reading,) = alone
    scores, letters = (reading.by_index or {}).values(), [len(text) for text in reading.texts]
    # What stands among much else gains little, and less than what counts among less.
    most = counted.size or _MUCH_ELSE * min(map(_words_of, reading.texts))
    drowned = any(
        letters[place] > _MUCH_ELSE * min(letters) or _words_of(reading.texts[place]) > most
        for pair in part.pairs
        for place in pair
    )
    return not drowned and (counted.most or max(scores) - scale.least > _RISES * scale.span)


def _many(alone: Sequence[Reading]) -> bool:
    """Whether one of two questions has more in it than two topics."""
    asked = [text_of(reading.asked("query")) for reading in alone]
    named = [[topic for topic, *_ in TOPICS if topic in query] for query in asked]
    return len(alone) > 1 and any(
        len(some) > _BRIEF_TOPICS or len(query) >= 2 * sum(map(len, some))
        for some, query in zip(named, asked, strict=True)
    )


def _let_go(scale: Scale, alone: Sequence[Reading], part: Part) -> bool:
    """Whether a part's document has the least score for both questions, and another one that both speak of hardly more than any has that has more.

    Who gives nothing to what has little to do with a question gives nothing to parts of a long one: here and there, not
    to all before or behind some place, and to none elsewhere.
    """
    asked = [(reading.by_index or {}, text_of(reading.asked("query"))) for reading in alone]
    least, *more = scale.scores or (0.0,)
    told = enumerate(topic for topic, *_ in (*TOPICS, *EDGES))
    spoken = {at: asked[0][1].find(topic) for at, topic in told if all(topic in query for _, query in asked)}
    over = [
        min(scores.get(at, inf) for scores, _ in asked) - least
        for at in sorted(spoken, key=spoken.__getitem__)
        if at not in part.pair
    ]
    step = _HARDLY * (min(more, default=least) - least)
    nothing = [gain <= step for gain in over]
    cut = sum(one != other for one, other in pairwise(nothing)) == 1 and min(map(nothing.count, (True, False))) >= _RUN
    gone = len(asked) > 1 and scale.saturated(scores.get(part.pair[0], inf) for scores, _ in asked)
    return gone and not cut and any(gain <= max(step, _FAINTLY * scale.span) for gain in over)


def _faint(scale: Scale, alone: Sequence[Reading], part: Part, alike: Sequence[float]) -> bool:
    """Whether a part of a long question, or of a long text, may add too little to be told: less than one score moves by chance, or a step."""
    if part.brief is None:
        return _many(alone) and scale.noisy(alike)
    (reading,) = alone
    high, low = ((reading.by_index or {}).get(place, 0.0) for place in part.brief)
    much, little = (len(reading.texts[place]) for place in (part.pair[0], part.brief[0]))
    # Even in a short text it adds next to nothing, or does where it is a part of a long one: what stands around it makes that more or less.
    return not scale.differ(high, low) or (high - low) * little / much < _SURELY * scale.step


def _moves(one: Reading | None, other: Reading | None) -> float:
    """Return by how much most scores move at the least from one answer about some documents to another one."""
    tables = [(reading.by_index if reading is not None else None) or {} for reading in (one, other)]
    return median([abs(score - tables[1][index]) for index, score in tables[0].items() if index in tables[1]] or [0.0])


def _unread(lost: Sequence[str]) -> str:
    """Return in a sentence which parts of texts are not read."""
    more = len(lost) - _TOLD
    return f"Not read: {', '.join(lost[:_TOLD])}{f' and {more} more' if more > 0 else ''}."


def _alike(scale: Scale, alone: Sequence[Reading], part: Part) -> Sequence[float] | None:
    """Return scores that should differ and do not; None where they do."""
    tables = [reading.by_index or {} for reading in alone]
    if len(tables) == 1:
        # The two documents must score apart by a little where to whoever does not read the part both are one text: which
        # comes first is no matter where all pairs do, for in a long text the words around may outweigh it. Where other
        # words of theirs may move scores too, the one that has what is asked for must come first, and clearly.
        pairs = [(tables[0][one], tables[0][other]) for one, other in part.pairs]
        if part.clearly:
            below = [pair for pair in pairs if not scale.above(*pair)]
            # Beside a pair that is told apart, one that is rounded to one score shows nothing.
            if len(below) < len(pairs) and all(map(scale.rounded, below)):
                return None
            return below[0]
        # Where another passage is the best of a text, the part moves nothing; it moves nothing in any, where it is not read.
        told = [pair for pair in pairs if scale.differ(*pair)]
        if not told or len(told) == len(pairs):
            return None if told else pairs[0]
        return next((pair for pair in told if pair[0] < pair[1]), None)
    # Whose documents are lost for a long question scores them all alike, for each question otherwise.
    for table in tables:
        if not scale.differ(max(table.values()), min(table.values())):
            return list(table.values())
    shared = [
        (score, tables[1][index])
        for index, score in tables[0].items()
        if index in tables[1] and (index == part.pair[0] or not part.clearly)
    ]
    if not any(scale.differ(*pair) for pair in shared):
        return [score for pair in shared for score in pair]
    return None
