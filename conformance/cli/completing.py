"""What a shell may complete: targets, contracts, faults and the ids of requirements. Whatever goes wrong completes nothing."""

from collections.abc import Iterable
from contextlib import suppress

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

_CONTRACT = "siliconflow"
# Where bash ends a word, though the words of a target hold them.
_BREAKS = {":", "="}


@add_completion_class
class Bash(BashComplete):
    """Completion in bash, which takes `mock:cohere` for three words, and wants the last of them alone."""

    _before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words of the line, those put together again that bash took apart."""
        args, incomplete = super().get_completion_args()
        joined, parted = [""], False
        for word in (*args, incomplete):
            breaks = word in _BREAKS
            if breaks and joined[-1].startswith("-"):
                # An option and its value are two words.
                continue
            if word and (breaks or parted):
                self._before = joined[-1] + (word if breaks else "")
                joined[-1] += word
            else:
                self._before = ""
                joined.append(word)
            parted = breaks
        del joined[0]
        return joined[:-1], joined[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return what takes the place of the last word as bash sees it."""
        return f"{item.type},{str(item.value).removeprefix(self._before)}"


def _items(pairs: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=words or None) for name, words in pairs if name.startswith(incomplete)]


def targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a target's name."""
    from pathlib import Path

    from conformance.contract import names
    from conformance.targets import MOCK, read

    found = [(MOCK, "the embedded mock"), *((f"{MOCK}:{name}", f"the mock of {name}") for name in names())]
    with suppress(Exception):
        if "?fault=" in incomplete:
            return _faults_of(incomplete)
        given = ctx.params.get("targets_file")
        found = [*((name, entry.base_url) for name, entry in read(Path(given) if given else None).items()), *found]
    return _items(found, incomplete)


def _faults_of(incomplete: str) -> list[CompletionItem]:
    """Complete the fault of an embedded mock: `mock:VENDOR?fault=NAME`."""
    from conformance.contract import load
    from conformance.mock.faults import faults as known
    from conformance.targets import MockName

    start = incomplete[: incomplete.rindex("fault=") + len("fault=")]
    contract = load(MockName.read(start.partition("?")[0]).vendor or _CONTRACT)
    return _items(((f"{start}{fault.name}", fault.sentence) for fault in known(contract).values()), incomplete)


def contracts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a shipped contract."""
    from conformance.contract import names

    return _items(((name, "") for name in names()), incomplete)


def faults(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a fault of the contract that is named on the line."""
    from conformance.contract import load
    from conformance.mock.faults import faults as known

    with suppress(Exception):
        return _items(((fault.name, fault.sentence) for fault in known(load(_contract(ctx))).values()), incomplete)
    return []


def chaos(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a kind of chaos."""
    from conformance.mock.faults import CHAOS

    return _items(((one.name, one.sentence) for one in CHAOS.values()), incomplete)


def requirements(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the id of a requirement of the contract that is named on the line."""
    from conformance.contract import load
    from conformance.probes.kit import Kit
    from conformance.requirements.catalogue import requirements as known

    with suppress(Exception):
        return _items(((item.clause.id, item.clause.sentence) for item in known(Kit(load(_contract(ctx))))), incomplete)
    return []


def _contract(ctx: click.Context) -> str:
    """Return the contract that a line is about: the one it names, else the target's own, else SiliconFlow's."""
    from conformance.targets import contract_of

    # While an option has no value yet, click has left the arguments of the command in `args`.
    word = next(iter(ctx.args), None)
    if ctx.command.name == "mock":
        return str(word or ctx.params.get("vendor") or _CONTRACT)
    target = word or ctx.params.get("target")
    return str(ctx.params.get("contract_name") or (contract_of(target) if isinstance(target, str) else _CONTRACT))
