"""What everyone who reranks reads off one answer: order, indices, length, scores, echo."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.checks.check import Check, Judgement, check, show
from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.contract import Contract, select
from conformance.contract.schema import flatten, types
from conformance.document.text import many
from conformance.model.clause import Level
from conformance.model.finding import Breach

_PRACTICE = "practice: "


def ranking_checks(contract: Contract) -> Iterator[Check]:
    """Yield the checks that the contract's roles allow."""
    results = contract.success.place("results")
    index = contract.success.place("index")
    score = contract.success.place("score")
    echo = contract.success.place("echo")
    if results is None:
        return
    # The list may be the whole answer.
    at = f"response.{dotted(results.path)}".rstrip(".")
    if score is not None:
        promised = results.schema.get("x-rerank-order")
        yield check(
            _sorted,
            "{at}.sorted",
            at=at,
            source=f"{results.pointer}/x-rerank-order"
            if promised
            else f"{_PRACTICE}clients take the first results for the best (LocalAI #7189)",
            level=Level.MUST if promised else Level.SHOULD,
        )
        if None in contract.score_bounds and types(flatten(score.schema)) != {"integer"}:
            yield check(_range, "response.{score.name}.range", score=score)
        yield check(_finite, "response.{score.name}.finite", score=score)
    if index is not None:
        yield check(_in_range, "response.{index.name}.range", index=index)
        yield check(_unique, "response.{index.name}.unique", index=index)
    yield check(_all, "{at}.all", at=at)
    if (limit := contract.request_field("limit")) is not None:
        yield check(_limited, "{at}.limit", at=at, limit=limit)
    switch = contract.request_field("echo_switch")
    if echo is not None and switch is not None:
        # Without a default it is open what a request without the field means.
        default = switch.schema.get("default")
        said = f"unless `{switch.name}` is true{', as it is by default' if default else ''}"
        said = said if isinstance(default, bool) else f"where `{switch.name}` is false"
        if not contract.always_echoes:
            yield check(_absent, "response.{echo.name}.absent", echo=echo, said=said, switch=switch)
        yield check(_present, "response.{echo.name}.present", echo=echo, switch=switch)
    if echo is not None:
        promised_by = switch.pointer if switch is not None else echo.pointer
        yield check(_exact, "response.{echo.name}.exact", echo=echo, promised_by=promised_by)
    if (model := contract.success.place("model")) is not None and contract.request_field("model") is not None:
        yield check(_model, "response.{model.name}.asked", model=model)


def _model(reading: Reading) -> Judgement:
    place, asked = reading.contract.success.place("model"), reading.asked("model")
    if not reading.answered or place is None or not isinstance(asked, str):
        return None
    named = [name for name in select(reading.answer, place.path) if name != asked]
    return [Breach(f"the model {show(asked)}", show(named[0]))] if named else []


def _sorted(reading: Reading) -> Judgement:
    scores = reading.scores
    if not scores:
        return None
    for i, (one, other) in enumerate(zip(scores, scores[1:], strict=False)):
        if other > one:
            return [Breach("scores that never rise", f"result {i}: {one}, result {i + 1}: {other}")]
    return []


def _range(reading: Reading) -> Judgement:
    if not reading.scores or reading.asked("raw_scores") is True:
        return None
    bad = [score for score in reading.scores if not 0 <= score <= 1]
    return [Breach("scores from 0 to 1", show(bad[:3]))] if bad else []


def _finite(reading: Reading) -> Judgement:
    if not reading.scores:
        return None
    bad = [score for score in reading.scores if not math.isfinite(score)]
    return [Breach("finite scores", show(bad[:3]))] if bad else []


def _in_range(reading: Reading) -> Judgement:
    if not reading.indices:
        return None
    bad = [index for index in reading.indices if not 0 <= index < len(reading.documents)]
    return [Breach(f"indices from 0 to {len(reading.documents) - 1}", show(bad[:5]))] if bad else []


def _unique(reading: Reading) -> Judgement:
    if not reading.indices:
        return None
    twice = sorted({index for index in reading.indices if reading.indices.count(index) > 1})
    return [Breach("each index once", f"twice: {show(twice)}")] if twice else []


def _count(reading: Reading, expected: int) -> Judgement:
    got, place = len(reading.results or ()), reading.contract.success.place("results")
    expected = min(expected, int(place.schema.get("maxItems", expected))) if place is not None else expected
    return [] if got == expected else [Breach(many(expected, "result"), many(got, "result"))]


def _all(reading: Reading) -> Judgement:
    if reading.results is None or reading.asked("limit") is not None:
        return None
    default, count = reading.wanted("limit"), len(reading.documents)
    return _count(reading, min(default, count) if isinstance(default, int) and default > 0 else count)


def _limited(reading: Reading) -> Judgement:
    if reading.results is None or reading.limit is None or reading.limit < 1:
        return None
    return _count(reading, min(reading.limit, len(reading.documents)))


def _echoes(reading: Reading) -> list[list[Any]] | None:
    """Return for each result the list of its echo: one item, or none."""
    echo, results = reading.contract.success.place("echo"), reading.contract.success.place("results")
    if reading.results is None or echo is None or results is None:
        return None
    return [select(result, echo.path[len(results.path) + 1 :]) for result in reading.results]


def _absent(reading: Reading) -> Judgement:
    echoes = _echoes(reading)
    if not echoes or reading.wanted("echo_switch") is not False:
        return None
    # A null is no document; whether it may stand there is the schema's to say.
    seen = [echo[0] for echo in echoes if echo and echo[0] is not None]
    return [Breach("no document", show(seen[0]))] if seen else []


def _present(reading: Reading) -> Judgement:
    echoes = _echoes(reading)
    if not echoes or reading.wanted("echo_switch") is not True:
        return None
    without = [i for i, echo in enumerate(echoes) if not echo or echo[0] is None]
    return [Breach("a document in every result", f"none in result {without[0]}")] if without else []


def _texts(value: Any) -> Iterator[str]:
    """Yield every string in a value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _returned(reading: Reading) -> Iterator[tuple[int, str | None, Any]]:
    """Yield each document that comes back beside an index of the list: the index, its text as sent (None for an image), and what came."""
    text = reading.contract.success.place("text", under="echo")
    echo = reading.contract.success.place("echo")
    below = text.path[len(echo.path) :] if text is not None and echo is not None else ()
    indices = reading.indices or ()
    times = Counter(indices)
    for index, found in zip(indices, _echoes(reading) or (), strict=True):
        # Which document an index means that comes twice, nobody knows.
        if not found or not 0 <= index < len(reading.documents) or times[index] > 1:
            continue
        sent = reading.documents[index]
        wanted, got = reading.text(sent), select(found[0], below)
        if got and below and reading.textless(sent):
            yield index, None, found[0]
        if wanted is None or not got:
            continue
        if not below and isinstance(got[0], dict) and got[0] != sent:
            # Where the contract does not say where in the object the text stands, it is the text that was sent, or the only one.
            told = list(_texts(got[0]))
            only = told if len(told) == 1 and echo is not None and not flatten(echo.schema).get("properties") else []
            got = [text for text in told if text in (wanted, *reading.documents)] or only
            if not got:
                continue
        yield index, wanted, wanted if got[0] == sent else got[0]


def _exact(reading: Reading) -> Judgement:
    # Without a switch every document that comes back counts.
    silent = reading.contract.request_field("echo_switch") is not None and reading.wanted("echo_switch") is not True
    if silent or reading.indices is None:
        return None
    returned = list(_returned(reading))
    for index, wanted, got in returned:
        if got != wanted:
            what = "an image" if wanted is None else show(repr(wanted))
            return [Breach(f"document {index} as it was sent, {what}", show(repr(got)))]
    return [] if returned else None


def invented(reading: Reading) -> tuple[str, ...]:
    """Return the texts that come back as documents though nobody sent them, whatever the index beside them; of one document all."""
    returned = (list(_texts(got)) or [str(got)] for _, _, got in _returned(reading))
    return tuple(text for texts in returned if not any(one in reading.texts for one in texts) for text in texts)
