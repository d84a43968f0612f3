"""What a judge found on one clause, and the exchanges that prove it."""

from collections.abc import Sequence
from typing import Protocol

from attrs import Factory, define, frozen

from conformance.model.exchange import Exchange


@frozen
class Breach:
    """What a clause expected and what it got, each in a few words."""

    expected: str
    actual: str


@frozen
class Proof:
    """One exchange that breaks a clause: its id, what was expected and what it got, each in a few words."""

    exchange: str
    expected: str
    actual: str


class Read(Protocol):
    """An exchange, however it is read."""

    @property
    def exchange(self) -> Exchange:
        """The exchange itself."""
        ...


@define
class Finding:
    """What a judge found: exchanges that keep the clause, proofs that it is broken, and what was hidden.

    `more` counts exchanges that keep it besides those that are listed;
    `hidden` names why something that was wanted could not be seen; `outage`
    tells whether the service's being away is that reason. `features` are the
    fewest, in words, with which the failure shows; empty where any request shows it. `wrong` says in one
    sentence what is wrong, where a judge knows more than its clause says. `model` says in one
    sentence what was seen that the served model explains, not the service.
    """

    kept: list[str] = Factory(list)
    more: int = 0
    broken: list[Proof] = Factory(list)
    hidden: list[str] = Factory(list)
    outage: bool = False
    missing: str = ""
    features: tuple[str, ...] = ()
    wrong: str = ""
    model: str = ""

    def keep(self, *seen: Read) -> None:
        """Note exchanges that keep the clause."""
        self.kept.extend(one.exchange.id for one in seen)

    def fail(self, seen: Read, expected: str, actual: str) -> None:
        """Note an exchange that breaks the clause."""
        self.broken.append(Proof(seen.exchange.id, expected, actual))

    def note(self, seen: Read, *, kept: bool, expected: str, actual: str) -> None:
        """Note an exchange that keeps the clause, or one that breaks it."""
        if kept:
            self.keep(seen)
        else:
            self.fail(seen, expected, actual)

    def hide(self, why: str, *, outage: bool = False) -> None:
        """Note that something wanted could not be seen."""
        self.hidden.append(why)
        self.outage = self.outage or outage

    def unless_shown(self, why: str) -> None:
        """Note why nothing could be seen, where no exchange keeps the clause or breaks it."""
        if not self.kept and not self.broken and not self.more:
            self.hide(why)

    def absorb(self, other: "Finding | None") -> None:
        """Add what another finding on the same clause found."""
        if other is not None:
            self.kept.extend(other.kept)
            self.broken.extend(other.broken)
            self.more += other.more
            self.wrong = self.wrong or other.wrong

    def take(self, seen: Read, judgement: Sequence[Breach] | None) -> None:
        """Note what a check of a single exchange said: breaches, none, or None where it does not show the clause."""
        if judgement is None:
            return
        if not judgement:
            self.keep(seen)
        for breach in judgement:
            self.fail(seen, breach.expected, breach.actual)
