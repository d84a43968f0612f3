"""`rerank-conformance run`: judge a target and write a report."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.engine import Settings, Target
    from conformance.verdict.run import Run

MOCK = "mock"
MOCK_KEY = "mock-key"


@click.command("run")
@click.argument("target")
@click.option("--contract", "contract_name", metavar="NAME|FILE", help="Contract to judge by (default: the target's own, siliconflow for a URL).")
@click.option("--api-key-env", metavar="VAR", help="Environment variable that holds the key (default: the contract's).")
@click.option("--model", "models", multiple=True, metavar="NAME", help="Model to ask in place of the contract's; repeatable.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Header to send with every request; $VAR in it is put in from the environment and never written. Repeatable.")
@click.option("--profile", type=click.Choice(["smoke", "nightly", "deep"]), default="smoke", show_default=True, help="How much to ask: smoke at most 150 requests, nightly 500, deep 20,000 (for mocks and own servers).")
@click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Send no more than N requests, retries included.")
@click.option("--select", multiple=True, metavar="GLOB", help="Judge only requirements whose id matches; repeatable.")
@click.option("--deselect", multiple=True, metavar="GLOB", help="Leave out requirements whose id matches; repeatable.")
@click.option("--deviations", multiple=True, metavar="NAME|FILE", help="Known deviations to apply, of a vendor by name or in a TOML file; repeatable.")
@click.option("--strict", is_flag=True, help="Know no deviation: whatever is broken fails.")
@click.option("--as-observed", is_flag=True, help="With the embedded mock: let it answer as the live service is seen to answer.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything that is drawn at random.")
@click.option("--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, metavar="SECONDS", help="Patience for one answer.")
@click.option("--out", type=click.Path(file_okay=False, writable=True), metavar="DIR", help="Folder for the report (default: a dated one under runs/).")
@click.option("--store", metavar="PATH|URL", help="Where the run is remembered: a file, or a postgresql:// URL (default: RERANK_STORE, else a file in the user's data folder).")
@click.option("--no-store", is_flag=True, help="Do not remember the run.")
@click.option("--dry-run", is_flag=True, help="List what would be sent, and send nothing.")
@click.pass_context
def command(ctx: click.Context, /, target: str, **options: Any) -> int:
    """Judge TARGET by a contract and write a report.

    TARGET is `mock`, `mock:VENDOR`, or a base URL to which the contract's path is appended.

    Exit status: 0 kept, 1 at least one clause is broken, 2 usage, 3 inconclusive, 130 interrupted.
    """
    from conformance.engine import EmptySelectionError, Settings
    from conformance.fuzz import FuzzingUnavailableError

    settings = Settings(
        profile=options["profile"],
        select=tuple(options["select"]),
        deselect=tuple(options["deselect"]),
        max_requests=options["max_requests"],
        seed=options["seed"],
        strict=options["strict"],
    )
    try:
        with _target(target, options) as resolved:
            if options["dry_run"]:
                return _dry(resolved, settings)
            return _run(resolved, settings, options)
    except (EmptySelectionError, FuzzingUnavailableError) as error:
        raise click.UsageError(str(error), ctx) from error


@contextlib.contextmanager
def _target(name: str, options: dict[str, Any]) -> Iterator[Target]:
    """Resolve a target's name, starting the embedded mock where it is asked for."""
    from conformance.cli.loading import contract, deviations
    from conformance.engine import Target

    vendor = name.partition(":")[2] if name.startswith(f"{MOCK}:") else None
    given = options["contract_name"]
    extra, found = _headers(options["headers"])
    common: dict[str, Any] = {"models": tuple(options["models"]), "timeout": options["timeout"], "headers": extra, "deviations": deviations(options["deviations"])}
    if name == MOCK or vendor:
        from conformance.mock import MockServer
        from conformance.mock.observed import ObservedError

        served = contract(vendor or "siliconflow" if vendor or not given else str(given))
        judged_by = contract(str(given)) if given else served
        try:
            embedded = MockServer(served, observed=options["as_observed"])
        except ObservedError as error:
            raise click.UsageError(str(error)) from error
        with embedded as server:
            yield Target(name, server.base_url, judged_by, {judged_by.key_env or "API_KEY": server.key, **found}, **common)
        return
    if options["as_observed"]:
        msg = f"--as-observed is for the embedded mock, and {name} is none."
        raise click.UsageError(msg)
    if "://" not in name:
        msg = f"There is no target {name!r}: it is neither `mock`, nor `mock:VENDOR`, nor a URL (http://… or https://…)."
        raise click.UsageError(msg)
    url = _base(name)
    chosen = contract(str(given or "siliconflow"))
    secret = _key(url, options["api_key_env"] or chosen.key_env or "API_KEY")
    yield Target(name, url, chosen, {chosen.key_env or "API_KEY": secret, **found}, **common)


def _base(url: str) -> str:
    """Return a base URL without its trailing slash; raises UsageError for what is none."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        msg = f"{url!r} is no URL: {error}"
        raise click.UsageError(msg) from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        msg = f"{url!r} is no base URL: it needs http:// or https:// and a host."
        raise click.UsageError(msg)
    if parsed.query or parsed.fragment or parsed.userinfo:
        msg = "A base URL has no query, no fragment and no credentials in it; the key comes from an environment variable."
        raise click.UsageError(msg)
    return url.rstrip("/")


def _key(url: str, variable: str) -> str:
    """Return the key of a variable; a loopback URL without one gets the mock's."""
    import os

    import httpx

    value = os.environ.get(variable)
    if value:
        return value
    host = httpx.URL(url).host
    if host in {"localhost", "::1"} or host.startswith("127."):
        return MOCK_KEY
    msg = f"No key: set the environment variable {variable}, or name another with --api-key-env."
    raise click.UsageError(msg)


def _headers(given: tuple[str, ...]) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
    """Return headers as pairs, and the secrets that they name."""
    import os
    import re

    pairs, secrets = [], {}
    for text in given:
        name, colon, value = text.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip()) or not value.strip().isprintable():
            msg = f"--header {text!r} is no header: write 'Name: value'."
            raise click.UsageError(msg)
        for variable in re.findall(r"\$\{?(\w+)", value):
            if variable not in os.environ:
                msg = f"--header names ${variable}, which is not set."
                raise click.UsageError(msg)
            secrets[variable] = os.environ[variable]
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs), secrets


def _dry(target: Target, settings: Settings) -> int:
    from conformance.engine import plan

    the_plan = plan(target, settings)
    for probe in the_plan.probes:
        request = probe.request
        click.echo(f"{request.method:<6} {request.path:<24} {len(request.body):>8} B  {probe.expect:<32} {probe.label}")
    click.echo(f"{len(the_plan.probes)} requests, {sum(len(p.request.body) for p in the_plan.probes):,} bytes, {len(the_plan.requirements)} requirements")
    return 0


def _run(target: Target, settings: Settings, options: dict[str, Any]) -> int:
    import sys

    from conformance.cli.storing import remember
    from conformance.engine import conduct
    from conformance.exchange.journal import JournalError
    from conformance.recording import RecordingError, begin
    from conformance.report.folder import write
    from conformance.report.progress import progress
    from conformance.report.terminal import show

    folder = _folder(target, options["out"])
    try:
        journal = begin(folder, target, settings)
        with progress() as advance:
            result: Run = conduct(target, settings, advance, journal)
        journal.close()
    except (RecordingError, JournalError) as error:
        raise click.UsageError(f"--out {folder}: {error}") from error
    try:
        write(result, folder)
    except OSError as error:
        msg = f"--out {folder}: cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error
    show(result, folder, stream=sys.stdout)
    if not options["no_store"]:
        remember(result, options["store"])
    return result.exit_code


def _folder(target: Target, out: object) -> Path:
    import re
    import time
    from pathlib import Path

    if out is not None:
        return Path(str(out))
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", target.name).strip("-")
    base = Path("runs") / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{name}"
    number = 2
    folder = base
    while folder.exists():
        folder, number = base.with_name(f"{base.name}-{number}"), number + 1
    return folder
