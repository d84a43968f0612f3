"""What breaks in the generated package: classes, fields and signatures, by griffe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.spec.change import Change, Severity

# What stands for a parameter that is not sent: the second where it may be sent as null.
_LEFT_OUT = {"None", "UNSET"}


def breakages(old: Path, new: Path) -> tuple[Change, ...]:
    """Return what of a generated package another one of its name breaks; nothing of them is imported or run."""
    return tuple(_breakages(_loaded(old), _loaded(new)))


def _loaded(package: Path) -> Any:
    import griffe

    return griffe.load(
        package.name, search_paths=[package.parent], allow_inspection=False, try_relative_path=False, store_source=False
    )


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
