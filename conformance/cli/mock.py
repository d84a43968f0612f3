"""`rerank-conformance mock`: an offline server for a contract."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.cli import completing
from conformance.cli.formatting import formats, listing
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, say_json, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Contract


@click.command("mock")
@click.argument("vendor", default="siliconflow", metavar="[CONTRACT]", shell_complete=completing.contracts)
@options_of("mock")
@formats()
def command(
    vendor: str,
    port: int,
    fault: tuple[str, ...],
    every: int,
    chaos: str | None,
    as_observed: bool,
    state: str | None,
    replay: str | None,
    list_faults: bool,
    form: str,
) -> None:
    """Serve a mock of CONTRACT (a vendor's name, a file or a folder) on 127.0.0.1 until Ctrl-C. Default: siliconflow."""
    from conformance.cli.loading import contract
    from conformance.document import picked
    from conformance.exchange.address import TargetError
    from conformance.mock import serve
    from conformance.mock.observed import ObservedError
    from conformance.mock.server import UnknownFaultError

    if replay is not None:
        _replay(replay, port, vendor)
        return
    chosen = contract(vendor)

    if list_faults:
        _list(chosen, form)
        return

    def ready(base_url: str) -> None:
        if form == "json":
            say_json({"base_url": base_url, **picked(chosen, "contract:name method path key_env")})
            return
        key = f"${chosen.key_env}, else mock-key" if chosen.key_env else "mock-key"
        say(f"{base_url}\n{chosen.name} {chosen.method} {base_url}{chosen.path}   key: {key}   Ctrl-C stops it")

    try:
        with _had(port), refusing(ObservedError, TargetError):
            serve(chosen, port, fault=fault, every=every, chaos=chaos, observed=as_observed, state=state, ready=ready)
    except UnknownFaultError as error:
        raise click.UsageError(f"{error} `rerank-conformance mock {vendor} --list-faults` lists all names.") from error


@contextmanager
def _had(port: int) -> Iterator[None]:
    """Refuse a port that cannot be had."""
    from conformance.mock.port import PortError

    try:
        yield
    except PortError as error:
        msg = f"Port {port} cannot be used: {error.strerror or error}. Choose another with --port, or leave it out for a free one."
        raise click.UsageError(msg) from error


def _list(chosen: Contract, form: str) -> None:
    """Print everything that a mock of a contract can do otherwise."""
    from conformance.mock.faults import CHAOS, faults
    from conformance.mock.observed import ObservedError, load

    rows = [
        {"name": one.name, "option": "--fault", "breaks": one.breaks, "sentence": one.sentence}
        for one in faults(chosen).values()
    ]
    rows += [{"name": one.name, "option": "--chaos", "breaks": "", "sentence": one.sentence} for one in CHAOS.values()]
    with suppress(ObservedError):
        for name, seen in load(chosen).states.items():
            sentence = f"Every accepted request is answered with {seen.status} ({seen.grade}, {seen.source})."
            rows.append({"name": name, "option": "--as-observed --state", "breaks": "", "sentence": sentence})
    listing(rows, form)


def _replay(folder: str, port: int, vendor: str) -> None:
    from conformance.cli.loading import contract
    from conformance.exchange.address import TargetError
    from conformance.exchange.environment import MOCK_KEY
    from conformance.mock.listener import listen
    from conformance.mock.port import default_key
    from conformance.mock.replay import ReplayApp
    from conformance.mock.rules import Rules
    from conformance.recording import Recording, RecordingError

    with refusing(RecordingError, of="--replay"):
        recording = Recording.read(Path(folder))
    held, named = recording.target, contract(vendor)
    # A folder names no variable of the environment: that is for the user's own, and for the contract that is named.
    known = recording.own or held.contract.key_env == named.key_env
    with refusing(TargetError):
        key = default_key(held.contract) if known else MOCK_KEY
    told = (
        f"${held.contract.key_env}, else {MOCK_KEY}"
        if known
        else f"{MOCK_KEY} (name the contract, as in `mock {held.contract.name} --replay`, for the key of its variable)"
    )
    for damage in recording.damages:
        tell(f"warning: {damage}")
    secrets = dict.fromkeys(held.secrets, key)
    app = ReplayApp(Rules(held.contract, key), exchanges=recording.exchanges(), secrets=secrets)

    def ready(base_url: str) -> None:
        say(f"{base_url}\nanswers as {held.name} did   key: {told}   Ctrl-C stops it")

    with _had(port):
        listen(app, port, ready)
