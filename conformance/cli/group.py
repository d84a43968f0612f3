"""The group of commands, with one line of help each, so that `--help` imports none of them."""

from importlib import import_module

import click

from conformance import __version__

COMMANDS = {
    "init": "Write targets.toml and a nightly workflow for your repository.",
    "run": "Judge a target by its contract and write a report.",
    "nightly": "Ask all targets, and say what is new since the night before.",
    "judge": "Judge a recorded run again, without a network.",
    "targets": "List the targets by name, and what they lack.",
    "history": "List runs, and since when each clause is as it is.",
    "diff": "Say what changed between two runs.",
    "compare": "Compare targets: can one replace another?",
    "trend": "Draw pass rate and latency over time.",
    "drift": "Say what changed although no check failed.",
    "site": "Make a public board from a store of nights.",
    "mock": "Serve a mock that follows a contract.",
    "faults": "Show that the suite finds every fault of the mock.",
    "requirements": "List all requirements with level and source.",
    "contract": "Print a contract with its overlay applied.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"conformance.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command; for an unknown one, say which is close."""
        from conformance.document.text import meant

        name = args[0]
        if name not in COMMANDS:
            hint = meant(name, COMMANDS, f" There are {', '.join(COMMANDS)}.")
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rerank-conformance", message="%(prog)s %(version)s")
def cli() -> None:
    """Contract tests for rerank APIs: SiliconFlow, woagent, and any server that claims to be compatible."""
