"""What a reader is told of a failed clause that nothing else explains."""

from conformance.causes.draft import Draft, counted, listed
from conformance.causes.envelope import look
from conformance.causes.scene import Fate, Scene, Symptom, Way, is_error_body
from conformance.causes.status import DOCUMENTED
from conformance.model.clause import Impact

_LONG = 160
ALONE = "clause"


def alone(scene: Scene, name: str, symptoms: tuple[Symptom, ...]) -> Draft:
    """Return the draft of a clause that is a cause of its own."""
    verdict = scene.failed[name]
    clause = verdict.clause
    title, mend = verdict.wrong or clause.wrong or f"Failed: {clause.sentence}", clause.mend
    first = symptoms[0] if symptoms else None
    if first is not None and name.endswith(".shape") and is_error_body(name):
        title = f"A {name.split('.')[1]} comes as {look(first.reading)}, not in the contract's shape."
    elif name == DOCUMENTED and symptoms:
        statuses = sorted({symptom.reading.status for symptom in symptoms})
        title = f"Requests are answered with a status that the contract does not document: {listed(list(map(str, statuses)))}."
    elif (
        first is not None
        and first.fate is not Fate.ACCEPTED
        and first.way is Way.VALID
        and verdict.clause.impact is not Impact.BREAKS
    ):
        # What it says is wrong is that something is accepted.
        title, mend = (
            f"A valid request is refused: {_short(first.proof.expected)}.",
            "Accept such a request: the contract allows it.",
        )
    exchanges = {symptom.exchange for symptom in symptoms} or set(verdict.exchanges)
    told = symptoms[0].proof.actual if symptoms else verdict.detail
    return Draft(ALONE, name, title, f"{counted(len(exchanges), 'exchange')}: {_short(told)}", mend, [name], exchanges)


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
