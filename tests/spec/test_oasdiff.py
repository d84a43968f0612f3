"""What oasdiff says of a change: asked of a program, judged, kept in a file."""

import sys
from pathlib import Path

import pytest

from scripts import drill as command
from scripts.spec import oasdiff
from scripts.spec.oasdiff import Answer, Kept, OasdiffError

_STUB = """#!{python}
import json, sys
if sys.argv[1] == "--version":
    print({version!r})
else:
    _, kind, old, new, *rest = sys.argv
    assert (kind, rest) == ("changelog", ["--format", "json"])
    print(json.dumps(json.load(open(new, encoding="utf-8"))["lines"]))
"""


def program(folder: Path, version: str = "oasdiff version 9.9, a stub") -> Path:
    """Return a program that prints a list of changes which the new document holds."""
    path = folder / "stub"
    path.write_text(_STUB.format(python=sys.executable, version=version), encoding="utf-8")
    path.chmod(0o700)
    return path


def line(level: int, rule: str) -> dict[str, object]:
    """Return one line of a changelog."""
    return {"id": rule, "level": level, "text": "…"}


@pytest.mark.parametrize(
    ("lines", "answer", "cell"),
    [
        ([], Answer("none"), "none"),
        ([line(1, "b"), line(1, "a")], Answer("INFO", 2, "a"), "compatible (INFO, 2 lines)"),
        ([line(1, "a"), line(2, "b")], Answer("WARN", 2, "b"), "breaking (WARN, 2 lines)"),
        ([line(3, "c")], Answer("ERR", 1, "c"), "breaking (ERR, 1 line)"),
    ],
)
def test_worst_level_is_the_answer(lines: list[object], answer: Answer, cell: str, tmp_path: Path) -> None:
    """The program is asked about two documents; the worst level of its lines counts, with a rule of that level."""
    assert oasdiff.ask(program(tmp_path), {}, {"lines": lines}) == answer
    assert answer.cell == cell


def test_answers_are_kept(tmp_path: Path) -> None:
    """A file of answers reads as it was written, whatever the names are."""
    kept = Kept('9.9 "a": b', {"on: 'é'": Answer("WARN", 2, "a-rule"), "yes": Answer("none")})
    path = tmp_path / "oasdiff.yaml"
    path.write_text(oasdiff.text(kept), encoding="utf-8")
    assert oasdiff.read(path) == kept


@pytest.mark.parametrize(
    ("lines", "said"), [({"not": "a list"}, "printed no list"), ([line(7, "a")], "printed no list")]
)
def test_other_answers_are_refused(lines: object, said: str, tmp_path: Path) -> None:
    """What is no list of known levels is refused with one sentence that shows it."""
    with pytest.raises(OasdiffError, match=said):
        oasdiff.ask(program(tmp_path), {}, {"lines": lines})


def test_another_program_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program that is not there, or is another one, ends the command with status 2 and a sentence, before anything is asked."""
    for path, said in (
        (tmp_path / "absent", "cannot be run"),
        (program(tmp_path, "go version 1"), "printed go version 1"),
    ):
        with pytest.raises(SystemExit) as ended:
            command.main(["--oasdiff", str(path)])
        assert ended.value.code == 2
        assert said in capsys.readouterr().err
