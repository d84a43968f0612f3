"""Where each target stands: its last run, every check with since when, what failed, and what drifted."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from attrs import asdict, define, field, frozen

from conformance.drift.drift import drift
from conformance.drift.item import DriftItem, DriftState
from conformance.model.cause import Cause
from conformance.model.verdict import Outcome
from conformance.report.words import NAMES
from conformance.store.errors import StoreError
from conformance.store.record import Record
from conformance.store.store import Store
from conformance.store.track import Flaky, Track, tracks

_WORDS: Mapping[Outcome, str] = {**NAMES, Outcome.SURPRISE_PASS: "passed"}
# The first piece of a check's id, by what a reader looks for.
_AREAS: Mapping[str, str] = {
    "request": "Requests",
    "response": "Responses",
    "ranking": "Ranking",
    "error": "Errors",
    "auth": "Keys",
    "security": "Keys",
    "body": "HTTP",
    "headers": "HTTP",
    "media_type": "HTTP",
    "method": "HTTP",
    "path": "HTTP",
    "usage": "Token counts",
    "fuzz": "Generated requests",
}
_LONGEST = 60
_DAY = 86_400


@frozen
class CheckCounts:
    """How many checks passed, failed, are known deviations, could not be judged, and do not apply."""

    passed: int = 0
    failed: int = 0
    known: int = 0
    inconclusive: int = 0
    skipped: int = 0

    @property
    def judged(self) -> int:
        """How many were shown either way."""
        return self.passed + self.failed + self.known

    @property
    def percent(self) -> int | None:
        """Passed among the judged, in whole per cent; 100 only where nothing failed. None without any."""
        if not self.judged:
            return None
        return min(round(100 * self.passed / self.judged), 99 if self.failed or self.known else 100)

    @property
    def words(self) -> str:
        """The counts that there are, as `9 passed, 2 failed`."""
        return ", ".join(f"{count} {name}" for name, count in asdict(self).items() if count) or "none"

    @property
    def state(self) -> str:
        """Return `failed`, `known`, `passed`, `inconclusive` or `skipped`, the first that there is."""
        names = ("failed", "known", "passed", "inconclusive")
        return next((name for name in names if getattr(self, name)), "skipped")


@define(slots=False, frozen=True)
class BoardCheck:
    """One check of a target: what its last run said, since when, and what the server did."""

    track: Track = field(repr=False)
    since: Record = field(repr=False)
    detail: str = ""

    @property
    def id(self) -> str:
        """The check's id."""
        return self.track.clause.id

    @property
    def area(self) -> str:
        """What the check is about."""
        piece = self.id.partition(".")[0]
        return _AREAS.get(piece, piece.replace("_", " ").capitalize())

    @property
    def state(self) -> str:
        """Return `failed`, `known`, `passed`, `inconclusive` or `skipped`."""
        return self.words.partition(" ")[0]

    @property
    def words(self) -> str:
        """What the last run said, in a reader's words."""
        return _WORDS[self.track.outcome]

    @property
    def flaky(self) -> Flaky | None:
        """How it flips from night to night, or None."""
        return self.track.flaky


@frozen
class BoardCause:
    """Failed checks with one cause: what is wrong, how binding, what to mend, and the checks, the likeliest to name the fault first.

    Checks of a run that recorded no causes stand together when the same was said of them, which is then the title.
    """

    title: str
    checks: tuple[BoardCheck, ...]
    level: str
    mend: str = ""

    @property
    def detail(self) -> str:
        """What the server did, where the title does not say it."""
        return "" if self.checks[0].detail == self.title else self.checks[0].detail

    @property
    def since(self) -> Record:
        """The run in which the first of them began to fail."""
        return min((check.since for check in self.checks), key=lambda run: run.started)


@define(slots=False, frozen=True)
class BoardTarget:
    """A target by its last run, and the runs that can be compared with it, oldest first."""

    runs: tuple[Record, ...] = field(repr=False)
    details: Mapping[str, str] = field(repr=False)
    explained: tuple[Cause, ...] = field(repr=False)
    drifted: tuple[DriftItem, ...] = field(repr=False)
    slug: str

    @property
    def last(self) -> Record:
        """The last run."""
        return self.runs[-1]

    @property
    def name(self) -> str:
        """The target's name."""
        return self.last.target

    @cached_property
    def checks(self) -> tuple[BoardCheck, ...]:
        """The checks of the last run, in its order."""
        here = set(self.last.judged.ids)
        return tuple(
            BoardCheck(track, self.runs[track.since], self.details.get(track.clause.id, ""))
            for track in tracks(self.runs)
            if track.clause.id in here
        )

    @cached_property
    def tally(self) -> CheckCounts:
        """All checks of the last run."""
        return tally(self.checks)

    @cached_property
    def areas(self) -> Mapping[str, CheckCounts]:
        """The checks of the last run by area."""
        found: dict[str, list[BoardCheck]] = {}
        for check in self.checks:
            found.setdefault(check.area, []).append(check)
        return {area: tally(checks) for area, checks in found.items()}

    @cached_property
    def causes(self) -> tuple[BoardCause, ...]:
        """What failed: the causes that the last run recorded, the worst first; then what it gave no cause, by words, most checks first."""
        failed = {check.id: check for check in self.checks if check.state == "failed"}
        found = []
        for cause in self.explained:
            checks = tuple(failed.pop(name) for name in cause.requirements if name in failed)
            if checks:
                found.append(BoardCause(cause.title, checks, str(cause.level), cause.mend))
        return *found, *_by_words(failed.values())

    @property
    def reached(self) -> bool:
        """Whether the last run showed anything."""
        return self.tally.judged > 0

    def stale(self, now: float) -> int:
        """Return how many whole days ago the last run was, 0 up to one day and a half."""
        age = (now - self.last.started) / _DAY
        return int(age) if age > 1.5 else 0


def _by_words(checks: Iterable[BoardCheck]) -> Iterator[BoardCause]:
    """Yield failed checks of which the same was said together, most checks first."""
    found: dict[str, list[BoardCheck]] = {}
    for check in checks:
        found.setdefault(check.detail or check.track.clause.sentence, []).append(check)
    for words, some in sorted(found.items(), key=lambda item: -len(item[1])):
        yield BoardCause(words, tuple(some), str(min(check.track.clause.level for check in some)))


def tally(checks: Sequence[BoardCheck]) -> CheckCounts:
    """Count checks by what their last run said."""
    return CheckCounts(**Counter(check.state for check in checks))


def standings(store: Store, globs: Sequence[str] = ()) -> tuple[BoardTarget, ...]:
    """Read where the targets of a store stand, by name, those that match one of some globs; raises StoreError when none does."""
    names = store.targets()
    chosen = [name for name in names if not globs or any(fnmatchcase(name, glob) for glob in globs)]
    if not chosen:
        msg = (
            f"{store.location.shown} holds no run of a target that matches {', '.join(globs)}. Its targets: {', '.join(names)}."
            if names
            else store.nothing
        )
        raise StoreError(msg)
    return tuple(_standings(store, chosen))


def _standings(store: Store, names: Sequence[str]) -> Iterator[BoardTarget]:
    taken: set[str] = set()
    for name in names:
        runs = store.series(name)
        items = tuple(item for item in drift(runs) if item.state is not DriftState.PAST)
        last = runs[-1].id
        yield BoardTarget(tuple(runs), store.details(last), store.causes(last), items, slug(name, taken))


def slug(name: str, taken: set[str]) -> str:
    """Return a name as that of a file, different from those that are taken, and note it there."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST] or "target"
    found = (
        plain
        if plain not in taken and plain == name.lower()
        else f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    )
    taken.add(found)
    return found
