"""From verdicts and exchanges to causes: every failed clause belongs to exactly one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from conformance.causes import accepted, answer, envelope, status, words
from conformance.causes.draft import Draft
from conformance.causes.scene import Scene, Symptom
from conformance.contract import Contract
from conformance.model.cause import Cause
from conformance.model.clause import Level
from conformance.model.exchange import Exchange
from conformance.model.verdict import Verdict

Pool = Mapping[str, tuple[Symptom, ...]]
_SHOWN = 12
# What a whole answer is about comes before what its parts are about.
_EXPLANATIONS: tuple[Callable[[Scene, Pool], Iterator[Draft]], ...] = (
    accepted.credentials,
    accepted.everything,
    status.invalid,
    status.broke,
    status.refused,
    envelope.errors,
    answer.bodies,
    answer.places,
    answer.results,
    answer.ranking,
    answer.counts,
    accepted.fields,
)
# Clauses that speak of every answer: they go where most of their proofs go.
_FATES = frozenset({"status", "broke", "refused", "keys", "credentials", "unchecked"})
_WIDE = ("response.no_server_error", "response.status.documented", "error.", "generated.", "response.no_redirect")


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
            if not draft.clauses and not any(name in pool for name in wide):
                continue
            drafts.append(draft)
            if draft.kind in _FATES:
                scene.explained |= draft.exchanges
            pool = {name: symptoms for name, symptoms in pool.items() if name not in draft.clauses}
    _attach(drafts, pool)
    left = {name for draft in drafts for name in draft.clauses}
    drafts = [draft for draft in drafts if draft.clauses]
    drafts += [words.alone(scene, name, scene.symptoms[name]) for name in scene.failed if name not in left]
    return _ordered(scene, drafts)


def _attach(drafts: list[Draft], pool: Pool) -> None:
    """Give each clause on all answers to the draft that holds all or most of its proofs, those that own nothing yet first."""
    fitting = [draft for draft in drafts if draft.kind in _FATES]
    everywhere = {name for draft in fitting for name in draft.exchanges}
    for name, symptoms in pool.items():
        proofs = {symptom.exchange for symptom in symptoms}
        if not proofs or not fitting or not name.startswith(_WIDE):
            continue
        best = max(fitting, key=lambda draft: (len(proofs & draft.exchanges), not draft.clauses))
        inside = len(proofs & best.exchanges)
        if inside * 2 > len(proofs) or (inside and proofs <= everywhere):
            best.clauses.append(name)


def _ordered(scene: Scene, drafts: Iterable[Draft]) -> tuple[Cause, ...]:
    made, used = [], set()
    for draft in drafts:
        name = f"{draft.kind}:{draft.subject}" if draft.subject else draft.kind
        name = name if name not in used else f"{name}:{draft.clauses[0]}"
        used.add(name)
        level = Level.MUST if any(scene.failed[clause].clause.level is Level.MUST for clause in draft.clauses) else Level.SHOULD
        proofs = {s.exchange for clause in draft.clauses for s in scene.symptoms[clause]} or {e for clause in draft.clauses for e in scene.failed[clause].exchanges}
        made.append(Cause(name, draft.kind, draft.title, level, tuple(draft.clauses), tuple(scene.size(proofs)[:_SHOWN]), draft.explains, draft.mend))
    return tuple(sorted(made, key=lambda cause: (cause.level is not Level.MUST, *_weight(scene, cause), -len(cause.requirements), cause.id)))


def _weight(scene: Scene, cause: Cause) -> tuple[int]:
    """Return how bad a cause is for callers: the worst impact of its clauses, 0 for calls that fail."""
    order = {"breaks": 0, "changes silently": 1, "works otherwise": 2}
    return (min(order[str(scene.failed[name].clause.impact)] for name in cause.requirements),)


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
