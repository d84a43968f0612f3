"""Explanations of errors in a foreign shape."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from conformance.causes.draft import Draft, counted, drafted, listed
from conformance.causes.scene import Pool, Scene, StatusClass, is_error_body
from conformance.checks.reading import Reading
from conformance.model.exchange import NOT_JSON
from conformance.model.verdict import Outcome

_SAME = 3


def look(reading: Reading) -> str:
    """Return in a few words how the body of an error looks."""
    body = reading.answer
    if body is NOT_JSON:
        known = media_look(reading)
        return known if known in {"an empty body", "a web page"} else "plain text"
    if isinstance(body, dict):
        return f"an object with {listed([f'`{key}`' for key in body][:6])}" if body else "an empty object"
    return "a JSON string" if isinstance(body, str) else "a list" if isinstance(body, list) else "JSON of another sort"


def media_look(reading: Reading) -> str:
    """Return in a few words how a body that cannot be read as JSON is labelled."""
    response = reading.exchange.response
    media = response.media_type if response is not None else ""
    if response is None or not response.body.strip():
        return "an empty body"
    if media.endswith(("/json", "+json")):
        return "JSON"
    return "a web page" if "html" in media else "plain text" if media in {"", "text/plain"} else f"`{media}`"


def _labelled(names: list[str], failing: Pool) -> bool:
    """Whether the errors say themselves that they are of another kind of JSON."""
    media = [symptom.reading.exchange.response for name in names for symptom in failing[name]]
    return all(response is not None and response.media_type.endswith("+json") for response in media)


def shaped_as(scene: Scene, names: Iterable[str], words: str) -> str:
    """Return the sentence on errors that look so, with the statuses that they really have: a clause may be about a range."""
    met = [symptom.reading for name in names for symptom in scene.symptoms[name]]
    met += [scene.readings[one] for name in names for one in scene.failed[name].failing & scene.readings.keys()]
    seen = sorted({str(one.status) for one in met if look(one) == words} or {str(one.status) for one in met})
    if len(seen) == 1:
        return f"A {seen[0]} comes as {words}, not in the contract's shape."
    return f"Errors of {counted(len(seen), 'status', 'statuses')} ({listed(seen)}) come as {words}, not in the contract's shape."


def errors(scene: Scene, pool: Pool) -> Iterator[Draft]:
    """Errors of several statuses that come in one foreign envelope; or one status whose body is no JSON at all."""
    failing = {
        name: symptoms
        for name, symptoms in pool.items()
        if is_error_body(name)
        and any(s.status_class is StatusClass.REFUSED or not s.reading.available for s in symptoms)
        and not scene.of_unjust(name)
    }
    by_look: dict[str, list[str]] = defaultdict(list)
    for name, symptoms in failing.items():
        met = scene.failed[name].failing & scene.readings.keys() or {symptom.exchange for symptom in symptoms}
        by_look[Counter(look(scene.readings[one]) for one in sorted(met)).most_common(1)[0][0]].append(name)
    judged = {
        v.clause.id.split(".")[1]
        for v in scene.verdicts
        if is_error_body(v.clause.id) and v.outcome in {Outcome.PASS, Outcome.FAIL}
    }
    shapes = len(by_look)
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
        names.sort(key=lambda name: not name.endswith(".shape"))
        key, told = (
            ("envelope.one", shaped_as(scene, names, words)) if ";" not in words else ("envelope.several", words)
        )
        yield drafted(key, names, exchanges, subject, told=told, look=words, shapes=shapes)
