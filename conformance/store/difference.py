"""What changed between two runs, clause by clause."""

from collections.abc import Sequence

from attrs import frozen

from conformance.document.run import document
from conformance.model.clause import Clause
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.store.record import LETTERS, OUTCOMES, UNSHOWN, Record, record
from conformance.store.store import Store
from conformance.store.track import Flaky, Track, flakiness, tracks

# How many earlier runs are looked at: enough for fourteen nights that showed something, outages in between.
NIGHTS = 60
# The lists of a difference, by name.
LISTS = {
    "newly_broken": "Newly failing",
    "mended": "Fixed",
    "flaky": "Flaky",
    "new": "New",
    "gone": "Gone",
    "changed": "Changed otherwise",
    "still_broken": "Still failing",
}
_BROKEN = LETTERS[Outcome.FAIL]
_KEPT = LETTERS[Outcome.PASS] + LETTERS[Outcome.SURPRISE_PASS]


@frozen
class ClauseChange:
    """A clause, what it was when it was last shown (None: never), what it is (None: not judged any more), and how it flips."""

    clause: Clause
    before: Outcome | None
    now: Outcome | None
    detail: str = ""
    flaky: Flaky | None = None


@frozen
class Difference:
    """What a run says that an earlier one did not.

    `before` is None when there is no earlier run; then every clause is new.
    `new` holds clauses that were never judged before, `gone` those that are not
    judged any more, `flaky` those that flip from night to night. `changed` holds
    what moved without breaking or mending, such as a failure that became a known
    deviation. `still_broken` are broken in both.
    """

    before: Record | None
    after: Record
    newly_broken: tuple[ClauseChange, ...] = ()
    mended: tuple[ClauseChange, ...] = ()
    new: tuple[ClauseChange, ...] = ()
    gone: tuple[ClauseChange, ...] = ()
    flaky: tuple[ClauseChange, ...] = ()
    changed: tuple[ClauseChange, ...] = ()
    still_broken: tuple[ClauseChange, ...] = ()

    @property
    def alarming(self) -> tuple[ClauseChange, ...]:
        """What somebody should be woken for: newly broken clauses, and new ones that are broken; never a flaky one."""
        return (*self.newly_broken, *(change for change in self.new if change.now is Outcome.FAIL))

    @property
    def quiet(self) -> bool:
        """Whether nothing moved; what flips is no news."""
        return not (self.newly_broken or self.mended or self.new or self.gone or self.changed)


def since_last(store: Store, run: Run | Record) -> Difference:
    """Return what a run says that the one before it did not: the last of the same target, contract and profile that showed anything.

    The run may be in the store already or not. A clause is compared with the
    last night that showed it, so an outage neither mends nor breaks it.
    """
    if isinstance(run, Run):
        run = record(document(run))
    earlier = store.before(run, limit=NIGHTS)
    before = next((one for one in reversed(earlier) if one.letters.strip(UNSHOWN)), earlier[-1] if earlier else None)
    return difference(before, run, earlier)


def difference(before: Record | None, after: Record, history: Sequence[Record] = ()) -> Difference:
    """Compare two runs; `history` holds runs comparable with the second one, oldest first, by which a clause is called flaky."""
    earlier = [one for one in history if one.id != after.id]
    if before is not None and before.series == after.series and all(one.id != before.id for one in earlier):
        earlier.append(before)
    known = {track.clause.id: track for track in tracks([*earlier, after])}
    until = next((number for number, one in enumerate(earlier) if before is not None and one.id == before.id), None)
    found: dict[str, list[ClauseChange]] = {}
    for clause in after.judged.clauses:
        kind, change = _change(clause, before, after, known[clause.id], until)
        found.setdefault(kind, []).append(change)
    gone = [] if before is None else [clause for clause in before.judged.clauses if after.letter(clause.id) is None]
    found["gone"] = [
        ClauseChange(clause, OUTCOMES[str(before.letter(clause.id))] if before else None, None) for clause in gone
    ]
    found.pop("", None)
    return Difference(before, after, **{kind: tuple(changes) for kind, changes in found.items()})


def _change(
    clause: Clause, before: Record | None, after: Record, track: Track, until: int | None
) -> tuple[str, ClauseChange]:
    """Return what became of a clause, and the name of the list that it belongs to (empty for none)."""
    letter = str(after.letter(clause.id))
    held = "" if before is None else before.letter(clause.id) or ""
    reached = zip(track.runs, track.letters, strict=True)
    past = "".join(one for number, one in reached if until is not None and number <= until)
    shown = "".join(one for one in past + ("" if until is not None else held) if one not in UNSHOWN)
    was = shown[-1:]
    judged = bool(held or past or len(track.letters) > 1)
    before_it = OUTCOMES[was or held] if was or held else None
    change = ClauseChange(clause, before_it, OUTCOMES[letter], after.details.get(clause.id, ""), track.flaky)
    if not judged:
        return "new", change
    if letter in UNSHOWN:
        return "", change
    if track.flaky:
        return "flaky", change
    # What flipped and has settled is told once, on the night on which it did.
    settled = was == letter and flakiness(shown) is not None
    if letter == _BROKEN:
        return "newly_broken" if was != _BROKEN or settled else "still_broken", change
    if was == _BROKEN or settled:
        return "mended" if letter in _KEPT else "changed", change
    return "changed" if was and was != letter else "", change
