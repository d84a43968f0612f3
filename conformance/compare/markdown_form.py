"""`compare.md`: the comparison for a step summary or a pull request, the answer first."""

from collections.abc import Iterable, Sequence

from conformance.compare.clause_table import ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.migration import Effect
from conformance.compare.portable import Portability
from conformance.compare.wording import cards, headline, meaning, scope
from conformance.report.markdown import cell, code, escape, sentence

_LONGEST = 60_000  # a comment on GitHub takes 65,536 characters
_MARKS = {ClauseState.KEPT: "✓", ClauseState.BROKEN: "✗ broken", ClauseState.KNOWN: "≈ known", ClauseState.SURPRISE: "✓ surprise", ClauseState.UNKNOWN: "? not shown", ClauseState.ABSENT: "–"}
_WORDS = 160


def render(comparison: Comparison) -> str:
    """Return the comparison as Markdown, short enough for a comment: the least telling parts go first."""
    head = [f"# {escape(headline(comparison))}", "", f"{escape(scope(comparison))}. Exit status {int(comparison.exit_code)}: {meaning(comparison)}.", "", *_targets(comparison)]
    parts = [_migrations(comparison), _paper(comparison), _behaviour(comparison), _portable(comparison), _numbers(comparison), _facts(comparison)]
    page = "\n".join(head)
    for lines in parts:
        page = _append(page, lines)
    return f"{page}\n"


def _append(page: str, lines: Sequence[str]) -> str:
    """Append what fits, cut between lines."""
    for line in lines:
        if len(page) + len(line) > _LONGEST:
            return f"{page}\n\nCut here; the whole is in compare.html and compare.json." if not page.endswith("compare.json.") else page
        page += f"\n{line}"
    return page


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]], before: str = "") -> list[str]:
    held = [f"| {' | '.join(row)} |" for row in rows]
    columns = list(heads)
    if not held:
        return []
    return ["", f"## {title}", "", *([before, ""] if before else []), f"| {' | '.join(columns)} |", "|" + "---|" * len(columns), *held]


def _names(comparison: Comparison) -> list[str]:
    return [cell(name, 60) for name in comparison.names]


def _targets(comparison: Comparison) -> list[str]:
    lines = ["| target | can it replace? | breaks | changes silently | works otherwise | works | not shown |", "|---|---|---:|---:|---:|---:|---:|"]
    for card in cards(comparison):
        counts = dict(card.counts)
        lines.append(f"| {cell(card.migration.target, 60)} | **{card.answer}** | {counts[Effect.BREAKS]} | {counts[Effect.CHANGES]} | {counts[Effect.DIFFERS]} | {counts[Effect.WORKS]} | {counts[Effect.UNKNOWN]} |")
    return lines


def _migrations(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    for migration in comparison.migrations:
        rows = []
        for effect in (Effect.BREAKS, Effect.CHANGES, Effect.DIFFERS):
            for use in comparison.uses:
                finding = next((f for f in migration.of(use.said) if f.effect is effect), None)
                if finding is not None:
                    rows.append([cell(use.said, 80), str(effect), cell(finding.words, _WORDS), escape(finding.basis)])
        works = [use.said for use in comparison.uses if migration.effect(use.said) is Effect.WORKS]
        told = f"Works: {', '.join(code(name, 80) for name in works)}." if works else ""
        to_set = "; ".join(f"{item}: {code(before, 80)} → {code(after, 80)}" for item, before, after in migration.to_set)
        lines += _table(f"From {escape(comparison.names[0])} to {escape(migration.target)}", ["use", "what becomes of it", "why", "basis"], rows, f"To set anew: {to_set}." if to_set else "")
        if told:
            lines += ["", told]
    return lines


def _paper(comparison: Comparison) -> list[str]:
    rows = []
    for row in comparison.spec_diff:
        if row.differs:
            told = [cell("; ".join(words for _, words in facts.parts), _WORDS) if facts.present else "nothing said" for facts in row.cells]
            rows.append([f"{row.area}: {cell(row.item, 80)}", *told])
    same = sum(not row.differs for row in comparison.spec_diff)
    return _table("On paper: where the contracts differ", ["item", *_names(comparison)], rows, f"{same} more items read alike.")


def _behaviour(comparison: Comparison) -> list[str]:
    rows = [[sentence(behaviour.sentence), *(cell(told.value, _WORDS) for told in behaviour.cells)] for behaviour in comparison.behaviours]
    return _table("Observed behaviour", ["what", *_names(comparison)], rows)


def _portable(comparison: Comparison) -> list[str]:
    rows = [[cell(item.use, 80), str(item.reach), cell("; ".join(item.within), _WORDS)] for item in comparison.portable if item.reach is not Portability.NOT]
    return _table("What all of them keep", ["use", "reach", "within"], rows)


def _numbers(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    agreed = comparison.agreement
    if agreed is not None:
        rows = [[cell(k.target, 60), cell(k.model, 80), f"{k.queries} of {k.asked}", _decimal(k.ndcg), _decimal(k.mrr), _decimal(k.first)] for k in agreed.known]
        lines += _table("Ranking agreement with the known answers", ["target", "model", "queries", "nDCG", "MRR", "precision at 1"], rows)
        pairs = [[cell(p.first, 60), cell(p.second, 60), "yes" if p.same_model else "no", _decimal(p.tau), _decimal(p.overlap)] for p in agreed.pairs]
        lines += _table("Ranking agreement with each other", ["one", "other", "same model", "Kendall's tau", "overlap of the best three"], pairs)
    costs = [
        [cell(c.target, 60), *(_decimal(value, 1) for value in (c.p50, c.p90, c.p99)), str(sum(n for _, n in c.errors)), _whole(c.counted), _whole(c.billed), _price(c.price)]
        for c in comparison.costs
    ]
    return [*lines, *_table("Speed and cost of the same work", ["target", "p50 ms", "p90 ms", "p99 ms", "errors", "tokens counted", "billed", "USD per million"], costs)]


def _facts(comparison: Comparison) -> list[str]:
    return [
        *_matrix(comparison, comparison.by_reference, f"In fact, judged by the contract {code(comparison.reference.name)}"),
        *_matrix(comparison, comparison.own, "In fact, each judged by its own contract"),
    ]


def _matrix(comparison: Comparison, matrix: ClauseTable, title: str) -> list[str]:
    rows = [[cell(line.clause.id, 120), *(_MARKS[one.state] for one in line.cells)] for line in matrix.rows if any(one.state is not ClauseState.KEPT for one in line.cells)]
    kept = len(matrix.rows) - len(rows)
    return _table(title, ["requirement", *_names(comparison)], rows, f"{kept} more clauses are kept by all.")


def _decimal(value: float | None, digits: int = 3) -> str:
    return "not shown" if value is None else f"{value:.{digits}f}"


def _whole(value: int | None) -> str:
    return "not given" if value is None else f"{value:,}"


def _price(value: float | None) -> str:
    return "not known" if value is None else f"{value:g}"
