"""The least set of traits that failing requests share and the others lack."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from attrs import frozen

from conformance.causes.draft import listed
from conformance.causes.scene import Scene, StatusClass, Way
from conformance.causes.trait import BODY, Measure, RequestTrait, figure, measures, traits
from conformance.checks.reading import Reading

# Groups of which a single request may have many traits, any of which may be to blame.
_OPEN = {"text": "text", "spelt": "text", "value": "value", "switch": "switch"}
_OTHERS = 2
_SEVERAL, _PROVEN = 2, 3


@frozen
class CoverPart:
    """One trait, and the exchanges that it explains first.

    `having` are all failing ones that have it; `others` are traits of its group that say the same of them.
    """

    trait: RequestTrait
    exchanges: frozenset[str]
    having: frozenset[str]
    others: tuple[RequestTrait, ...] = ()

    @property
    def words(self) -> str:
        """The trait as a sentence has it, with those that may be meant as well."""
        words = [trait.words for trait in (self.trait, *self.others[:_OTHERS])]
        whose = {word.rpartition(" in ")[2] for word in words}
        if len(words) > 1 and len(whose) == 1:
            return f"{listed([word.rpartition(' in ')[0] for word in words], last='or')} in {whose.pop()}"
        return " or ".join(words)


def cover(scene: Scene, bad: Sequence[Reading], good: Sequence[Reading]) -> tuple[list[CoverPart], set[str]]:
    """Return traits that no good request has and that explain the bad ones, those that explain most first, and what none explains."""
    known = {reading.exchange.id: traits(reading, scene.way[reading.exchange.id]) for reading in (*bad, *good)}
    sizes = {reading.exchange.id: measures(reading) for reading in (*bad, *good)}
    taken = {trait for reading in good for trait in known[reading.exchange.id]}
    left = {reading.exchange.id for reading in bad}
    having: dict[RequestTrait, set[str]] = {}
    for name in left:
        for trait in known[name] - taken:
            having.setdefault(trait, set()).add(name)
    for trait, names in bounds({name: sizes[name] for name in left}, [sizes[one.exchange.id] for one in good]):
        having.setdefault(trait, set()).update(names)
    # Of a field that no good request has, no value is to blame.
    fields = {trait.name for trait in having if trait.group == "field"}
    having = {trait: names for trait, names in having.items() if trait.group == "field" or trait.about not in fields}
    both = _both(known, left, taken, [known[reading.exchange.id] for reading in good])
    if both is not None and all(len(names) < len(left) for names in having.values()):
        return [both], set()
    parts = _models(having)
    left = left.difference(*(part.exchanges for part in parts))
    while left:
        # A long body has many reasons to be refused, unless its length explains all.
        best = max(
            having.items(),
            key=lambda pair: (
                bool(pair[1] & left) and (pair[0].about != BODY or left <= pair[1]),
                len(pair[1] & left),
                -pair[0].rank,
                pair[0].name,
            ),
            default=None,
        )
        if best is None or not best[1] & left:
            break
        same = sorted(
            (
                t
                for t, names in having.items()
                if best[0].group in _OPEN
                and _OPEN.get(t.group) == _OPEN[best[0].group]
                # What is odd in a text is odd in its field, too.
                and t.name.rpartition(":")[2] != best[0].name.rpartition(":")[2]
                and names == best[1]
            ),
            key=lambda t: (t.rank, t.name),
        )
        others = {t.name.rpartition(":")[2]: t for t in reversed(same)}
        parts.append(
            CoverPart(best[0], frozenset(best[1] & left), frozenset(best[1]), tuple(reversed(others.values())))
        )
        left -= best[1]
    return parts, left


def _both(
    known: Mapping[str, frozenset[RequestTrait]],
    bad: set[str],
    taken: set[RequestTrait],
    good: Sequence[frozenset[RequestTrait]],
) -> CoverPart | None:
    """Return two traits that all bad requests have together, and no good one, though each of the two is taken alone."""
    if len(bad) < _PROVEN:
        return None
    shared = sorted(
        frozenset.intersection(*(known[name] for name in bad)) & taken, key=lambda trait: (trait.rank, trait.name)
    )
    for one, other in sorted(combinations(shared, 2), key=lambda pair: pair[0].rank + pair[1].rank):
        if not any({one, other} <= traits for traits in good):
            together = RequestTrait("pair", f"{one.name}+{other.name}", f"{one.words} and {other.words}")
            return CoverPart(together, frozenset(bad), frozenset(bad))
    return None


def _models(having: Mapping[RequestTrait, set[str]]) -> list[CoverPart]:
    """Return the models that no good request names, where together they explain more than any other trait does: they are one thing."""
    models = {trait: names for trait, names in having.items() if trait.group == "model"}
    together = set().union(*models.values())
    rest = max((len(names) for trait, names in having.items() if trait not in models), default=0)
    if len(models) < _SEVERAL or len(together) <= rest:
        return []
    return [
        CoverPart(trait, frozenset(names), frozenset(names))
        for trait, names in sorted(models.items(), key=lambda pair: pair[0].name)
    ]


def excused(
    scene: Scene, asked: Sequence[Reading], valid: Sequence[Reading] | None = None
) -> Mapping[RequestTrait, set[str]]:
    """Return by trait which requests may have been refused for what valid ones are refused for, whatever else is wrong with them."""
    valid = scene.of(Way.VALID, StatusClass.REFUSED, StatusClass.BROKE) if valid is None else valid
    parts = {part.trait for part in cover(scene, valid, scene.answers)[0]}
    return carriers(parts, asked, valid, scene.answers) if parts else {}


def carriers(
    parts: AbstractSet[RequestTrait], asked: Iterable[Reading], bad: Iterable[Reading], good: Iterable[Reading]
) -> Mapping[RequestTrait, set[str]]:
    """Return by trait which requests have it, of traits that tell bad ones from good ones; how large is too large is told by these."""
    asked = list(asked)
    found = {trait: {one.exchange.id for one in asked if trait in traits(one, Way.VALID)} for trait in parts}
    if any(trait.group == "size" for trait in parts):
        sizes = {one.exchange.id: measures(one) for one in (*bad, *asked)}
        for trait, names in bounds(sizes, [measures(one) for one in good]):
            if trait in parts:
                found[trait] |= names & {one.exchange.id for one in asked}
    return found


def bounds(
    bad: Mapping[str, Mapping[Measure, float]], good: Sequence[Mapping[Measure, float]]
) -> list[tuple[RequestTrait, set[str]]]:
    """Return `more than …` and `less than …` for each number that no good request reaches, with the bad ones that do."""
    found = []
    for measure in sorted({key for one in bad.values() for key in one}, key=lambda key: key.name):
        fine = [one[measure] for one in good if measure in one]
        if not fine:
            continue
        above = {name for name, one in bad.items() if one.get(measure, max(fine)) > max(fine)}
        below = {name for name, one in bad.items() if one.get(measure, min(fine)) < min(fine)}
        for names, way, words, bound, nearest in (
            (above, "more", ("more than", "above"), max(fine), min),
            (below, "less", ("fewer than", "below"), min(fine), max),
        ):
            if names:
                tried = nearest(bad[name][measure] for name in names)
                # What lies between was not asked.
                note = f" (nearest tried: {figure(tried)})" if abs(tried - bound) > 1 else ""
                found.append((RequestTrait("size", f"{measure.name}:{way}", measure.said(*words, bound), note), names))
    return found
