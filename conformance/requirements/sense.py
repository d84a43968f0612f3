"""Requirements on what no reader would dispute, read off requests that are sent anyway: whatever else a request carries, the best is not the worst."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import exp
from typing import Any

from attrs import evolve

from conformance.checks.check import show
from conformance.checks.features import long, planned
from conformance.checks.reading import Reading, text_of
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.design import alike_requests
from conformance.probes.kit import Kit
from conformance.probes.pool import QUESTIONS, beside, dress_of, ends, kindred, sign_of
from conformance.probes.probe import Priority
from conformance.probes.texts import DELICATE, DOCUMENTS, LINES
from conformance.requirements.combinations import Combinations, attribute
from conformance.requirements.evidence import Evidence
from conformance.requirements.over_models import merged
from conformance.requirements.ranking import blank_request, delicate_request
from conformance.requirements.relevance import near_requests
from conformance.requirements.requirement import MOVED, RELEVANCE, STEADY, Requirement, probe_all, seeing
from conformance.requirements.scale import WOBBLE
from conformance.requirements.scores import ranked
from conformance.requirements.wholeness import DOCUMENT, QUESTION

# Words of the question that an answer holds at the least; and what it gains, as a part of what the best one does, or as many times what
# a text without any scores, where a curve leaves little to all but the best.
_KIN, _SHARE, _SEVERAL = 4, 0.02, 3
# As a part of the span of scores: texts that a long question does not set further apart are all alike to it.
_DILUTED = 0.1
# And so much of it is far above.
_FAR = 0.25
# How a text is dressed that is like nothing else in its list, and one that is much longer.
_PLAIN, _LONG, _END = "plain", "long", "end"
# So many chunks hold every long text, and so few tokens none.
_ENOUGH = 100
_CHUNKS = tuple(f"ranking.chunks.{place}" for place in ("first", "middle", "last"))
_RESTS = (
    *STEADY,
    "ranking.query_matters",
    "ranking.query_beside",
    *RELEVANCE,
    *MOVED,
    *QUESTION,
    DOCUMENT,
    "ranking.words",
    *_CHUNKS,
)
Pair = tuple[tuple[float, str], tuple[float, str]]


def sense_requirements(kit: Kit, combinations: Combinations) -> Iterator[Requirement]:
    """Yield what holds of any scale of relevance."""
    if kit.contract.coarse_scores or not kit.contract.success.place("score"):
        return
    if combinations.requests:
        yield _graded(kit, combinations)
    yield _spread(kit)
    clause = Clause.of("ranking.relevance.blank", kit=kit, rests_on=_RESTS)

    def blank(answer: str) -> Callable[[Mapping[str, float]], Pair]:
        return lambda scores: ((scores[answer], answer), max((scores[one], one) for one in ("", " ") if one in scores))

    # Beside an instruction, too, where one may be said.
    asked = ((blank_request(kit), LINES), (near_requests(kit)[0], DOCUMENTS[1]))
    yield merged([_below(clause, request, blank(answer), strictly=True) for request, answer in asked])

    moved, *_ = alike_requests(kit)
    texts = planned(moved, kit.contract).texts
    # Where documents come back it shows there.
    below = _below(
        Clause.of("ranking.relevance.cut_elsewhere", kit=kit, rests_on=_RESTS),
        moved,
        lambda scores: ((scores[texts[0]], texts[0]), (scores[texts[1]], texts[1])),
    )
    yield evolve(below, probes=tuple(evolve(probe, core=False, priority=Priority.EARLY) for probe in below.probes))

    def itself(scores: Mapping[str, float]) -> Pair:
        ranked = sorted((scores[one], one) for one in DELICATE if one in scores)
        return (scores[text_of(kit.body()[kit.named("query").name])], "the question"), ranked[len(ranked) // 2]

    yield _below(
        Clause.of("ranking.relevance.question_itself", kit=kit, rests_on=_RESTS), delicate_request(kit), itself
    )


def _below(
    clause: Clause, request: Request, pair: Callable[[Mapping[str, float]], Pair], *, strictly: bool = False
) -> Requirement:
    """Return the requirement that the first of two texts is not the worst of all, nor below the second one; strictly, nor as it is where another text is below both."""

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for reading in evidence.answered(finding, [request]) or ():
            scores = {reading.texts[index]: score for index, score in (reading.by_index or {}).items()}
            try:
                (high, best), (low, other) = pair(scores)
            except (KeyError, IndexError, ValueError):
                finding.hide("a text is missing from the results")
                continue
            tolerance = evidence.scores.tolerance(reading)
            worst = high <= min(scores.values()) < max(scores.values()) - tolerance
            level = strictly and high <= low and min(scores.values()) < low - tolerance
            kept = not (high < low - tolerance or worst or level)
            expected = f"{show(best)} above {low}, the score of {show(repr(other))}"
            finding.note(reading, kept=kept, expected=expected, actual=f"{high}")
        return finding

    return Requirement(clause, judge, probe_all([request], clause.sentence))


def _spread(kit: Kit) -> Requirement:
    """Return that scores are not the sigmoid of scores: of a whole run, with answers and with texts without a word, none lies elsewhere."""
    least, most = (1 / (1 + exp(-value)) for value in (0, 1))
    clause = Clause.of("ranking.relevance.spread", kit=kit, least=least, most=most, rests_on=("ranking.tells_apart",))
    asked = [blank_request(kit), delicate_request(kit)]

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        ranked = [
            reading
            for reading in evidence.by_key.values()
            if reading.answered and reading.asked("raw_scores") is not True
        ]
        scores = [score for reading in ranked for score in (reading.by_index or {}).values()]
        if not scores or evidence.answered(finding, asked) is None:
            finding.hide("no text was scored")
        elif all(least <= score <= most for score in scores):
            finding.fail(ranked[0], "scores below and above for answers and for what answers nothing", _range(scores))
        else:
            finding.keep(*ranked[:4])
        return finding

    return Requirement(clause, judge, probe_all(asked, clause.sentence))


def _range(scores: Sequence[float]) -> str:
    return f"{len(scores)} scores, from {min(scores)} to {max(scores)}"


def _graded(kit: Kit, combinations: Combinations) -> Requirement:
    clause = Clause.of("ranking.relevance.graded", kit=kit, rests_on=_RESTS)

    def note(finding: Finding, evidence: Evidence) -> None:
        failing: list[Reading] = []
        passing: list[Reading] = []
        readings = [one for request in combinations.all if (one := evidence.of(request)) is not None]
        # How far apart a model sets texts to a question that is none of the usual ones, whatever is in a list: few texts show little of it.
        spreads: dict[Any, float] = defaultdict(float)
        for reading in readings:
            if reading.answered and reading.by_index and not _usual(reading):
                spreads[_scorer(reading)] = max(spreads[_scorer(reading)], _spread_of(reading))
        # A model that finds them elsewhere reads wide texts: that one of few words once scores as nothing does is its own.
        reads = {
            reading.asked("model")
            for reading in readings
            for pair in reading.once(_extremes)
            if _wide(pair) and _above(evidence, reading, pair, spreads)
        }
        # And one that scores a text far above the least for a question gives it more than the least for another one that it answers as well.
        known = {one for reading in readings for one in _known(evidence, reading)}
        for reading in readings:
            pairs, excused = reading.once(_extremes), reading.asked("model") in reads
            lost = _overturned(evidence, reading)
            if not pairs and lost is None:
                continue
            wrong = [
                pair
                for pair in pairs
                if _outdone(evidence, reading, pair)
                or (
                    not evidence.scale(reading).saturated(score for score, _ in pair)
                    and (
                        ((_kind(reading), pair[0][1]) in known and pair[0][0] <= pair[1][0])
                        or not (_above(evidence, reading, pair, spreads) or (excused and _wide(pair)))
                    )
                )
            ]
            wrong += [lost] if lost is not None else []
            for best, worst in wrong[:1]:
                finding.fail(reading, f"{show(best[1])} above {worst[0]}, the score of {show(worst[1])}", f"{best[0]}")
            (failing if wrong else passing).append(reading)
        attribute(finding, evidence, failing, passing)

    return Requirement(clause, seeing(note, "no list with such documents was ranked"), combinations.probes)


def _known(evidence: Evidence, reading: Reading) -> Iterator[tuple[Any, str]]:
    """Yield the texts that a usual question finds far above one that has nothing to do with it, each with what ranks besides the question."""
    kind, far = _kind(reading), evidence.scale(reading).widest * _FAR
    for (best, text), (worst, _) in reading.once(_extremes) if kind is not None else ():
        if best - worst > far and dress_of(text) != "wide":
            yield kind, text


def _outdone(evidence: Evidence, reading: Reading, pair: Pair) -> bool:
    """Whether a dressed text has no more than one without an answer, though a plain one with as few words of the question or fewer lies far above both."""
    (best, text), (worst, _) = pair
    if best > worst or not _usual(reading) or long(text) or dress_of(text) in {_PLAIN, "wide"}:
        return False
    question, far = text_of(reading.asked("query")), evidence.scale(reading).widest * _FAR
    plain = ((reading.texts[at], score) for at, score in (reading.by_index or {}).items() if score - worst > far)
    held = kindred(question, text) or 0
    return any(
        dress_of(one) == _PLAIN and not long(one) and 0 < (kindred(question, one) or 0) <= held for one, _ in plain
    )


def _overturned(evidence: Evidence, reading: Reading) -> Pair | None:
    """Return a plain text with most of a usual question's words that is the worst of all, and one without any that is clearly above it, however that is dressed; None where there are none."""
    scores = reading.by_index if reading.answered and _usual(reading) else None
    question = text_of(reading.asked("query"))
    graded = [
        (kin, score, reading.texts[at])
        for at, score in (scores or {}).items()
        if not reading.textless(reading.documents[at]) and not long(reading.texts[at])
        if (kin := kindred(question, reading.texts[at])) is not None
    ]
    best = max((one for one in graded if dress_of(one[2]) == _PLAIN), default=None)
    other = max((one[1:] for one in graded if not one[0]), default=None)
    if best is None or other is None or best[0] < 2 * _KIN:
        return None
    tolerance = evidence.scores.tolerance(reading)
    worst = best[1] - min((scores or {}).values()) <= tolerance
    return (best[1:], other) if worst and other[0] - best[1] > _SEVERAL * tolerance else None


def _usual(reading: Reading) -> bool:
    """Whether a request has one of the usual questions."""
    return text_of(reading.asked("query")) in QUESTIONS


def _kind(reading: Reading) -> Any:
    """Return what ranks besides the question, of usual questions; None of others, which no text is known of."""
    return reading.once(ranked)[1:] if _usual(reading) else None


def _scorer(reading: Reading) -> tuple[Any, bool]:
    """Return the model that scores, and whether raw: such scores lie further apart."""
    return reading.asked("model"), bool(reading.asked("raw_scores"))


def _spread_of(reading: Reading) -> float:
    scores = (reading.by_index or {}).values()
    return max(scores) - min(scores)


def _above(evidence: Evidence, reading: Reading, pair: Pair, spreads: Mapping[Any, float]) -> bool:
    """Whether the first of two documents scores above the second, by a part of what the best one of all gains."""
    (best, _), (worst, _) = pair
    scores = (reading.by_index or {}).values()
    scale, gain = evidence.scale(reading), max(0.0, max(scores) - worst)
    # Any but the usual questions has so much else in it that chance moves scores by as much as the best one gains, or by half of what any two are apart;
    # and by all of that where to the model the rest is nearly all there is.
    if not _usual(reading):
        moved = max(evidence.scores.tolerance(reading), gain, spreads[_scorer(reading)] / 2)
        return _spread_of(reading) < _DILUTED * max(scale.span, scale.most - scale.least) or best >= worst - moved
    # Two long ones that differ in a sentence are one text to whoever does not read it, and have one score.
    if long(pair[0][1]):
        return best != worst or scale.rounded((best, worst))
    # Words in another script than most of the question's are worth less.
    share = 0.0 if _wide(pair) else _SHARE
    if share and share * gain < WOBBLE * scale.span:
        # The best one gains so little that padding moves scores by more than what is asked for.
        return best > worst - evidence.scores.tolerance(reading)
    if best == worst and scale.blurs(gain):
        return True
    return best - worst > share * gain or scale.many_times(best, worst, _SEVERAL, _SHARE)


def _wide(pair: Pair) -> bool:
    return dress_of(pair[0][1]) == "wide"


def _extremes(reading: Reading) -> Sequence[Pair]:
    """Return the document of a list that has most of the question's words, and one that has none, each with its score, for each dress that the texts have."""
    scores = reading.by_index if reading.answered else None
    if not scores or reading.asks_by_image:
        return ()
    question = text_of(reading.asked("query"))
    graded: dict[str, list[tuple[int, float, str]]] = defaultdict(list)
    for index, score in scores.items():
        text = reading.texts[index]
        kin = kindred(question, text)
        if kin is not None and not reading.textless(reading.documents[index]) and (not long(text) or _whole(reading)):
            dress = _LONG if long(text) else dress_of(text)
            graded[dress].append((kin, score, text))
            if dress == _PLAIN and kin:
                # What services cut a text at stands in it, or in the question before all that it has to do with.
                graded[sign_of(text)].append((kin, score, text))
                if ends(question, text):
                    graded[_END].append((kin, score, text))
    found = []
    for dress, texts in graded.items():
        # Signs that the question holds too would count for those that have them; what is not odd has none besides its words.
        others = texts if dress in {"odd", _LONG} else [*texts, *graded.get(_PLAIN, ())]
        worst = min(others)
        # What else is asked, other sentences may well answer: both have as many.
        best = max((one for one in texts if _usual(reading) or beside(one[2]) == beside(worst[2])), default=worst)
        if best[0] >= (_KIN if dress != _END else _KIN - 1) and not worst[0]:
            found.append((best[1:], worst[1:]))
    return found


def _whole(reading: Reading) -> bool:
    """Whether a request lets long documents be read, and its question leaves room for them."""
    limits = map(reading.wanted, ("chunk_limit", "text_cap"))
    return not long(text_of(reading.asked("query"))) and not any(
        isinstance(limit, int) and limit <= _ENOUGH for limit in limits
    )
