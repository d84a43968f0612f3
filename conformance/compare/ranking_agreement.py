"""How far rankings agree: with the known answers of the pinned queries, and with each other.

nDCG, MRR and precision come from ir-measures, which wraps trec_eval, and
Kendall's tau from scipy: whoever knows rankings knows those numbers. All of them
measure the order in which results were served, which is the one that a caller reads.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import fmean

from attrs import frozen

from conformance.checks.reading import Reading
from conformance.compare.compared import ComparedTarget
from conformance.document.extra import install
from conformance.drift.correlation import WOBBLE
from conformance.probes.pinned import Query, pinned_set

TOP = 3
# A query with the first usable answer to it, and the score by index in the order of the answer.
_Scored = tuple[Query, Reading, Mapping[int, float]]
_ORDERED = 2  # distinct scores


class AgreementUnavailableError(Exception):
    """The libraries that measure agreement are not installed."""


@frozen
class KnownAnswers:
    """How well one target finds the known answers, as means over the queries it answered; None where it answered none.

    `ndcg`, `mrr` and `first` (precision at 1) go from 0.0 to 1.0; `languages`
    holds nDCG by language, `exchanges` what shows it.
    """

    target: str
    model: str
    queries: int
    asked: int
    ndcg: float | None
    mrr: float | None
    first: float | None
    languages: tuple[tuple[str, float], ...] = ()
    exchanges: tuple[str, ...] = ()


@frozen
class RankingPair:
    """How far two targets rank alike, as means over the queries that both answered.

    `tau` is Kendall's tau-b (1 the same order, -1 the reverse), `overlap` the
    part of the best three that both name; None where nothing can be compared.
    """

    first: str
    second: str
    same_model: bool
    queries: int
    tau: float | None
    overlap: float | None


@frozen
class RankingAgreement:
    """Both tables, and the version of the query set."""

    version: int
    known: tuple[KnownAnswers, ...]
    pairs: tuple[RankingPair, ...]


def require() -> None:
    """Raise AgreementUnavailableError with the command that installs what is missing."""
    try:
        import ir_measures  # noqa: F401
        import scipy.stats  # noqa: F401
    except ImportError as error:
        msg = f"Agreement of rankings needs ir-measures and scipy. {install('rankings')}"
        raise AgreementUnavailableError(msg) from error


def agreement(subjects: Sequence[ComparedTarget]) -> RankingAgreement:
    """Measure every target and every pair; raises AgreementUnavailableError."""
    require()
    scored = [_scores(subject) for subject in subjects]
    known = tuple(_known(subject, found) for subject, found in zip(subjects, scored, strict=True))
    return RankingAgreement(pinned_set().version, known, tuple(_pairs(subjects, scored)))


def _scores(subject: ComparedTarget) -> dict[str, _Scored]:
    """Return by query its first usable answer with score by index, in the order of the answer."""
    found: dict[str, _Scored] = {}
    for query, reading in subject.work.readings(subject.of):
        if reading.by_index and query.id not in found:
            found[query.id] = (query, reading, reading.by_index)
    return found


def _known(subject: ComparedTarget, found: Mapping[str, _Scored]) -> KnownAnswers:
    from ir_measures import RR, Measure, P, Qrel, ScoredDoc, calc_aggregate, iter_calc, nDCG

    asked = len(subject.work.asked)
    model = subject.work.model or ""
    if not found:
        return KnownAnswers(subject.name, model, 0, asked, None, None, None)
    judged = [
        Qrel(query.id, str(i), int(i in query.relevant))
        for query, _, _ in found.values()
        for i in range(len(query.documents))
    ]
    ranked = [
        ScoredDoc(query.id, str(i), -float(place))
        for query, _, scores in found.values()
        for place, i in enumerate(scores)
    ]
    wanted: list[Measure] = [nDCG, RR, P @ 1]
    values = calc_aggregate(wanted, judged, ranked)
    languages: dict[str, list[float]] = {}
    for metric in iter_calc([nDCG], judged, ranked):
        languages.setdefault(found[metric.query_id][0].language, []).append(metric.value)
    return KnownAnswers(
        subject.name, model, len(found), asked, float(values[nDCG]), float(values[RR]), float(values[P @ 1]),
        tuple((language, fmean(held)) for language, held in languages.items()),
        tuple(reading.exchange.id for _, reading, _ in found.values()),
    )  # fmt: skip


def tau(first: Mapping[int, float], second: Mapping[int, float]) -> float | None:
    """Return Kendall's tau-b of two rankings, each a score by index in the order as served; None where one has no order.

    Neighbours whose scores lie within the wobble of a service are ties. Both
    are brought to the same spread for that: 95 of 100 is 0.95 of 1.
    """
    from scipy.stats import kendalltau

    both = first.keys() & second.keys()
    places = [_places({i: score for i, score in scores.items() if i in both}) for scores in (first, second)]
    if min(len(set(found.values())) for found in places) < _ORDERED:
        return None
    return float(kendalltau(*([found[i] for i in sorted(both)] for found in places)).statistic)


def _places(scores: Mapping[int, float]) -> dict[int, int]:
    """Return the place at which each index was served, near scores beside each other in the same."""
    spread = max(1.0, max(scores.values(), default=0.0) - min(scores.values(), default=0.0))
    place, found = 0, dict.fromkeys(list(scores)[:1], 0)
    for (_, one), (index, other) in pairwise(scores.items()):
        place += abs(one - other) / spread > WOBBLE
        found[index] = place
    return found


def _pairs(subjects: Sequence[ComparedTarget], scored: Sequence[Mapping[str, _Scored]]) -> Iterator[RankingPair]:
    for one, other in combinations(range(len(subjects)), 2):
        taus, overlaps = [], []
        for name in scored[one].keys() & scored[other].keys():
            a, b = scored[one][name][2], scored[other][name][2]
            found = tau(a, b)
            if found is not None:
                taus.append(found)
            overlaps.append(len(set(list(a)[:TOP]) & set(list(b)[:TOP])) / min(TOP, len(a), len(b)))
        first, second = subjects[one], subjects[other]
        yield RankingPair(
            first.name, second.name, first.work.model == second.work.model, len(overlaps),
            fmean(taus) if taus else None, fmean(overlaps) if overlaps else None,
        )  # fmt: skip
