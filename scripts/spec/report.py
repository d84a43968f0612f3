"""What changed, as Markdown for a pull request and as JSON for machines. The vendor's words stand in code spans, where they do nothing."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.contract import Contract, ContractError
from conformance.contract.roles import ROLE
from conformance.document import picked
from conformance.report import markdown
from scripts.spec import newcomer
from scripts.spec.approval import pending
from scripts.spec.change import ABSENT, Change, Severity, of
from scripts.spec.renewal import Renewal
from scripts.spec.rewrite import Step, plain

FORMAT = "rerank-conformance/changes/1"
_TEMPLATES = Path(__file__).parent / "templates"
_CLAUSE = "id level sentence source"
_ROWS = 60
_VALUE = 120


def exit_status(renewal: Renewal, approved: Iterable[str]) -> int:
    """Return 1 where something breaks and nobody approved it, else 0."""
    return 1 if pending(renewal.changes, approved) else 0


def as_json(renewal: Renewal, approved: Iterable[str] = ()) -> dict[str, Any]:
    """Return the report as plain values, in the form of `changes.schema.json`."""
    known = frozenset(approved)
    return {
        "format": FORMAT,
        "vendor": renewal.vendor,
        "severity": renewal.severity,
        "exit_status": exit_status(renewal, known),
        "versions": {"before": _version(renewal.before), "after": _version(renewal.after)},
        "client": {"current": renewal.version[0], "proposed": renewal.version[1]},
        "changes": [_change(change, known) for change in renewal.changes],
        "requirements": {
            "count": renewal.clauses.count,
            "appeared": [picked(item, _CLAUSE) for item in renewal.clauses.appeared],
            "vanished": [picked(item, _CLAUSE) for item in renewal.clauses.vanished],
            "moved": [{"before": picked(a, _CLAUSE), "after": picked(b, _CLAUSE)} for a, b in renewal.clauses.moved],
        },
        "overlay": [
            {
                **picked(step, "kind reason"),
                "before": plain(step.old) if step.old else None,
                "after": [plain(action) for action in step.new],
            }
            for step in renewal.adapted.steps
        ],
        "generated": {
            **picked(renewal.tree, "files added removed"),
            "altered": [
                {"name": name, "before": before, "after": after} for name, before, after in renewal.tree.altered
            ],
        },
        "prose": [picked(note, "pointer came gone facts") for note in renewal.notes],
    }


def _version(contract: Contract | None) -> dict[str, str] | None:
    return None if contract is None else {"info_version": contract.version, "sha256": contract.sha256}


def _change(change: Change, approved: frozenset[str]) -> dict[str, Any]:
    return {
        **picked(change, "fingerprint severity"),
        "approved": change.fingerprint in approved,
        **picked(change, "rule pointer declared sentence"),
        **({} if change.before is ABSENT else {"before": change.before}),
        **({} if change.after is ABSENT else {"after": change.after}),
        "readers": picked(change, "code wire project"),
        "origin": change.origin,
        **({"parts": [_change(part, approved) for part in change.parts]} if change.parts else {}),
        **({} if change.example is ABSENT else {"example": change.example}),
    }


def changes(path: Path) -> tuple[Change, ...]:
    """Return the changes of a written report; raises ContractError naming the file."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["changes"]
        return tuple(
            Change(
                severity=Severity(item["severity"]),
                **{name: item[name] for name in ("rule", "pointer", "sentence", "declared", "origin")},
                **{name: item.get(name, ABSENT) for name in ("before", "after", "example")},
                **item["readers"],
            )
            for item in listed
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ContractError(f"{path} is no report of changes: {error}") from error


def as_markdown(renewal: Renewal, approved: Iterable[str] = ()) -> str:
    """Return the report as Markdown, short enough for a pull request: of a change, or of a new vendor."""
    page = _new(renewal) if renewal.before is None else _changed(renewal, frozenset(approved))
    return markdown.fit(page, "`changes.json`")


def _template(name: str) -> Any:
    environment = markdown.environment(_TEMPLATES, value=_value)
    environment.tests["absent"] = lambda value: value is ABSENT
    return environment.get_template(name)


def _new(renewal: Renewal) -> str:
    added = _steps(renewal)["added"]
    text: str = _template("new.md.j2").render(
        renewal=renewal,
        contract=renewal.after,
        taken=renewal.taken,
        roles=[step for step in added if step.confidence is not None and ROLE in (step.new[0].update or ())],
        others=[step for step in added if step.confidence is None],
        look=list(newcomer.doubts(renewal.after, added, renewal.taken.notes)),
    )
    return text


def _steps(renewal: Renewal) -> dict[str, list[Step]]:
    """Return what becomes of the overlay's actions, by kind."""
    kinds = ("retired", "rewritten", "added")
    return {kind: [step for step in renewal.adapted.steps if step.kind == kind] for kind in kinds}


def _changed(renewal: Renewal, known: frozenset[str]) -> str:
    text: str = _template("changes.md.j2").render(
        renewal=renewal,
        # Each sentence once.
        readers={
            which: list(dict.fromkeys((one.sentence, said) for one in renewal.changes if (said := getattr(one, which))))
            for which in ("code", "wire", "project")
        },
        changes={severity.value: of(renewal.changes, severity) for severity in Severity},
        pending=pending(renewal.changes, known),
        approved=known,
        rows=_ROWS,
        **_steps(renewal),
    )
    return text


def _value(value: Any) -> str:
    if value is ABSENT:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return markdown.cell(text if len(text) <= _VALUE else f"{text[:_VALUE]}…") or '`""`'
