"""What a reader is told of a failed clause that nothing else explains."""

from conformance.causes.accepted import accepts, parts, placed
from conformance.causes.draft import Draft, counted, listed, short
from conformance.causes.envelope import look, shaped_as
from conformance.causes.scene import Scene, StatusClass, Symptom, Way, is_error_body
from conformance.causes.status import DOCUMENTED, said
from conformance.causes.trait import WAYS
from conformance.model.clause import Impact

ALONE = "clause"
_ROOM = 80


def alone(scene: Scene, name: str, symptoms: tuple[Symptom, ...]) -> Draft:
    """Return the draft of a clause that is a cause of its own."""
    verdict = scene.failed[name]
    clause = verdict.clause
    title, mend = verdict.wrong or clause.wrong or f"Failed: {clause.sentence}", clause.mend
    first = symptoms[0] if symptoms else None
    if first is not None and name.endswith(".shape") and is_error_body(name):
        seen = look(first.reading)
        why = f" ({short(first.proof.actual, _ROOM)})." if seen.startswith("an object with") else "."
        title = f"{shaped_as(scene, [name], seen).removesuffix('.')}{why}"
    elif name == DOCUMENTED and symptoms:
        statuses = sorted({symptom.reading.status for symptom in symptoms})
        title = f"Requests are answered with a status that the contract does not document: {listed(list(map(str, statuses)))}."
    elif (
        first is not None
        and first.status_class is not StatusClass.ACCEPTED
        and first.way is Way.VALID
        and verdict.clause.impact is not Impact.BREAKS
        and first.asked
    ):
        # What it says is wrong is that something is accepted.
        title, mend = (
            f"A valid request is refused: {short(first.asked)}.",
            "Accept such a request: the contract allows it.",
        )
    owner, keyword = placed(scene, name) if symptoms and accepts(symptoms) else ("", "")
    family, part = ("lenient", parts({owner: {name: keyword}})[0]) if owner else ("", "")
    if not owner and let_in(symptoms):
        family, part = "taken", symptoms[0].proof.expected.rpartition(":")[0]
        title = f"A request that must be refused is accepted: {part}."
    exchanges = {symptom.exchange for symptom in symptoms} or set(verdict.exchanges)
    if first is not None and name.startswith("error.status.") and first.way in WAYS:
        met = said(sorted(symptom.reading.status for symptom in symptoms), "or")
        family, part = "status", f"those with {WAYS[first.way]} get {met}"
        title = f"{title.removesuffix('.')} ({met})."
    told = symptoms[0].proof.actual if symptoms else verdict.detail
    why = f"{counted(len(exchanges | verdict.failing), 'exchange')}: {short(told)}"
    return Draft(ALONE, name, title, why, mend, [name], exchanges, family, part)


def let_in(symptoms: tuple[Symptom, ...]) -> bool:
    """Whether all proofs of a clause are requests that were accepted and must be refused."""
    return bool(symptoms) and all(s.way is not Way.VALID and s.status_class is StatusClass.ACCEPTED for s in symptoms)
