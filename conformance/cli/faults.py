"""`rerank-conformance faults`: proof that the suite can see."""

import click


@click.command("faults")
@click.option("--contract", "contracts", multiple=True, metavar="NAME|FILE", help="Contract, its file or folder (default: all that are shipped); repeatable.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--step", type=click.IntRange(1), default=1, show_default=True, help="Try every N-th fault only.")
@click.option("--lawful", type=click.IntRange(0), default=200, show_default=True, help="Lawful servers to draw, which must give no finding.")
@click.option("--out", type=click.Path(dir_okay=False, writable=True), help="File to write the matrix to, as Markdown.")
@click.option("--readme", type=click.Path(dir_okay=False, exists=True, writable=True), help="Page whose table of numbers is to be brought up to date.")
def command(contracts: tuple[str, ...], jobs: int, step: int, lawful: int, out: str | None, readme: str | None) -> int:
    """Run the suite against every fault of the mock, and against lawful servers.

    Exit status 1 when a fault is not found, or a lawful server is.
    """
    import sys
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
