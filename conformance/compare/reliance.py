"""What a use rests on, by role: nobody can use a score without the order, the indices and the length of the list it stands in."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property

from attrs import define

from conformance.compare.uses import RANKING, SERVICE, Use, Vocabulary
from conformance.contract import Contract
from conformance.model.clause import Clause, Impact

Roles = frozenset[str]


@define(slots=False, eq=False)
class Reliance:
    """Which clauses of a contract touch which uses of it."""

    contract: Contract
    uses: Sequence[Use]

    @cached_property
    def _everything(self) -> tuple[Use, ...]:
        return Vocabulary(self.contract).uses

    @cached_property
    def _holders(self) -> Mapping[str, frozenset[str]]:
        """What holds each role: a text stands in documents, in queries and in what comes back."""
        found: dict[str, set[str]] = {}
        for use in self._everything:
            for number, role in enumerate(use.chain):
                found.setdefault(role, set()).add(use.chain[number - 1] if number else "")
        return {role: frozenset(held) for role, held in found.items()}

    @cached_property
    def _above(self) -> Mapping[str, Roles]:
        """The roles on the way to each role."""
        found: dict[str, set[str]] = {}
        for use in self._everything:
            names = self._named(use.chain)
            for number, name in enumerate(names):
                found.setdefault(name, set()).update(names[:number])
        return {name: frozenset(held) for name, held in found.items()}

    @cached_property
    def _named(self) -> Callable[[tuple[str, ...]], Sequence[str]]:
        # Asked for each clause beside each use: a few dozen chains, tens of thousands of times.
        return cache(self._told_apart)

    def _told_apart(self, chain: Sequence[str]) -> Sequence[str]:
        """Return roles as they are told apart: one that has several holders goes with its own."""
        names: list[str] = []
        for number, role in enumerate(chain):
            holders = self._holders.get(role, frozenset())
            if len(holders) < 2:
                names.append(role)
            elif number and chain[number - 1] in holders:
                names.append(f"{chain[number - 1]} {role}")
            else:
                names += (
                    [f"{holder} {role}".strip() for holder in sorted(holders)]
                    if role not in {use.chain[0] for use in self._everything if len(use.chain) == 1}
                    else [role]
                )
        return names

    @cached_property
    def optional(self) -> Roles:
        """Request fields that a caller may leave out, and what comes back only for them: clauses on those concern who sends them."""
        fields = frozenset(item.role or item.name for item in self.contract.fields.values()) - self._needed
        return fields | ({"echo"} if "echo_switch" in fields else frozenset())

    @cached_property
    def required(self) -> Roles:
        """Request fields that every caller sends, whatever is used besides; which model is the caller's own choice."""
        return self._needed - {"model"}

    @cached_property
    def _needed(self) -> Roles:
        always = [
            {item.role or item.name for item in branch.fields.values() if item.required}
            for branch in self.contract.branches
        ]
        return frozenset(set.intersection(*always)) if always else frozenset()

    def of(self, use: Use) -> Roles:
        """Return the roles that a use rests on: its own, its parents', what goes with them, and the ranking."""
        if use is SERVICE:
            return frozenset()
        # A document that comes back was asked for, and whoever asks for it reads it.
        together = {"echo", "echo_switch"} if {"echo", "echo_switch"} & set(use.chain) else set()
        return frozenset({*self._named(use.chain), *RANKING.chain, *together})

    def roles(self, clause: Clause) -> Roles:
        """Return the roles of a clause, told apart; none where no field has them: such a clause concerns every caller."""
        return frozenset(name for name in self._named(clause.roles) if name in self._above)

    def touches(self, clause: Clause, use: Use) -> bool:
        """Whether somebody who has a use can meet a failure of a clause."""
        roles = self.roles(clause)
        if not roles:
            return True
        if roles & self.optional:
            return bool(roles & self.optional & self.of(use))
        on_the_way: Roles = frozenset().union(*(self._above[role] for role in roles))
        return bool((roles - on_the_way) & self.of(use) or (use.chain and self._named(use.chain)[-1] in roles))

    def implied(self, clause: Clause) -> bool:
        """Whether a clause is about what every caller sends, whatever is used besides, and its failure stops calls."""
        roles = self.roles(clause)
        return clause.impact is Impact.BREAKS and bool(roles) and roles <= self.required

    @cached_property
    def concerned(self) -> Callable[[Clause], tuple[Use, ...]]:
        """The uses at which a clause is told: the nearest ones, so that nothing is told where it is not met."""
        return cache(self._concerned)

    def _concerned(self, clause: Clause) -> tuple[Use, ...]:
        roles = self.roles(clause)
        if not roles:
            return (SERVICE,)
        touched = [
            use for use in self.uses if use is not SERVICE and (self.touches(clause, use) or self.implied(clause))
        ]
        near = {use: len(roles & set(self._named(use.chain))) for use in touched if use is not RANKING}
        own = {use: count for use, count in near.items() if self._named(use.chain)[-1] in roles}
        most = max(own.values(), default=0)
        held = [use for use, count in own.items() if count == most] or [use for use, count in near.items() if count]
        return tuple(held or ([RANKING] if RANKING in touched else touched))

    def shown_by(self, clause: Clause) -> tuple[Use, ...]:
        """Return the uses that a clause says something of when it passes: those at which it is told, and the ranking that it is about."""
        held = self.concerned(clause)
        if RANKING in self.uses and RANKING not in held and set(clause.roles) <= set(RANKING.chain) and clause.roles:
            return (*held, RANKING)
        return held
