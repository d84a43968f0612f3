"""`rerank-conformance mock`: an offline stand-in that keeps a contract."""

import click


@click.command("mock")
@click.argument("vendor", default="siliconflow")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="Port on 127.0.0.1.")
def command(vendor: str, port: int) -> None:
    """Serve a mock of VENDOR's contract (a name or a file) on loopback until Ctrl-C."""
    from conformance.cli.loading import contract
    from conformance.mock import serve

    chosen = contract(vendor)

    def ready(base_url: str) -> None:
        key = f"${chosen.key_env}, else mock-key" if chosen.key_env else "mock-key"
        click.echo(f"{base_url}\n{chosen.name} {chosen.method} {base_url}{chosen.path}   key: {key}   Ctrl-C stops it", nl=True)

    try:
        serve(chosen, port, ready=ready)
    except OSError as error:
        msg = f"The port {port} cannot be had: {error.strerror or error}"
        raise click.UsageError(msg) from error
