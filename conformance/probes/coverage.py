"""Which pairs of features the combined requests of a profile hold, and which they leave out."""

from collections.abc import Iterator
from itertools import combinations, product

from attrs import frozen

from conformance.probes.design import Design, designs
from conformance.probes.kit import Kit

Choice = tuple[str, str]


@frozen
class Coverage:
    """One form of the request: its factors with their levels, and the pairs of levels that are held and left out; a pair that no request can hold is neither."""

    form: str
    factors: dict[str, tuple[str, ...]]
    held: frozenset[frozenset[Choice]]
    left_out: tuple[tuple[Choice, Choice], ...]

    @property
    def total(self) -> int:
        """How many pairs a request can hold."""
        return len(self.held) + len(self.left_out)

    def words(self) -> Iterator[str]:
        """Yield what is left out, a line for each two factors."""
        found: dict[tuple[str, str], list[str]] = {}
        for (one, level), (other, its) in self.left_out:
            found.setdefault((one, other), []).append(f"{level} with {its}")
        for (one, other), pairs in found.items():
            yield f"{one} × {other}: {', '.join(pairs[:4])}{f' and {len(pairs) - 4} more' if len(pairs) > 4 else ''}"


def coverage(kit: Kit) -> Iterator[Coverage]:
    """Yield the coverage of each form of the request, by the most detailed design that the kit asks about."""
    for branch in kit.branches:
        design = Design(kit, branch, full=kit.full)
        held: set[frozenset[Choice]] = set()
        for one, strength in designs(kit):
            if one.branch is branch:
                for row in one.rows(strength):
                    held |= {frozenset(pair) for pair in combinations(row.items(), 2)}
        possible = list(_possible(design))
        known = {frozenset(pair) for pair in possible}
        left_out = tuple(pair for pair in possible if frozenset(pair) not in held)
        yield Coverage(branch.label, dict(design.factors), frozenset(held & known), left_out)


def _possible(design: Design) -> Iterator[tuple[Choice, Choice]]:
    for one, other in combinations(design.factors, 2):
        for level, its in product(design.factors[one], design.factors[other]):
            if design.possible({one: level, other: its}):
                yield (one, level), (other, its)
