"""`rerank-conformance faults`: what can be wrong with a mock, and proof that the suite finds it."""

import sys
from pathlib import Path

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, listing
from conformance.cli.options import options_of
from conformance.cli.output import say, say_json, write_out


@click.command("faults")
@click.argument("contracts", nargs=-1, metavar="[CONTRACT]...", shell_complete=completing.contracts)
@options_of("faults")
@formats(schema="faults")
def command(
    contracts: tuple[str, ...],
    jobs: int,
    step: int,
    correct: int,
    out: str | None,
    readme: str | None,
    form: str,
    *,
    listing: bool,
    pairs: bool,
    sample: int,
    seed: int,
) -> int:
    """Run the suite against every fault of the mock of each CONTRACT, and against correct servers (default: all shipped contracts).

    Exit status: 0 every fault is found and no correct server fails a check, else 1; 2 usage. With --pairs, 1 when two faults share one cause.
    """
    from conformance.cli.loading import contract
    from conformance.contract import names
    from conformance.report import faults as tables
    from conformance.report.formats import render, show
    from conformance.report.terminal import progress
    from conformance.selftest.matrix import measure

    # All are loaded first: a wrong name is told before anything is measured.
    chosen = [contract(name).name and name for name in contracts or names()]
    if listing:
        return _list(chosen, form)
    if pairs:
        return _pairs(chosen, jobs, sample, seed, form)
    matrices = []
    for name in chosen:
        with progress() as advance:
            matrices.append(measure(name, jobs=jobs, step=step, lawful=correct, advance=advance))
        if form == "text":
            show("faults", matrices[-1:], sys.stdout)
    if out:
        write_out(out, render("faults", "markdown", matrices))
    if readme:
        page = Path(readme)
        try:
            text = tables.insert(page.read_text(encoding="utf-8"), tables.table(matrices))
        except ValueError as error:
            raise click.UsageError(f"--readme {readme}: {error}") from error
        write_out(page, text, "--readme")
    if form == "json":
        say(render("faults", "json", matrices), nl=False)
    return 1 if any(matrix.missed or matrix.alarms for matrix in matrices) else 0


def _list(contracts: list[str], form: str) -> int:
    from conformance.cli.loading import contract
    from conformance.mock.faults import faults

    rows = [
        {"contract": name, "fault": one.name, "breaks": one.breaks, "sentence": one.sentence}
        for name in contracts
        for one in faults(contract(name)).values()
    ]
    listing(rows, form)
    return 0


def _pairs(contracts: list[str], jobs: int, sample: int, seed: int, form: str) -> int:
    from conformance.report.terminal import progress
    from conformance.selftest.pairs import measure

    bad, documents = 0, []
    for name in contracts:
        with progress() as advance:
            found = measure(name, jobs=jobs, sample=sample, seed=seed, advance=advance)
        shown = found.shown
        missed = [row for row in shown if not row.told]
        bad += len(missed)
        rows = [{"faults": list(row.faults), "causes": [cause.id for cause in row.causes]} for row in missed]
        documents.append(
            {
                "contract": name,
                "pairs": len(shown),
                "hidden": (hidden := sum(row.hidden for row in found.rows)),
                "one_clause": (alike := sum(row.alike for row in found.rows)),
                "shared": rows,
            }
        )
        if form == "json":
            continue
        say(
            f"{name}: {len(shown) - len(missed)} of {len(shown)} pairs of faults have a cause for each, and {sum(row.exact for row in shown)} of them exactly two causes. "
            f"In {hidden} more pair{'' if hidden == 1 else 's'} one fault hides the other, and in {alike} both break the same clause, which has one cause."
        )
        for row in rows:
            say(f"  one cause for both: {' + '.join(row['faults'])}: {', '.join(row['causes'])}")
    if form == "json":
        say_json(documents)
    return 1 if bad else 0
