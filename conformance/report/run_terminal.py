"""What a person reads after a run: what is wrong, the worst first, and how to see it again."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from conformance.document import text
from conformance.document.run import FILES
from conformance.model.run import Run
from conformance.model.verdict import Verdict
from conformance.report.curl import leans_on_har, reproduce
from conformance.report.terminal import Painter, say
from conformance.report.words import (
    NAMES,
    causes,
    counts,
    failed,
    headline,
    judged,
    many,
    pace,
    proven,
    variables,
    warnings,
)

_BODY = 600
_CAUSES = 12


def show(run: Run, stream: TextIO, *, folder: Path, everything: bool = False) -> None:
    """Write the causes, one line each, then one exchange that proves the worst; with `everything` each failed clause with its proof.

    Known deviations, warnings, a summary and the report's path follow.
    """
    paint = Painter(stream)
    lines = _clauses(run, paint) if everything else _causes(run, paint)
    say([*lines, *_deviations(run, paint), *_summary(run, folder, paint)], stream)


def _causes(run: Run, paint: Painter) -> Iterator[str]:
    found = causes(run)
    if not found:
        return
    for number, cause in enumerate(found[:_CAUSES], 1):
        clauses = many(len(cause.requirements), "clause")
        yield f"{number:>2}. {paint('bad', text.one_line(cause.title))} ({cause.level}, {clauses}: {_names(cause.requirements)})"
        if cause.mend:
            yield f"    {text.one_line(cause.mend)}"
    if len(found) > _CAUSES:
        yield f"    and {many(len(found) - _CAUSES, 'more cause')}; the report lists them"
    yield ""
    shown = next(
        ((number, found_at) for number, cause in enumerate(found, 1) if (found_at := proven(run, cause))), None
    )
    if shown is not None:
        number, (verdict, proof) = shown
        yield f"{paint('bad', 'FAILED')} {paint('id', text.one_line(verdict.clause.id))} ({verdict.clause.level}), of cause {number}."
        yield from _proof(run, verdict, proof, paint)
    if sum(len(cause.requirements) for cause in found) > 1:
        yield paint("dim", "Each failed clause with its proof: --all, or the report.")
        yield ""


def _names(requirements: tuple[str, ...]) -> str:
    shown = ", ".join(text.one_line(name, 80) for name in requirements[:2])
    return f"{shown}, …" if len(requirements) > 2 else shown


def _clauses(run: Run, paint: Painter) -> Iterator[str]:
    for verdict in failed(run):
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
    yield f"  {paint('dim', text.visible(reproduce(exchange, variables(run))))}"
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
    lines += [f"{paint('notice', 'WARNING')} {text.one_line(words)}" for words in warnings(run)]
    return [*lines, ""] if lines else []


def _summary(run: Run, folder: Path, paint: Painter) -> Iterator[str]:
    if run.notice:
        yield paint("notice", text.one_line(run.notice, 1_000))
        yield ""
    for hint in run.hints:
        yield f"{paint('notice', 'TRY')} {text.one_line(hint, 1_000)}"
    told = ", ".join(f"{count} {NAMES[outcome]}" for outcome, count in counts(run).items() if count)
    kind = {0: "good", 1: "bad"}.get(run.exit_code, "notice")
    yield f"{paint(kind, headline(run))} ({told}; {many(run.requests, 'request')}, {run.duration_s:.1f} s)"
    for name, words in (("judged", judged(run)), ("pace", pace(run))):
        if words:
            yield f"{name}: {words}"
    yield f"report: {text.visible(str(folder / FILES['html']))}"


def _body(data: bytes) -> str:
    if len(data) <= 4 * _BODY:
        return text.one_line(data.decode("utf-8", "backslashreplace"), _BODY)
    start = text.one_line(data[: 4 * _BODY].decode("utf-8", "backslashreplace")[:_BODY], _BODY)
    return f"{start} … {len(data):,} bytes in all"
