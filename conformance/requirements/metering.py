"""Requirements on counts and on what must be new in every answer."""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.checks.reading import Reading
from conformance.checks.structure import dotted
from conformance.contract import Contract, Place, select
from conformance.contract.roles import GROWING
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS, many
from conformance.requirements.evidence import Evidence
from conformance.requirements.metamorphic import probe_all
from conformance.requirements.requirement import Requirement


def metering_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what holds of token counts, ids and traces over several answers."""
    yield from _counts(kit)
    yield from _new(kit.contract)


def _counts(kit: Kit) -> Iterator[Requirement]:
    primary = kit.primary
    few = kit.request(kit.body(documents=kit.documents(primary, DOCUMENTS[:2])))
    some = kit.request(kit.body(documents=kit.documents(primary, DOCUMENTS)))
    lots = kit.request(kit.body(documents=kit.documents(primary, many(kit.most_documents(60)))))
    for place in counted(kit.contract):
        at, about = f"usage.{dotted(place.path)}", tuple(one.role for one in kit.contract.success.places if one.path == place.path[: len(one.path)])
        clause = Clause(f"{at}.grows", f"`{dotted(place.path)}` grows with the documents.", Level.MUST, f"{place.pointer}; practice: it is what is paid for", Impact.CHANGES, about)
        yield _compare(clause, (few, some, lots), place.path, lambda one, other: one < other, "more than {}")
        if kit.has("limit"):
            cut = kit.request(kit.body(documents=kit.documents(primary, DOCUMENTS), limit=1))
            clause = Clause(f"{at}.limit_free", f"`{dotted(place.path)}` does not depend on `{kit.named('limit').name}`.", Level.MUST, f"{place.pointer}; practice: all documents are read", Impact.CHANGES, about)
            yield _compare(clause, (some, cut), place.path, lambda one, other: one == other, "{}")


def counted(contract: Contract) -> Iterator[Place]:
    """Yield the counts that grow with what is read: one of what is used, one of what is billed, else one that stands alone."""
    answer = contract.success
    holders: list[str | None] = [holder for holder in ("usage", "billed") if answer.place(holder) is not None]
    for holder in holders or [None]:
        found = [place for role in GROWING if (place := answer.place(role, under=holder)) is not None]
        yield from found[:1]


def _number(reading: Reading, path: tuple[str, ...]) -> Any:
    values = select(reading.answer, path)
    return values[0] if values and isinstance(values[0], int) and not isinstance(values[0], bool) else None


def _compare(clause: Clause, requests: Sequence[Request], path: tuple[str, ...], holds: Any, wanted: str) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for first, second in zip(requests, requests[1:], strict=False):
            both = evidence.answered(finding, (first, second))
            if both is None:
                continue
            one, other = _number(both[0], path), _number(both[1], path)
            if one is None or other is None:
                finding.missing = "the answers carry no such count"
            elif holds(one, other):
                finding.keep(*both)
            else:
                finding.fail(both[1], wanted.format(one) + f" ({both[0].exchange.id})", str(other))
        return finding

    return Requirement(clause, judge, probe_all(requests, clause.sentence))


def _new(contract: Contract) -> Iterator[Requirement]:
    place = contract.success.place("id")
    if place is not None:
        clause = Clause(f"response.{dotted(place.path)}.unique", "Every answer has an id of its own, not an empty one.", Level.MUST, f"{place.pointer}/description; practice: logs are joined by it", Impact.DIFFERS, ("id",))

        def identity(reading: Reading) -> Any:
            values = select(reading.answer, place.path)
            return values[0] if values and isinstance(values[0], str) else None

        yield _unique(clause, identity)
    header = contract.success.header("trace")
    if header is not None:
        clause = Clause(f"response.headers.{header.name.lower()}.unique", "Every answer has a trace of its own.", Level.MUST, f"{header.pointer}; the success's description", Impact.DIFFERS, ("trace",))
        yield _unique(clause, lambda reading: reading.exchange.response.header(header.name) if reading.exchange.response else None)


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
