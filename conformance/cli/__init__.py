"""The command line. Each command is a file, imported only when it is called."""

import gc
import os
import re
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from conformance.cli.group import cli

USAGE = 2
_INTERNAL = 70
_INTERRUPTED = 130
# While requests are out, `running/stop.py` ends a command in order.
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_SECRET = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$", re.IGNORECASE)


def main() -> None:
    """Run the command line; exit 2 with one paragraph for bad input, 70 with one for an error inside the suite, 130 for Ctrl-C."""
    import click

    # What a run makes it keeps to its end: looking for garbage every 700 objects takes a tenth of its time.
    gc.set_threshold(100_000)
    # httpx imports its own command line, and rich and pygments with that, unless there is none.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from conformance.cli.output import attach, detach, foreign, lost, tell

    attach()
    if "_RERANK_CONFORMANCE_COMPLETE" in os.environ:
        import conformance.cli.completing  # noqa: F401 - bash is completed in a way of its own
    for number in _ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        status = cli.main(prog_name="rerank-conformance", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(USAGE)
    except click.ClickException as error:
        where = getattr(error, "ctx", None)
        name = where.command_path if where is not None else "rerank-conformance"
        tell(f"{name}: {_without_keys(' '.join(error.format_message().split()))}")
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted")
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no verdict and no usage error
        if isinstance(error.__cause__, KeyboardInterrupt):
            # So Python tells of one in the middle of an import.
            tell("interrupted")
            sys.exit(_INTERRUPTED)
        if isinstance(error, OSError) and lost(error):
            detach()
            tell(f"rerank-conformance: the output cannot be written: {error.strerror}.")
            sys.exit(USAGE)
        if isinstance(error, OSError) and foreign(error):
            tell(f"rerank-conformance: {_without_keys(str(error.filename))}: {error.strerror}.")
            sys.exit(USAGE)
        from conformance.cli.crash import told
        from conformance.contract import ContractError

        if isinstance(error, ContractError):
            # Some is seen only when requests are made by a contract.
            tell(f"rerank-conformance: {_without_keys(str(error))}")
            sys.exit(USAGE)
        tell(f"rerank-conformance: {_without_keys(told(error))}")
        sys.exit(_INTERNAL)
    sys.exit(status if isinstance(status, int) else 0)


def _end(*_: object) -> NoReturn:
    """End at once: an exception would be lost in the middle of an import. What is written appears whole or not at all."""
    with suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(_INTERRUPTED)


def _without_keys(words: str) -> str:
    """Return a message without the keys of the environment: what was typed at the wrong place is not repeated."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) >= 8:
            words = words.replace(value, f"${name}")
    return words
