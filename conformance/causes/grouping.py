"""From verdicts and exchanges to causes: every failed clause belongs to exactly one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from conformance.causes import accepted, envelope, place, ranking, repeated, shape, status, words
from conformance.causes.draft import Draft
from conformance.causes.few import few
from conformance.causes.kin import CHUNKS, SCRIPTS, Kin, reads
from conformance.causes.scene import Pool, Scene, StatusClass, Symptom, Way, is_error_body
from conformance.causes.trait import COMMON, traits
from conformance.contract import Contract
from conformance.model.cause import Cause
from conformance.model.clause import Level
from conformance.model.exchange import Exchange
from conformance.model.verdict import Verdict

_SHOWN = 12
_LIMIT, _RELEVANCE, _SAYS, _STEADY, _ONE = "ranking.limit", "ranking.relevance.", "error.says", "response.steady", 2
_RARE = 4
_HALF, _MOST = 0.5, 0.75
# What a whole answer is about comes before what its parts are about.
_EXPLANATIONS: tuple[Callable[[Scene, Pool], Iterator[Draft]], ...] = (
    shape.disguised,
    accepted.credentials,
    accepted.everything,
    status.refused,
    status.invalid,
    status.broke,
    envelope.errors,
    shape.bodies,
    repeated.repeated,
    place.places,
    place.headers,
    ranking.results,
    ranking.ranking,
    ranking.counts,
    accepted.beside,
    accepted.spelt,
    accepted.fields,
)
# Clauses that speak of every answer: they go where most of their proofs go.
_FATES = frozenset({"disguised", "status", "broke", "refused", "keys", "credentials", "unchecked"})
_STATUSES = frozenset({"status", "credentials"})
_WIDE = ("response.no_server_error", status.DOCUMENTED, "error.", "generated.", "response.no_redirect")


def causes(verdicts: Sequence[Verdict], exchanges: Mapping[str, Exchange], contract: Contract) -> tuple[Cause, ...]:
    """Return the causes of a run's failed clauses, the worst first; no I/O.

    Each failed clause stands in exactly one; a passed clause in none. Equal runs give equal ids.
    """
    scene = Scene(contract, verdicts, exchanges)
    if not scene.failed:
        return ()
    pool = dict(scene.symptoms)
    drafts: list[Draft] = []
    for explain in _EXPLANATIONS:
        for draft in explain(scene, pool):
            wide = [name for name in draft.clauses if name.startswith(_WIDE) and draft.kind != "envelope"]
            draft.clauses = [name for name in dict.fromkeys(draft.clauses) if name in pool and name not in wide]
            if not draft.clauses and not wide and draft.kind not in _FATES:
                continue
            drafts.append(draft)
            if draft.kind in _FATES:
                scene.explained |= draft.exchanges
                scene.unjust |= draft.exchanges if draft.kind == "refused" else set()
                pool = {name: _unexplained(scene, symptoms) for name, symptoms in pool.items()}
            pool = {name: symptoms for name, symptoms in pool.items() if name not in draft.clauses}
    _attach(scene, drafts, pool)
    left = {name for draft in drafts for name in draft.clauses}
    drafts = [draft for draft in drafts if draft.clauses]
    drafts += [
        words.alone(scene, name, _unexplained(scene, scene.symptoms[name])) for name in scene.failed if name not in left
    ]
    drafts = scene.once(Kin).joined(_rested(scene, drafts), words.ALONE)
    return _ordered(scene, few(drafts))


def _rested(scene: Scene, drafts: list[Draft]) -> list[Draft]:
    """Give a clause that is alone, and rests on one that fails too, to the draft of that one."""
    owner = {name: draft for draft in drafts for name in draft.clauses}
    alone = [draft for draft in drafts if draft.kind == words.ALONE]
    # What rests on few comes first: what rests on that too goes with it.
    for draft, bases in sorted(
        ((one, _bases(scene, one.clauses[0], owner)) for one in alone), key=lambda one: len(one[1])
    ):
        if len(draft.clauses) != 1:
            # Others rest on it.
            continue
        name = draft.clauses[0]
        base = next(
            (
                one
                for one in bases
                if not _apart(scene, name, one, owner[one])
                # Nor for that on which it rests itself.
                and not any(
                    scene.once(Kin).beside(name, [deep])
                    for deep in (one, *scene.failed[one].clause.rests_on)
                    if owner.get(deep) is owner[one]
                )
            ),
            None,
        )
        if SCRIPTS in owner and name != SCRIPTS and scene.once(Kin).in_scripts(name):
            base = SCRIPTS
        if base is not None and owner[base] is not draft:
            owner[base].clauses.append(name)
            owner[name], draft.clauses = owner[base], []
    left = [draft for draft in drafts if draft.clauses]
    # What a draft was given may be that on which another one rests.
    return left if len(left) == len(drafts) else _rested(scene, left)


def _bases(scene: Scene, name: str, owner: Mapping[str, Draft]) -> list[str]:
    """Return the failed clauses on which one rests, those first that fail in the same answers."""
    # Where the body of an error has no text for words, it says nothing.
    rests = [*scene.failed[name].clause.rests_on, *(filter(is_error_body, owner) if name == _SAYS else ())]
    if name.startswith("response.") and words.let_in(scene.symptoms[name]):
        # What the answer to a request says that must be refused is not what is wrong with it.
        rests += [one for one in owner if one.startswith("request.") and words.let_in(scene.symptoms[one])]
    return sorted(
        (one for one in rests if one in owner and one != name),
        key=lambda one: not scene.failed[name].failing <= scene.failed[one].failing,
    )


def _apart(scene: Scene, name: str, base: str, whole: Draft) -> bool:
    """Whether a clause on each answer, or on texts of a script, fails in other answers than those in which the other one fails."""
    mine, its = (scene.failed[one].failing for one in (name, base))
    if name == _LIMIT and base.startswith("response."):
        # The best ones are not lost where none is missing.
        return not all(ranking.few(scene.readings[one]) for one in scene.failed[name].failing)
    if name == _STEADY and base.endswith((".absent", ".present")):
        # Of two answers of which one has more than the other either may be the wrong one.
        place = f"`{base.partition('.')[2].rpartition('.')[0]}`"
        return not all(place in symptom.proof.expected for symptom in scene.symptoms[name])
    relations = all(
        one.startswith("ranking.") and not one.startswith(_RELEVANCE) and not reads(one) for one in (name, base)
    )
    if (relations and not mine <= its and scene.once(Kin).told_apart(name, base)) or (
        # Results that are missing have no scores, not the same ones.
        reads(name) and base.endswith((".all", ".limit"))
    ):
        return True
    if SCRIPTS in {name, base}:
        # Who does not read one script alone does not cut texts, but for letters of that script, or at an end.
        return (
            len(scene.symptoms[SCRIPTS]) <= _ONE
            and not (mine & its or _letters(scene, mine) & _letters(scene, its))
            and not scene.once(Kin).at_an_end(base)
        )
    # Scores that are swapped show in a document beside the wrong one, and not always in another answer, too.
    share = _MOST if base.startswith("ranking.") else _HALF if base.startswith("error.") else 1
    # What the draft has already shows where its fault does, too.
    shown = its.union(*(scene.failed[one].failing for one in whole.clauses))
    within = len(mine & shown) >= share * (min(len(mine), len(its)) if share == _MOST else len(mine))
    scored = base.startswith("ranking.") and not base.startswith((_RELEVANCE, CHUNKS)) and not reads(base)
    if scored and (name == _LIMIT or name.startswith((CHUNKS, _RELEVANCE)) or name.endswith(".default")):
        return _elsewhere(scene, name, base, mine, its)
    return name.startswith(("response.", _SAYS)) and not within


def _elsewhere(scene: Scene, name: str, base: str, mine: frozenset[str], its: frozenset[str]) -> bool:
    """Whether scores are moved in other answers, so that they spoil nothing here."""
    if name.startswith(CHUNKS):
        return not (mine <= its and len(mine) * _RARE >= len(its))
    if name == _LIMIT:
        # What moves few scores loses few of the best ones.
        return len(mine) > len(its) and mine.isdisjoint(its)
    # Nor where they seldom are with what matters here.
    some, others = (scene.failed[one].features for one in (name, base))
    met = sum(scene.carries(one, some) for one in its) if some else 0
    moved = (bool(others) and all(scene.carries(one, others) for one in mine)) or scene.once(Kin).within(mine, its)
    return mine.isdisjoint(its) and met * _RARE < len(its) and not moved


def _letters(scene: Scene, names: Iterable[str]) -> set[str]:
    """Return what is rare in the texts of some requests."""
    found = {one for name in names if name in scene.readings for one in traits(scene.readings[name], Way.VALID)}
    return {one.name for one in found if one.group == "text" and one.name not in COMMON}


def _unexplained(scene: Scene, symptoms: tuple[Symptom, ...]) -> tuple[Symptom, ...]:
    """Return the proofs of a clause that are not explained yet; all of them where none is left."""
    return (
        tuple(symptom for symptom in symptoms if symptom.about_error or symptom.exchange not in scene.explained)
        or symptoms
    )


def _attach(scene: Scene, drafts: list[Draft], pool: Pool) -> None:
    """Give each clause on all answers to the draft that holds most of its proofs, and each one that several drafts explain together to the one that explains most.

    Drafts that own nothing yet come first.
    """
    fitting = [draft for draft in drafts if draft.kind in _FATES]
    for name in pool:
        symptoms = scene.symptoms[name]
        proofs = {symptom.exchange for symptom in symptoms}
        theirs = not is_error_body(name) or scene.of_unjust(name)
        own = [draft for draft in fitting if draft.kind != "refused" or theirs]
        if not proofs or not own or status.apart(name):
            continue
        if name == status.DOCUMENTED:
            # A status is one pattern, whatever was asked.
            seen = {symptom.reading.status for symptom in symptoms}
            patterns = [d for d in own if seen <= {scene.readings[one].status for one in d.exchanges}]
            pattern = max(patterns, key=lambda d: (d.kind == "status", len(proofs & d.exchanges)), default=None)
            if pattern is not None:
                pattern.clauses.append(name)
                continue
        everywhere = {exchange for draft in own for exchange in draft.exchanges}
        # Who has nothing else to show would not be told at all.
        bare = [draft for draft in own if not draft.clauses and proofs & draft.exchanges]
        best = max(bare or own, key=lambda draft: len(proofs & draft.exchanges))
        # A valid request that was accepted, and is wrong all the same, is another thing; so is a body that is wrong elsewhere, too.
        apart = (is_error_body(name) and not scene.failed[name].failing <= best.exchanges) or any(
            s.way is Way.VALID and s.status_class is StatusClass.ACCEPTED and s.exchange not in everywhere
            for s in symptoms
        )
        # Of proofs only some are kept.
        all_of_it = proofs if is_error_body(name) else scene.failed[name].failing
        # What each of several explains in part is told with the one that explains most.
        shared = name.startswith("response.") and len(all_of_it & everywhere) * 2 > len(all_of_it)
        inside = len(proofs & best.exchanges) * 2 > len(proofs)
        if ((inside or shared) and name.startswith(_WIDE) and not apart) or all_of_it <= everywhere:
            best.clauses.append(name)


def _ordered(scene: Scene, drafts: Iterable[Draft]) -> tuple[Cause, ...]:
    made, used = [], set()
    for draft in drafts:
        name = f"{draft.kind}:{draft.subject}" if draft.subject else draft.kind
        name = name if name not in used else f"{name}:{draft.clauses[0]}"
        used.add(name)
        level = (
            Level.MUST
            if any(scene.failed[clause].clause.level is Level.MUST for clause in draft.clauses)
            else Level.SHOULD
        )
        proofs = {s.exchange for clause in draft.clauses for s in scene.symptoms[clause]}
        proofs = (
            proofs & draft.exchanges
            or proofs
            or {e for clause in draft.clauses for e in scene.failed[clause].exchanges}
        )
        shown = scene.plainest(proofs)[:_SHOWN]
        if draft.kind in _FATES and draft.kind != "refused":
            # No clause says best what is wrong: the one whose proof is the plainest stands first.
            draft.clauses.sort(key=lambda clause: {s.exchange for s in scene.symptoms[clause]}.isdisjoint(shown[:1]))
        clauses = tuple(draft.clauses)
        made.append(Cause(name, draft.kind, draft.title, level, clauses, tuple(shown), draft.explains, draft.mend))
    return tuple(
        sorted(
            made,
            key=lambda cause: (
                cause.level is not Level.MUST,
                *_weight(scene, cause),
                -len(cause.requirements),
                cause.id,
            ),
        )
    )


def _weight(scene: Scene, cause: Cause) -> tuple[int, bool, int]:
    """Return how bad a cause is for callers: the worst impact of its clauses, 0 for calls that fail; whether only calls that must fail show it; and to how few calls it happens."""
    order = {"breaks": 0, "changes silently": 1, "works otherwise": 2}
    symptoms = [symptom for name in cause.requirements for symptom in scene.symptoms[name]]
    wrong = bool(symptoms) and all(
        # A status that valid requests get, too, is told of those that must be refused.
        cause.kind in _STATUSES or one.way is not Way.VALID or one.about_error
        for one in symptoms
    )
    met = {name for clause in cause.requirements for name in scene.failed[clause].failing}
    met |= {symptom.exchange for symptom in symptoms}
    # Who lets strangers in has that to mend soon, though no caller notices.
    worst = min(order[str(scene.failed[name].clause.impact)] for name in cause.requirements)
    refused = (one for one in symptoms if one.asked or cause.kind in _FATES)
    if cause.kind == "keys" or any(s.way is Way.VALID and s.status_class is not StatusClass.ACCEPTED for s in refused):
        worst = 0
    return worst, wrong, -len(met)


def grouped(failed: Iterable[str], causes: Iterable[Cause]) -> dict[str, list[str]]:
    """Return clauses by the id of the cause that explains them, in the order of the causes; those of none under their own id."""
    wanted = dict.fromkeys(failed)
    found: dict[str, list[str]] = {}
    for cause in causes:
        mine = [name for name in cause.requirements if name in wanted]
        if mine:
            found[cause.id] = mine
            for name in mine:
                del wanted[name]
    return {**found, **{name: [name] for name in wanted}}
