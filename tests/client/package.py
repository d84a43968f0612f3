"""A generated package from any folder, imported for as long as it is used."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


@contextmanager
def imported(folder: Path, name: str) -> Iterator[ModuleType]:
    """Import a package from a folder, in place of one of the same name, and put things back."""
    kept = {key: sys.modules.pop(key) for key in list(sys.modules) if key == name or key.startswith(f"{name}.")}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        package = importlib.import_module(name)
        importlib.import_module(f"{name}._contract")
        yield package
    finally:
        sys.path.remove(str(folder))
        for key in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            del sys.modules[key]
        sys.modules.update(kept)
