"""`rerank-conformance mock`: an offline stand-in that keeps a contract."""

from contextlib import suppress

import click

from conformance.cli.output import say


@click.command("mock")
@click.argument("vendor", default="siliconflow")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--fault", metavar="NAME", help="Break the contract in one named way.")
@click.option(
    "--every", type=click.IntRange(1), default=1, show_default=True, help="Show the fault in one answer of N."
)
@click.option("--chaos", metavar="NAME", help="Be slow, busy or cut off now and then; no breach.")
@click.option("--as-observed", is_flag=True, help="Answer as the live service is seen to answer, deviations and all.")
@click.option(
    "--state",
    metavar="NAME",
    help="A state in which the live service was seen, such as overloaded; goes with --as-observed.",
)
@click.option(
    "--replay",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Answer as the service did that was recorded in DIR.",
)
@click.option("--list-faults", is_flag=True, help="List faults, chaos and observed states by name, and exit.")
def command(
    vendor: str,
    port: int,
    fault: str | None,
    every: int,
    chaos: str | None,
    as_observed: bool,
    state: str | None,
    replay: str | None,
    list_faults: bool,
) -> None:
    """Serve a mock of VENDOR's contract (a name or a file) on loopback until Ctrl-C."""
    from conformance.cli.loading import contract
    from conformance.mock import serve
    from conformance.mock.observed import ObservedError, load
    from conformance.mock.server import UnknownFaultError

    if replay is not None:
        _replay(replay, port, vendor)
        return
    chosen = contract(vendor)

    if list_faults:
        from conformance.mock.faults import CHAOS, faults

        for item in faults(chosen).values():
            say(f"{item.name:<44} {item.sentence}  [{item.breaks}]")
        for odd in CHAOS.values():
            say(f"{odd.name:<44} {odd.sentence}  [chaos, no breach]")
        with suppress(ObservedError):
            for name, seen in load(chosen).states.items():
                say(
                    f"{name:<44} Every request that is let in is answered with {seen.status}.  [--as-observed --state; {seen.grade}, {seen.source}]"
                )
        return

    def ready(base_url: str) -> None:
        key = f"${chosen.key_env}, else mock-key" if chosen.key_env else "mock-key"
        say(f"{base_url}\n{chosen.name} {chosen.method} {base_url}{chosen.path}   key: {key}   Ctrl-C stops it")

    try:
        serve(chosen, port, fault=fault, every=every, chaos=chaos, observed=as_observed, state=state, ready=ready)
    except (UnknownFaultError, ObservedError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        msg = f"The port {port} cannot be had: {error.strerror or error}"
        raise click.UsageError(msg) from error


def _replay(folder: str, port: int, vendor: str) -> None:
    from pathlib import Path

    from conformance.cli.loading import contract
    from conformance.cli.output import tell
    from conformance.mock.replay import ReplayApp
    from conformance.mock.rules import Rules
    from conformance.mock.server import KEY, default_key, listen
    from conformance.recording import Recording, RecordingError

    try:
        recording = Recording.read(Path(folder))
    except RecordingError as error:
        msg = f"--replay: {error}"
        raise click.UsageError(msg) from error
    held, named = recording.target, contract(vendor)
    # A folder names no variable of the environment: that is for the user's own, and for the contract that is named.
    known = recording.own or held.contract.key_env == named.key_env
    key = default_key(held.contract) if known else KEY
    told = (
        f"${held.contract.key_env}, else {KEY}"
        if known
        else f"{KEY} (name the contract, as in `mock {held.contract.name} --replay`, for the key of its variable)"
    )
    for damage in recording.damages:
        tell(f"warning: {damage}")
    app = ReplayApp(
        Rules(held.contract, key), exchanges=recording.exchanges(), secrets=dict.fromkeys(held.secrets, key)
    )

    def ready(base_url: str) -> None:
        say(f"{base_url}\nanswers as {held.name} did   key: {told}   Ctrl-C stops it")

    try:
        listen(app, port, ready)
    except OSError as error:
        msg = f"The port {port} cannot be had: {error.strerror or error}"
        raise click.UsageError(msg) from error
