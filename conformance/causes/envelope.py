"""Explanations of errors in a foreign shape."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from conformance.causes.draft import Draft, counted, listed
from conformance.causes.scene import Fate, Pool, Scene, Way, is_error_body
from conformance.checks.reading import Reading
from conformance.model.exchange import NOT_JSON
from conformance.model.verdict import Outcome

_SAME = 3


def look(reading: Reading) -> str:
    """Return in a few words how the body of an error looks."""
    body = reading.answer
    if body is NOT_JSON:
        media = reading.exchange.response.media_type if reading.exchange.response else ""
        raw = reading.exchange.response.body if reading.exchange.response else b""
        return "an empty body" if not raw.strip() else "a web page" if "html" in media else "plain text"
    if isinstance(body, dict):
        return "an object with " + (listed([f"`{key}`" for key in body][:6]) if body else "nothing")
    return "a JSON string" if isinstance(body, str) else "a list" if isinstance(body, list) else "JSON of another sort"


def _labelled(names: list[str], failing: Pool) -> bool:
    """Whether the errors say themselves that they are of another kind of JSON."""
    media = [symptom.reading.exchange.response for name in names for symptom in failing[name]]
    return all(response is not None and response.media_type.endswith("+json") for response in media)


def errors(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Errors of several statuses that come in one foreign envelope; or one status whose body is no JSON at all."""
    failing = {
        name: symptoms
        for name, symptoms in pool.items()
        if is_error_body(name)
        and any(s.fate is Fate.REFUSED for s in symptoms)
        # What shows in requests alone that should not have been refused is theirs.
        and not all(s.way is Way.VALID for s in symptoms)
    }
    by_look: dict[str, list[str]] = defaultdict(list)
    for name, symptoms in failing.items():
        by_look[Counter(look(s.reading) for s in symptoms).most_common(1)[0][0]].append(name)
    judged = {
        v.clause.id.split(".")[1]
        for v in scene.verdicts
        if is_error_body(v.clause.id) and v.outcome in {Outcome.PASS, Outcome.FAIL}
    }
    by_look_of = list(by_look)
    every = {name.split(".")[1] for name in failing if name.endswith(".shape")}
    if len(by_look) > 1 and len(every) >= _SAME and every == judged:
        # Not one error has its shape: that is one thing to mend, however many shapes there are.
        by_look = {
            "; ".join(
                f"{listed(sorted({name.split('.')[1] for name in names}))} as {words}"
                for words, names in by_look.items()
            ): list(failing)
        }
    for words, names in by_look.items():
        statuses = sorted({name.split(".")[1] for name in names})
        shaped = [name for name in names if name.endswith(".shape")]
        whole = len(statuses) >= min(_SAME, max(len(judged), 2))
        if not shaped or not (
            whole
            or (
                len(statuses) == 1
                and len(names) > 1
                and (words in {"plain text", "a web page", "an empty body"} or _labelled(names, failing))
            )
        ):
            continue
        exchanges = {s.exchange for name in names for s in failing[name]}
        subject = "" if whole else statuses[0]
        various = ";" in words
        of = (
            f"Errors of {counted(len(statuses), 'status', 'statuses')} ({listed(statuses)})"
            if len(statuses) > 1
            else f"A {statuses[0]}"
        )
        yield Draft(
            "envelope",
            subject,
            f"{of} come in other shapes than the contract's: {words}."
            if various
            else f"{of} {'come' if len(statuses) > 1 else 'comes'} as {words}, not in the contract's shape.",
            f"{counted(len(by_look_of), 'shape')} in {counted(len(exchanges), 'error')}"
            if various
            else f"{words} in {counted(len(exchanges), 'error')}",
            "Send errors in the shape that the contract documents for their status.",
            sorted(names, key=lambda name: not name.endswith(".shape")),
            exchanges,
        )
