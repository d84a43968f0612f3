"""Requirements on counts, and on what must be new in every answer. Counts are compared between all answers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.contract import Contract, Place, select
from conformance.contract.roles import GROWING
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Priority, Probe
from conformance.probes.texts import DOCUMENTS
from conformance.requirements.costs import grown, images, letters, same, searched
from conformance.requirements.counted import Counted, counting
from conformance.requirements.evidence import Evidence
from conformance.requirements.ranking import often_request
from conformance.requirements.requirement import Requirement, probe_all, seeing


def metering_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what holds of token counts, ids and traces over several answers."""
    yield from _counts(kit)
    yield from _new(kit.contract)
    yield from _told(kit.contract)


def _counts(kit: Kit) -> Iterator[Requirement]:
    primary = kit.primary

    def ask(texts: Sequence[str], **roles: Any) -> Request:
        return kit.request(kit.body(documents=kit.documents(primary, texts), **roles))

    asked = (*probe_all([ask(DOCUMENTS)], "counts"), *probe_all([often_request(kit)], "counts", Priority.LAST))
    # With the first one, and the lists of one and of two that are asked about: the same texts, shared out in two ways.
    more = [[*DOCUMENTS, DOCUMENTS[0]], [*DOCUMENTS, DOCUMENTS[0], DOCUMENTS[3]]]
    lists = [texts for texts in more if kit.most_documents(len(texts)) == len(texts)]
    shared = probe_all([*map(ask, lists)], "the same texts, shared out otherwise", Priority.EARLY)
    asked += tuple(evolve(probe, core=False) for probe in shared)
    for place in counted(kit.contract):
        about = tuple(one.role for one in kit.contract.success.places if one.path == place.path[: len(one.path)])
        for part, holds in _GROWING.items():
            yield _judged(Clause.of(f"usage.{{place.name}}.{part}", place=place, roles=about), asked, place, holds)
    for role, (key, holds) in _OTHERS.items():
        for place in (one for one in kit.contract.success.places if one.role == role):
            yield _judged(Clause.of(key, place=place), asked, place, holds)
    yield from _billed(kit.contract)
    yield from _totals(kit.contract)


def _billed(contract: Contract) -> Iterator[Requirement]:
    """Yield that what is used is what is billed, where the same is counted for both and it is so in most answers."""
    for role in GROWING:
        used, billed = (contract.success.place(role, under=holder) for holder in ("usage", "billed"))
        if used is None or billed is None:
            continue
        name, told = dotted(billed.path), dotted(used.path)
        clause = Clause.of("usage.{name}.steady", name=name, told=told, billed=billed, role=role)
        yield Requirement(
            clause, seeing(partial(_agreed, used, billed), "most answers bill something else than they count")
        )


def _told_by(evidence: Evidence, places: Sequence[Place]) -> Iterator[tuple[Reading, Sequence[int]]]:
    """Yield the answers about texts that tell whole numbers at all of some places, with these."""
    for reading in evidence.by_key.values():
        if reading.answered and not reading.asks_by_image and not reading.shows_images:
            values = [select(reading.answer, place.path) for place in places]
            if all(found and isinstance(found[0], int) for found in values):
                yield reading, [found[0] for found in values]


def _agreed(used: Place, billed: Place, finding: Finding, evidence: Evidence) -> None:
    found = list(_told_by(evidence, (used, billed)))
    paid = {reading.asked("model") for reading, (_, told) in found if told}
    found = [one for one in found if one[0].asked("model") in paid]
    unlike = [one for one in found if len(set(one[1])) > 1]
    if 2 * len(unlike) < len(found):
        for reading, (count, told) in unlike:
            finding.fail(reading, f"{count}, as it counts", str(told))
        finding.keep(*(one[0] for one in found[:12] if one not in unlike))


def _totals(contract: Contract) -> Iterator[Requirement]:
    """Yield for each total that it is the sum of the counts beside it."""
    for total in contract.success.places:
        if total.role != "total_tokens":
            continue
        beside = {one.role: one for one in contract.success.places if one.path[:-1] == total.path[:-1]}
        parts = [beside[role] for role in ("input_tokens", "output_tokens") if role in beside]
        if not parts or parts[0].role != "input_tokens":
            continue
        name, sum_ = dotted(total.path), " and ".join(f"`{dotted(one.path)}`" for one in parts)
        whole = f"the sum of {sum_}" if len(parts) > 1 else sum_
        first = dotted(parts[0].path)
        clause = Clause.of("usage.{name}.sum", name=name, whole=whole, sum_=sum_, total=total, first=first)
        yield Requirement(clause, seeing(partial(_summed, total, parts)))


def _summed(total: Place, parts: Sequence[Place], finding: Finding, evidence: Evidence) -> None:
    for reading, (whole, *some) in _told_by(evidence, (total, *parts)):
        finding.note(reading, kept=whole == sum(some), expected=str(sum(some)), actual=str(whole))


def counted(contract: Contract) -> Iterator[Place]:
    """Yield the counts that grow with what is read: one of what is used, one of what is billed, else one that stands alone."""
    answer = contract.success
    holders: list[str | None] = [holder for holder in ("usage", "billed") if answer.place(holder) is not None]
    for holder in holders or [None]:
        found = [place for role in GROWING if (place := answer.place(role, under=holder)) is not None]
        yield from found[:1]


Holds = Callable[[Finding, list[Counted]], None]


def _judged(clause: Clause, asked: Sequence[Probe], place: Place, holds: Holds) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        found = [one for reading in evidence.by_key.values() if (one := reading.once(counting(place.path)))]
        if len(found) > 1:
            holds(finding, found)
            if not finding.broken:
                finding.keep(*(one.reading for one in found[:12]))
        elif found:
            finding.hide("fewer than two answers carry it")
        elif evidence.answered(finding, [probe.request for probe in asked if probe.core]):
            finding.missing = "The answers have no such count."
        return finding

    return Requirement(clause, judge, tuple(asked))


def _told(contract: Contract) -> Iterator[Requirement]:
    """Yield the requirement that what one answer tells besides its results, all answers of a model tell; documents, too, where the request leaves them open."""
    echo, switch = contract.success.place("echo"), contract.request_field("echo_switch")
    places = [*contract.success.steady, *([echo] if echo is not None and switch is not None else [])]
    paths = [place.path for place in places]
    # What the switch says has clauses of its own.
    said = [f"request.{switch.name}.default"] if switch is not None else []
    if not paths:
        return
    clause = Clause.of(
        "response.steady",
        contract=contract,
        roles=tuple(dict.fromkeys(place.role for place in places)),
        rests_on=(
            "response.json",
            *said,
            *(f"response.{dotted(path)}.{part}" for path in paths for part in ("required", "absent", "present")),
        ),
    )

    def note(finding: Finding, evidence: Evidence) -> None:
        for path in paths:
            for found in _by_model(evidence, path):
                if len(found) > 1:
                    told = f"`{dotted(path)}`, as in other answers ({found[True].exchange.id})"
                    finding.fail(found[False], told, "nothing there")
                else:
                    finding.keep(*found.values())

    yield Requirement(clause, seeing(note))


def _by_model(evidence: Evidence, path: tuple[str, ...]) -> Iterable[Mapping[bool, Reading]]:
    """Return of each model an answer that has something at a path, and one that has not, where there are such."""
    seen: dict[Any, dict[bool, Reading]] = defaultdict(dict)
    for reading in evidence.by_key.values():
        # What is missing with all that is around it is told of that; images may be counted apart.
        if reading.answered and select(reading.answer, path[:-1]) and not reading.shows_images:
            there = any(value is not None for value in select(reading.answer, path))
            kind = reading.asked("model"), reading.asks_by_image, reading.asked("echo_switch")
            seen[kind].setdefault(there, reading)
    return seen.values()


# What holds of a count that grows with what is read, by the end of the clause's id.
_GROWING: Mapping[str, Holds] = {"grows": grown, "free": same, "tokens": letters}
# What else is counted, by role: the clause, and what holds.
_OTHERS: Mapping[str, tuple[str, Holds]] = {
    "output_tokens": ("usage.{place.name}.written", same),
    "search_units": ("usage.{place.name}.searches", searched),
    "image_tokens": ("usage.{place.name}.text", images),
}


def _new(contract: Contract) -> Iterator[Requirement]:
    place = contract.success.place("id")
    if place is not None:
        clause = Clause.of("response.{place.name}.unique", place=place)

        def identity(reading: Reading) -> Any:
            values = select(reading.answer, place.path)
            return values[0] if values and isinstance(values[0], str) else None

        yield _unique(clause, identity)
    header = contract.success.header("trace")
    if header is not None:
        clause = Clause.of("response.headers.{lower}.unique", lower=header.name.lower(), header=header)
        yield _unique(
            clause, lambda reading: reading.exchange.response.header(header.name) if reading.exchange.response else None
        )


def _unique(clause: Clause, value_of: Any) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        seen: dict[str, Reading] = {}
        for reading in evidence.readings:
            value = value_of(reading) if reading.answered else None
            if value is None:
                continue
            if value == "":
                finding.fail(reading, "a value", "an empty one")
            elif value in seen:
                finding.fail(reading, f"another value than that of {seen[value].exchange.id}", str(value))
            else:
                seen[value] = reading
                finding.keep(reading)
        if not finding.broken and len(seen) < 2:
            finding.kept.clear()
            finding.hide("fewer than two answers carry it")
        return finding

    return Requirement(clause, judge)
