"""What a person reads after a run: what broke, and how to see it again."""

import os
from pathlib import Path
from typing import ClassVar, TextIO

from conformance.report import text
from conformance.report.curl import reproduce
from conformance.report.headline import headline
from conformance.verdict.run import Run
from conformance.verdict.verdict import Outcome, Verdict

_BODY = 600


def show(run: Run, folder: Path, *, stream: TextIO) -> None:
    """Write what broke, with its clause, request, answer and `curl`, then a summary with the report's path.

    Colours only on a terminal, and not with NO_COLOR.
    """
    paint = _painter(stream)
    lines: list[str] = []
    for verdict in run.verdicts:
        if verdict.outcome is Outcome.FAIL:
            lines += _broken(run, verdict, paint)
    if run.notice:
        lines += [paint("notice", text.one_line(run.notice, 1_000)), ""]
    counts = [(outcome, sum(v.outcome is outcome for v in run.verdicts)) for outcome in Outcome]
    told = ", ".join(f"{count} {str(outcome).replace('_', ' ')}" for outcome, count in counts if count)
    kind = {0: "kept", 1: "broken"}.get(run.exit_code, "notice")
    lines.append(f"{paint(kind, headline(run))} ({told}; {run.requests} requests, {run.duration_s:.1f} s)")
    lines.append(f"report: {folder / 'report.html'}")
    try:
        stream.write("\n".join(lines) + "\n")
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write("\n".join(lines).encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _broken(run: Run, verdict: Verdict, paint: "Painter") -> list[str]:
    clause = verdict.clause
    lines = [f"{paint('broken', 'BROKEN')} {paint('id', clause.id)} ({clause.level})", f"  {text.one_line(clause.sentence)}"]
    for proof in verdict.proofs[:1]:
        exchange = run.exchanges[proof.exchange]
        came = exchange.response
        lines += [
            f"  expected  {text.one_line(proof.expected)}",
            f"  came      {text.one_line(proof.actual)}",
            f"  sent      {exchange.request.method} {text.one_line(exchange.url)} {text.one_line(exchange.request.body.decode('utf-8', 'backslashreplace'), _BODY)}",
            f"  answered  {came.status if came else '-'} {text.one_line(came.text if came else exchange.error or '', _BODY)}",
            f"  {paint('dim', text.visible(reproduce(exchange, run.variables)))}",
        ]
    if len(verdict.proofs) > 1:
        lines.append(f"  and {len(verdict.proofs) - 1} more; the report shows them")
    return [*lines, ""]


class Painter:
    """Wraps words in a terminal's colours."""

    _CODES: ClassVar = {"broken": "1;31", "kept": "1;32", "notice": "1;33", "id": "1", "dim": "2"}

    def __call__(self, kind: str, words: str) -> str:
        """Return the words in the colour of a kind."""
        return f"\x1b[{self._CODES[kind]}m{words}\x1b[0m"


class Plain(Painter):
    """Leaves words as they are."""

    def __call__(self, kind: str, words: str) -> str:
        """Return the words."""
        del kind
        return words


def _painter(stream: TextIO) -> Painter:
    coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Painter() if coloured else Plain()
