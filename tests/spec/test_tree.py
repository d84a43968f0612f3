"""What breaks in the generated package: a default counts where a call without it sends something else."""

from pathlib import Path

import pytest

from scripts.spec import tree


def package(folder: Path, default: str) -> Path:
    """Write a package with one function, and return its folder."""
    (folder / "acme").mkdir(parents=True)
    (folder / "acme" / "__init__.py").write_text(f"UNSET = object()\n\ndef rerank(limit={default}): ...\n")
    return folder / "acme"


@pytest.mark.parametrize(("default", "breaks"), [("UNSET", 0), ("10", 1)])
def test_default_that_sends_the_same_breaks_nothing(tmp_path: Path, default: str, breaks: int) -> None:
    """Another word for a parameter that is left out breaks no call; a value that is sent from now on does."""
    old, new = package(tmp_path / "old", "None"), package(tmp_path / "new", default)
    assert len(tree.compare(old, new).breakages) == breaks
