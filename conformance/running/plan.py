"""What a run would ask."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain, cycle, islice

from attrs import define, evolve, field, frozen

from conformance.model.deviation import Deviation
from conformance.model.exchange import NOT_JSON, Request
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.probes.pinned import pinned
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.tokens import Meter
from conformance.requirements.catalogue import requirements
from conformance.requirements.combinations import COMBINED
from conformance.requirements.evidence import Evidence
from conformance.requirements.generated import generated_requirements
from conformance.requirements.requirement import Requirement
from conformance.running.settings import KEPT, LIMITS, Settings
from conformance.running.target import Target
from conformance.traits import observations
from conformance.verdict.weigh import weigh

# A small profile leaves out nothing that costs little while there is room: what is to be refused, and then what is short.
_SHORT = 1_000
_REFUSED = frozenset({Expect.REFUSE, Expect.UNAUTHORISED, Expect.ABSENT})
# So many requests in a row are to be refused.
_RUNS = (1, 6, 2, 1)
# Left for requests that are generated; and of what is drawn, so many go out though something else is left out for them.
_GENERATED, _DRAWN = 30, 45
# So many of what is spare are asked at once.
_FEW = 20
# What a plan that is too long leaves out, the last first.
_REPEATS = (Priority.DRAWN, Priority.REPEATED, Priority.SPARE)


class EmptySelectionError(ValueError):
    """No check is left to judge."""


@define(slots=False, eq=False)
class Plan:
    """Which requirements are judged and which requests that needs, cheapest knowledge first.

    `requests` are asked in any case, `spare` ones where their answers make little else worth asking; `most` bounds
    both, and what answers make worth asking, while no clause is broken; besides that, so many may be `generated`.
    """

    kit: Kit
    settings: Settings
    known: tuple[Deviation, ...] = ()
    clauses: frozenset[str] = field(init=False)
    requirements: tuple[Requirement, ...] = field(init=False)
    requests: tuple[Request, ...] = field(init=False)
    spare: tuple[Request, ...] = field(init=False)
    most: int = field(init=False)
    generated: int = field(init=False)
    probes: tuple[Probe, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Derive the requirements and order their probes."""
        everything, generated = requirements(self.kit), tuple(generated_requirements())
        self.clauses = frozenset(item.clause.id for item in (*everything, *generated))
        planned = tuple(item for item in everything if self.settings.selected(item.clause.id))
        drawn = generated if self.settings.fuzzes else ()
        self.requirements = (*planned, *(item for item in drawn if self.settings.selected(item.clause.id)))
        if not self.requirements:
            msg = "No check is left by --select and --deselect; `rerank-conformance requirements` lists their ids."
            raise EmptySelectionError(msg)
        # A check of single answers has no probes of its own: it reads off everybody's.
        reads = any(not item.probes for item in planned)
        borrowed = everything if reads else planned
        asked = [probe for item in borrowed for probe in item.probes]
        asked += [
            probe
            for name, found in observations.probes(self.kit).items()
            if self.settings.selected(name)
            for probe in found
        ]
        kept, self.generated = KEPT[self.settings.profile], _GENERATED * self.settings.fuzzes
        if self.settings.profile == "smoke":
            combined = any(item.clause.id == COMBINED for item in borrowed)
            core = [probe for probe in asked if probe.core or (probe.relieved and not combined)]
            spare = _spare(asked, core, LIMITS[self.settings.profile])
            asked = [*core, *spare]
        else:
            asked += [probe for _, probe in pinned(self.kit)]
            asked = list(_whole(asked, self.settings.requests - self.generated))
            needed = {one.request.key for one in asked if not _repeats(one)}
            spare = [one for one in asked if one.request.key not in needed][-kept:] if kept else []
        first: dict[str, Probe] = {}
        # What a class of values needs comes before what repeats it, and at the end what shows that nothing is worse then.
        for probe in sorted(asked, key=lambda probe: (probe.priority == Priority.LAST, not probe.core, probe.priority)):
            known = first.setdefault(probe.request.key, probe)
            # What is only looked at by one check may be expected by another.
            if known.expect is Expect.OBSERVE and probe.expect is not Expect.OBSERVE:
                first[probe.request.key] = evolve(known, expect=probe.expect, label=probe.label)
        later = {probe.request.key: first.pop(probe.request.key) for probe in spare}
        now = tuple(_woven(first.values()))
        self.probes = (*now, *later.values())
        self.requests, self.spare = (tuple(probe.request for probe in some) for some in (now, later.values()))
        limit = max(LIMITS[self.settings.profile], self.settings.requests) - self.generated
        self.most = max(limit, len(self.requests) + kept)

    @property
    def expected(self) -> Mapping[str, Expect]:
        """What the contract expects of each request, by its key."""
        return {probe.request.key: probe.expect for probe in self.probes}

    @property
    def asked(self) -> tuple[Request, ...]:
        """All that may be asked before any answer is known."""
        return (*self.requests, *self.spare)

    @property
    def witness(self) -> Request | None:
        """A request to be refused: it shows that a service answers whose acceptances cannot be read."""
        refused = [probe for probe in self.probes if probe.expect in _REFUSED]
        # A stranger may be refused by what stands before the service.
        return next((one.request for one in sorted(refused, key=lambda one: one.expect is not Expect.REFUSE)), None)

    @property
    def lawful(self) -> tuple[Request, ...]:
        """The requests that the contract says must be taken, likeliest first."""
        return tuple(probe.request for probe in self.probes if probe.expect is Expect.ACCEPT)

    def left(self, tried: Container[str], asked: int, evidence: Evidence) -> Sequence[Request]:
        """Return what else is asked after so many requests, those included that were asked again or closer: a few at a time, for what they make worth asking comes first.

        What was `tried` (its keys) is not asked anew: it may have got no answer.
        """
        waiting = [one for one in self.spare if one.key not in tried and one.key not in evidence.by_key][:_FEW]
        return waiting[: self._room(len(waiting), asked, evidence)]

    def more(self, asked: int, evidence: Evidence) -> Sequence[Request]:
        """Return what to ask next, given all answers to so many requests; empty when nothing more would show anything.

        Asked again after each round, until nothing new comes or no room is left. The fewer a requirement wants, the sooner they are asked.
        """
        groups = self.wanted(evidence)
        room = self._room(sum(map(len, groups)), asked, evidence)
        # A breach makes few things doubtful, a scale on which little shows many.
        groups.sort(key=len)
        return tuple(islice(chain.from_iterable(groups), room))

    def wanted(self, evidence: Evidence) -> list[list[Request]]:
        """Return what each requirement wants to know besides all answers, whatever that costs.

        A pure function of the evidence: a recording that is judged again holds the answers, and they are looked up by their request.
        """
        known = set(evidence.by_key)
        groups = []
        for item in self.requirements:
            some = {request.key: request for request in item.closer(evidence)} if item.closer is not None else {}
            groups.append([request for key, request in some.items() if key not in known])
            known |= some.keys()
        return [group for group in groups if group]

    def _room(self, wanted: int, asked: int, evidence: Evidence) -> int:
        """Return how many of so many requests may still be asked: all where a clause is broken already, or a request refused that is to be taken."""
        room = max(self.most - asked, 0)
        if wanted <= room or any(map(evidence.refused, self.lawful)):
            return wanted
        verdicts, _ = weigh(self.requirements, evidence)
        return wanted if any(one.outcome is Outcome.FAIL for one in verdicts) else room


def _whole(asked: Sequence[Probe], most: int) -> Sequence[Probe]:
    """Return all, but of what is asked only where requests are left over, and then of what repeats others, as many as there is room for, spread over all; and of what is drawn the first ones."""
    some = {
        priority: list({one.request.key: one for one in asked if one.priority == priority and not one.core}.values())
        for priority in _REPEATS
    }
    found = [one for one in asked if one.core or one.priority not in some]
    room = max(most - len({one.request.key for one in found}), 0)
    shares = {Priority.DRAWN: max(min(_DRAWN, room), room - len(some[Priority.REPEATED]))}
    for priority, probes in some.items():
        left = min(shares.get(priority, room), len(probes))
        found += (
            probes[:left] if priority in shares else [probes[number * len(probes) // left] for number in range(left)]
        )
        room -= left
    return found


def _woven(probes: Iterable[Probe]) -> Iterator[Probe]:
    """Yield what is to be refused, now one and now several in a row, and what is to be taken in between: what one answer leaves behind shows in the next."""
    groups: dict[bool | None, list[Probe]] = defaultdict(list)
    for probe in probes:
        groups[None if probe.priority == Priority.LAST else probe.expect in _REFUSED].append(probe)
    refused, taken = groups[True], groups[False]
    # What is no JSON comes early, among what must be taken: what a parser keeps of it is refused then.
    refused.sort(key=lambda probe: probe.priority > Priority.GATE and 1 + (probe.request.json is not NOT_JSON))
    done = 0
    for run in cycle(_RUNS):
        if done >= len(refused):
            break
        yield from taken[done * len(taken) // len(refused) : min(done + run, len(refused)) * len(taken) // len(refused)]
        yield from refused[done : done + run]
        done += run
    yield from taken if not refused else ()
    yield from groups[None]


def _spare(asked: Iterable[Probe], core: Iterable[Probe], most: int) -> Sequence[Probe]:
    """Return what else costs little, as much as there is room for among `most` requests."""
    known = {probe.request.key for probe in core}
    # A path with a query is another one to some servers: a night asks for that.
    spare: dict[str, Probe] = {}
    for probe in asked:
        little = len(probe.request.body) < _SHORT or probe.priority <= Priority.EARLY or probe.expect in _REFUSED
        if little and "?" not in probe.request.path:
            spare.setdefault(probe.request.key, probe)
    left = [probe for key, probe in spare.items() if key not in known]
    left.sort(key=lambda probe: (probe.priority > Priority.EARLY and _taken(probe), probe.priority))
    return left[: max(most - len(known), 0)]


def _repeats(probe: Probe) -> bool:
    late = probe.priority == Priority.LAST
    return not probe.core and (probe.priority in _REPEATS or (probe.expect is Expect.REFUSE and not late))


def _taken(probe: Probe) -> bool:
    return probe.expect not in _REFUSED and probe.request.body != b""


def plan(target: Target, settings: Settings) -> Plan:
    """Return what a run would ask; raises EmptySelectionError."""
    kit = evolve(target.kit, full=settings.profile != "smoke")
    return Plan(kit, settings, () if settings.strict else target.deviations)


@frozen
class Cost:
    """What requests may cost if all are taken: tokens, US dollars of those whose model has a price, and how many have none."""

    tokens: int
    usd: float
    priced: int
    unpriced: int


def estimate(target: Target, probes: Sequence[Probe]) -> Cost:
    """Return about what probes may cost."""
    meter = Meter(target.contract)
    prices = [meter.usd(probe.request) for probe in probes if meter.estimate(probe.request)]
    known = [price for price in prices if price is not None]
    tokens = sum(meter.estimate(probe.request) for probe in probes)
    return Cost(tokens, sum(known), len(known), len(prices) - len(known))
