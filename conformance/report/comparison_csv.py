"""`compare.csv`: one row for each cell of every part, for spreadsheets. A cell that a spreadsheet would run is made text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

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
            state = "shown" if told.shown else "not shown"
            yield _row("behaviour", behaviour.id, name, state, told.value, behaviour.sentence, told.exchanges)
    for row in comparison.spec_diff:
        for name, cell in zip(names, row.cells, strict=True):
            state = "differs" if cell.differs else "same" if cell.present else "absent"
            value, detail = "; ".join(words for _, words in cell.parts), ", ".join(cell.differs)
            yield _row("spec diff", f"{row.area}: {row.item}", name, state, value, detail, [cell.where])
    yield from _numbers(comparison)


def _row(
    part: str, item: str, target: str, state: str, value: str = "", detail: str = "", exchanges: Iterable[str] = ()
) -> Row:
    return part, item, target, str(state), value, detail, " ".join(exchanges)


def _migrations(comparison: Comparison) -> Iterator[Row]:
    for migration in comparison.migrations:
        yield _row("use", "", migration.target, comparison.answer(migration))
        for one in migration.findings:
            why = one.requirement or one.basis
            yield _row("use", one.use, migration.target, one.effect, one.words, why, one.exchanges)
    for item in comparison.portable:
        blockers = "; ".join(f"{target}: {why}" for target, why in item.blockers)
        yield _row("portable", item.use, "", item.reach, "; ".join(item.within), blockers)


def _matrix(comparison: Comparison, matrix: ClauseTable, by: str) -> Iterator[Row]:
    for line in matrix.rows:
        for name, cell in zip(comparison.names, line.cells, strict=True):
            item, sentence = cell.requirement or line.clause.id, line.clause.sentence
            yield _row(f"clause, {by}", item, name, cell.state, cell.detail, sentence, cell.exchanges)


def _numbers(comparison: Comparison) -> Iterator[Row]:
    def measured(item: str, target: str, value: float | None, model: str) -> Row:
        told = ("not shown", "") if value is None else ("", f"{value:.4f}")
        return _row("agreement", item, target, *told, model)

    for known in comparison.agreement.known if comparison.agreement else ():
        for item, value in (("nDCG", known.ndcg), ("MRR", known.mrr), ("precision at 1", known.first)):
            yield measured(item, known.target, value, known.model)
    for pair in comparison.agreement.pairs if comparison.agreement else ():
        for item, value in (("Kendall's tau", pair.tau), ("overlap of the best three", pair.overlap)):
            model = "the same model" if pair.same_model else "different models"
            yield measured(item, f"{pair.first} / {pair.second}", value, model)
    for cost in comparison.costs:
        held = {
            "latency p50 ms": cost.p50, "latency p90 ms": cost.p90, "latency p99 ms": cost.p99, "tokens counted": cost.counted,
            "tokens billed": cost.billed, "USD per million tokens": cost.price, "requests sent": cost.sent,
        }  # fmt: skip
        for item, number in held.items():
            told = ("not known", "") if number is None else ("", f"{number:g}")
            yield _row("cost", item, cost.target, *told, cost.model)
        for item, count in cost.errors:
            yield _row("cost", f"error: {item}", cost.target, "", str(count))
