"""`rerank-conformance judge`: judge a recorded run again, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.formatting import formats, present
from conformance.cli.options import Recorded, options_of
from conformance.cli.output import lasting, refusing, say, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.model.run import Run


@click.command("judge")
@click.argument("folder", type=Recorded())
@options_of("judge")
@formats(schema="run")
def command(folder: str, **options: Any) -> int:
    """Judge the run recorded in FOLDER again, with the suite as it is now; nothing is sent.

    Says which verdicts differ from those in its run.json. The exit status is that of `run`. A recording that was interrupted is
    inconclusive, unless it shows a failed check.
    """
    from attrs import evolve

    from conformance.cli.crash import KEPT, ended, made
    from conformance.cli.loading import contract, deviations
    from conformance.cli.nearest import refuse_unmatched
    from conformance.probes.kit import Kit
    from conformance.recording import Recording, RecordingError
    from conformance.report.formats import write_run
    from conformance.running import EmptySelectionError

    KEPT.set(Path(folder))
    with refusing(RecordingError, EmptySelectionError):
        recording = Recording.read(Path(folder))
        changes = {"deviations": deviations(options["deviations"])} if options["deviations"] else {}
        settings = recording.settings
        if options["select"] or options["deselect"]:
            settings = evolve(settings, select=tuple(options["select"]), deselect=tuple(options["deselect"]))
        settings = evolve(settings, strict=options["strict"] or settings.strict)
        chosen = contract(options["contract_name"]) if options["contract_name"] else None
        refuse_unmatched(Kit(chosen) if chosen else recording.target.kit, options)
        run = recording.judged(chosen, settings, **changes)
    for damage in recording.damages:
        tell(f"warning: {damage}")
    place = Path(options["out"]) if options["out"] else Path(folder)
    kept = options["out"] is None and (place / "run.json").exists()
    try:
        failure = "" if kept else made(write_run, run, place, recording.exchanges())
    except OSError as error:
        raise click.UsageError(f"{place} cannot be written: {error.strerror or error}") from error
    with lasting():
        present("run", run, options["form"], folder=place, everything=options["everything"])
        for line in _differences(run, Path(folder)):
            (say if options["form"] == "text" else tell)(line)
    return ended(failure, run.exit_code)


def _differences(run: Run, folder: Path) -> list[str]:
    """Return a line for each verdict that is not what the folder's run.json has."""
    from conformance.document.folder import read_text

    path = folder / "run.json"
    if not path.is_file():
        return []
    try:
        before = {item["requirement"]: item["verdict"] for item in json.loads(read_text(path))["verdicts"]}
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        return [f"{path} cannot be read, so nothing is compared with it."]
    now = {verdict.clause.id: str(verdict.outcome) for verdict in run.verdicts}
    lines = [
        f"{name}: {_word(before, name)} then, {_word(now, name)} now"
        for name in dict.fromkeys((*before, *now))
        if before.get(name) != now.get(name)
    ]
    return [
        *lines,
        f"{len(lines) or 'No'} verdict{'' if len(lines) == 1 else 's'} differ{'s' if len(lines) == 1 else ''} from the recorded ones.",
    ]


def _word(verdicts: Mapping[str, str], name: str) -> str:
    from conformance.report.words import NAMES

    return next((told for outcome, told in NAMES.items() if str(outcome) == verdicts.get(name)), "not judged")
