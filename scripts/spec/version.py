"""The next version of a client, by semantic versioning."""

import re

from scripts.spec.change import Severity

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def following(current: str, worst: Severity | None) -> str:
    """Return the version after `current` for the worst of some changes; while it is 0.y, what breaks raises y and anything else z."""
    found = _VERSION.match(current)
    if found is None or worst is None:
        return current
    major, minor, patch = map(int, found.groups())
    if worst is Severity.BREAKING:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if worst is Severity.COMPATIBLE and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
