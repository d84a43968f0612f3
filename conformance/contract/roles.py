"""What a field can mean to somebody who reranks: the words of `x-rerank-role`, and the other extensions of an overlay."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

ROLE = "x-rerank-role"
_SAID = tomllib.loads((files(__package__) / "roles.toml").read_text(encoding="utf-8"))
ASKED: Mapping[str, str] = _SAID["asked"]
ANSWERED: Mapping[str, str] = _SAID["answered"]
COUNTS: Mapping[str, str] = _SAID["counts"]
HOLDERS: Mapping[str, str] = _SAID["holders"]
FAILED: Mapping[str, str] = _SAID["failed"]
ROLES: Mapping[str, str] = {**ASKED, **ANSWERED, **HOLDERS, **COUNTS, **FAILED}
EXTENSIONS: Mapping[str, str] = _SAID["extensions"]
# Counts that grow with what was read, the plainest first.
GROWING = ("input_tokens", "total_tokens")
# What a service tells of one answer it tells of each; images may be counted where there are some.
STEADY = frozenset({"id", "model", *HOLDERS, *COUNTS}) - {"image_tokens"}


def table(words: Mapping[str, str], head: str) -> str:
    """Return words and what they mean as a table in Markdown."""
    lines = [f"| {head} | meaning |", "|---|---|", *(f"| `{word}` | {meaning} |" for word, meaning in words.items())]
    return "\n".join(lines)


def main() -> int:
    """Print the tables that docs/adding-a-vendor.md shows; a test compares them."""
    print("\n\n".join((table(ROLES, "role"), table(EXTENSIONS, "extension"))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
