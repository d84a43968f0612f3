"""`report.md`: for a step summary or a pull request. Servers' words stand in code, where nothing is linked or mentioned."""

import re

from conformance.model.deviation import GRADES
from conformance.model.run import Run
from conformance.model.verdict import Outcome, Verdict
from conformance.report import text
from conformance.report.curl import reproduce
from conformance.report.headline import NAMES, broken, counts, headline, meaning, variables, warnings

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~&$-]")
_LINKED = re.compile(r"@|#(?=\w)|:(?=//)|(?<=www)\.", re.IGNORECASE)
_SHOWN = 10
_ROWS = 100
_LONGEST = 60_000  # a comment on GitHub takes 65,536 characters
_QUIET = ((Outcome.SURPRISE_PASS, "Kept, though a deviation is known"), (Outcome.KNOWN_DEVIATION, "Known deviations"), (Outcome.INCONCLUSIVE, "Inconclusive"))


def escape(words: str, longest: int = 400) -> str:
    """Return words that Markdown and HTML leave alone, and in which nobody is mentioned and nothing linked."""
    parted = _LINKED.sub(lambda match: f"{match[0]}\u200b", text.one_line(words, longest))
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", parted)


def code(words: str, longest: int = 300) -> str:
    """Return words as a code span."""
    return _span(text.one_line(words, longest))


def cell(words: str, longest: int = 300) -> str:
    """Return words as a code span in a table, where a pipe needs a backslash that is not one of the words."""
    return _span(text.one_line(words, longest).replace("\\|", "\\\u200b|").replace("|", "\\|"))


def _span(line: str) -> str:
    if not line:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(words: str, language: str = "") -> list[str]:
    """Return a text as a fenced block that it cannot leave."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    return [f"{fence}{language}", words, fence]


def sentence(words: str) -> str:
    """Return a sentence for a table: what it has between backticks as code, the rest escaped."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return escape(words)
    pieces = [cell(part) if i % 2 else _keep_ends(part) for i, part in enumerate(parts)]
    return "".join(pieces)


def _keep_ends(part: str) -> str:
    return f"{' ' if part[:1].isspace() else ''}{escape(part)}{' ' if part[-1:].isspace() and part.strip() else ''}"


def render(run: Run) -> str:
    """Return the run as Markdown, short enough for a comment."""
    by = counts(run)
    lines = [
        f"# {headline(run)}",
        "",
        (
            f"Target {code(run.target)} at {code(run.base_url)}, judged by the contract {code(f'{run.contract} {run.contract_version}')} (`{run.contract_sha256[:12]}`), "
            f"profile {code(run.profile)}: {run.requests} requests in {run.duration_s:.1f} s. Exit status {run.exit_code}, {meaning(run)}."
        ),
        "",
        "| " + " | ".join(NAMES[outcome] for outcome in Outcome) + " |",
        "|" + "---:|" * len(Outcome),
        "| " + " | ".join(str(by[outcome]) for outcome in Outcome) + " |",
        "",
    ]
    lines += [f"> Warning: {sentence(words)}\n" for words in warnings(run)]
    if run.notice:
        lines += [*block(text.visible(text.cut(" ".join(run.notice.split()), 1_000))), ""]
    failures = broken(run)
    lines += _table("Broken", failures)
    proofs = [_proof(run, verdict) for verdict in failures[:_SHOWN]]
    rest = [line for outcome, title in _QUIET for line in _table(title, [v for v in run.verdicts if v.outcome is outcome])]
    if run.observations:
        rest += ["## Observed, where the contract leaves it open", "", "| what | answer |", "|---|---|"]
        rest += [f"| {sentence(o.sentence)} | {cell(o.value)} |" for o in run.observations[:_ROWS]]
        rest.append("")
    room = _LONGEST - len("\n".join([*lines, *rest]))
    for number, proof in enumerate(proofs):
        room -= len("\n".join(proof))
        if room < 0:
            lines += ["The other proofs are in report.html.", ""]
            break
        lines += [*(["## How to see it", ""] if not number else []), *proof]
    return _fit("\n".join([*lines, *rest]))


def _proof(run: Run, verdict: Verdict) -> list[str]:
    """Return the first exchange that breaks a clause, and the command that repeats it."""
    proof = next((proof for proof in verdict.proofs if proof.exchange in run.exchanges), None)
    if proof is None:
        return []
    exchange = run.exchanges[proof.exchange]
    came = exchange.response
    answer = f"{came.status}\n{text.body(came.body, came.json, 600)}" if came else text.one_line(exchange.error or "no answer")
    return [
        f"### {code(verdict.clause.id)}",
        "",
        f"Expected {code(proof.expected)}; came {code(proof.actual)}.",
        "",
        *block(text.visible(text.cut(reproduce(exchange, variables(run)), 4_000)), "sh"),
        "",
        *block(answer),
        "",
    ]


def _table(title: str, verdicts: list[Verdict]) -> list[str]:
    if not verdicts:
        return []
    rows = [f"| {cell(v.clause.id)} | {v.clause.level} | {sentence(v.clause.sentence)} | {cell(v.detail, 200)} |" for v in verdicts[:_ROWS]]
    if any(verdict.deviations for verdict in verdicts):
        return _known(title, verdicts)
    more = [f"| and {len(verdicts) - _ROWS} more | | | |"] if len(verdicts) > _ROWS else []
    return [f"## {title}", "", "| requirement | level | clause | detail |", "|---|---|---|---|", *rows, *more, ""]


def _known(title: str, verdicts: list[Verdict]) -> list[str]:
    """Return a table of what deviations explain, a row for each clause and deviation."""
    pairs = [(verdict, item) for verdict in verdicts for item in verdict.deviations]
    rows = [
        f"| {cell(v.clause.id)} | {v.clause.level} | {sentence(item.sentence)} | {escape(f'{GRADES[item.grade]}: {item.source}')} | {cell(item.first_seen)} | {cell(str(item.review_by))} | {cell(v.detail, 200)} |"
        for v, item in pairs[:_ROWS]
    ]
    more = [f"| and {len(pairs) - _ROWS} more | | | | | | |"] if len(pairs) > _ROWS else []
    return [f"## {title}", "", "| requirement | level | known deviation | source | first seen | review by | detail |", "|---|---|---|---|---|---|---|", *rows, *more, ""]


def _fit(page: str) -> str:
    """Cut a page between lines; only tables are left where it is cut."""
    if len(page) <= _LONGEST:
        return page
    return page[: page.rindex("\n", 0, _LONGEST)] + "\n\nCut here; the whole is in report.html.\n"
