"""A run for people: at a terminal what is wrong, the worst first, and how to see it again; and as Markdown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from conformance.document import text
from conformance.document.run import FILES
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.report import markdown as md
from conformance.report import words
from conformance.report.curl import leans_on_har, reproduce
from conformance.report.terminal import Painter, say

_BODY = 600
_CAUSES = 12
_PROOFS = 10
_ROOM = 40_000  # characters of proofs; tables need the rest of a comment
_ROWS = 100
_QUIET = (
    (Outcome.SURPRISE_PASS, "Unexpectedly passed, though a deviation is known"),
    (Outcome.KNOWN_DEVIATION, "Known deviations"),
    (Outcome.INCONCLUSIVE, "Inconclusive"),
)


def show(run: Run, stream: TextIO, *, folder: Path, everything: bool = False) -> None:
    """Write the causes, one line each, then one exchange that proves the worst; with `everything` each failed clause with its proof.

    Known deviations, warnings, a summary and the report's path follow.
    """
    paint = Painter(stream)
    lines = _clauses(run, paint) if everything else _causes(run, paint)
    say([*lines, *_deviations(run, paint), *_summary(run, folder, paint)], stream)


def _causes(run: Run, paint: Painter) -> Iterator[str]:
    found = words.causes(run)
    if not found:
        return
    for number, cause in enumerate(found[:_CAUSES], 1):
        clauses = text.many(len(cause.requirements), "clause")
        yield f"{number:>2}. {paint('bad', text.one_line(cause.title))} ({cause.level}, {clauses}: {_names(cause.requirements)})"
        if cause.mend:
            yield f"    {text.one_line(cause.mend)}"
    if len(found) > _CAUSES:
        yield f"    and {text.many(len(found) - _CAUSES, 'more cause')}; the report lists them"
    yield ""
    numbered = ((number, words.proven(run, cause)) for number, cause in enumerate(found, 1))
    number, shown = next((pair for pair in numbered if pair[1]), (0, None))
    if shown is not None:
        verdict, proof = shown
        yield f"{paint('bad', 'FAILED')} {paint('id', text.one_line(verdict.clause.id))} ({verdict.clause.level}), of cause {number}."
        yield from _proof(run, verdict, proof, paint)
    if sum(len(cause.requirements) for cause in found) > 1:
        yield paint("dim", "Each failed clause with its proof: --all, or the report.")
        yield ""


def _names(requirements: tuple[str, ...]) -> str:
    shown = ", ".join(text.one_line(name, 80) for name in requirements[:2])
    return f"{shown}, …" if len(requirements) > 2 else shown


def _clauses(run: Run, paint: Painter) -> Iterator[str]:
    for verdict in words.failed(run):
        yield f"{paint('bad', 'FAILED')} {paint('id', text.one_line(verdict.clause.id))} ({verdict.clause.level})"
        number = next((n for n, proof in enumerate(verdict.proofs) if proof.exchange in run.exchanges), None)
        if number is None:
            yield f"  {text.one_line(verdict.clause.sentence)}"
            yield f"  {text.one_line(verdict.detail)}"
            yield ""
        else:
            yield from _proof(run, verdict, number, paint)


def _proof(run: Run, verdict: Verdict, number: int, paint: Painter) -> Iterator[str]:
    proof = verdict.proofs[number]
    exchange = run.exchanges[proof.exchange]
    response, sent = exchange.response, exchange.request
    yield f"  {text.one_line(verdict.clause.sentence)}"
    yield f"  expected  {text.one_line(proof.expected)}"
    yield f"  got       {text.one_line(proof.actual)}"
    yield f"  request   {sent.method} {text.one_line(exchange.url)} {_body(sent.body)}"
    answer = f"{response.status} {_body(response.body)}" if response else text.one_line(exchange.error or "none")
    yield f"  response  {answer}"
    yield f"  {paint('dim', text.visible(reproduce(exchange, words.variables(run))))}"
    if leans_on_har(sent):
        yield f"  (in the folder of the report: the body is read from {FILES['har']})"
    if len(verdict.proofs) > 1:
        yield f"  and {len(verdict.proofs) - 1} more; the report shows them"
    yield ""


def _deviations(run: Run, paint: Painter) -> list[str]:
    """Return the known deviations that were seen, those that are gone, and those to be looked at again."""
    lines = []
    for standing in run.deviations:
        for kind, word, names in (
            ("notice", "KNOWN DEVIATION", standing.seen),
            ("good", "UNEXPECTEDLY PASSED", standing.surprises),
        ):
            if names:
                lines += [
                    f"{paint(kind, word)} {paint('id', text.one_line(', '.join(names)))}",
                    f"  {text.one_line(standing.deviation.sentence)}",
                    f"  {paint('dim', text.one_line(standing.deviation.origin))}",
                ]
    lines += [f"{paint('notice', 'WARNING')} {text.one_line(told)}" for told in words.warnings(run)]
    return [*lines, ""] if lines else []


def _summary(run: Run, folder: Path, paint: Painter) -> Iterator[str]:
    if run.notice:
        yield paint("notice", text.one_line(run.notice, 1_000))
        yield ""
    for hint in run.hints:
        yield f"{paint('notice', 'TRY')} {text.one_line(hint, 1_000)}"
    told = ", ".join(f"{count} {words.NAMES[outcome]}" for outcome, count in words.counts(run).items() if count)
    kind = {0: "good", 1: "bad"}.get(run.exit_code, "notice")
    yield f"{paint(kind, words.headline(run))} ({told}; {text.many(run.requests, 'request')}, {run.duration_s:.1f} s)"
    for name, said in (("judged", words.judged(run)), ("pace", words.pace(run))):
        if said:
            yield f"{name}: {said}"
    yield f"report: {text.visible(str(folder / FILES['html']))}"


def _body(data: bytes) -> str:
    if len(data) <= 4 * _BODY:
        return text.one_line(data.decode("utf-8", "backslashreplace"), _BODY)
    start = text.one_line(data[: 4 * _BODY].decode("utf-8", "backslashreplace")[:_BODY], _BODY)
    return f"{start} … {len(data):,} bytes in all"


def markdown(run: Run) -> str:
    """Return the run as `report.md`, short enough for a comment: for a step summary or a pull request; causes first."""
    found = [(title, [v for v in run.verdicts if v.outcome is outcome]) for outcome, title in _QUIET]
    page = md.render(
        "run.md.j2",
        **words.told(run),
        names=words.NAMES,
        counts=words.counts(run),
        notice=text.cut(" ".join(run.notice.split()), 1_000),
        causes=words.causes(run),
        proofs=list(_proofs(run)),
        failed=words.failed(run),
        others=[(title, verdicts) for title, verdicts in found if verdicts],
        rows=_ROWS,
    )
    return md.fit(page, FILES["html"])


def _proofs(run: Run) -> Iterator[dict[str, Any]]:
    """Yield for each cause the exchange that proves it, and the command that repeats it, while there is room."""
    room = _ROOM
    for cause in words.causes(run)[:_PROOFS]:
        shown = words.proven(run, cause)
        if shown is None:
            continue
        verdict, number = shown
        proof = verdict.proofs[number]
        exchange = run.exchanges[proof.exchange]
        response = exchange.response
        answer = text.one_line(exchange.error or "no response")
        if response is not None:
            answer = f"{response.status}\n{text.body(response.body, response.json, 600)}"
        curl = text.visible(text.cut(reproduce(exchange, words.variables(run)), 4_000))
        room -= len(curl) + len(answer)
        if room < 0:
            return
        yield {"cause": cause, "clause": verdict.clause.id, "proof": proof, "curl": curl, "answer": answer}
