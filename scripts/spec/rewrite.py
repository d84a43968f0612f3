"""Overlay actions that are proposed, and an overlay's text with some of its actions changed, comments and layout of the others as they are."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from conformance.contract import document, overlay
from conformance.contract.overlay import Action


@frozen
class Proposal:
    """An action, why it is proposed, and for a role how sure that is (0 to 1)."""

    action: Action
    reason: str
    confidence: float | None = None


@frozen
class Step:
    """What becomes of one action: `retired`, `rewritten` or `added`; `old` is what was there, `new` what is instead."""

    kind: str
    reason: str
    old: Action | None = None
    new: tuple[Action, ...] = ()
    confidence: float | None = None


_HEAD = "# Written by `nox -s vendor`: what it proposed for this version of the document, to be read and reworded by a person.\n"


def rewrite(text: str, steps: Sequence[Step], wanted: Sequence[Action], head: Mapping[str, Any]) -> str:
    """Return an overlay's text that holds the actions `wanted`, by way of `steps`; an empty text becomes a new overlay that begins with `head`."""
    if not text.strip():
        return _whole({"overlay": "1.0.0", **head}, wanted)
    found = _edited(text, steps)
    try:
        if found is not None and list(overlay.parse(document.parse(found, "overlay"), "overlay")) == list(wanted):
            return found
    except ValueError:
        pass
    # An overlay in another layout (flow style, JSON) is written anew.
    return _whole({key: value for key, value in document.parse(text, "overlay").items() if key != "actions"}, wanted)


def _whole(head: Mapping[str, Any], actions: Sequence[Action]) -> str:
    return _HEAD + dump({**head, "actions": [plain(action) for action in actions]})


def _edited(text: str, steps: Sequence[Step]) -> str | None:
    """Return the text with the lines of changed actions replaced; None where the layout does not allow it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedSeq

    loaded = YAML().load(text)
    actions = loaded.get("actions") if isinstance(loaded, Mapping) else None
    if not isinstance(actions, CommentedSeq) or actions.fa.flow_style():
        return None
    lines = text.splitlines(keepends=True)
    starts = [actions.lc.item(number)[0] for number in range(len(actions))]
    ends = [_end(lines, start, following) for start, following in zip(starts, [*starts[1:], len(lines)], strict=True)]
    parsed = overlay.parse(document.parse(text, "overlay"), "overlay")
    changed = {id(step): step for step in steps if step.old is not None}
    for number in reversed(range(len(parsed))):
        step = next((item for item in changed.values() if item.old == parsed[number]), None)
        if step is not None:
            del changed[id(step)]
            lines[starts[number] : ends[number]] = _lines(step.new)
    more = [action for step in steps if step.old is None for action in step.new]
    if more:
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        lines += [f"  {_HEAD}", *_lines(more)] if f"  {_HEAD}" not in lines else _lines(more)
    return "".join(lines)


def _end(lines: Sequence[str], start: int, following: int) -> int:
    """Return where an action's own lines end: comments and blank lines before the next one belong to that."""
    while following > start + 1 and (not lines[following - 1].strip() or lines[following - 1].lstrip().startswith("#")):
        following -= 1
    return following


def _lines(actions: Sequence[Action]) -> list[str]:
    return dump({"actions": [plain(action) for action in actions]}).splitlines(keepends=True)[1:] if actions else []


def plain(action: Action) -> dict[str, Any]:
    """Return an action as the specification writes it."""
    body: dict[str, Any] = {"target": action.target, "description": action.description}
    return {**body, "remove": True} if action.remove else {**body, "update": action.update}


def dump(value: Any) -> str:
    """Return a value as YAML in the layout of the project's overlays."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()
