"""What a run is asked to do."""

from fnmatch import fnmatchcase

from attrs import frozen

from conformance.requirements.generated import ALLOWED, FORBIDDEN

LIMITS = {"smoke": 150, "nightly": 500, "deep": 20_000}
# Requests that are asked only to find the least that shows a breach.
ISOLATION = {"smoke": 100, "nightly": 200, "deep": 1_000}


@frozen
class Settings:
    """What a run is asked to do: profile, selection by globs on ids, budget and seed; `strict` knows no deviation."""

    profile: str = "smoke"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    max_requests: int | None = None
    max_tokens: int | None = None
    max_time_s: float | None = None
    seed: int = 0
    strict: bool = False

    @property
    def requests(self) -> int:
        """How many requests may go out, retries too."""
        return LIMITS[self.profile] if self.max_requests is None else self.max_requests

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
