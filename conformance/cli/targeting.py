"""Options that say which target is judged, and how; several commands have them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import completing
from conformance.cli.amount import Amount, Text
from conformance.cli.output import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract import Contract
    from conformance.running import Target
    from conformance.targets import Entry, Options


def _added(*options: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds options to a command."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


targets_option = click.option(
    "--targets",
    "targets_file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="File of targets (default: targets.toml in the working directory).",
)
# Which target is judged, and how.
target_options = _added(
    targets_option,
    click.option(
        "--contract",
        "contract_name",
        metavar="NAME|FILE",
        shell_complete=completing.contracts,
        help="Contract to judge by (default: the target's own, siliconflow for a URL).",
    ),
    click.option(
        "--api-key-env",
        metavar="VAR",
        help="Environment variable that holds the key (default: the target's or the contract's).",
    ),
    click.option(
        "--model",
        "models",
        multiple=True,
        type=Text(),
        metavar="NAME",
        help="Model to use instead of the contract's; repeatable, the cheapest first.",
    ),
    click.option(
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Header to send with every request. $VAR in it is read from the environment and never written to a file. Repeatable.",
    ),
    click.option(
        "--rate",
        type=Amount(0, min_open=True),
        metavar="N",
        help="Send no more than N requests a minute, evenly spaced (default: the target's).",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Requests in flight at a time (default: the target's, else 8).",
    ),
    click.option(
        "--timeout",
        type=Amount(0.1),
        metavar="SECONDS",
        help="Timeout of a whole request, from connecting to the last byte (default: the target's, else 30).",
    ),
    click.option(
        "--deviations",
        multiple=True,
        metavar="NAME|FILE",
        help="Known deviations to apply, of a vendor by name or in a TOML file; repeatable.",
    ),
    click.option(
        "--as-observed",
        is_flag=True,
        help="With the embedded mock: answer as the live service has been observed to answer.",
    ),
)

# What a run may spend, and what a server may send.
budget_options = _added(
    click.option(
        "--max-requests",
        type=click.IntRange(1),
        metavar="N",
        help="Send no more than N requests, retries included; fewer are planned, so that what fails can be asked again.",
    ),
    click.option(
        "--max-tokens",
        type=click.IntRange(1),
        metavar="N",
        help="Spend no more than about N tokens: a request that might cost more than is left is not sent.",
    ),
    click.option(
        "--max-time",
        "max_time_s",
        type=Amount(0, min_open=True),
        metavar="SECONDS",
        help="End all requests by then, those under way too.",
    ),
    click.option(
        "--max-answer",
        type=click.IntRange(1_000),
        metavar="BYTES",
        help="Read no answer beyond this (default: 2,000,000, and four bytes more for each byte of the request).",
    ),
    click.option(
        "--max-headers",
        type=click.IntRange(1_000, 64_000),
        metavar="BYTES",
        help="Read no more of an answer's headers than this (default: 64,000).",
    ),
    click.option(
        "--max-disk",
        type=click.IntRange(1_000),
        metavar="BYTES",
        help="Record no more than this, and send nothing after it (default: 1,000,000,000).",
    ),
)
# Which checks are judged.
selection_options = _added(
    click.option(
        "--select",
        multiple=True,
        metavar="GLOB",
        shell_complete=completing.requirements,
        help="Judge only checks whose id matches; repeatable.",
    ),
    click.option(
        "--deselect",
        multiple=True,
        metavar="GLOB",
        shell_complete=completing.requirements,
        help="Leave out checks whose id matches; repeatable.",
    ),
)


@contextmanager
def resolved(
    name: str, given: dict[str, Any], recorded: Contract | None = None
) -> Iterator[tuple[Target, Entry | None]]:
    """Yield the target of a name and its entry in targets.toml, if it has one; what is wrong becomes a usage error."""
    from pathlib import Path

    from attrs import evolve

    from conformance.cli.nearest import refuse_bare_address
    from conformance.contract import ContractError
    from conformance.targets import TargetError, resolve

    refuse_bare_address(name)
    path = Path(given["targets_file"]) if given["targets_file"] else None
    with refusing(TargetError, ContractError), resolve(name, evolve(options(given), recorded=recorded), path) as found:
        yield found


def options(given: dict[str, Any]) -> Options:
    """Return what a command line says of a target; raises TargetError."""
    from conformance.targets import Options, headers

    pairs, secrets = headers(tuple(given["headers"]))
    return Options(
        contract_name=given["contract_name"],
        key_env=given["api_key_env"],
        models=tuple(given["models"]),
        headers=pairs,
        secrets=secrets,
        concurrency=given["concurrency"],
        timeout=given["timeout"],
        rate=given["rate"],
        deviations=tuple(given["deviations"]),
        as_observed=given["as_observed"],
    )
