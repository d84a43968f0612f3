"""`compare.csv`: one row for each cell of every part, for spreadsheets. A cell that a spreadsheet would run is made text."""

import csv
import io
import re
from collections.abc import Iterator

from conformance.compare.clause_table import ClauseTable
from conformance.compare.comparison import Comparison
from conformance.document import text

COLUMNS = ("part", "item", "target", "state", "value", "detail", "exchanges")
_FORMULA = re.compile(r"[=+\-@\t\r|%]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)
_LONGEST = 1_000

Row = tuple[str, str, str, str, str, str, str]


def render(comparison: Comparison) -> str:
    """Return all rows under one header (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows(comparison):
        writer.writerow([harmless(value) for value in row])
    return out.getvalue()


def harmless(value: str) -> str:
    """Return a cell on one line, with an apostrophe before what a spreadsheet would take for a formula."""
    line = text.one_line(value, _LONGEST)
    return f"'{line}" if _FORMULA.match(line) and not _NUMBER.fullmatch(line) else line


def rows(comparison: Comparison) -> Iterator[Row]:
    """Yield every cell of the comparison."""
    yield from _migrations(comparison)
    yield from _matrix(comparison, comparison.by_reference, f"by {comparison.reference.name}")
    yield from _matrix(comparison, comparison.own, "by its own contract")
    names = comparison.names
    for behaviour in comparison.behaviours:
        for name, told in zip(names, behaviour.cells, strict=True):
            yield (
                "behaviour",
                behaviour.id,
                name,
                "shown" if told.shown else "not shown",
                told.value,
                behaviour.sentence,
                " ".join(told.exchanges),
            )
    for row in comparison.spec_diff:
        for name, cell in zip(names, row.cells, strict=True):
            state = "differs" if cell.differs else "same" if cell.present else "absent"
            value = "; ".join(words for _, words in cell.parts)
            yield ("spec diff", f"{row.area}: {row.item}", name, state, value, ", ".join(cell.differs), cell.where)
    yield from _numbers(comparison)


def _migrations(comparison: Comparison) -> Iterator[Row]:
    for migration in comparison.migrations:
        yield ("use", "", migration.target, comparison.answer(migration), "", "", "")
        for finding in migration.findings:
            yield (
                "use",
                finding.use,
                migration.target,
                str(finding.effect),
                finding.words,
                finding.requirement or finding.basis,
                " ".join(finding.exchanges),
            )
    for item in comparison.portable:
        yield (
            "portable",
            item.use,
            "",
            str(item.reach),
            "; ".join(item.within),
            "; ".join(f"{target}: {why}" for target, why in item.blockers),
            "",
        )


def _matrix(comparison: Comparison, matrix: ClauseTable, by: str) -> Iterator[Row]:
    for line in matrix.rows:
        for name, cell in zip(comparison.names, line.cells, strict=True):
            yield (
                f"clause, {by}",
                cell.requirement or line.clause.id,
                name,
                str(cell.state),
                cell.detail,
                line.clause.sentence,
                " ".join(cell.exchanges),
            )


def _numbers(comparison: Comparison) -> Iterator[Row]:
    for known in comparison.agreement.known if comparison.agreement else ():
        for item, value in (("nDCG", known.ndcg), ("MRR", known.mrr), ("precision at 1", known.first)):
            yield (
                "agreement",
                item,
                known.target,
                "" if value is not None else "not shown",
                "" if value is None else f"{value:.4f}",
                known.model,
                "",
            )
    for pair in comparison.agreement.pairs if comparison.agreement else ():
        for item, value in (("Kendall's tau", pair.tau), ("overlap of the best three", pair.overlap)):
            model = "the same model" if pair.same_model else "different models"
            yield (
                "agreement",
                item,
                f"{pair.first} / {pair.second}",
                "" if value is not None else "not shown",
                "" if value is None else f"{value:.4f}",
                model,
                "",
            )
    for cost in comparison.costs:
        held = {
            "latency p50 ms": cost.p50, "latency p90 ms": cost.p90, "latency p99 ms": cost.p99, "tokens counted": cost.counted,
            "tokens billed": cost.billed, "USD per million tokens": cost.price, "requests sent": cost.sent,
        }  # fmt: skip
        for item, number in held.items():
            yield (
                "cost",
                item,
                cost.target,
                "" if number is not None else "not known",
                "" if number is None else f"{number:g}",
                cost.model,
                "",
            )
        for item, count in cost.errors:
            yield ("cost", f"error: {item}", cost.target, "", str(count), "", "")
