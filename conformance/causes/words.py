"""What a reader is told of a failed clause that nothing else explains."""

from conformance.causes.draft import Draft, counted, listed
from conformance.causes.envelope import look
from conformance.causes.scene import Fate, Scene, Symptom, Way, is_error_body
from conformance.causes.status import DOCUMENTED

_INVALID = {
    "null": "A null for `{}` is accepted.",
    "type": "A value of another type for `{}` is accepted.",
    "required": "A request without `{}` is accepted.",
    "minimum": "`{}` below its minimum is accepted.",
    "maximum": "`{}` above its maximum is accepted.",
    "minLength": "`{}` that is too short is accepted.",
    "maxLength": "`{}` that is too long is accepted.",
    "minItems": "Too few items in `{}` are accepted.",
    "maxItems": "Too many items in `{}` are accepted.",
    "enum": "A value of `{}` that is not listed is accepted.",
    "pattern": "`{}` that does not match its pattern is accepted.",
    "oneOf": "`{}` in a form that the contract does not have is accepted.",
    "anyOf": "`{}` in a form that the contract does not have is accepted.",
    "additionalProperties": "An undeclared key in `{}` is accepted.",
    "unknown": "An unknown `{}` is accepted.",
}
_LONG = 160
ALONE = "clause"


def alone(scene: Scene, name: str, symptoms: tuple[Symptom, ...]) -> Draft:
    """Return the draft of a clause that is a cause of its own."""
    verdict = scene.failed[name]
    title, mend = f"Failed: {verdict.clause.sentence}", ""
    if symptoms and name.endswith(".shape") and is_error_body(name):
        title = f"A {name.split('.')[1]} comes as {look(symptoms[0].reading)}, not in the contract's shape."
        mend = "Send errors in the shape that the contract documents for their status."
    elif symptoms and name == DOCUMENTED:
        statuses = sorted({symptom.reading.status for symptom in symptoms})
        title = f"Requests are answered with a status that the contract does not document: {listed(list(map(str, statuses)))}."
        mend = "Answer with a documented status, or document this one."
    elif symptoms:
        first = symptoms[0]
        inner, _, keyword = name.removeprefix("request.").rpartition(".")
        if (
            first.way is Way.INVALID
            and first.fate is Fate.ACCEPTED
            and keyword in _INVALID
            and name.startswith("request.")
        ):
            title, mend = _INVALID[keyword].format(inner), "Refuse such a request: the contract does not allow it."
        elif first.fate is not Fate.ACCEPTED and first.way is Way.VALID:
            title, mend = (
                f"A valid request is refused: {_short(first.proof.expected)}.",
                "Accept such a request: the contract allows it.",
            )
        else:
            mend = f"Expected {_short(first.proof.expected)}."
    exchanges = {symptom.exchange for symptom in symptoms} or set(verdict.exchanges)
    told = symptoms[0].proof.actual if symptoms else verdict.detail
    return Draft(ALONE, name, title, f"{counted(len(exchanges), 'exchange')}: {_short(told)}", mend, [name], exchanges)


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
