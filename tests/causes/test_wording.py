"""The words of causes: one file of data, whose texts are given all that stands in them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import conformance.causes
from conformance.causes.draft import drafted

FOLDER = Path(conformance.causes.__file__).parent
TEXTS: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "causes.toml").read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Yield each call that makes a draft: where it stands, a pattern of its keys, and the names of the values that it gives."""
    for path in sorted(FOLDER.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "drafted":
                    given = {word.arg for word in call.keywords if word.arg}
                    if any(word.arg is None for word in call.keywords):
                        given |= named(function, call)
                    yield f"{path.name}:{call.lineno}", pattern(call.args[0], function), given


def named(function: ast.FunctionDef, call: ast.Call) -> set[str]:
    """Return the keys of the dictionaries that a call is given, wherever a function puts them in."""
    spread = {word.value.id for word in call.keywords if word.arg is None and isinstance(word.value, ast.Name)}
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            found |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in spread:
            found |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
    return found


def pattern(key: ast.expr, function: ast.FunctionDef) -> re.Pattern[str]:
    """Return a pattern of what a key may be: a constant, a choice of two, a text with a hole, or a name that stands for one of these."""
    if isinstance(key, ast.Constant):
        return re.compile(re.escape(key.value))
    if isinstance(key, ast.IfExp):
        return re.compile("|".join(pattern(one, function).pattern for one in (key.body, key.orelse)))
    if isinstance(key, ast.JoinedStr):
        return re.compile("".join(f"(?:{pattern(part, function).pattern})" for part in key.values))
    if isinstance(key, ast.FormattedValue):
        return pattern(key.value, function) if isinstance(key.value, ast.IfExp) else re.compile(".*")
    assert isinstance(key, ast.Name)
    given = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and node.lineno < key.lineno]
    told = [(node.lineno, list(values(node, key.id))) for node in given]
    last = max(line for line, some in told if some)
    return re.compile("|".join(pattern(one, function).pattern for line, some in told if line == last for one in some))


def values(node: ast.Assign, name: str) -> Iterator[ast.expr]:
    """Yield what an assignment gives a name, also as one of several, and for each outcome of a choice."""
    target = node.targets[0]
    if isinstance(target, ast.Name) and target.id == name:
        yield node.value
    if isinstance(target, ast.Tuple):
        place = next((i for i, one in enumerate(target.elts) if isinstance(one, ast.Name) and one.id == name), None)
        both = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
        yield from (one.elts[place] for one in both if place is not None and isinstance(one, ast.Tuple))


def ways(table: dict[str, Any]) -> set[str]:
    """Return the ways that a table has: those of its title."""
    return {"", *(table["title"] if isinstance(table["title"], dict) else ())}


def fields(text: str) -> set[str]:
    """Return the names that stand in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_texts_are_given_their_values() -> None:
    """Each call gives what stands in the texts of every key that it may have; each way of a table is some call's."""
    unused = {(table, way) for table, texts in TEXTS.items() for way in ways(texts) if way or len(ways(texts)) == 1}
    for where, keys, given in calls():
        met = [
            (table, way)
            for table, texts in TEXTS.items()
            for way in ways(texts)
            if keys.fullmatch(f"{table}.{way}" if way else table)
        ]
        assert met, where
        for table, way in met:
            unused.discard((table, way))
            for text in TEXTS[table].values():
                told = [text] if isinstance(text, str) else [text.get(way, text.get("else", ""))]
                missing = set().union(*map(fields, told)) - given - {"met"}
                assert not missing, (where, table, way, missing)
    assert not unused


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 answer alike"), (2, "2 answers alike"), (1200, "1,200 answers alike")]
)
def test_numbers_have_nouns(number: int, words: str) -> None:
    """A number stands with its noun, in one form or many."""
    assert drafted("header.wrong", [], set(), header="x", where="", met=number).explains == words


def test_names_are_listed() -> None:
    """A list stands as names in backticks, and what is beyond the most of them is counted."""
    names = [f"f{number}" for number in range(14)]
    assert drafted("pattern.nulls", [], set(), fields=names[:2]).title.endswith("field: `f0` and `f1`.")
    assert drafted("pattern.nulls", [], set(), fields=names).title.endswith("`f11` and 2 more.")
