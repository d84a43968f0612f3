"""Arrows run one way: what docs/architecture.md says no part may know, no module of it imports, directly or through others."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "conformance"
# Sockets, and what opens them.
SENDING = ("exchange.sender", "running", "engine", "recording", "targets", "nightly", "cli")
MUST_NOT = {
    "contract": ("probes", "exchange", "checks", "requirements", "verdict", "store", "drift", "report", "mock", "compare", *SENDING),
    "probes": ("checks", "requirements", "verdict", "store", "drift", "report", "mock", "compare", *SENDING),
    "exchange": ("probes", "checks", "requirements", "verdict", "store", "drift", "report", "mock", "compare", "running", "engine", "recording", "targets", "nightly", "cli"),
    "checks": ("verdict", "store", "drift.drift", "report", "mock", "compare", *SENDING),
    "requirements": ("store", "drift", "report", "mock", "compare", "verdict.weigh", "verdict.run", *SENDING),
    "verdict": ("store", "report", "mock", "compare", *SENDING),
    "causes": ("requirements.catalogue", "store", "drift", "report", "mock", "compare", *SENDING),
    "store": ("checks", "mock", "compare", *SENDING),
    "drift": ("verdict.weigh", "requirements.catalogue", "mock", "compare", *SENDING),
    "report": ("checks", "verdict.weigh", "requirements.catalogue", "mock", "compare", *SENDING),
    "mock": ("checks", "requirements", "verdict", "store", "drift", "report", "compare", "running", "engine", "targets", "nightly", "cli"),
    "running": ("store", "report", "mock", "compare", "recording", "targets", "nightly", "cli"),
    "recording": ("store", "mock", "compare", "targets", "nightly", "cli"),
    "targets": ("store", "report", "compare", "recording", "nightly", "cli"),
    "nightly": ("compare", "cli"),
    "compare": ("cli", "store", "nightly"),
    "agreement": ("contract", "probes", "exchange", "checks", "requirements", "verdict", "store", "drift", "report", "mock", "compare", "running", "engine", "recording", "targets", "nightly", "cli"),
    "board": ("checks", "mock", "compare", "verdict.weigh", "requirements.catalogue", *SENDING),
}


def modules() -> dict[str, Path]:
    """Return the package's modules by their dotted names, without the package's own."""
    paths = sorted((ROOT / PACKAGE).rglob("*.py"))
    return {".".join(path.relative_to(ROOT / PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def loads(tree: ast.AST) -> Iterator[str]:
    """Yield what code imports when it runs, inside functions too, and not what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        yield from loads(node)


@cache
def graph() -> dict[str, frozenset[str]]:
    """Return what each module imports of the package; a package's name stands for its `__init__`."""
    known = modules()
    found = {}
    for name, path in known.items():
        asked = {one.removeprefix(f"{PACKAGE}.") for one in loads(ast.parse(path.read_text(encoding="utf-8"))) if one.startswith(f"{PACKAGE}.")}
        # A module's own package is loaded before it, whatever it imports.
        found[name] = frozenset(other for other in asked & known.keys() if not within(name, other))
    return found


def reached(part: str) -> dict[str, tuple[str, ...]]:
    """Return all that the modules of a part import in the end, each with the way there."""
    ways = {name: (name,) for name in graph() if within(name, part)}
    left = list(ways)
    while left:
        for other in graph()[here := left.pop(0)]:
            if other not in ways:
                ways[other] = (*ways[here], other)
                left.append(other)
    return ways


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


@pytest.mark.parametrize("part", MUST_NOT)
def test_what_a_part_must_not_know(part: str) -> None:
    """No module of a part imports what is beyond it, by whatever way."""
    assert any(within(name, part) for name in graph())
    assert [" -> ".join(way) for name, way in reached(part).items() if any(within(name, other) for other in MUST_NOT[part])] == []


def test_no_circles() -> None:
    """No two modules need one another."""
    try:
        list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_page_names_every_part() -> None:
    """docs/architecture.md has a row for each folder and each module of the package that stands alone."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = {path.name for path in (ROOT / PACKAGE).iterdir() if (path / "__init__.py").exists()}
    assert folders - {name for name in folders if f"`conformance/{name}`" in page} == set()
    alone = {path.name for path in (ROOT / PACKAGE).glob("*.py")} - {"__init__.py", "__main__.py"}
    assert alone - {name for name in alone if f"`conformance/{name}`" in page} == set()
