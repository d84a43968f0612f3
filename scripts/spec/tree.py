"""What changed in the generated package: classes, fields and signatures, by griffe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from scripts import regenerate
from scripts.spec.change import Change, Severity

# What stands for a parameter that is not sent: the second where it may be sent as null.
_LEFT_OUT = {"None", "UNSET"}
_FROM_NAMES = {"from_dict", "to_dict"}


@frozen
class Tree:
    """A package's differences: names that came and went, what is typed or called otherwise, and what that breaks."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[tuple[str, str, str], ...] = ()
    breakages: tuple[Change, ...] = ()
    files: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing public differs."""
        return not (self.added or self.removed or self.altered)


def compare(old: Path | None, new: Path) -> Tree:
    """Return how two generated packages of one name differ; nothing of them is imported or run."""
    if old is None:
        return Tree()
    before, after = _loaded(old), _loaded(new)
    ours, theirs = dict(_members(before, "")), dict(_members(after, ""))
    added, removed = (tuple(sorted(_outermost(a.keys() - b.keys()))) for a, b in ((theirs, ours), (ours, theirs)))
    both = ((name, ours[name], theirs[name]) for name in sorted(ours.keys() & theirs.keys()))
    altered = tuple((name, one, other) for name, one, other in both if one != other)
    return Tree(added, removed, altered, tuple(_breakages(before, after)), len(regenerate.differences(new, old)))


def _loaded(package: Path) -> Any:
    import griffe

    return griffe.load(
        package.name, search_paths=[package.parent], allow_inspection=False, try_relative_path=False, store_source=False
    )


def _members(node: Any, above: str) -> Iterator[tuple[str, str]]:
    """Yield every public class, field and function with what it looks like."""
    for name, member in node.members.items():
        if member.is_alias or name.startswith("_"):
            continue
        path = f"{above}.{name}" if above else name
        if member.is_module:
            yield from _members(member, path)
        elif member.is_class:
            yield path, f"class {name}({', '.join(map(str, member.bases))})"
            yield from _members(member, path)
        elif member.is_function and name not in _FROM_NAMES:
            yield path, signature(member)
        elif member.is_attribute and not name.isupper() and name != "T":
            yield path, f"{name}: {member.annotation}" if member.annotation is not None else name


def signature(function: Any) -> str:
    """Return a function's signature on one line."""
    parts = []
    for parameter in function.parameters:
        text = str(parameter.name) + (f": {parameter.annotation}" if parameter.annotation is not None else "")
        parts.append(text + (f" = {parameter.default}" if parameter.default is not None else ""))
    return f"{function.name}({', '.join(parts)}) -> {function.returns}"


def _outermost(names: set[str]) -> Iterator[str]:
    for name in names:
        if not any(name.startswith(f"{other}.") for other in names):
            yield name


def _breakages(before: Any, after: Any) -> Iterator[Change]:
    import griffe

    for found in griffe.find_breaking_changes(before, after):
        parts = found.obj.path.split(".")[1:]
        # A class's module goes with the class.
        if any(part.startswith("_") for part in parts) or found.obj.is_module or _left_out(found):
            continue
        path = ".".join(parts)
        detail = getattr(found.old_value, "name", None) or getattr(found.new_value, "name", None) or ""
        where = f"{path}({detail})" if "parameter" in found.kind.name.lower() else path
        yield Change(
            rule=f"code-{found.kind.name.lower().replace('_', '-')}",
            severity=Severity.BREAKING,
            pointer=where,
            sentence=f"{found.kind.value}: `{where}`.",
            before=_plain(found.old_value),
            after=_plain(found.new_value),
            code="Code that uses it no longer runs, or no longer type-checks.",
            origin="generated",
        )


def _left_out(found: Any) -> bool:
    """Whether only the word for a parameter that is left out has changed: a call without it sends the same."""
    defaults = {str(getattr(value, "default", "")) for value in (found.old_value, found.new_value)}
    return "default" in found.kind.name.lower() and defaults <= _LEFT_OUT


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "annotation") and hasattr(value, "name"):
        return f"{value.name}: {value.annotation}" + (
            f" = {value.default}" if getattr(value, "default", None) is not None else ""
        )
    return str(getattr(value, "path", value))[:500]
