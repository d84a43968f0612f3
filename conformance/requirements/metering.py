"""Requirements on counts, and on what must be new in every answer. Counts are compared between all answers."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations_with_replacement, product
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
from conformance.probes.texts import DOCUMENTS, NUMBERS, QUERY
from conformance.requirements.counted import UNCUT, Counted, counting
from conformance.requirements.evidence import Evidence
from conformance.requirements.ranking import often_request
from conformance.requirements.requirement import Requirement, probe_all
from conformance.requirements.wholeness import DOCUMENT, QUESTION

# A text this many times as long as another one, in characters and in words, has more tokens; the second, whatever the tokenizer.
_MORE = 1.5
_MUCH_MORE = 1.9
# So many words more are more tokens; two letters may be as many as one.
_WORDS = 3
# So many times the same texts cost so many per cent of what the texts alone cost so many times, the question's part counted but once.
_OFTEN, _PART = 8, 80
_TIMES, _PROPORTION = 10, 1.3
# So many tokens for a character are characters themselves, or bytes; in texts of so many.
_LETTERS, _LONG = 0.6, 2_000
# Signs between the same words may make a token of two; numbers of two digits before the documents of a list may cost one each.
_MERGED, _JOINT, _NUMBERED = 0.97, 2, 9
# So few short documents are one search.
_SEARCH = 100


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
    lists = [texts for texts in _shared_out() if kit.most_documents(len(texts)) == len(texts)]
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
            rests_on = (
                *QUESTION,
                "ranking.query_beside",
                "ranking.query.own",
                DOCUMENT,
                *((f"{at}.free",) if part == "grows" else ()),
            )
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
        yield _judged(grows, asked, place, _grown)
        free = clause(
            "free",
            f"`{name}` depends on the texts alone, not on what comes back or how they are written.",
            "all documents are read",
            f"`{name}` does not depend on the texts alone.",
        )
        yield _judged(free, asked, place, _free)
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
        yield _judged(tokens, asked, place, _letters)
    for place in written(kit.contract):
        name = dotted(place.path)
        free = Clause(
            f"usage.{name}.free",
            f"`{name}` depends on the texts alone: documents that come back are no words of a model.",
            Level.SHOULD,
            f"{place.pointer}; practice: it is what is paid for",
            Impact.CHANGES,
            (place.role or "",),
            wrong=f"`{name}` counts documents that come back.",
            mend="Count what the model writes, and nothing that was sent.",
        )
        yield _judged(free, asked, place, _same)
    for place in kit.contract.success.places:
        if place.role == "search_units":
            name = dotted(place.path)
            free = Clause(
                f"usage.{name}.free",
                f"`{name}` is the same for every search in a few short documents, whatever is asked and however much comes back.",
                Level.SHOULD,
                f"{place.pointer}; practice: a unit is a question about up to a hundred short documents",
                Impact.CHANGES,
                (place.role,),
                wrong=f"`{name}` does not count searches.",
                mend="Count a search as one, whatever it asks and however much comes back.",
            )
            yield _judged(free, asked, place, _searched)
    yield from _billed(kit.contract)
    yield from _totals(kit.contract)
    images = next((place for place in kit.contract.success.places if place.role == "image_tokens"), None)
    if images is not None:
        sentence = f"`{dotted(images.path)}` counts nothing where no image was sent."
        yield _judged(
            Clause(
                f"usage.{dotted(images.path)}.text",
                sentence,
                Level.MUST,
                images.pointer,
                Impact.CHANGES,
                ("image_tokens",),
                wrong=f"`{dotted(images.path)}` counts images where none was sent.",
                mend="Count what was sent.",
            ),
            asked,
            images,
            _no_images,
        )


def _shared_out() -> Iterator[Sequence[str]]:
    """Yield lists of the same texts, shared out in several ways: one batch and two, what is left of them, numbers alone, and the question itself."""
    eight = [*NUMBERS[:3], *DOCUMENTS[:4], QUERY]
    yield from (eight, eight[:-1], [*eight, QUERY], 2 * eight, eight[-1:], NUMBERS)


def _billed(contract: Contract) -> Iterator[Requirement]:
    """Yield for each count that is both used and billed that what is used is what is billed, where it is so in most answers."""
    answer = contract.success
    for used in answer.places:
        billed = answer.place(used.role or "", under="billed")
        if billed is None or answer.place(used.role or "", under="usage") != used:
            continue
        name, told = dotted(billed.path), dotted(used.path)
        clause = Clause(
            f"usage.{name}.steady",
            f"`{name}` is `{told}` in every answer, if it is in most; a model may cost nothing.",
            Level.SHOULD,
            f"{billed.pointer}; practice: bills are checked by it",
            Impact.CHANGES,
            (used.role or "",),
            rests_on=(f"usage.{name}.grows", f"usage.{name}.free", f"usage.{told}.grows", f"usage.{told}.free"),
            wrong=f"Some answers bill another `{name}` than they count.",
            mend="Bill what is counted, whatever the request.",
        )
        yield Requirement(clause, partial(_agreed, used, billed))


def _agreed(used: Place, billed: Place, evidence: Evidence) -> Finding:
    finding, models = Finding(), defaultdict[Any, list[tuple[Reading, int, int]]](list)
    for reading in evidence.by_key.values():
        counts = [select(reading.answer, place.path) for place in (used, billed)] if reading.answered else [[]]
        if all(found and isinstance(found[0], int) for found in counts):
            models[reading.asked("model")].append((reading, *(found[0] for found in counts)))
    paid = [one for some in models.values() if any(billed for *_, billed in some) for one in some]
    unlike = [one for one in paid if one[1] != one[2]]
    if 2 * len(unlike) < len(paid):
        for reading, count, told in unlike:
            finding.fail(reading, f"{count}, as it counts", str(told))
        finding.keep(*(reading for reading, count, told in paid[:12] if count == told))
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
    for reading in evidence.by_key.values():
        if not reading.answered or reading.asks_by_image or any(map(reading.textless, reading.documents)):
            continue
        values = [select(reading.answer, place.path) for place in (total, *parts)]
        if all(found and isinstance(found[0], int) for found in values):
            (whole, *some) = (found[0] for found in values)
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


def written(contract: Contract) -> Iterator[Place]:
    """Yield the counts of what a model writes."""
    return (place for place in contract.success.places if place.role == "output_tokens")


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


def _grown(finding: Finding, found: list[Counted]) -> None:
    for one in found:
        if one.count < one.least and not one.images:
            finding.fail(one.reading, f"at least {one.least} for what the texts hold", str(one.count))
            return
    groups = _alike(found)
    if any(len({one.count for one in group}) > 1 for group in groups):
        # That a count follows what comes back is told by another clause.
        usual = Counter(one.returns for one in found).most_common(1)[0][0]
        groups = _alike(one for one in found if one.returns == usual)
    groups.sort(key=lambda group: (group[0].size, group[0].reading.exchange.id))
    most, least = ([chosen(group, key=lambda one: one.count) for group in groups] for chosen in (max, min))
    if _batched(finding, most, least):
        return
    plain, bases = ([one for one in some if one.reading.asked("instruction") is None] for some in (most, least))
    for one in plain:
        # Whatever the model's tokenizer, so much more text has more tokens.
        less = next(
            (other for other in reversed(bases) if one.script == other.script and one.exceeds(other, _MUCH_MORE)), None
        )
        # Texts that nobody cuts, beside a short question, cost in proportion, more or less.
        short = less is not None and max(map(len, one.texts)) < UNCUT and less.size > _TIMES * len(one.query)
        if less is not None and one.count <= less.count * (_PROPORTION if short else 1):
            _fewer(finding, one, less)
            break
    for one in most:
        # Each against the largest count of what is clearly smaller: with as long a question or a shorter one.
        for less in least:
            if one.kind != less.kind or one.count > less.count or one.size < less.size:
                continue
            longer = one.script == less.script and one.exceeds(less, _MORE)
            superset = one.query == less.query and one.cut == less.cut and _more(one.texts, less.texts)
            # A sign may cost as much as a word, one beyond ASCII as much as three.
            signs = max(less.asked[2] - one.asked[2], 0)
            wordy = len(one.query.split()) >= less.asked[1] + _WORDS * (1 + signs)
            asks = wordy and one.cut == less.cut and one.listed == less.listed and one.wrapped >= less.wrapped
            wordier = one.query == less.query and one.short and less.short and len(one.texts) >= len(less.texts)
            wordier = wordier and one.count < _MERGED * less.count - _JOINT and one.wrapped >= less.wrapped
            wordier = wordier and less.said <= one.said
            if longer or superset or asks or wordier:
                _fewer(finding, one, less)
                break


def _alike(found: Iterable[Counted]) -> list[list[Counted]]:
    """Return the answers that count the same texts together; what is an image is left out."""
    groups: dict[Any, list[Counted]] = {}
    for one in found:
        if not one.images:
            groups.setdefault((one.kind, one.query, one.listed, one.cut, one.wrapped), []).append(one)
    return list(groups.values())


def _batched(finding: Finding, most: Sequence[Counted], least: Sequence[Counted]) -> bool:
    """Note a list of the same texts over and over that costs far less than so many times as much; whether there is one."""
    for one, once in product(most, least):
        times = len(one.texts) // max(len(once.texts), 1)
        if times < _OFTEN or (one.kind, one.query) != (once.kind, once.query):
            continue
        if Counter(one.texts) != Counter(once.texts * times):
            continue
        # In whole numbers: a count may be any.
        due = times * once.count * once.size * _PART // (100 * (once.size + len(once.query)))
        if one.count < due:
            told = (
                f"at least {due}, for the texts that cost {once.count} come {times} times ({once.reading.exchange.id})"
            )
            finding.fail(one.reading, told, str(one.count))
            return True
    return False


def _fewer(finding: Finding, one: Counted, less: Counted) -> None:
    told = f"more than {less.count}, the count of less text ({less.reading.exchange.id})"
    finding.fail(one.reading, told, str(one.count))


def _more(many: Sequence[str], few: Sequence[str]) -> bool:
    """Whether one list holds all texts of another, and letters besides; what is blank may cost nothing."""
    more, less = Counter(many), Counter(few)
    return less <= more and any(char.isalnum() for text in more - less for char in text)


def _same(finding: Finding, found: list[Counted]) -> None:
    known: dict[Any, Counted] = {}
    for one in sorted(found, key=lambda one: one.wrapped):
        if one.images:
            continue
        key = (one.kind, one.query, one.listed, one.cut)
        first = known.setdefault((*key, one.wrapped), one)
        # What holds a text in an object may be counted with it; the text itself must be.
        bare = known.get((*key, False), first)
        if one.count != first.count or (one.wrapped and one.count < bare.count):
            first = bare if one.count < bare.count else first
            finding.fail(
                one.reading, f"{first.count}, the count of the same texts ({first.reading.exchange.id})", str(one.count)
            )


def _searched(finding: Finding, found: list[Counted]) -> None:
    few = [one for one in found if one.short and not one.images and len(one.texts) <= _SEARCH]
    usual = {one.reading.asked("model"): one for one in reversed(few)}
    for one in few:
        first = usual[one.reading.asked("model")]
        if one.count != first.count:
            told = f"{first.count}, as for another question about short documents ({first.reading.exchange.id})"
            finding.fail(one.reading, told, str(one.count))


def _free(finding: Finding, found: list[Counted]) -> None:
    _same(finding, found)
    if not finding.broken:
        _added(finding, found)


def _added(finding: Finding, found: list[Counted]) -> None:
    """Say whether two lists together count what the same texts count in two others, however they are shared out."""
    groups: dict[Any, dict[tuple[str, ...], Counted]] = defaultdict(dict)
    for one in found:
        if one.short and not one.images and not one.wrapped:
            groups[one.kind, one.query].setdefault(one.listed, one)
    for group in groups.values():
        known: dict[int, tuple[int, int, Counted, Counted]] = {}
        for one, other in combinations_with_replacement(group.values(), 2):
            many = sum(max(len(each.texts) - _NUMBERED, 0) for each in (one, other))
            texts, count = one.weight + other.weight, one.count + other.count
            due, more, *both = known.setdefault(texts, (count, many, one, other))
            if abs(count - due) > _JOINT + max(many, more):
                told = f"together with {other.reading.exchange.id} {due}, the count of the same texts in {' and '.join(each.reading.exchange.id for each in both)}"
                finding.fail(one.reading, told, str(count))
                return


def _letters(finding: Finding, found: list[Counted]) -> None:
    # Of long texts: a template around each may cost more than a short one has characters. What is cut counts for less.
    plain = [one for one in found if one.script == 1 and not one.images and one.size > _LONG * len(one.texts)]
    plain = [one for one in plain if one.reading.asked("chunk_overlap") is None]
    if plain and all(one.count > _LETTERS * one.size for one in plain):
        one = min(plain, key=lambda one: one.size)
        finding.fail(one.reading, f"fewer, for {one.size} characters of a Latin script", str(one.count))


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
        if reading.answered and select(reading.answer, path[:-1]) and not any(map(reading.textless, reading.documents)):
            there = any(value is not None for value in select(reading.answer, path))
            kind = reading.asked("model"), reading.asks_by_image, reading.asked("echo_switch")
            seen[kind].setdefault(there, reading)
    return seen.values()


def _no_images(finding: Finding, found: list[Counted]) -> None:
    for one in found:
        if not one.images and one.count != 0:
            finding.fail(one.reading, "0, for no image was sent", str(one.count))


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
