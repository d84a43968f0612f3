"""`report.md`: for a step summary or a pull request."""

import re

from conformance.report.headline import headline
from conformance.report.text import one_line
from conformance.verdict.run import Run
from conformance.verdict.verdict import Outcome, Verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@$-])")


def escape(text: str) -> str:
    """Return a text that Markdown, HTML in it and mentions leave alone."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", one_line(text))


def render(run: Run) -> str:
    """Return the run as Markdown; whatever came from a server is escaped."""
    by = {outcome: [v for v in run.verdicts if v.outcome is outcome] for outcome in Outcome}
    lines = [
        f"# {headline(run)}",
        "",
        (f"Target {escape(run.target)} at {escape(run.base_url)}, judged by the contract {escape(run.contract)} {escape(run.contract_version)}"
         f" (`{run.contract_sha256[:12]}`), profile `{run.profile}`: {run.requests} requests, {run.duration_s:.1f} s."),
        "",
        "| " + " | ".join(str(outcome).replace("_", " ") for outcome in Outcome) + " |",
        "|" + "---:|" * len(Outcome),
        "| " + " | ".join(str(len(by[outcome])) for outcome in Outcome) + " |",
        "",
    ]
    if run.notice:
        lines += [f"> {escape(run.notice)}", ""]
    titles = (
        (Outcome.FAIL, "Broken"),
        (Outcome.SURPRISE_PASS, "Kept, though a deviation is known"),
        (Outcome.KNOWN_DEVIATION, "Known deviations"),
        (Outcome.INCONCLUSIVE, "Not shown"),
    )
    for outcome, title in titles:
        lines += _table(title, by[outcome])
    if run.observations:
        lines += ["## Observed, where the contract leaves it open", "", "| what | answer |", "|---|---|"]
        lines += [f"| {escape(o.sentence)} | {escape(o.value)} |" for o in run.observations]
        lines.append("")
    return "\n".join(lines)


def _table(title: str, verdicts: list[Verdict]) -> list[str]:
    if not verdicts:
        return []
    rows = [f"| `{v.clause.id}` | {v.clause.level} | {escape(v.clause.sentence)} | {escape(v.detail)} |" for v in verdicts]
    return [f"## {title}", "", "| requirement | level | clause | detail |", "|---|---|---|---|", *rows, ""]
