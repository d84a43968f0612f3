"""What oasdiff's changelog says of two documents, kept in a file: the program is not to be had everywhere."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.contract import document

# `oasdiff breaking` lists warnings beside errors, so they are of one severity here; the cell still tells them apart.
SEVERITY = {"ERR": "breaking", "WARN": "breaking", "INFO": "compatible", "none": "none"}
# As its JSON has the levels.
_LEVELS = {3: "ERR", 2: "WARN", 1: "INFO"}
_SECONDS = 120
_HEAD = """\
# What oasdiff alone makes of each change of drill.yaml, by name: the worst level of its changelog, the number of lines, and a rule of that level.
# Made by `python scripts/drill.py --oasdiff PROGRAM`; kept, because the program is not in the package registries that CI installs from.
version: {version}
answers:
"""


class OasdiffError(Exception):
    """The program gave no answer; the message says why, in one paragraph."""


@frozen
class Answer:
    """The worst level of a changelog (`none` where it is empty), how many lines it has, and a rule of that level."""

    level: str
    lines: int = 0
    rule: str = ""

    @property
    def severity(self) -> str:
        """The level in the drill's own words."""
        return SEVERITY[self.level]

    @property
    def cell(self) -> str:
        """The answer as the page shows it."""
        if self.level == "none":
            return self.severity
        return f"{self.severity} ({self.level}, {self.lines} {'line' if self.lines == 1 else 'lines'})"


@frozen
class Kept:
    """The answers of one version, by the name of the change."""

    version: str
    answers: Mapping[str, Answer]


def read(path: Path) -> Kept:
    """Read the kept answers."""
    said = document.load(path)
    return Kept(str(said["version"]), {name: Answer(**raw) for name, raw in said["answers"].items()})


def text(kept: Kept) -> str:
    """Return the file of these answers."""
    lines = (
        f"  {json.dumps(name, ensure_ascii=False)}: {{level: {answer.level}, lines: {answer.lines}{f', rule: {answer.rule}' if answer.rule else ''}}}\n"
        for name, answer in kept.answers.items()
    )
    return _HEAD.format(version=json.dumps(kept.version, ensure_ascii=False)) + "".join(lines)


def version(program: Path) -> str:
    """Return what the program's `--version` prints after the word `version`; raises OasdiffError."""
    printed = " ".join(_run(program, "--version").split())
    name, _, said = printed.partition(" version ")
    if name != "oasdiff" or not said:
        raise OasdiffError(f"{program} --version printed {printed[:200] or 'nothing'}, not `oasdiff version …`.")
    return said


def ask(program: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> Answer:
    """Return what the program makes of two documents; raises OasdiffError.

    It is run as `PROGRAM changelog OLD NEW --format json` and prints a list of objects with `id` and `level` (3, 2, 1).
    """
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch, name) for name in ("old.json", "new.json")]
        for path, document in zip(paths, (old, new), strict=True):
            path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        printed = _run(program, "changelog", *map(str, paths), "--format", "json")
    try:
        return judged((_LEVELS[line["level"]], str(line["id"])) for line in json.loads(printed))
    except (ValueError, KeyError, TypeError) as error:
        said = " ".join(printed.split())[:200] or "nothing"
        raise OasdiffError(f"{program} changelog printed no list of objects with id and level: {said}") from error


def judged(lines: Iterable[tuple[str, str]]) -> Answer:
    """Return the answer of a changelog's lines, each with its level and rule."""
    listed = list(lines)
    for level in _LEVELS.values():
        if rules := sorted(rule for known, rule in listed if known == level):
            return Answer(level, len(listed), rules[0])
    return Answer("none")


def _run(program: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            [str(program), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
            # Keys have no business in a program that other people wrote.
            env={},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OasdiffError(f"{program} cannot be run: {error}") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[:300] or "no reason given"
        raise OasdiffError(f"{program} {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout
