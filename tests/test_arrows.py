"""Arrows run one way: a package imports only what stands before it in one list, whether it runs or is only a type."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "conformance"
# From the ground up. Each may import those before it, and nothing else of the project.
ORDER = (
    "model",
    "document",
    "contract",
    "probes",
    "exchange",
    "checks",
    "requirements",
    "traits",
    "verdict",
    "causes",
    "store",
    "drift",
    "fuzzing",
    "mock",
    "running",
    "recording",
    "targets",
    "nightly",
    "compare",
    "selftest",
    "report",
    "board",
    "suite",
    "plugin",
    "cli",
    "__main__",
)
# Pure functions on what was recorded: the sender, and what conducts it, are not for them, whatever stands between.
PURE = ("document", "checks", "requirements", "verdict", "causes", "drift", "traits")
SENDER = "exchange.sender"
NAMED = re.compile(rf"{PACKAGE}(\.\w+)+:\w+")


@cache
def modules() -> dict[str, Path]:
    """Return the package's modules by their dotted names, without the package's own."""
    paths = sorted((ROOT / PACKAGE).rglob("*.py"))
    named = {
        ".".join(path.relative_to(ROOT / PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }
    return {name: path for name, path in named.items() if name != "__init__"}


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield whatever code imports, in functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
            # A module that is named to be imported later.
            yield node.value.partition(":")[0]


@cache
def graph() -> dict[str, frozenset[str]]:
    """Return what each module imports of the package; a package's name stands for its `__init__`."""
    found = {}
    for name, path in modules().items():
        asked = {
            one.removeprefix(f"{PACKAGE}.")
            for one in imports(ast.parse(path.read_text(encoding="utf-8")))
            if one.startswith(f"{PACKAGE}.")
        }
        # A module's own package is loaded before it, whatever it imports.
        found[name] = frozenset(other for other in asked & modules().keys() if not within(name, other))
    return found


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def room(name: str) -> str:
    return name.partition(".")[0]


def test_the_list_is_whole() -> None:
    """Every package, and every module that stands alone, has its place in the list, and the list names nothing else."""
    assert sorted({room(name) for name in modules()}) == sorted(ORDER)


@pytest.mark.parametrize("part", ORDER)
def test_a_package_imports_what_stands_before_it(part: str) -> None:
    """No module of a package imports a package that stands after it, for a type neither; so no two packages need one another."""
    before = {*ORDER[: ORDER.index(part)], part}
    wrong = [
        f"{name} -> {other}"
        for name, found in graph().items()
        if room(name) == part
        for other in sorted(found)
        if room(other) not in before
    ]
    assert wrong == []


def test_no_circles() -> None:
    """No two modules need one another, in the same package neither."""
    try:
        list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("part", PURE)
def test_what_only_looks_does_not_send(part: str) -> None:
    """A package of pure functions reaches the sender by no way."""
    ways = {name: (name,) for name in graph() if within(name, part)}
    left = list(ways)
    while left:
        for other in graph()[here := left.pop(0)]:
            if other not in ways:
                ways[other] = (*ways[here], other)
                left.append(other)
    assert " -> ".join(ways.get(SENDER, ())) == ""
    assert SENDER in graph()


def test_the_page_names_every_part() -> None:
    """docs/architecture.md has a row for each package and each module that stands alone, in the order of the list."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith(f"| `{PACKAGE}/")]
    assert [row.removeprefix(f"{PACKAGE}/").removesuffix(".py") for row in rows] == list(ORDER[:-1])


def test_a_class_name_means_one_thing() -> None:
    """No two classes of the package have the same name; private ones are their module's own."""
    named: dict[str, list[str]] = {}
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                named.setdefault(node.name, []).append(name)
    assert {name: where for name, where in named.items() if len(where) > 1} == {}
