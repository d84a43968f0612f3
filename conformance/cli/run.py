"""`rerank-conformance run`: judge a target and write a report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, present
from conformance.cli.options import options_of
from conformance.cli.output import lasting, refusing, say, say_json, tell
from conformance.cli.targeting import resolved

if TYPE_CHECKING:
    from conformance.cli.storing import Keeper
    from conformance.exchange.journal import Journal
    from conformance.model.run import Run
    from conformance.recording import Recording
    from conformance.running import Past, Settings, Target


@click.command("run")
@click.argument("target", required=False, shell_complete=completing.targets)
@options_of("run")
@formats(schema="run")
def command(target: str | None, **options: Any) -> int:
    """Judge TARGET by a contract and write a report.

    TARGET is a name (`rerank-conformance targets` lists them), `mock`, `mock:VENDOR`, `mock?fault=NAME`, or a base URL to which the
    contract's path is appended. With --resume it is the recording's own, if you recorded it on this machine.

    Exit status: 0 passed, 1 at least one check failed, 2 usage. 3 inconclusive: nothing failed, and less than 90 % of the MUST checks could be judged.
    70 an error inside the suite, 130 interrupted.
    """
    from conformance.cli.storing import keeper

    with keeper(options) as kept:
        return _judge(target, options, kept)


def _judge(target: str | None, options: dict[str, Any], kept: Keeper) -> int:
    from conformance.cli.nearest import refuse_unmatched
    from conformance.running import EmptySelectionError

    with refusing(EmptySelectionError):
        if options["resume"]:
            return _resume(target, options, kept)
        if target is None:
            msg = "Which TARGET? `rerank-conformance targets` lists names; `mock` and a base URL are targets too."
            raise click.UsageError(msg)
        with resolved(target, options) as (found, entry):
            refuse_unmatched(found.kit, options)
            settings = _settings(options)
            settings = entry.settings(settings) if entry else settings
            if options["dry_run"]:
                return _dry(found, settings, options["form"])
            return _run(found, settings, options, kept)


def _settings(options: dict[str, Any]) -> Settings:
    from conformance.model.clause import Level
    from conformance.running import Settings
    from conformance.running.settings import BOUNDS

    return Settings(
        select=tuple(options["select"]),
        deselect=tuple(options["deselect"]),
        fail_on=Level(options["fail_on"].upper()) if options["fail_on"] else None,
        **{name: options[name] for name in ("profile", *BOUNDS, "seed", "strict")},
    )


def _dry(target: Target, settings: Settings, form: str) -> int:
    from conformance.probes.tokens import Meter
    from conformance.running import estimate, plan

    the_plan, meter = plan(target, settings), Meter(target.contract)
    rows = [
        {
            "method": probe.request.method,
            "path": probe.request.path,
            "bytes": len(probe.request.body),
            "tokens": meter.estimate(probe.request),
            "expect": str(probe.expect),
            "label": probe.label,
        }
        for probe in the_plan.probes
    ]
    probes = the_plan.probes[: settings.requests]
    cost = estimate(target, probes)
    if form == "json":
        planned = {"requests": rows, "planned": len(probes), "at_most": settings.requests, "tokens": cost.tokens}
        say_json(planned | {"usd": cost.usd if cost.priced else None, "checks": len(the_plan.requirements)})
        return 0
    for row in rows:
        sizes = f"{row['bytes']:>8} B {row['tokens']:>8} tokens"
        say(f"{row['method']:<6} {row['path']:<24} {sizes}  {row['expect']:<32} {row['label']}")
    if settings.fuzzes:
        more = max(settings.requests - len(probes), 0)
        say(f"and up to {more:,} generated requests, whose cost is not known before they are drawn")
    price = f"about {cost.usd:.4f} US dollars" if cost.priced else "no price in the contract"
    if cost.priced and cost.unpriced:
        price += f" for {cost.priced} of them, no price in the contract for the models of {cost.unpriced}"
    say(
        f"{len(probes)} requests of at most {settings.requests:,}, {sum(len(p.request.body) for p in probes):,} bytes, "
        f"about {cost.tokens:,} tokens if all are accepted ({price}), {len(the_plan.requirements)} checks"
    )
    return 0


def _run(target: Target, settings: Settings, options: dict[str, Any], kept: Keeper) -> int:
    from conformance.document.folder import dated
    from conformance.recording import RecordingError, begin
    from conformance.running import plan

    # Before the folder is made: an empty selection is a usage error, and leaves nothing behind.
    plan(target, settings)
    kept.ready()
    folder = dated(target.name, options["out"])
    with refusing(RecordingError, of="--out"):
        journal = begin(folder, target, settings)
    return _conduct(target, settings, folder, journal, options, kept)


def _conduct(
    target: Target,
    settings: Settings,
    folder: Path,
    journal: Journal,
    options: dict[str, Any],
    kept: Keeper,
    past: Past | None = None,
) -> int:
    from conformance.cli.crash import ended, made, told
    from conformance.contract import ContractError
    from conformance.exchange.journal import JournalError
    from conformance.report.formats import prepared, write_run
    from conformance.report.terminal import progress
    from conformance.running import EmptySelectionError, conduct
    from conformance.running.stop import signals

    try:
        # What stops a job stops it in order: the folder is whole, whoever sends the signal.
        with signals():
            with progress() as advance:
                result: Run = conduct(target, settings, advance, journal, past, tell, prepared())
            journal.close()
            kept.remember(result)
            failure = made(write_run, result, folder, folder=folder)
    except (JournalError, OSError) as error:
        what = error if isinstance(error, JournalError) else f"{folder}: {error.strerror or error}"
        msg = f"{what}. Everything recorded until then is in {folder}: `rerank-conformance judge {folder}` judges it, and `run --resume {folder}` goes on with it."
        raise click.UsageError(msg) from error
    except (ContractError, EmptySelectionError):
        raise
    except Exception as error:  # noqa: BLE001 - what was recorded is kept, whatever failed
        return ended(told(error, folder), 0)
    with lasting():
        present("run", result, options["form"], folder=folder, everything=options["everything"])
    kept.close()
    return ended(failure, result.exit_code)


def _resume(target: str | None, options: dict[str, Any], kept: Keeper) -> int:
    """Go on with a recording: by what it says itself where it is this user's own, else by the command line alone."""
    from attrs import evolve

    from conformance.document import picked
    from conformance.exchange.journal import JournalError
    from conformance.recording import Recording, RecordingError, resume
    from conformance.running.settings import BOUNDS

    folder = Path(options["resume"])
    with refusing(RecordingError, of="--resume"):
        recording = Recording.read(folder)
    held = recording.target
    if not recording.own:
        if target is None:
            msg = f"--resume: {folder} was not recorded by you on this machine, or was changed since. Name the target, and the options of that run: rerank-conformance run TARGET --resume {folder}"
            raise click.UsageError(msg)
        given, contract = options, None
    else:
        given, contract = {**options, "api_key_env": options["api_key_env"] or held.key_env}, held.contract
    _same(options, recording)
    with resolved(target or held.name, given, contract) as (found, entry):
        _agree(found, recording)
        if recording.own:
            # Everything but the way to the service is the recording's: other requests would be another run.
            way = picked(found, "base_url proxy ca_file rate concurrency timeout")
            again = evolve(held, **way, secrets=_secrets(recording, found))
            budget = {key: options[key] for key in BOUNDS if options[key] is not None}
            settings = evolve(recording.settings, **budget)
        else:
            again, settings = found, _settings(options)
            settings = entry.settings(settings) if entry else settings
        kept.ready()
        for damage in recording.damages:
            tell(f"warning: {damage}")
        with refusing(JournalError, of="--resume"):
            journal = resume(folder)
        return _conduct(again, settings, folder, journal, options, kept, recording.past)


def _same(options: dict[str, Any], recording: Recording) -> None:
    """Refuse what would change a run that is gone on with: options that were given and differ from the recording's."""
    given = click.get_current_context().get_parameter_source
    asked = _settings(options)
    kept = ("profile", "select", "deselect", "fail_on", "strict", "seed") if recording.own else ()
    other = [name for name in kept if getattr(asked, name) != getattr(recording.settings, name)]
    for name in (*other, "dry_run", "out"):
        if given(name) is click.core.ParameterSource.COMMANDLINE:
            flag = f"--{name.replace('_', '-')}"
            msg = f"--resume: a run goes on as it began, in its own folder, so {flag} cannot be changed. Leave {flag} out, or begin a new run without --resume."
            raise click.UsageError(msg)


def _agree(found: Target, recording: Recording) -> None:
    """Refuse to go on with a recording of another host, or with other requests than were recorded."""
    from conformance.targets import is_mock

    held = recording.target
    # The embedded mock has another port each time.
    servers = (held.name, found.name) if is_mock(found.name) else (held.base_url, found.base_url)
    pairs: dict[str, tuple[Any, Any]] = {"server": servers}
    if not recording.own:
        pairs |= {
            "contract (--contract)": (held.contract.sha256, found.contract.sha256),
            "key's variable (--api-key-env)": (held.variable, found.variable),
            "headers (--header)": (dict(held.headers), dict(found.headers)),
            "models (--model)": (held.models, found.models),
        }
    for name, (recorded, asked) in pairs.items():
        if recorded != asked:
            shown = f": recorded {recorded}, now {asked}" if name == "server" else ""
            msg = f"--resume: {recording.folder} was recorded with another {name}{shown}. Give the same one, or begin a new run without --resume."
            raise click.UsageError(msg)


def _secrets(recording: Recording, found: Target) -> dict[str, str]:
    """Return the values of the variables that stand in the requests of the user's own recording, as they are today."""
    from conformance.exchange.environment import carried

    values = {}
    for name in recording.target.secrets:
        if name == recording.target.variable:
            values[name] = found.secrets.get(found.variable or "", "")
        elif name not in found.secrets and name not in os.environ:
            msg = f"--resume: {recording.folder} was recorded with a value of ${name}. Set the environment variable {name}."
            raise click.UsageError(msg)
        else:
            values[name] = found.secrets.get(name) or carried(name)
    return values
