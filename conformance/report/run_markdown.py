"""`report.md`: for a step summary or a pull request; causes first."""

from collections.abc import Iterator
from typing import Any

from conformance.document import text
from conformance.document.run import FILES
from conformance.model.deviation import GRADES
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.report import markdown
from conformance.report.curl import reproduce
from conformance.report.words import (
    NAMES,
    causes,
    counts,
    failed,
    headline,
    judged,
    meaning,
    pace,
    proven,
    variables,
    warnings,
)

_PROOFS = 10
_ROOM = 40_000  # characters of proofs; tables need the rest of a comment
_ROWS = 100
_QUIET = (
    (Outcome.SURPRISE_PASS, "Unexpectedly passed, though a deviation is known"),
    (Outcome.KNOWN_DEVIATION, "Known deviations"),
    (Outcome.INCONCLUSIVE, "Inconclusive"),
)


def render(run: Run) -> str:
    """Return the run as Markdown, short enough for a comment."""
    found = [(title, [v for v in run.verdicts if v.outcome is outcome]) for outcome, title in _QUIET]
    page = markdown.render(
        "run.md.j2",
        run=run,
        headline=headline(run),
        meaning=meaning(run),
        judged=judged(run),
        pace=pace(run),
        names=NAMES,
        counts=counts(run),
        warnings=warnings(run),
        notice=text.cut(" ".join(run.notice.split()), 1_000),
        causes=causes(run),
        proofs=list(_proofs(run)),
        failed=failed(run),
        others=[(title, verdicts) for title, verdicts in found if verdicts],
        grades=GRADES,
        rows=_ROWS,
    )
    return markdown.fit(page, FILES["html"])


def _proofs(run: Run) -> Iterator[dict[str, Any]]:
    """Yield for each cause the exchange that proves it, and the command that repeats it, while there is room."""
    room = _ROOM
    for cause in causes(run)[:_PROOFS]:
        shown = proven(run, cause)
        if shown is None:
            continue
        verdict, number = shown
        proof = verdict.proofs[number]
        exchange = run.exchanges[proof.exchange]
        response = exchange.response
        answer = text.one_line(exchange.error or "no response")
        if response is not None:
            answer = f"{response.status}\n{text.body(response.body, response.json, 600)}"
        curl = text.visible(text.cut(reproduce(exchange, variables(run)), 4_000))
        room -= len(curl) + len(answer)
        if room < 0:
            return
        yield {"cause": cause, "clause": verdict.clause.id, "proof": proof, "curl": curl, "answer": answer}
