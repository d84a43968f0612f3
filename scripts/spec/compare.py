"""What changed between two effective contracts: Redocly's judgement, sharpened where it is mild, completed where it is blind."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from conformance.contract import Contract
from conformance.contract.roles import ROLE
from conformance.contract.schema import POINTER, escape, unescape
from scripts.spec import lawful, redocly, weigh
from scripts.spec.change import ABSENT, CONSTRAINTS, Change, Severity, ordered
from scripts.spec.renames import find
from scripts.spec.said import LISTS
from scripts.spec.schemas import nodes

IMPACT = {"major": Severity.BREAKING, "minor": Severity.COMPATIBLE, "patch": Severity.EDITORIAL}
_PROSE = frozenset(
    "description summary example examples title externalDocs x-codeSamples termsOfService contact license tags xml".split()
)
# Below these stand names of the vendor's own: one that begins with `x-` is no extension.
_NAMING = (["headers"], ["properties"])
_ORDER = "in another order"
_SCHEMAS = ("components", "schemas")
_REQUEST, _ANSWER = "request", "answer"


def compare(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return every change, each once, the worst first; raises RedoclyError where Redocly's diff cannot be had."""
    # Redocly takes schemas that change their names for others that came and went.
    called = {rename.old: rename.new for rename in find(old.document, new.document).found if rename.above == _SCHEMAS}
    found = [_read(raw, old, new) for raw in redocly.compare(_renamed(old.document, called), new.document)]
    # Lists of models are compared below, by what they name.
    found = [_sharpened(change) for change in found if _field(change.pointer) not in LISTS]
    ours, theirs = _key(old), _key(new)
    if ours == theirs or (ours and theirs and theirs == (True, *ours[1:])):
        # The key goes where it went, whatever the scheme is called; at most it may be left out now.
        mild = Severity.EDITORIAL if ours == theirs else Severity.COMPATIBLE
        found = [evolve(change, severity=mild) if "security" in change.pointer.lower() else change for change in found]
    found += (_called(one, other) for one, other in called.items())
    found += _facts(old, new)
    found += _models(old, new, found)
    places = dict(nodes(new))
    weighed = weigh.weighed(found, old, new)
    return ordered(weigh.grouped(_alone(_told(change), places) for change in weighed))


def _key(contract: Contract) -> Any:
    """Return whether the key may be left out, how it is sent, and how many go with it."""
    found = contract.credential
    return found and (found.optional, found.header.lower(), found.prefix, contract.key_env, contract.keys)


_SENT = (
    "Required parameters are sent and asked for, optional ones are not: a caller can send a header by `extra_headers`."
)
_FORM = re.compile(
    r"(?P<above>#/paths/[^/]+/[^/]+/requestBody/content/[^/]+/schema/anyOf)/(?P<number>\d+)(?P<below>/properties/.*)"
)


def _alone(change: Change, places: Mapping[str, Mapping[str, Any]]) -> Change:
    """Return a change with a word for this project where nothing can follow: another form of the request takes what this one refuses, or it is no field."""
    if "/parameters" in change.pointer:
        return evolve(change, project=_SENT)
    found = _FORM.fullmatch(change.pointer)
    where, _, last = found["below"].rpartition("/") if found else ("", "", "")
    if found is None or change.after is ABSENT or last not in CONSTRAINTS:
        return change
    for number in itertools.count():
        form, beside = places.get(f"{found['above']}/{number}"), places.get(f"{found['above']}/{number}{where}")
        if form is None:
            return change
        if number != int(found["number"]) and beside is not None and beside.get(last) != change.after:
            name = str(form.get("title") or number)
            told = f"The form `{name}` does not say this, and any model's name fits it: by the letter of `anyOf` it takes what this one refuses."
            return evolve(change, project=told)
    return change


def _renamed(document: Any, called: Mapping[str, str]) -> Any:
    """Return a document with other names for its schemas, references included."""
    if not called:
        return document
    places = {
        f"#/components/schemas/{escape(one)}": f"#/components/schemas/{escape(other)}" for one, other in called.items()
    }

    def follow(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {
                key: places.get(value, value) if key == "$ref" and isinstance(value, str) else follow(value)
                for key, value in node.items()
            }
        return [follow(item) for item in node] if isinstance(node, list) else node

    found = follow(document)
    schemas = found["components"]["schemas"]
    found["components"]["schemas"] = {called.get(name, name): schema for name, schema in schemas.items()}
    return found


def _called(one: str, other: str) -> Change:
    where, said = f"#/components/schemas/{escape(other)}", f"The schema `{one}` is called `{other}` now."
    return Change("schema-renamed", Severity.EDITORIAL, where, said, one, other, origin="names")


def side(pointer: str) -> str | None:
    """Return whether a pointer is below a request or an answer; None for neither."""
    if "/requestBody" in pointer or "/parameters/" in pointer:
        return _REQUEST
    return _ANSWER if "/responses/" in pointer else None


def _read(raw: Mapping[str, Any], old: Contract, new: Contract) -> Change:
    """Return one of Redocly's changes as ours."""
    verdicts = raw.get("verdicts") or [{}]
    name = str(raw.get("property") or "")
    sentence = str(verdicts[0].get("message") or _sentence(raw, old, new))
    before, after = (raw.get(which, {}) for which in ("base", "revision"))
    rule = str(
        verdicts[0].get("ruleId")
        or f"{str(raw.get('typeName', 'node')).lower()}{'-' + name if name else ''}-{raw.get('kind')}"
    )
    pointer = str(raw.get("path", "#")) + (f"/{escape(name)}" if name and name != "key" else "")
    declared = str((after if "value" in after else before).get("pointer", ""))
    severity = IMPACT.get(str(raw.get("impact")), Severity.BREAKING)
    was, now = (side.get("value", ABSENT) for side in (before, after))
    return Change(rule, severity, pointer, sentence, was, now, declared)


def _sentence(raw: Mapping[str, Any], old: Contract, new: Contract) -> str:
    where = str(raw.get("path", "#"))
    last = _called_at(where)
    sent = lawful.parameter(where, *((new, old) if "revision" in raw else (old, new)))
    if sent is not None and sent[1] in {"", "/schema"}:
        last = sent[0][1]
    name = raw.get("property")
    had, has = "value" in raw.get("base", {}), "value" in raw.get("revision", {})
    if name == "key" and had and has:
        return f"`{raw['base']['value']}` is called `{raw['revision']['value']}` now."
    if name:
        return f"`{name}` of `{last}` {'changed' if had and has else 'was taken away' if had else 'was added'}."
    return f"`{last}` was {raw.get('kind')}."


def _called_at(pointer: str) -> str:
    """Return what stands at a pointer as a reader may call it: its name, or which one of a list it is."""
    above, _, last = pointer.rpartition("/")
    return f"{unescape(_field(above))}[{last}]" if last.isdigit() else unescape(last)


def _sharpened(change: Change) -> Change:  # noqa: C901, PLR0911 - one return a rule
    """Return a change with the severity it has for those who depend on a rerank API."""
    where, last = side(change.pointer), change.pointer.rpartition("/")[2]
    gone, came = change.after is ABSENT, change.before is ABSENT
    above = change.pointer.split("/")[-2:-1]

    def taken(severity: Severity, rule: str = change.rule, sentence: str = change.sentence) -> Change:
        return evolve(change, severity=severity, rule=rule, sentence=sentence)

    if change.pointer.startswith("#/components/schemas/"):
        # Redocly names the place in the operation where there is one: this schema is used by nothing.
        return change
    if (
        (last.startswith("x-") and above not in _NAMING and not last.startswith("x-rerank-") and last != "x-class-name")
        or change.pointer.startswith("#/info/")
        or last == "operationId"
    ):
        # Samples, what other tools are told, who wrote it: nothing that is sent changes.
        return taken(Severity.EDITORIAL)
    if change.rule.endswith("-key-modified"):
        named = side(change.pointer) is not None and above in (["properties"], ["headers"])
        return taken(Severity.BREAKING, "renamed") if named else change
    if where == _REQUEST and last == "default" and not came:
        said = f"{change.sentence} Requests that leave it out are served otherwise."
        return taken(Severity.BREAKING, "default-changed", said)
    if where == _REQUEST and last == "default":
        return taken(Severity.COMPATIBLE, "default-added")
    if where == _REQUEST and gone and above == ["properties"]:
        return taken(Severity.BREAKING, "request-property-removed", f"Field `{last}` of the request was removed.")
    if where is not None and change.severity is Severity.EDITORIAL and last in CONSTRAINTS and above != ["properties"]:
        # Redocly calls it a patch when more is taken, or more is promised.
        return taken(Severity.COMPATIBLE, f"{last}-eased" if where == _REQUEST else f"{last}-promised")
    if where == _ANSWER and last == "required" and not gone:
        lost = [] if came else [name for name in change.before if name not in change.after]
        return change if lost else taken(Severity.COMPATIBLE, "answer-promises-more")
    if last == "deprecated" and change.after is True:
        return taken(Severity.COMPATIBLE, "deprecated")
    if "security" in change.pointer and (last in _PROSE or last == "bearerFormat"):
        return taken(Severity.EDITORIAL)
    if "security" in change.pointer:
        severity = Severity.COMPATIBLE if gone else Severity.BREAKING
        return taken(min(severity, change.severity, key=list(Severity).index))
    if last.startswith("x-rerank-") or last == "x-class-name":
        return evolve(change, **_fact(last, change.before, change.after))
    return change


def _fact(name: str, before: Any, after: Any) -> dict[str, Any]:
    """Return rule and severity of a changed `x-` fact."""
    if name == ROLE:
        said = f"Checks, mock and client find the role {before if after is ABSENT else after} elsewhere, or not at all."
        return {"rule": "role-changed", "severity": Severity.COMPATIBLE, "project": said}
    if name == "x-class-name":
        return {"rule": "class-name-changed", "severity": Severity.EDITORIAL}
    if isinstance(before, list) or isinstance(after, list):
        lost = [item for item in _listed(before) if item not in _listed(after)] if after is not ABSENT else []
        if name == "x-rerank-only-models" and before is ABSENT:
            return {"rule": "models-limited", "severity": Severity.BREAKING}
        worse = lost or (after is ABSENT and name == "x-rerank-models")
        severity = Severity.BREAKING if worse else Severity.COMPATIBLE
        return {"rule": "models-removed" if lost else "models-added", "severity": severity}
    return {"rule": "fact-changed", "severity": Severity.COMPATIBLE if before is ABSENT else Severity.BREAKING}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _facts(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield changes of `x-` facts that hold lists: Redocly does not look into those."""
    ours, theirs = dict(nodes(old)), dict(nodes(new))
    for pointer in sorted(ours.keys() & theirs.keys()):
        before, after = ours[pointer], theirs[pointer]
        for name in sorted(before.keys() | after.keys()):
            one, other = _list(before, name), _list(after, name)
            if not name.startswith("x-rerank-") or _same(one, other):
                continue
            if isinstance(one, list) or isinstance(other, list):
                yield Change(
                    pointer=f"{pointer}/{name}",
                    sentence=f"{_said(name)} of `{_field(pointer)}`: {_moved(one, other)}.",
                    before=one,
                    after=other,
                    declared=f"{after.get(POINTER, pointer)}/{name}",
                    origin="facts",
                    **_fact(name, one, other),
                )


def _models(old: Contract, new: Contract, told: Sequence[Change]) -> Iterator[Change]:
    """Yield a change of the models of all forms together, for those that come or go with a form and that no change tells of."""
    lists = [change for change in told if _field(change.pointer) == LISTS[0]]
    said = [name for change in lists for value in (change.before, change.after) for name in _listed(value)]
    lost, more = (
        [name for name in one.models if name not in other.models and name not in said]
        for one, other in ((old, new), (new, old))
    )
    item = new.request_field("model") or old.request_field("model")
    if item is not None and (lost or more):
        yield Change(
            pointer=f"{new.pointer}/requestBody/content/application~1json/schema/properties/{escape(item.name)}/{LISTS[0]}",
            sentence=f"{_said(LISTS[0])} of `{item.name}`: {_moved(lost, more)}.",
            before=lost,
            after=more,
            origin="facts",
            **_fact(LISTS[0], lost, more),
        )


def _list(schema: Mapping[str, Any], name: str) -> Any:
    """Return a fact of a schema; where no models are listed, an enum is the list of them."""
    return schema.get(name, schema.get("enum", ABSENT) if name == LISTS[0] else ABSENT)


def _same(one: Any, other: Any) -> bool:
    """Whether two facts say the same; the order of a list says nothing."""
    return one == other or bool(isinstance(one, list) and isinstance(other, list) and _moved(one, other) == _ORDER)


def _moved(before: Any, after: Any) -> str:
    """Say which items a list lost and gained."""
    lost = [str(item) for item in _listed(before) if item not in _listed(after)]
    more = [str(item) for item in _listed(after) if item not in _listed(before)]
    words = [f"no longer {', '.join(lost)}"] * bool(lost) + [f"now also {', '.join(more)}"] * bool(more)
    return "; ".join(words) or _ORDER


_SAID = {"x-rerank-models": "The models", "x-rerank-only-models": "The takers"}


def _said(name: str) -> str:
    return _SAID.get(name, f"`{name}`")


def _field(pointer: str) -> str:
    return pointer.rpartition("/")[2]


_MEANS: dict[tuple[str | None, Severity], tuple[str, str]] = {
    (_REQUEST, Severity.BREAKING): (
        "Calls that pass today may raise before they are sent.",
        "The service may refuse, or serve otherwise, what it takes today.",
    ),
    (_REQUEST, Severity.COMPATIBLE): (
        "Calls that pass today go on to pass; more can be asked.",
        "The service takes more than it did.",
    ),
    (_ANSWER, Severity.BREAKING): (
        "Code that reads it may find another type, or nothing.",
        "The service may send what it did not, or leave out what it sent.",
    ),
    (_ANSWER, Severity.COMPATIBLE): (
        "Code that reads answers goes on to work; there may be more to read.",
        "The service promises or sends more than it did.",
    ),
    (None, Severity.BREAKING): (
        "Calls go elsewhere, or ask otherwise.",
        "Requests as they are sent today may reach nothing.",
    ),
    (None, Severity.COMPATIBLE): ("", "The service asks for less, or offers more."),
}


def _told(change: Change) -> Change:
    """Return a change with what it means to code and on the wire."""
    if change.code or change.wire or change.rule in {"role-changed", "class-name-changed"}:
        return change
    code, wire = _MEANS.get((side(change.pointer), change.severity), ("", ""))
    return evolve(change, code=code, wire=wire)
