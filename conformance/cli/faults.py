"""`rerank-conformance faults`: what can be wrong with a mock, and proof that the suite finds it."""

import sys
from pathlib import Path

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, listing
from conformance.cli.options import options_of
from conformance.cli.output import say, write_out


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
) -> int:
    """Run the suite against every fault of the mock of each CONTRACT, and against correct servers (default: all shipped contracts).

    Exit status: 0 every fault is found and no correct server fails a check, else 1; 2 usage.
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
