"""What a shell may complete: targets, contracts, faults and the ids of requirements. Whatever goes wrong completes nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

_CONTRACT = "siliconflow"


def _items(pairs: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=words or None) for name, words in pairs if name.startswith(incomplete)]


def targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a target's name."""
    from pathlib import Path

    from conformance.contract import names
    from conformance.targets import MOCK, read

    found = [(MOCK, "the embedded mock"), *((f"{MOCK}:{name}", f"the mock of {name}") for name in names())]
    with suppress(Exception):
        given = ctx.params.get("targets_file")
        found = [*((name, entry.base_url) for name, entry in read(Path(given) if given else None).items()), *found]
    return _items(found, incomplete)


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
