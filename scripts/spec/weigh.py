"""Changes weighed by what a request or an answer may be, shown by one that meets them, and told once for each place."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.contract.instances import sampled
from conformance.contract.schema import escape, placeless, unescape
from conformance.probes.kit import Kit, value_of
from scripts.spec import lawful, values
from scripts.spec.change import ABSENT, CONSTRAINTS, Change, Severity, ordered
from scripts.spec.said import LISTS

_MEDIA = re.compile(r"/requestBody/content/(?P<media>[^/]+)$")
_ADDRESS = re.compile(r"#/servers(/|$)|#/paths/[^/]+(/[^/]+)?(/servers.*)?$|.*/parameters/\d+")


def _met(change: Change, place: tuple[str, lawful.Path, str] | None, old: Contract, new: Contract) -> Any:
    """Return a request as it is sent today, or an answer, that meets a change; ABSENT where none can be made.

    A request's body stands for itself; all else is an object of `url`,
    `headers`, `header`, `query`, or `status` with `headers` or `body`.
    """
    pointer = change.pointer
    if place is not None and place[0] == lawful.REQUEST:
        return next(_bodies(change, place[1], old), ABSENT)
    if place is not None and place[0] == lawful.BESIDE:
        where, name = place[1][:2]
        known = any((item.place, item.name) == (where, name) for item in old.parameters)
        return _sent_beside(where, name, old if known else new)
    if "/responses/" in pointer:
        return _answer(change, old, new)
    if "security" in pointer.lower():
        key = old.credential
        return {"headers": {key.header: key.value("KEY")} if key else {}}
    if found := _MEDIA.search(pointer):
        return {"headers": {"Content-Type": unescape(found["media"])}}
    return {"url": f"{old.server or ''}{old.path}"} if _ADDRESS.match(pointer) else ABSENT


def _answer(change: Change, old: Contract, new: Contract) -> Any:
    """Return an answer that has the header or the status that a change is about."""
    status, _, below = change.pointer.partition("/responses/")[2].partition("/")
    sides = (new, old) if change.before is ABSENT else (old, new)
    answers = [side.answers[key] for side in sides for key in (status.upper(), status) if key in side.answers]
    part, _, name = below.partition("/")
    if part == "headers":
        wanted = unescape(name.partition("/")[0])
        headers = (header for answer in answers for header in answer.headers if wanted in {"", header.name})
        return next(
            ({"status": status, "headers": {one.name: sampled(one.schema, "apple")}} for one in headers), ABSENT
        )
    bodies = (body for answer in answers for schema in answer.media.values() for body in values.samples(schema))
    return {"status": status, **dict(zip(["body"], bodies, strict=False))}


def _bodies(change: Change, path: lawful.Path, old: Contract) -> Iterator[Any]:
    """Yield bodies of today that meet a change of a field: those that leave it out where its default moves, those that have it else."""
    last = change.pointer.rpartition("/")[2]
    kit = Kit(old)
    for branch in kit.branches:
        named = (
            item for item in branch.fields.values() if tuple(item.name.split(".")) == path[: item.name.count(".") + 1]
        )
        for item in named:
            body = kit.body(branch)
            if last == "default":
                body.pop(item.name, None)
            elif last in LISTS:
                lost = [name for name in change.before or () if change.after is ABSENT or name not in change.after]
                model = branch.by_role("model")
                body |= dict(zip([model.name] if model is not None else [], lost, strict=False))
            if last not in {"default", LISTS[0]} and item.name not in body:
                body[item.name] = sampled(item.schema, "apple")
            if old.request_validator.is_valid(body):
                yield old.nest({key: body[key] for key in sorted(body, key=lambda key: key != item.name)})


def _sent_beside(place: str, name: str, contract: Contract) -> Any:
    """Return what is sent at one place: the required parameters and the named one."""
    asked = [item for item in contract.parameters if item.place == place and (item.required or item.name == name)]
    return {place: {item.name: value_of(item) for item in asked}}


# What no value that was tried can show: it stays as it was judged.
_UNSEEN = frozenset({"not"})
# Where it is said how the key is sent: for all operations, for one, and what the schemes are.
_KEY = re.compile(r"^#(/paths/[^/]+/[^/]+)?/security(/|$)|^#/components/securitySchemes/")
# What says under which condition something else holds: it shows at the places that the condition and its consequence speak of.
_CONDITIONS = frozenset({"if", "then", "else", "dependentSchemas"})
_STATUS = re.compile(r"/responses/(\w+)$")
_SENT = frozenset({lawful.REQUEST, lawful.BESIDE})
_SHOWN = 3
_LONGEST = 60


def weighed(changes: Iterable[Change], old: Contract, new: Contract) -> Iterator[Change]:
    """Yield changes with an example of each that breaks; what no example shows is said to be the same in other words.

    What examples show and no change tells of is added.
    """
    shifts = {
        lawful.REQUEST: lawful.requests(old, new),
        lawful.BESIDE: lawful.parameters(old, new),
        **lawful.answers(old, new),
    }
    told: set[tuple[str, lawful.Path]] = set()
    for change in changes:
        place = lawful.place_of(change.pointer, *((old, new) if change.after is ABSENT else (new, old)))
        shift = shifts.get(_side(place[0])) if place is not None else None
        found = (
            _covered(change, old, new)
            if place is None or shift is None
            else _shown(change, shift, _there(change, place, new), told)
        )
        if found.severity is Severity.BREAKING and found.example is ABSENT:
            found = evolve(found, example=_met(found, place, old, new))
        yield found
    for side, shift in shifts.items():
        for path, value in (shift.lost if side in _SENT else shift.gained).items():
            if not any(where == side and _tells(other, path) for where, other in told):
                told.add((side, path))
                yield _more(side, path, value, new)


def _side(named: str) -> str:
    """Return a side by the name that contracts have for it: a range of statuses in capitals."""
    return named if named in _SENT or named == "default" else named.upper()


def _there(change: Change, place: tuple[str, lawful.Path, str], new: Contract) -> tuple[str, lawful.Path, str]:
    """Return a change's place; a parameter that goes and stands elsewhere, or that comes, is weighed as one that is required or not."""
    side, path, keyword = place
    if side == lawful.BESIDE and not keyword:
        known = path in {(item.place, item.name) for item in new.parameters}
        return side, path, "required" if known else ""
    return place


def _shown(
    change: Change, shift: lawful.Shift, place: tuple[str, lawful.Path, str], told: set[tuple[str, lawful.Path]]
) -> Change:
    """Return a change with what shows it, milder where nothing does; adds the places that it tells of."""
    side, path, keyword = place
    worse, better = (shift.lost, shift.gained) if side in _SENT else (shift.gained, shift.lost)
    shown_at, there = _place(change, shift, worse, path), _place(change, shift, better, path)
    if keyword in _CONDITIONS and shown_at is None:
        shown_at = next((found for found in worse if found[: len(path)] == path), None)
    judged = keyword in CONSTRAINTS - _UNSEEN or (keyword in {"anyOf", "oneOf", "allOf"})
    if change.severity is not Severity.BREAKING:
        return change
    if shown_at is not None:
        told |= {(side, path), (side, shown_at[: len(path) + 1])}
        return evolve(change, example=_front(side, path, worse[shown_at]))
    if not judged:
        return change
    if there is not None:
        return evolve(change, severity=Severity.COMPATIBLE, example=_front(side, path, better[there]))
    return evolve(change, severity=Severity.EDITORIAL, sentence=f"{change.sentence} {_same(worse, path)}")


def _covered(change: Change, old: Contract, new: Contract) -> Change:
    """Return the loss of a status as no loss where another one, of its class or the default, stands for it and describes the same; that of a list of parameters where each is declared elsewhere."""
    if change.pointer.endswith("/parameters"):
        had, has = ({(item.place, item.name) for item in side.parameters} for side in (old, new))
        return evolve(change, severity=Severity.EDITORIAL) if had == has else change
    named = _STATUS.search(change.pointer)
    gone = old.answers.get(named[1].upper() if named[1] != "default" else named[1]) if named else None
    if named is None or gone is None or change.severity is not Severity.BREAKING or change.after is not ABSENT:
        return change
    there = new.answer(int(named[1])) if named[1].isdecimal() else new.success if gone is old.success else None
    if there is None or placeless(gone.media) != placeless(there.media):
        return change
    sentence = f"{change.sentence} `{there.status}` describes the same."
    return evolve(change, severity=Severity.EDITORIAL, sentence=sentence)


def _same(found: Iterable[lawful.Path], path: lawful.Path) -> str:
    """Say that a change by itself takes nothing away; where something below its place does, that has a line of its own."""
    if any(place[: len(path)] == path for place in found):
        return "What is allowed changes only where another line says so."
    return "What is allowed stays the same."


def _tells(told: lawful.Path, path: lawful.Path) -> bool:
    """Whether what was told of one place tells of another: of one below it, or around it. The whole tells of itself alone."""
    return told[: len(path)] == path or (told != () and path[: len(told)] == told)


def _place(change: Change, shift: lawful.Shift, found: dict[lawful.Path, Any], path: lawful.Path) -> lawful.Path | None:
    """Return the place of what shows a change: its own, one below it, or for what is required one of the names."""
    if change.pointer.endswith("/required"):
        names = [name for values in (change.before, change.after) if isinstance(values, list) for name in values]
        lacking = (
            place
            for name in names
            for place, example in found.items()
            if place[: len(path) + 1] == (*path, name) and _value(example, place) is ABSENT
        )
        return next(lacking, path if path in found else None)
    if path == ():
        return path if path in found else None
    return shift.place(found, path)


def _more(side: str, path: lawful.Path, example: Any, new: Contract) -> Change:
    value = _value(example, path)
    sent = side in _SENT
    name = "The whole" if not path else f"`{'.'.join(path)}`" if side != lawful.BESIDE else _parameter(path)
    if value is not ABSENT or not path:
        where = name if value is ABSENT else f"{name} as {shown(value)}"
        said = "was allowed in a request, and is no more" if sent else f"may stand in an answer {side} now"
        said = f"{where} {said}."
    else:
        said = f"An answer {side} may be without {name} now."
        if sent:
            said = f"A request without {name} was allowed, and is no more."
    inside = "requestBody" if side == lawful.REQUEST else f"responses/{side}"
    pointer = (
        f"{new.pointer}/parameters/{'/'.join(map(escape, path[:2]))}"
        if side == lawful.BESIDE
        else f"{new.pointer}/{inside}/content/application~1json/schema{lawful.pointer_of(path)}"
    )
    rule, shows = "request-narrowed" if sent else "answer-widened", _front(side, path, example)
    return Change(rule, Severity.BREAKING, pointer, said, example=shows, origin="examples")


def _parameter(path: lawful.Path) -> str:
    """Return what a reader calls a place beside the body."""
    return f"`{'.'.join(path[1:])}` ({path[0]})"


def shown(value: Any) -> str:
    """Return a value on one short line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _value(example: Any, path: lawful.Path) -> Any:
    """Return what stands at a place of an example, of a list its last item; ABSENT where nothing does."""
    for part in path:
        if part == "items" and isinstance(example, list) and example:
            example = example[-1]
        elif isinstance(example, dict) and part in example:
            example = example[part]
        else:
            return ABSENT
    return example


def _front(side: str, path: lawful.Path, example: Any) -> Any:
    """Return an example with the member that it is about in front; of what goes beside the body, what is sent there alone."""
    if side == lawful.BESIDE:
        return {place: sent for place, sent in example.items() if sent or place in path[:1]}
    if path and isinstance(example, dict) and path[0] in example:
        return {path[0]: example[path[0]], **example}
    return example


def grouped(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield one change for all of one severity at one field, and for the key: what a caller meets once is told once."""
    groups: dict[Any, list[Change]] = {}
    for change in ordered(changes):
        place = lawful.path_of(change.pointer)
        field: Any = None if place is None else (place[0], place[1][:1] if place[0] == "request" else place[1])
        if _KEY.search(change.pointer):
            field = "key"
        elif sent := lawful.PARAMETER.fullmatch(change.pointer):
            # One parameter, whatever stands below it.
            field = sent["above"], sent["number"]
        prose = change.severity is Severity.EDITORIAL and change.pointer.rpartition("/")[2] not in CONSTRAINTS
        alone = field is None or prose
        key = (change.fingerprint,) if alone else (change.severity, change.origin == "facts", field)
        groups.setdefault(key, []).append(change)
    for found in groups.values():
        yield found[0] if len(found) == 1 else _one(found)


def _one(found: list[Change]) -> Change:
    sentences = list(dict.fromkeys(change.sentence for change in found))
    more = f" And {len(sentences) - _SHOWN} more." if len(sentences) > _SHOWN else ""
    first = min(found, key=lambda change: len(change.pointer))
    example = next((change.example for change in found if change.example is not ABSENT), ABSENT)
    ends = [("/".join(change.pointer.split("/")[-2:]), change) for change in found]
    before, after = (
        {end: value for end, change in ends if (value := getattr(change, side)) is not ABSENT}
        for side in ("before", "after")
    )
    project = " ".join(dict.fromkeys(change.project for change in found if change.project))
    held: dict[str, Any] = {"before": before, "after": after, "project": project, "example": example}
    return evolve(first, rule="several", sentence=" ".join(sentences[:_SHOWN]) + more, parts=tuple(found), **held)


def packaged(breakages: Iterable[Change]) -> tuple[Change, ...]:
    """Return what breaks in the generated package as one change."""
    found = ordered(breakages)
    if len(found) > 1:
        return (evolve(_one(list(found)), rule="code-several", pointer="generated", before=ABSENT, after=ABSENT),)
    return found
