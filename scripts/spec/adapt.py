"""An overlay brought to a new document: actions retired, rewritten or added, each with its reason."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from conformance.contract import Contract, overlay, place
from conformance.contract.overlay import Action
from conformance.contract.place import Location
from scripts.spec import mend
from scripts.spec.change import CONSTRAINTS, LISTS
from scripts.spec.renames import Renames, find
from scripts.spec.rewrite import Proposal, Step
from scripts.spec.schemas import reached

_ROUNDS = 12
_CLASS = "x-class-name"
# What is said of a place and not of others like it.
_OWN = frozenset((_CLASS, *LISTS))


@define
class Adapted:
    """An overlay for a new document: its actions in order, where each came from, and the effective document."""

    actions: list[Action]
    steps: list[Step]
    document: dict[str, Any] = field(repr=False)
    renames: Renames = field(repr=False)

    @property
    def changed(self) -> bool:
        """Whether the overlay is not what it was."""
        return bool(self.steps)


def adapt(old: Contract | None, actions: Sequence[Action], new: Mapping[str, Any], vendor: str) -> Adapted:
    """Return the overlay `actions` as the document `new` needs it; `old` is the contract as it was with them."""
    renames = find(old.vendored, new) if old is not None else Renames()
    work = _Work(deepcopy(dict(old.vendored)) if old is not None else {}, deepcopy(dict(new)), renames)
    work.used = reached(work.new)
    for action in actions:
        work.take(action, known=old is not None)
    work.mend(old, vendor)
    return Adapted(work.actions, work.steps, work.new, renames)


@define
class _Work:
    old: dict[str, Any]
    new: dict[str, Any]
    renames: Renames
    actions: list[Action] = field(factory=list)
    steps: list[Step] = field(factory=list)
    used: frozenset[tuple[str, str]] = frozenset()

    def take(self, action: Action, *, known: bool) -> None:
        """Apply an action to both documents, in the form that the new one needs."""
        before = overlay.locations(action.target, self.old)
        bare = self.old
        if before:
            self.old = overlay.apply(self.old, [action]).document
        now = overlay.locations(action.target, self.new)
        if now and not any(map(self._in_use, now)):
            self._retire(action, "nothing refers any more to what it touches")
            return
        forms, reason = [action], ""
        if not now:
            forms, reason = self._renamed(action, before), "a name in its target has changed"
            if not forms:
                self._retire(action, self._why_gone(action, before) if known else "it matches nothing in this document")
                return
        pinned = [one for form in forms for one in self._pinned(form, before)]
        if pinned != forms:
            reason = reason or "it matches a place that is new, which is read for itself"
        fitting = [slim for form in pinned for slim in self._fitting(form, before, bare)]
        if fitting != pinned:
            reason = reason or "the vendor's document says a part of it itself now, or says otherwise"
        kept = [slim for item in fitting if (slim := self._applied(item)) is not None]
        if not kept:
            otherwise = ", or says otherwise" if fitting != pinned else ""
            self._retire(action, f"the vendor's document says so itself now{otherwise}")
        elif kept != [action]:
            self.steps.append(
                Step("rewritten", reason or "the vendor's document says a part of it itself now", action, tuple(kept))
            )
        self.actions += kept

    def _retire(self, action: Action, reason: str) -> None:
        self.steps.append(Step("retired", reason, action))

    def _in_use(self, where: Location) -> bool:
        """Whether the operation can see a place: a schema that nothing refers to is nobody's."""
        return len(where) < 3 or where[:2] != ("components", "schemas") or ("schemas", str(where[2])) in self.used

    def _fitting(self, action: Action, before: Sequence[Location], bare: Mapping[str, Any]) -> list[Action]:
        """Return an action without what the new document contradicts: what a vendor states since then counts more than what was read into its prose."""
        if action.remove or not isinstance(action.update, Mapping):
            return [action]
        came = {self.renames.place(where, self.new): where for where in before}
        now = overlay.locations(action.target, self.new)
        needed = {
            where: _yielding(action.update, _told(self.new, where), _told(bare, came[where]) if where in came else {})
            for where in now
        }
        first = next(iter(needed.values()), action.update)
        if all(update == first for update in needed.values()):
            return [evolve(action, update=first)] if first else []
        return [evolve(action, target=place.path(where), update=update) for where, update in needed.items() if update]

    def _applied(self, action: Action) -> Action | None:
        """Apply an action to the new document without what changes nothing; None when all of it changes nothing."""
        if isinstance(action.update, Mapping) and not action.remove:
            needed = {
                key: value for key, value in action.update.items() if self._changes(evolve(action, update={key: value}))
            }
            if not needed:
                return None
            action = evolve(action, update=needed) if len(needed) < len(action.update) else action
        elif not self._changes(action):
            return None
        self.new = overlay.apply(self.new, [action]).document
        return action

    def _changes(self, action: Action) -> bool:
        if isinstance(action.update, Mapping) and set(action.update) == {_CLASS}:
            # A class that would be called so anyway.
            names = {where[-1] for where in overlay.locations(action.target, self.new)}
            if names == {action.update[_CLASS]}:
                return False
        return overlay.apply(self.new, [action]).document != self.new

    def _renamed(self, action: Action, before: Sequence[Location]) -> list[Action]:
        """Return the action with the new names in its target, if it matches so; where that matches more than what was renamed, one for each place that was."""
        names = self.renames.names
        target = action.target
        for old, new in names.items():
            if re.fullmatch(r"\w+", new):
                target = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, target)
        found = overlay.locations(target, self.new) if target != action.target else ()
        wanted = [there for where in before if (there := self.renames.place(where, self.new)) is not None]
        if found and wanted and not set(found) <= set(wanted):
            return [evolve(action, target=place.path(where)) for where in wanted]
        return [evolve(action, target=target)] if found else []

    def _pinned(self, action: Action, before: Sequence[Location]) -> list[Action]:
        """Return what a person said of single places, such as models, for those alone; a place that is new beside them is read as a new vendor's is."""
        if not isinstance(action.update, Mapping) or _OWN.isdisjoint(action.update):
            return [action]
        known = {self.renames.place(where, self.new) for where in before}
        used = [where for where in overlay.locations(action.target, self.new) if self._in_use(where)]
        own = [where for where in used if where in known]
        # Where none is left in use, what came in their stead is as good.
        return [evolve(action, target=place.path(where)) for where in own] if own and own != used else [action]

    def _why_gone(self, action: Action, before: Sequence[Location]) -> str:
        places = [self.renames.place(where[:-1] if action.remove else where, self.new) for where in before]
        if any(where is not None for where in places):
            return "what it mended is no longer so in the vendor's document"
        return "what it matched is no longer in the vendor's document"

    def mend(self, old: Contract | None, vendor: str) -> None:
        """Mend what the audit finds in the new document and did not find in the old one."""
        done: set[tuple[str, str]] = set()
        for _ in range(_ROUNDS):
            fresh = Contract(vendor, self.new, self.new, Path(vendor))
            # What was tried once and did not help is not tried again, and holds nothing back that comes after it.
            lists = (
                [item for item in found if (item.action.target, repr(item.action.update)) not in done]
                for found in mend.stages(fresh, old)
            )
            for item in (found := next(filter(None, lists), [])):
                key = (item.action.target, repr(item.action.update))
                if key not in done:
                    done.add(key)
                    self.add(item)
            if not found:
                break

    def add(self, proposal: Proposal) -> None:
        """Add an action, unless it would change nothing."""
        if overlay.locations(proposal.action.target, self.new) and (kept := self._applied(proposal.action)) is not None:
            self.actions.append(kept)
            self.steps.append(Step("added", proposal.reason, None, (kept,), proposal.confidence))


def _yielding(update: Mapping[str, Any], there: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return an update without bounds that a place states otherwise and did not state so before, and without items that its lists have."""
    found: dict[str, Any] = {}
    for key, value in update.items():
        stated = there.get(key)
        if key == LISTS[0] and "enum" in there:
            # An enum is the vendor's own list.
            continue
        if key not in there:
            found[key] = value
        elif isinstance(value, list) and isinstance(stated, list):
            more = [item for item in value if item not in stated]
            found.update({key: more} if more else {})
        elif isinstance(value, Mapping) and isinstance(stated, Mapping):
            inner = _yielding(value, stated, before[key] if isinstance(before.get(key), Mapping) else {})
            found.update({key: inner} if inner else {})
        elif key not in CONSTRAINTS or stated == value or (key in before and before[key] == stated):
            found[key] = value
    return found


def _told(document: Any, where: Location) -> Mapping[str, Any]:
    """Return the object at a place, an empty one where there is none."""
    found = place.at(document, where) if place.has(document, where) else None
    return found if isinstance(found, Mapping) else {}
