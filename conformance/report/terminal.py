"""What a person reads after a run: what broke, and how to see it again."""

import os
from pathlib import Path
from typing import ClassVar, TextIO

from conformance.model.run import Run
from conformance.model.verdict import Verdict
from conformance.report import text
from conformance.report.curl import leans_on_har, reproduce
from conformance.report.headline import NAMES, broken, counts, headline, variables, warnings

_BODY = 600
_WHOLE = 10


def show(run: Run, folder: Path, *, stream: TextIO) -> None:
    """Write what broke, with its clause, request, answer and `curl`, then a summary with the report's path.

    After the first few only their sentences. Colours only on a terminal, and
    not with NO_COLOR.
    """
    paint = _painter(stream)
    failures = broken(run)
    lines: list[str] = []
    for verdict in failures[:_WHOLE]:
        lines += _broken(run, verdict, paint)
    for verdict in failures[_WHOLE:]:
        lines.append(f"{paint('broken', 'BROKEN')} {paint('id', text.one_line(verdict.clause.id))} ({verdict.clause.level}) {text.one_line(verdict.clause.sentence)}")
    if len(failures) > _WHOLE:
        lines.append("")
    lines += _deviations(run, paint)
    if run.notice:
        lines += [paint("notice", text.one_line(run.notice, 1_000)), ""]
    told = ", ".join(f"{count} {NAMES[outcome]}" for outcome, count in counts(run).items() if count)
    kind = {0: "kept", 1: "broken"}.get(run.exit_code, "notice")
    lines.append(f"{paint(kind, headline(run))} ({told}; {run.requests} requests, {run.duration_s:.1f} s)")
    judged, musts = run.musts
    if musts:
        lines.append(f"judged: {judged} of the {musts} MUST clauses that can be provoked ({judged / musts:.0%})")
    if run.pace is not None:
        lines.append(f"pace: the service takes about {run.pace / 60:.2g} requests a second; `requests_per_minute = {run.pace:.0f}` in targets.toml keeps to that from the start")
    lines.append(f"report: {text.visible(str(folder / 'report.html'))}")
    words = "\n".join(lines) + "\n"
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(words.encode(encoding, "backslashreplace").decode(encoding))


def _deviations(run: Run, paint: "Painter") -> list[str]:
    """Return what is known to be broken and was seen to be, what is so no more, and what is to be looked at again."""
    lines = []
    for standing in run.deviations:
        for kind, word, names in (("notice", "KNOWN", standing.seen), ("kept", "KEPT BY SURPRISE", standing.surprises)):
            if names:
                lines += [f"{paint(kind, word)} {paint('id', text.one_line(', '.join(names)))}", f"  {text.one_line(standing.deviation.sentence)}", f"  {paint('dim', text.one_line(standing.deviation.origin))}"]
    lines += [f"{paint('notice', 'WARNING')} {text.one_line(words)}" for words in warnings(run)]
    return [*lines, ""] if lines else []


def _broken(run: Run, verdict: Verdict, paint: "Painter") -> list[str]:
    clause = verdict.clause
    lines = [f"{paint('broken', 'BROKEN')} {paint('id', text.one_line(clause.id))} ({clause.level})", f"  {text.one_line(clause.sentence)}"]
    proof = next((proof for proof in verdict.proofs if proof.exchange in run.exchanges), None)
    if proof is None:
        return [*lines, f"  {text.one_line(verdict.detail)}", ""]
    exchange = run.exchanges[proof.exchange]
    came, sent = exchange.response, exchange.request
    lines += [
        f"  expected  {text.one_line(proof.expected)}",
        f"  came      {text.one_line(proof.actual)}",
        f"  sent      {sent.method} {text.one_line(exchange.url)} {_body(sent.body)}",
        f"  answered  {f'{came.status} {_body(came.body)}' if came else text.one_line(exchange.error or 'not at all')}",
        f"  {paint('dim', text.visible(reproduce(exchange, variables(run))))}",
    ]
    if leans_on_har(sent):
        lines.append("  (in the folder of the report: the body is read from exchanges.har)")
    if len(verdict.proofs) > 1:
        lines.append(f"  and {len(verdict.proofs) - 1} more; the report shows them")
    return [*lines, ""]


def _body(data: bytes) -> str:
    if len(data) <= 4 * _BODY:
        return text.one_line(data.decode("utf-8", "backslashreplace"), _BODY)
    start = text.one_line(data[: 4 * _BODY].decode("utf-8", "backslashreplace")[:_BODY], _BODY)
    return f"{start} … {len(data):,} bytes in all"


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
