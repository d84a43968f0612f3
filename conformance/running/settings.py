"""What a run is asked to do."""

from fnmatch import fnmatchcase

from attrs import field, frozen

from conformance.exchange.budget import Purpose
from conformance.exchange.ceiling import Ceilings
from conformance.model.clause import Level
from conformance.requirements.tally import ALLOWED, FORBIDDEN

# What a run may spend, and what a server may send: the fields that a target's `budget` may have, and the options of the command line.
BOUNDS = ("max_requests", "max_tokens", "max_time_s", "max_answer", "max_headers", "max_disk")
LIMITS = {"smoke": 150, "nightly": 500, "deep": 20_000}
# Requests that go out again because they got no proper answer, and the control beside them.
AGAIN = {"smoke": 250, "nightly": 500, "deep": 20_000}
# Under a hard limit as much of it is held back for asking again until everything else was asked.
_HELD = 4
# Of the limit so many are kept for what answers make worth asking: more of that is asked only where a clause is broken.
KEPT = {"smoke": 15, "nightly": 40, "deep": 0}
# Requests that are asked only to find the least that shows a breach.
ISOLATION = {"smoke": 100, "nightly": 200, "deep": 1_000}

# More than a journal records of a bound, which is as good as none.
_MOST = 10**12


def _recorded(bound: int | None) -> int | None:
    return None if bound is None else min(bound, _MOST)


@frozen
class Settings:
    """What a run is asked to do: profile, selection by globs on ids, budget and seed; `strict` knows no deviation.

    `fail_on` is the lowest level whose failures fail the run (None: SHOULD). `max_answer`, `max_headers` and
    `max_disk` (bytes) bound what a server may send and the journal may hold; None is the suite's own bound.
    """

    profile: str = "smoke"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    max_requests: int | None = field(default=None, converter=_recorded)
    max_tokens: int | None = field(default=None, converter=_recorded)
    max_time_s: float | None = None
    seed: int = 0
    strict: bool = False
    fail_on: Level | None = None
    max_answer: int | None = field(default=None, converter=_recorded)
    max_headers: int | None = field(default=None, converter=_recorded)
    max_disk: int | None = field(default=None, converter=_recorded)

    @property
    def ceilings(self) -> Ceilings:
        """What a server may send, and how much may be kept of it."""
        told = {"body": self.max_answer, "headers": self.max_headers, "run": self.max_disk}
        return Ceilings(**{name: bound for name, bound in told.items() if bound is not None})

    @property
    def requests(self) -> int:
        """How many requests are planned at most."""
        return LIMITS[self.profile] if self.max_requests is None else self.max_requests

    @property
    def shares(self) -> dict[Purpose, int]:
        """How many requests may go out for each purpose; under a hard limit some of it is held back for asking again."""
        planned = self.requests if self.max_requests is None else self.requests - self.requests // _HELD
        return {Purpose.PLANNED: planned, Purpose.AGAIN: AGAIN[self.profile], Purpose.CLOSER: self.isolation}

    @property
    def isolation(self) -> int:
        """How many requests may go out to isolate what was found, besides the planned ones."""
        return ISOLATION[self.profile]

    def selected(self, name: str) -> bool:
        """Whether the settings choose an id."""
        wanted = not self.select or any(fnmatchcase(name, glob) for glob in self.select)
        return wanted and not any(fnmatchcase(name, glob) for glob in self.deselect)

    @property
    def fuzzes(self) -> bool:
        """Whether requests are generated."""
        return self.profile != "smoke" and any(self.selected(clause.id) for clause in (ALLOWED, FORBIDDEN))
