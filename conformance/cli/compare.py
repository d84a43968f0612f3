"""`rerank-conformance compare`: several targets side by side, and whether one can replace another."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import refusing, tell, unwritable

if TYPE_CHECKING:
    from conformance.compare.compared import ComparedTarget
    from conformance.compare.recorded_traffic import RecordedTraffic
    from conformance.compare.survey import Survey
    from conformance.compare.target_argument import TargetArgument
    from conformance.compare.uses import Use
    from conformance.contract import Contract
    from conformance.recording import Recording
    from conformance.running import Target


@click.command("compare")
@click.argument("targets", nargs=-1, required=True, metavar="A B [C …]", shell_complete=completing.targets)
@options_of("compare")
@formats("markdown", "csv", schema="comparison")
def command(targets: tuple[str, ...], **options: Any) -> int:
    """Compare targets and write a report: it says whether B can replace A, for what you use.

    Each is [NAME=]WHERE[@CONTRACT]. WHERE is `mock`, `mock:VENDOR`, a target's name, a base URL, or the folder of a
    recorded run; the mock also takes `?fault=NAME` and `?as-observed`. Each is asked once for everything; recorded runs send nothing.

    Exit status: 0 nothing that you use breaks, as far as shown, 1 something breaks, 2 usage.
    3 nothing could be shown of at least one target. 130 interrupted.
    """
    from conformance.compare.recorded_traffic import TrafficError
    from conformance.compare.target_argument import TargetArgumentError, distinct, parse
    from conformance.compare.uses import UnknownUseError
    from conformance.contract import ContractError
    from conformance.recording import RecordingError
    from conformance.running import EmptySelectionError
    from conformance.targets import TargetError

    if len(targets) < 2:
        raise click.UsageError("At least two targets are compared; name another, such as mock:woagent.")
    bad = (TargetArgumentError, TargetError, ContractError, RecordingError, TrafficError, UnknownUseError)
    with refusing(*bad, EmptySelectionError):
        named = distinct([parse(text) for text in targets])
        _for_somebody(named, options)
        return _compare(named, options)


def _for_somebody(named: tuple[TargetArgument, ...], options: dict[str, Any]) -> None:
    """Refuse what is meant for a name that none of those compared has; it would be ignored."""
    names = [one.name for one in named]
    for flag, given in (("--model", options["models"]), ("--api-key-env", options["keys"])):
        for text in given:
            name, equals, _ = text.partition("=")
            if equals and name not in names:
                raise click.UsageError(f"{flag} {text} is for {name!r}, and those compared are {', '.join(names)}.")


def _compare(named: tuple[TargetArgument, ...], options: dict[str, Any]) -> int:
    from conformance.cli.crash import KEPT, ended, made
    from conformance.compare.comparison import FailOn, compare
    from conformance.document.folder import dated
    from conformance.recording import Recording
    from conformance.report.formats import write
    from conformance.running.stop import signals

    with ExitStack() as stack:
        # All are looked up before the first is asked: a wrong name must not cost anything.
        found = [Recording.read(one.folder) if one.folder else _target(one, options, stack) for one in named]
        first = _contract(named[0], found[0])
        uses, traffic = _uses(first, options)
        asked, reference = _asked(first, found, options)
        folder = dated("compare", options["out"])
        _writable(folder)
        KEPT.set(folder)
        with signals():
            subjects = [_subject(*pair, asked, folder) for pair in zip(named, found, strict=True)]
    comparison = compare(subjects, reference, asked.reach, uses, traffic, fail_on=FailOn(options["fail_on"]))
    try:
        failure = made(write, "comparison", comparison, folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    present("comparison", comparison, options["form"], folder=folder)
    return ended(failure, int(comparison.exit_code))


def _target(one: TargetArgument, options: dict[str, Any], stack: ExitStack) -> Target:
    """Return a target to ask, its mock running for as long as the stack lasts."""
    from attrs import evolve

    from conformance.cli.nearest import refuse_bare_address
    from conformance.targets import Options, resolve

    chosen = Options(
        contract_name=one.contract or None,
        key_env=next(iter(_of(options["keys"], one.name)), None),
        models=_of(options["models"], one.name),
        timeout=options["timeout"],
    )
    refuse_bare_address(one.where)
    path = Path(options["targets_file"]) if options["targets_file"] else None
    target, _ = stack.enter_context(resolve(one.where, chosen, path))
    return evolve(target, name=one.name)


def _of(given: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the values that are for one name; those for a name come before those for all."""
    own = [text.partition("=")[2] for text in given if text.startswith(f"{name}=")]
    return tuple(own) or tuple(text for text in given if "=" not in text)


def _contract(one: TargetArgument, found: Target | Recording) -> Contract:
    """Return the contract by which one of those compared is judged: the one that was named, else its own."""
    from conformance.contract import load

    return load(one.contract) if one.folder and one.contract else _as_target(found).contract


def _as_target(found: Target | Recording) -> Target:
    from conformance.recording import Recording

    return found.target if isinstance(found, Recording) else found


def _uses(first: Contract, options: dict[str, Any]) -> tuple[tuple[Use, ...], RecordedTraffic | None]:
    from conformance.compare import recorded_traffic
    from conformance.compare.uses import Vocabulary

    names = options["uses"]
    if names is None:
        return (), None
    if names.lower().endswith(recorded_traffic.SUFFIX):
        return (), recorded_traffic.read(Path(names), first)
    return Vocabulary(first).parse(names), None


def _asked(first: Contract, found: list[Target | Recording], options: dict[str, Any]) -> tuple[Survey, Contract]:
    """Return what everybody is asked, and the reference contract."""
    from conformance.compare.behaviour_table import LimitSearch
    from conformance.compare.survey import Survey
    from conformance.compare.workload import common_model
    from conformance.contract import load
    from conformance.running import Settings

    reference = load(options["reference"]) if options["reference"] else first
    references = (first,) if reference.sha256 == first.sha256 else (first, reference)
    kits = [_as_target(one).kit for one in found]
    settings = Settings(profile=options["profile"], max_requests=options["max_requests"])
    reach = LimitSearch(options["most_documents"], options["most_bytes"])
    return Survey(references, settings, reach, common_model(kits)), references[-1]


def _subject(one: TargetArgument, found: Target | Recording, asked: Survey, folder: Path) -> ComparedTarget:
    from conformance.compare.survey import ask, recall
    from conformance.document.folder import plain_name
    from conformance.recording import Recording, begin
    from conformance.report.formats import write_run
    from conformance.report.terminal import progress

    if isinstance(found, Recording):
        for damage in found.damages:
            tell(f"warning: {one.name}: {damage}")
        return recall(one.name, found, asked, _contract(one, found) if one.contract else None)
    held = folder / "targets" / plain_name(one.name)
    journal = begin(held, found, asked.settings)
    try:
        with progress() as advance:
            subject = ask(one.name, found, asked, advance, journal)
    finally:
        journal.close()
    write_run(subject.own, held, subject.own.exchanges.values())
    return subject


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".compare.part"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise unwritable(folder, error) from error
