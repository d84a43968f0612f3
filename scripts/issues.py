"""Opens or updates one GitHub issue for each cause of a night's new failures, through the `gh` command.

    python scripts/issues.py nights/summary.json

An issue is found again by a comment in its body, which names target, cause and clauses; clauses that pass again are
told there. Words of servers stand in code spans, where nothing is linked and nobody mentioned.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.document import text
from conformance.report.markdown import code, escape, sentence

LABEL = "rerank-conformance"
_OPEN = 500
_TITLE = 200  # GitHub takes 256 characters
_LISTED = 40
_MARK = re.compile(r"<!-- rerank-conformance (\{.*?\}) -->")


@frozen
class News:
    """What a night has to say of one cause at one target; an issue is opened for it unless it only tells what passes again.

    `requirements` are the ids of the clauses: all of the cause's, or those that pass again.
    """

    target: str
    cause: str
    title: str
    body: str
    requirements: tuple[str, ...]
    fixed: bool = False

    @property
    def mark(self) -> str:
        """The comment by which the issue is found again."""
        told = {"target": self.target, "cause": self.cause, "requirements": self.requirements}
        # Nothing in it may end the comment.
        words = json.dumps(told).replace("<", "\\u003c").replace(">", "\\u003e")
        return f"<!-- rerank-conformance {words} -->"

    def concerns(self, mark: Mapping[str, Any]) -> bool:
        """Whether an open issue, by its mark, is of this cause, or of a clause that passes again."""
        if mark["target"] != self.target:
            return False
        return bool({*self.requirements} & {*mark["requirements"]}) if self.fixed else mark["cause"] == self.cause


def news(summary: dict[str, Any]) -> Iterator[News]:
    """Yield what a night's summary has for the issues."""
    for target in summary["targets"]:
        found = target["difference"] or {}
        new = [change for change in found.get("new", ()) if change["now"] == "fail"]
        failing = {change["requirement"]: change for change in (*found.get("newly_broken", ()), *new)}
        for cause in target["causes"]:
            changes = [failing.pop(name) for name in cause["new"] if name in failing]
            if changes:
                yield _failing(summary, target, cause, changes)
        for name, change in failing.items():
            lone = {"id": name, "title": change["sentence"], "explains": "", "mend": "", "requirements": [name]}
            yield _failing(summary, target, lone, [change])
        if found.get("mended"):
            names = tuple(change["requirement"] for change in found["mended"])
            body = _body(summary, target, "These clauses pass again:", found["mended"])
            yield News(target["target"], "", "", body, names, fixed=True)


def _failing(
    summary: dict[str, Any], target: dict[str, Any], cause: dict[str, Any], changes: Sequence[dict[str, Any]]
) -> News:
    parts = [sentence(cause["title"]), *(sentence(cause[part]) for part in ("explains", "mend") if cause[part])]
    body = _body(summary, target, " ".join(parts) + "\n\nThese clauses newly fail:", changes)
    title = text.one_line(f"{target['target']}: {cause['title']}", _TITLE)
    return News(target["target"], cause["id"], title, body, tuple(cause["requirements"]))


def _body(summary: dict[str, Any], target: dict[str, Any], opening: str, changes: Sequence[dict[str, Any]]) -> str:
    lines = [
        f"- {code(change['requirement'])} ({change['level']}) {sentence(change['sentence'])} {code(change['detail'])}"
        for change in changes[:_LISTED]
    ]
    lines += [f"- and {len(changes) - _LISTED} more"] if len(changes) > _LISTED else []
    seen = f"Seen {escape(summary['started'])} at {code(target['target'])}, run {code(target['run']['id'])}."
    return "\n".join([opening, "", *lines, "", f"{seen} The night's artifact holds the exchanges that prove it."])


def publish(found: list[News]) -> None:
    """Open an issue for what is new, comment on those that there are; raises CalledProcessError when gh fails."""
    listed = _gh("issue", "list", "--label", LABEL, "--state", "open", "--limit", str(_OPEN), "--json", "number,body")
    marks = [
        (issue["number"], json.loads(mark[1])) for issue in json.loads(listed) if (mark := _MARK.search(issue["body"]))
    ]
    known = [(item, [number for number, mark in marks if item.concerns(mark)]) for item in found]
    if any(not numbers and not item.fixed for item, numbers in known):
        _gh("label", "create", LABEL, "--force", "--description", "Found by the nightly contract tests")
    for item, numbers in known:
        for number in numbers:
            _gh("issue", "comment", str(number), "--body-file", "-", words=item.body)
        if not numbers and not item.fixed:
            words = f"{item.body}\n\n{item.mark}\n"
            _gh("issue", "create", "--title", item.title, "--label", LABEL, "--body-file", "-", words=words)


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
    print(f"{len(found)} {'cause' if len(found) == 1 else 'causes'} reported.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
