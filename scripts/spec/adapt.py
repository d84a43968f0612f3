"""An overlay brought to a new document: actions retired, rewritten or added, each with its reason."""

import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from conformance.contract import Contract, overlay, place
from conformance.contract.overlay import Action
from conformance.contract.place import Location
from scripts.spec import mend, models, said
from scripts.spec.renames import Renames, find
from scripts.spec.rewrite import Proposal, Step
from scripts.spec.schemas import reached

_ROUNDS = 12


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
    work.words = {f'"{one}"': f'"{other}"' for one, other in renames.names.items()} | said.address(old, new)
    work.used = reached(work.new)
    for action in actions:
        work.take(action, known=old is not None)
    work.mend(old, vendor)
    work.forget(new)
    return Adapted(work.actions, work.steps, work.new, renames)


@define
class _Work:
    old: dict[str, Any]
    new: dict[str, Any]
    renames: Renames
    actions: list[Action] = field(factory=list)
    steps: list[Step] = field(factory=list)
    words: dict[str, str] = field(factory=dict)
    used: frozenset[tuple[str, str]] = frozenset()
    samples: list[Action] = field(factory=list)

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
            now = [where for form in forms for where in overlay.locations(form.target, self.new)]
        revised: list[Action] = []
        fitting: list[Action] = []
        for form in forms:
            there = overlay.locations(form.target, self.new)
            renamed = evolve(form, update=self._reworded(form.update))
            reason = reason if renamed == form else "a name in it has changed"
            lists, more = self._revised(renamed, before, there)
            reason = reason or more
            revised += lists
            fitting += (slim for item in lists for slim in self._fitting(item, before, bare))
        if fitting != revised:
            reason = reason or "the vendor's document says a part of it itself now, or says otherwise"
        kept = [slim for item in fitting if (slim := self._applied(item)) is not None]
        if now and all({"x-codeSamples", "example", "examples"} & set(where) for where in now):
            self.samples += kept
        if not kept:
            otherwise = ", or says otherwise" if fitting != revised else ""
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
            where: said.yielding(
                action.update, said.told(self.new, where), said.told(bare, came[where]) if where in came else {}
            )
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
        if isinstance(action.update, Mapping) and set(action.update) == {said.CLASS}:
            # A class that would be called so anyway.
            names = {where[-1] for where in overlay.locations(action.target, self.new)}
            if names == {action.update[said.CLASS]}:
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

    def _reworded(self, value: Any) -> Any:
        """Return what an action writes with the new names and address in its texts, such as code samples."""
        if isinstance(value, Mapping):
            return {key: self._reworded(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._reworded(item) for item in value]
        if isinstance(value, str) and "\n" in value:
            for old, new in self.words.items():
                value = value.replace(old, new)
        return value

    def _why_gone(self, action: Action, before: Sequence[Location]) -> str:
        places = [self.renames.place(where[:-1] if action.remove else where, self.new) for where in before]
        if any(where is not None for where in places):
            return "what it mended is no longer so in the vendor's document"
        return "what it matched is no longer in the vendor's document"

    def _revised(self, action: Action, before: Sequence[Location], now: Sequence[Location]) -> tuple[list[Action], str]:
        """Return the action with the lists that the new prose gives, one for each list where places differ."""
        update = action.update
        if isinstance(update, Mapping) and said.CLASS in update and len(now) > 1:
            known = {self.renames.place(where, self.new) for where in before}
            return [
                evolve(action, target=place.path(where)) for where in now if where in known
            ], "it matches more than one schema now, and a class has one"
        keys = [key for key in said.LISTS if isinstance(update, Mapping) and key in update] if not action.remove else []
        if not keys:
            return [action], ""
        came = {self.renames.place(where, self.new): where for where in before}
        if before and not any(where in came and self._in_use(where) for where in now):
            # What it matched is used no more and this stands for it: the list is as good here, unless the text around it names others.
            came |= dict.fromkeys((where for where in now if where not in came), before[0])
        # An enum is the vendor's own list.
        wanted = {
            where: {
                key: self._names(key, update[key], came.get(where), where)
                for key in keys
                if key != said.LISTS[0] or "enum" not in said.told(self.new, where)
            }
            for where in now
        }
        if all(lists == {key: list(update[key]) for key in keys} for lists in wanted.values()):
            return [action], ""
        reason = "it matches a place that is new, and the page names other models there"
        if all(where in came for where in now):
            reason = "the models that the page names have changed"
        if any(len(lists) < len(keys) for lists in wanted.values()):
            reason = "the vendor's document lists the models itself now"
        updates = {
            where: {key: lists.get(key, value) for key, value in update.items() if key not in keys or key in lists}
            for where, lists in wanted.items()
        }
        first = next(iter(updates.values()))
        if all(other == first for other in updates.values()):
            return [evolve(action, update=first)], reason
        return [evolve(action, target=place.path(where), update=other) for where, other in updates.items()], reason

    def _names(self, key: str, listed: Sequence[str], before: Location | None, now: Location) -> list[str]:
        """Return a list of models as the page has it now, if its prose is where the list came from."""
        if before is None:
            fresh = said.told(self.new, now)
            own = models.named(fresh.get("description"))
            return list(own or (models.example(fresh) if key == said.LISTS[0] else ()) or listed)
        for read in (said.own, said.around):
            was, now_is = read(self.old, before), read(self.new, now)
            if set(listed) <= set(was):
                named = set(now_is) if read is said.own else set(models.named(json.dumps(self.new, ensure_ascii=False)))
                kept = [name for name in listed if name not in was or name in named]
                return [*kept, *(name for name in now_is if name not in was and name not in kept)] or list(listed)
        return list(listed)

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

    def forget(self, new: Mapping[str, Any]) -> None:
        """Retire what mends a sample that needs no mending any more: those of actions that were there before."""
        for action in self.samples:
            rest = [item for item in self.actions if item is not action]
            without = overlay.apply(new, rest).document
            if not mend.broken_samples(Contract("new", without, without, Path("new"))):
                self.actions, self.new = rest, without
                self.steps = [step for step in self.steps if action not in step.new]
                self._retire(action, "the sample needs no mending any more")

    def add(self, proposal: Proposal) -> None:
        """Add an action, unless it would change nothing."""
        if overlay.locations(proposal.action.target, self.new) and (kept := self._applied(proposal.action)) is not None:
            self.actions.append(kept)
            self.steps.append(Step("added", proposal.reason, None, (kept,), proposal.confidence))
