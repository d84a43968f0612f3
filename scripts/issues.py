"""Opens or updates one GitHub issue for each newly broken clause of a night, through the `gh` command.

    python scripts/issues.py nights/summary.json

An issue is found again by its title, which names target and clause; a clause that is mended gets a comment.
Words of servers stand in code spans, where nothing is linked and nobody mentioned.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.report.markdown import code, escape, sentence

LABEL = "rerank-conformance"
_OPEN = 500


@frozen
class News:
    """One clause of one target, as an issue tells it; `mended` ones only go to an issue that there is."""

    title: str
    body: str
    mended: bool = False


def news(summary: dict[str, Any]) -> Iterator[News]:
    """Yield what a night's summary has for the issues."""
    for target in summary["targets"]:
        found = target["difference"] or {}
        broken = [*found.get("newly_broken", ()), *(change for change in found.get("new", ()) if change["now"] == "fail")]
        for change in broken:
            yield News(_title(target, change), _body(summary, target, change, "is newly broken"))
        for change in found.get("mended", ()):
            yield News(_title(target, change), _body(summary, target, change, "is kept again"), mended=True)


def _title(target: dict[str, Any], change: dict[str, Any]) -> str:
    return f"{target['target']}: {change['requirement']} is broken"


def _body(summary: dict[str, Any], target: dict[str, Any], change: dict[str, Any], what: str) -> str:
    lines = [
        f"{code(change['requirement'])} ({change['level']}) {what} at {code(target['target'])}: {sentence(change['sentence'])}",
        "",
        code(change["detail"]) if change["detail"] else "",
        "",
        f"Seen {escape(summary['started'])}, run {code(target['run']['id'])}. The night's artifact holds the exchanges that prove it.",
    ]
    return "\n".join(lines)


def publish(found: list[News]) -> None:
    """Open an issue for what is new, comment on those that there are; raises CalledProcessError when gh fails."""
    known = json.loads(_gh("issue", "list", "--label", LABEL, "--state", "open", "--limit", str(_OPEN), "--json", "number,title"))
    numbers = {issue["title"]: issue["number"] for issue in known}
    if any(item.title not in numbers and not item.mended for item in found):
        _gh("label", "create", LABEL, "--force", "--description", "Found by the nightly contract tests")
    for item in found:
        number = numbers.get(item.title)
        if number is not None:
            _gh("issue", "comment", str(number), "--body-file", "-", words=item.body)
        elif not item.mended:
            _gh("issue", "create", "--title", item.title, "--label", LABEL, "--body-file", "-", words=item.body)


def _gh(*arguments: str, words: str | None = None) -> str:
    return subprocess.run(["gh", *arguments], input=words, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def main() -> int:
    """Read the summary and publish; exit status 2 for what cannot be read, 1 when gh fails."""
    if len(sys.argv) != 2:
        print("usage: python scripts/issues.py SUMMARY.JSON", file=sys.stderr)
        return 2
    try:
        found = list(news(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{sys.argv[1]} is no summary of a night: {error}", file=sys.stderr)
        return 2
    try:
        publish(found)
    except subprocess.CalledProcessError as error:
        print(f"gh {error.cmd[1]} failed: {error.stderr.strip()[:500]}", file=sys.stderr)
        return 1
    print(f"{len(found)} clauses told.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
