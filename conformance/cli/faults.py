"""`rerank-conformance faults`: proof that the suite can see."""

import click

from conformance.cli.output import say


@click.command("faults")
@click.option(
    "--contract",
    "contracts",
    multiple=True,
    metavar="NAME|FILE",
    help="Contract, its file or folder (default: all that are shipped); repeatable.",
)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--step", type=click.IntRange(1), default=1, show_default=True, help="Try every N-th fault only.")
@click.option(
    "--lawful",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    help="Lawful servers to draw, which must give no finding.",
)
@click.option("--out", type=click.Path(dir_okay=False, writable=True), help="File to write the matrix to, as Markdown.")
@click.option(
    "--readme",
    type=click.Path(dir_okay=False, exists=True, writable=True),
    help="Page whose table of numbers is to be brought up to date.",
)
@click.option(
    "--pairs", is_flag=True, help="Switch on any two faults together instead: each must have a cause of its own."
)
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="With --pairs: so many pairs drawn at random; 0 for all, which takes hours.",
)
def command(
    contracts: tuple[str, ...],
    jobs: int,
    step: int,
    lawful: int,
    out: str | None,
    readme: str | None,
    *,
    pairs: bool,
    sample: int,
) -> int:
    """Run the suite against every fault of the mock, and against lawful servers.

    Exit status 1 when a fault is not found, or a lawful server is; with --pairs when two faults share one cause.
    """
    import sys

    if pairs:
        return _pairs(contracts, jobs, sample)
    from pathlib import Path

    from conformance.cli.loading import contract
    from conformance.contract import names
    from conformance.report.faults import insert, table
    from conformance.report.formats import render, show
    from conformance.report.progress import progress
    from conformance.selftest.matrix import measure

    matrices = []
    for name in contracts or names():
        contract(name)
        with progress() as advance:
            matrices.append(measure(name, jobs=jobs, step=step, lawful=lawful, advance=advance))
        show("faults", matrices[-1:], sys.stdout)
    if out:
        Path(out).write_text(render("faults", "markdown", matrices), encoding="utf-8")
    if readme:
        page = Path(readme)
        try:
            page.write_text(insert(page.read_text(encoding="utf-8"), table(matrices)), encoding="utf-8")
        except ValueError as error:
            msg = f"--readme {readme}: {error}"
            raise click.UsageError(msg) from error
    return 1 if any(matrix.missed or matrix.alarms for matrix in matrices) else 0


def _pairs(contracts: tuple[str, ...], jobs: int, sample: int) -> int:
    from conformance.cli.loading import contract
    from conformance.contract import names
    from conformance.report.progress import progress
    from conformance.selftest.pairs import measure

    bad = 0
    for name in contracts or names():
        contract(name)
        with progress() as advance:
            found = measure(name, jobs=jobs, sample=sample, advance=advance)
        shown = found.shown
        missed = [row for row in shown if not row.told]
        say(
            f"{name}: {len(shown) - len(missed)} of {len(shown)} pairs of faults have a cause for each, {sum(row.exact for row in shown)} of them two causes exactly; "
            f"in {len(found.rows) - len(shown)} more pairs one fault hides the other"
        )
        for row in missed:
            say(f"  one cause for both: {' + '.join(row.faults)}: {', '.join(cause.id for cause in row.causes)}")
        bad += len(missed)
    return 1 if bad else 0
