"""One change of the drill, from the edited document to a verdict on the old server and the new."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import field, frozen

from conformance.contract import Contract, document, overlay
from conformance.contract.catalogue import DOCUMENT
from conformance.mock import MockServer
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect
from conformance.requirements.catalogue import requirements
from conformance.running import Settings, Target, conduct
from scripts import regenerate
from scripts.spec import intake, redocly
from scripts.spec.change import ABSENT, Severity
from scripts.spec.compare import IMPACT
from scripts.spec.renewal import Renewal, renew
from tests.client.package import imported

_KEY = "mock-key"
# A document of many fields needs more requests than one run is given.
ALL = Settings(max_requests=8_000)
_SOME = Settings(max_requests=240)
SEVERITIES = ("breaking", "compatible", "editorial", "none")


@frozen
class Drill:
    """A change: its name, what it does, how the document is edited, and what it must be taken for."""

    name: str
    does: str
    severity: str
    replace: Mapping[str, str] = field(factory=dict)
    edit: tuple[overlay.Action, ...] = ()
    breaks: str = ""
    overlay: Mapping[str, int] = field(factory=dict)
    person: str = ""


@frozen
class Drilled:
    """The result of a change; `enforced` counts requests that the new client refused and those that it sent; `redocly` is how Redocly's diff judges each of its lines."""

    drill: Drill
    renewal: Renewal = field(repr=False)
    enforced: tuple[int, int]
    redocly: tuple[str, ...]
    client_wrong: tuple[str, ...]
    new_broken: tuple[str, ...]
    old_broken: tuple[str, ...]

    @property
    def severity(self) -> str:
        """What the change was taken for; `none` where the effective contract is the same."""
        return self.renewal.severity.value if self.renewal.severity else "none"

    @property
    def redocly_severity(self) -> str:
        """What Redocly's diff alone takes the change for."""
        return next((severity for severity in SEVERITIES if severity in self.redocly), "none")

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is not as the table of changes says, in sentences; empty when all of it is."""
        drill, found = self.drill, []
        if self.severity != drill.severity:
            found.append(f"taken for {self.severity}, not {drill.severity}")
        steps = dict(Counter(step.kind for step in self.renewal.adapted.steps))
        if steps != dict(drill.overlay):
            found.append(f"overlay actions {steps}, not {dict(drill.overlay)}")
        if self.new_broken:
            found.append(f"the new mock breaks {', '.join(self.new_broken)}")
        if drill.breaks and not any(fnmatchcase(name, drill.breaks) for name in self.old_broken):
            found.append(f"the old mock does not break {drill.breaks}, but {', '.join(self.old_broken) or 'nothing'}")
        if not drill.breaks and self.old_broken:
            found.append(f"the old mock breaks {', '.join(self.old_broken)}")
        if drill.person and not any(drill.person in note.facts for note in self.renewal.notes):
            found.append(f"nobody is told of the {drill.person}")
        # What breaks in the generated package alone is shown by its names.
        breaking = [one for one in self.renewal.changes if one.severity is Severity.BREAKING]
        unshown = [one for one in breaking if one.example is ABSENT and one.origin != "generated"]
        found += [f"no example shows: {change.sentence}" for change in unshown]
        return (*found, *self.client_wrong)


def drills(path: Path) -> tuple[Drill, ...]:
    """Read the table of changes."""
    found: dict[str, Drill] = {}
    for item in document.load(path)["changes"]:
        edit = tuple(
            overlay.Action(raw["target"], "drill", raw.get("update"), raw.get("remove") is True)
            for raw in item.get("edit", ())
        )
        parts = [found[name] for name in item.get("of", ())]
        found[item["name"]] = combined(item, parts) if parts else Drill(**{**item, "edit": edit})
    return tuple(found.values())


def combined(item: Mapping[str, Any], parts: Sequence[Drill]) -> Drill:
    """Return several changes as one: it is taken for the worst of them, and found out by the first that can be."""
    severities = [severity for severity in SEVERITIES if any(part.severity == severity for part in parts)]
    said = {
        "does": "; ".join(part.does for part in parts),
        "severity": severities[0],
        "replace": {old: new for part in parts for old, new in part.replace.items()},
        "edit": tuple(action for part in parts for action in part.edit),
        "breaks": next((part.breaks for part in parts if part.breaks), ""),
        "overlay": dict(sum((Counter(part.overlay) for part in parts), Counter())),
        "person": next((part.person for part in parts if part.person), ""),
    }
    return Drill(**{**said, **{key: value for key, value in item.items() if key != "of"}})


def edited(drill: Drill, text: str) -> str:
    """Return a document's text with the change in it; raises ValueError where the change does not fit it."""
    for old, new in drill.replace.items():
        if old not in text:
            raise ValueError(f"{drill.name}: the document has no {old!r}")
        text = text.replace(old, new)
    if drill.edit:
        applied = overlay.apply(document.parse(text, drill.name), drill.edit)
        if applied.unmatched:
            raise ValueError(f"{drill.name}: {applied.unmatched[0].target} matches nothing")
        text = json.dumps(applied.document, ensure_ascii=False, indent=1)
    return text


def run(drill: Drill, folder: Path, scratch: Path, baseline: Path | None = None) -> Drilled:
    """Take one change into a vendor's folder (which is not written to), and try client, mock and suite of what comes of it.

    `baseline` is the client of the folder's own contract, generated before.
    """
    taken = intake.take(edited(drill, document.read_text(folder / DOCUMENT)), drill.name)
    renewal = renew(folder, taken, clients=scratch, baseline=baseline)
    before, after = renewal.before, renewal.after
    assert before is not None
    refused, sent, wrong = _client(renewal, scratch / "new")
    alone = tuple(
        IMPACT.get(str(raw.get("impact")), Severity.BREAKING).value
        for raw in redocly.compare(before.document, after.document)
    )
    return Drilled(drill, renewal, (refused, sent), alone, wrong, _broken(after, after), _broken(before, after))


def asked(served: Contract, by: Contract, settings: Settings, fault: str | None = None) -> tuple[Run, tuple[str, ...]]:
    """Run the suite of one contract against a mock of another, with a fault or without; return the run, and the clauses that failed."""
    with MockServer(served, key=_KEY, fault=fault) as mock:
        run = conduct(Target("mock", mock.base_url, by, {by.key_env or "API_KEY": _KEY}), settings)
    return run, tuple(verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL)


def _broken(served: Contract, by: Contract) -> tuple[str, ...]:
    """Return the clauses of one contract that a mock of another breaks; the reason where nothing could be asked."""
    run, found = asked(served, by, _SOME)
    return found or ((run.notice,) if run.notice else ())


def _client(renewal: Renewal, folder: Path) -> tuple[int, int, tuple[str, ...]]:
    """Call the new client with the probes of every request clause that is new or says something else; nothing reaches a server."""
    import httpx

    clauses = {clause.id for clause in renewal.clauses.appeared} | {clause.id for _, clause in renewal.clauses.moved}
    mine = {name for name in clauses if name.startswith("request.") and not name.startswith("request.parameter.")}
    listed = [item for item in requirements(Kit(renewal.after)) if item.clause.id in mine]
    calls: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(503)

    refused, sent, wrong = 0, 0, []
    with imported(folder, regenerate.package_name(renewal.vendor)) as package:
        names = _names(package, renewal.after.fields)
        with package.Client(api_key=_KEY, retries=0, transport=httpx.MockTransport(answer)) as client:
            for item in listed:
                for probe in item.probes:
                    body = probe.request.json
                    told = probe.expect in {Expect.ACCEPT, Expect.REFUSE}
                    if not told or not isinstance(body, dict) or None in body.values():
                        continue
                    before = len(calls)
                    _call(package, client, body, names)
                    reached = len(calls) > before
                    meant = reached == (probe.expect is Expect.ACCEPT)
                    if meant or (reached and renewal.after.request_validator.is_valid(body)):
                        refused, sent = refused + (not reached), sent + reached
                    else:
                        wrong.append(f"{item.clause.id}: the client {'sends' if reached else 'refuses'} {probe.label}")
    return refused, sent, tuple(wrong)


def _names(package: ModuleType, fields: Iterable[str]) -> dict[str, str]:
    """Return the parameters of `rerank` by the names of the fields: what Python cannot say is spelt otherwise, a name that the client's own code has gets a `_`."""
    import inspect

    known = {_folded(name): name for name in inspect.signature(package.Client.rerank).parameters}
    found = {name: known.get(f"{_folded(name)}_") or known.get(_folded(name)) for name in fields}
    return {name: parameter for name, parameter in found.items() if parameter}


def _folded(name: str) -> str:
    return re.sub(r"\W|_(?!$)", "", name).lower()


def _call(package: ModuleType, client: Any, body: dict[str, Any], names: Mapping[str, str]) -> None:
    known, extra = dict[str, Any](), dict[str, Any]()
    for key, value in body.items():
        name = names.get(key)
        (extra if name is None else known)[name or key] = value
    try:
        client.rerank(**known, extra_body=extra or None)
    except (package.RerankError, TypeError):
        # Refused before it is sent, answered with 503, or short of a parameter.
        return


def row(drilled: Drilled, oasdiff: str = "–") -> str:
    """Return one row of `docs/drill.md`; `oasdiff` is its answer as it was kept."""
    drill = drilled.drill
    steps = Counter(step.kind for step in drilled.renewal.adapted.steps)
    edits = ", ".join(f"{count} {kind}" for kind, count in sorted(steps.items()))
    hits = [name for name in drilled.old_broken if fnmatchcase(name, drill.breaks)] if drill.breaks else []
    old = "cannot be asked" if hits else "keeps it"
    if hits and re.fullmatch(r"[\w.*-]+", hits[0]):
        old = f"breaks `{hits[0]}`"
    refused, sent = drilled.enforced
    client = f"{refused} refused, {sent} sent" if refused or sent else "–"
    facts = "; ".join(dict.fromkeys(fact for note in drilled.renewal.notes for fact in note.facts)) or "–"
    ours = [change.severity.value for change in drilled.renewal.changes]
    lines = [
        f"{severity} ({count} {'line' if count == 1 else 'lines'})" if (count := len(said)) else "none"
        for severity, said in ((drilled.severity, ours), (drilled.redocly_severity, drilled.redocly))
    ]
    return f"| {drill.name} | {drill.does} | {lines[0]} | {lines[1]} | {oasdiff} | {f'overlay: {edits}, as the report proposed' if edits else 'none'} | {client} | passes | {old} | {facts} |"
