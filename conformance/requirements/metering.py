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
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import EARLY, Probe
from conformance.probes.texts import DOCUMENTS
from conformance.requirements.costs import grown, letters, no_images, same, searched
from conformance.requirements.counted import Counted, counting
from conformance.requirements.evidence import Evidence
from conformance.requirements.ranking import often_request
from conformance.requirements.requirement import Requirement, probe_all
from conformance.requirements.wholeness import DOCUMENT, QUESTION


def metering_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what holds of token counts, ids and traces over several answers."""
    yield from _counts(kit)
    yield from _new(kit.contract)
    yield from _told(kit.contract)


def _counts(kit: Kit) -> Iterator[Requirement]:
    primary = kit.primary

    def ask(texts: Sequence[str], **roles: Any) -> Request:
        return kit.request(kit.body(documents=kit.documents(primary, texts), **roles))

    asked = probe_all([ask(DOCUMENTS), often_request(kit)], "counts")
    # With the first one, and the lists of one and of two that are asked about: the same texts, shared out in two ways.
    more = [[*DOCUMENTS, DOCUMENTS[0]], [*DOCUMENTS, DOCUMENTS[0], DOCUMENTS[3]]]
    lists = [texts for texts in more if kit.most_documents(len(texts)) == len(texts)]
    shared = probe_all([*map(ask, lists)], "the same texts, shared out otherwise", EARLY)
    asked += tuple(evolve(probe, core=False) for probe in shared)
    for place in counted(kit.contract):
        at, about = (
            f"usage.{dotted(place.path)}",
            tuple(one.role for one in kit.contract.success.places if one.path == place.path[: len(one.path)]),
        )
        name = dotted(place.path)

        def clause(
            part: str,
            sentence: str,
            practice: str,
            wrong: str,
            at: str = at,
            place: Place = place,
            about: tuple[str, ...] = about,
        ) -> Clause:
            source = f"{place.pointer}; practice: {practice}"
            # What depends on something else than the texts does not grow with them.
            reads = (*QUESTION, "ranking.query_beside", DOCUMENT)
            # Who answers one question as another one counts its words.
            rests_on = (f"{at}.free", *reads, "ranking.query.own") if part == "grows" else reads
            return Clause(
                f"{at}.{part}",
                sentence,
                Level.MUST,
                source,
                Impact.CHANGES,
                about,
                rests_on=rests_on,
                wrong=wrong,
                mend="Count all texts that were read, and nothing else.",
            )

        grows = clause(
            "grows",
            f"`{name}` grows with the documents and with the question; a text that comes twice counts twice.",
            "it is what is paid for",
            f"`{name}` does not grow with the texts.",
        )
        yield _judged(grows, asked, place, grown)
        free = clause(
            "free",
            f"`{name}` depends on the texts alone, not on what comes back or how they are written.",
            "all documents are read",
            f"`{name}` does not depend on the texts alone.",
        )
        yield _judged(free, asked, place, same)
        tokens = Clause(
            f"{at}.tokens",
            f"`{name}` counts tokens, not characters or bytes.",
            Level.SHOULD,
            f"{place.pointer}; practice: of a Latin script a token is several characters with every tokenizer",
            Impact.CHANGES,
            about,
            # What does not follow the texts follows neither their letters nor their tokens.
            rests_on=(f"{at}.free", f"{at}.grows"),
            wrong=f"`{name}` counts characters or bytes.",
            mend="Count what the model's tokenizer makes of the texts.",
        )
        yield _judged(tokens, asked, place, letters)
    for role, (part, level, practice, sentence, wrong, mend, holds) in _OTHERS.items():
        for place in (one for one in kit.contract.success.places if one.role == role):
            name = dotted(place.path)
            other = Clause(
                f"usage.{name}.{part}",
                sentence.format(name),
                level,
                f"{place.pointer}; practice: {practice}",
                Impact.CHANGES,
                (role,),
                wrong=wrong.format(name),
                mend=mend,
            )
            yield _judged(other, asked, place, holds)
    yield from _billed(kit.contract)
    yield from _totals(kit.contract)


def _billed(contract: Contract) -> Iterator[Requirement]:
    """Yield that what is used is what is billed, where the same is counted for both and it is so in most answers."""
    for role in GROWING:
        used, billed = (contract.success.place(role, under=holder) for holder in ("usage", "billed"))
        if used is None or billed is None:
            continue
        name, told = dotted(billed.path), dotted(used.path)
        clause = Clause(
            f"usage.{name}.steady",
            f"`{name}` is `{told}` in every answer, if it is in most; a model may cost nothing.",
            Level.SHOULD,
            f"{billed.pointer}; practice: bills are checked by it",
            Impact.CHANGES,
            (role,),
            rests_on=(f"usage.{name}.grows", f"usage.{name}.free", f"usage.{told}.grows", f"usage.{told}.free"),
            wrong=f"Some answers bill another `{name}` than they count.",
            mend="Bill what is counted, whatever the request.",
        )
        yield Requirement(clause, partial(_agreed, used, billed))


def _told_by(evidence: Evidence, places: Sequence[Place]) -> Iterator[tuple[Reading, Sequence[int]]]:
    """Yield the answers about texts that tell whole numbers at all of some places, with these."""
    for reading in evidence.by_key.values():
        if reading.answered and not reading.asks_by_image and not reading.shows_images:
            values = [select(reading.answer, place.path) for place in places]
            if all(found and isinstance(found[0], int) for found in values):
                yield reading, [found[0] for found in values]


def _agreed(used: Place, billed: Place, evidence: Evidence) -> Finding:
    finding, found = Finding(), list(_told_by(evidence, (used, billed)))
    paid = {reading.asked("model") for reading, (_, told) in found if told}
    found = [one for one in found if one[0].asked("model") in paid]
    unlike = [one for one in found if len(set(one[1])) > 1]
    if 2 * len(unlike) < len(found):
        for reading, (count, told) in unlike:
            finding.fail(reading, f"{count}, as it counts", str(told))
        finding.keep(*(one[0] for one in found[:12] if one not in unlike))
    finding.unless_shown("most answers bill something else than they count")
    return finding


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
        clause = Clause(
            f"usage.{name}.sum",
            f"`{name}` is {f'the sum of {sum_}' if len(parts) > 1 else sum_}: nothing else is counted.",
            Level.SHOULD,
            f"{total.pointer}; practice: bills are checked by it",
            Impact.DIFFERS,
            ("total_tokens",),
            rests_on=(f"usage.{dotted(parts[0].path)}.grows", f"usage.{dotted(parts[0].path)}.free"),
            wrong=f"`{name}` is not {sum_}.",
            mend="Add up what was read and what was written, each once.",
        )
        yield Requirement(clause, partial(_summed, total, parts))


def _summed(total: Place, parts: Sequence[Place], evidence: Evidence) -> Finding:
    finding = Finding()
    for reading, (whole, *some) in _told_by(evidence, (total, *parts)):
        if whole == sum(some):
            finding.keep(reading)
        else:
            finding.fail(reading, str(sum(some)), str(whole))
    finding.unless_shown("no answer shows it")
    return finding


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
    clause = Clause(
        "response.steady",
        "What one answer of a model tells besides its scores, all of them tell: counts, ids, and documents that were not asked for.",
        Level.SHOULD,
        f"{contract.success.pointer}; practice: one replica that leaves out counts is seen in bills alone",
        Impact.DIFFERS,
        tuple(dict.fromkeys(place.role for place in places)),
        rests_on=(
            "response.json",
            *said,
            *(f"response.{dotted(path)}.{part}" for path in paths for part in ("required", "absent", "present")),
        ),
        wrong="Now and then an answer leaves out a count, an id or a document.",
        mend="Look for a replica that is out of step.",
    )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for path in paths:
            for found in _by_model(evidence, path):
                if len(found) > 1:
                    told = f"`{dotted(path)}`, as in other answers ({found[True].exchange.id})"
                    finding.fail(found[False], told, "nothing there")
                else:
                    finding.keep(*found.values())
        finding.unless_shown("no answer shows it")
        return finding

    yield Requirement(clause, judge)


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


# What else is counted, by role: the end of a clause's id, its level, what it is practised for, and in words what holds, what is wrong and what to mend.
_OTHERS: Mapping[str, tuple[str, Level, str, str, str, str, Holds]] = {
    "output_tokens": (
        "free",
        Level.SHOULD,
        "it is what is paid for",
        "`{}` depends on the texts alone: documents that come back are no words of a model.",
        "`{}` counts documents that come back.",
        "Count what the model writes, and nothing that was sent.",
        same,
    ),
    "search_units": (
        "free",
        Level.SHOULD,
        "a unit is a question about up to a hundred short documents",
        "`{}` is the same for every search in a few short documents, whatever is asked and however much comes back.",
        "`{}` does not count searches.",
        "Count a search as one, whatever it asks and however much comes back.",
        searched,
    ),
    "image_tokens": (
        "text",
        Level.MUST,
        "it is what is paid for",
        "`{}` counts nothing where no image was sent.",
        "`{}` counts images where none was sent.",
        "Count what was sent.",
        no_images,
    ),
}


def _new(contract: Contract) -> Iterator[Requirement]:
    place = contract.success.place("id")
    if place is not None:
        clause = Clause(
            f"response.{dotted(place.path)}.unique",
            "Every answer has an id of its own, not an empty one.",
            Level.MUST,
            f"{place.pointer}/description; practice: logs are joined by it",
            Impact.DIFFERS,
            ("id",),
            wrong="Different answers have the same id.",
            mend="Give every answer an id of its own.",
        )

        def identity(reading: Reading) -> Any:
            values = select(reading.answer, place.path)
            return values[0] if values and isinstance(values[0], str) else None

        yield _unique(clause, identity)
    header = contract.success.header("trace")
    if header is not None:
        clause = Clause(
            f"response.headers.{header.name.lower()}.unique",
            "Every answer has a trace of its own.",
            Level.MUST,
            f"{header.pointer}; the success's description",
            Impact.DIFFERS,
            ("trace",),
            wrong=f"Different answers have the same {header.name}.",
            mend=f"Send a new {header.name} with each answer.",
        )
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
