"""Options that say which target is judged, and how; several commands have them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import completing
from conformance.cli.options import Amount, option
from conformance.cli.output import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract import Contract
    from conformance.running import Target
    from conformance.targets import Entry, Options


def _added(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds options to a command."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(options):
            command = one(command)
        return command

    return add


targets_option = option(
    "--targets FILE",
    "File of targets (default: targets.toml in the working directory).",
    click.Path(dir_okay=False),
    name="targets_file",
)
# Which target is judged, and how.
target_options = _added(
    targets_option,
    option(
        "--contract NAME|FILE",
        "Contract to judge by (default: the target's own, siliconflow for a URL).",
        shell_complete=completing.contracts,
        name="contract_name",
    ),
    option("--api-key-env VAR", "Environment variable that holds the key (default: the target's or the contract's)."),
    option(
        "--model NAME",
        "Model to use instead of the contract's; repeatable, the cheapest first.",
        multiple=True,
        name="models",
    ),
    option(
        "--header 'NAME: VALUE'",
        "Header to send with every request. $VAR in it is read from the environment and never written to a file. Repeatable.",
        multiple=True,
        name="headers",
    ),
    option(
        "--rate N",
        "Send no more than N requests a minute, evenly spaced (default: the target's).",
        Amount(0, min_open=True),
    ),
    option("--concurrency N", "Requests in flight at a time (default: the target's, else 8).", click.IntRange(1, 256)),
    option(
        "--timeout SECONDS",
        "Timeout of a whole request, from connecting to the last byte (default: the target's, else 30).",
        Amount(0.1),
    ),
    option(
        "--deviations NAME|FILE",
        "Known deviations to apply, of a vendor by name or in a TOML file; repeatable.",
        multiple=True,
    ),
    click.option(
        "--as-observed",
        is_flag=True,
        help="With the embedded mock: answer as the live service has been observed to answer.",
    ),
)

# What a run may spend, and what a server may send.
budget_options = _added(
    option(
        "--max-requests N",
        "Send no more than N requests, retries included; fewer are planned, so that what fails can be asked again.",
        click.IntRange(1),
    ),
    option(
        "--max-tokens N",
        "Spend no more than about N tokens: a request that might cost more than is left is not sent.",
        click.IntRange(1),
    ),
    option(
        "--max-time SECONDS",
        "End all requests by then, those under way too.",
        Amount(0, min_open=True),
        name="max_time_s",
    ),
    option(
        "--max-answer BYTES",
        "Read no answer beyond this (default: 2,000,000, and four bytes more for each byte of the request).",
        click.IntRange(1_000),
    ),
    option(
        "--max-headers BYTES",
        "Read no more of an answer's headers than this (default: 64,000).",
        click.IntRange(1_000, 64_000),
    ),
    option(
        "--max-disk BYTES",
        "Record no more than this, and send nothing after it (default: 1,000,000,000).",
        click.IntRange(1_000),
    ),
)
# Which checks are judged.
selection_options = _added(
    option(
        "--select GLOB",
        "Judge only checks whose id matches; repeatable.",
        multiple=True,
        shell_complete=completing.requirements,
    ),
    option(
        "--deselect GLOB",
        "Leave out checks whose id matches; repeatable.",
        multiple=True,
        shell_complete=completing.requirements,
    ),
)


@contextmanager
def resolved(
    name: str, given: dict[str, Any], recorded: Contract | None = None
) -> Iterator[tuple[Target, Entry | None]]:
    """Yield the target of a name and its entry in targets.toml, if it has one; what is wrong becomes a usage error."""
    from attrs import evolve

    from conformance.cli.loading import warn
    from conformance.cli.nearest import refuse_bare_address
    from conformance.contract import ContractError
    from conformance.targets import TargetError, resolve

    refuse_bare_address(name)
    path = Path(given["targets_file"]) if given["targets_file"] else None
    with refusing(TargetError, ContractError), resolve(name, evolve(options(given), recorded=recorded), path) as found:
        warn(found[0].contract)
        yield found


def options(given: dict[str, Any]) -> Options:
    """Return what a command line says of a target; raises TargetError."""
    from conformance.targets import Options, headers

    pairs, secrets = headers(tuple(given["headers"]))
    same = {name: given[name] for name in ("contract_name", "concurrency", "timeout", "rate", "as_observed")}
    listed: dict[str, Any] = {name: tuple(given[name]) for name in ("models", "deviations")}
    return Options(key_env=given["api_key_env"], headers=pairs, secrets=secrets, **same, **listed)
