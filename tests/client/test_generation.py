"""The generated packages are what the contracts generate."""

import sys
from pathlib import Path

import pytest

from conformance.contract import clients
from scripts import regenerate

GENERATED = Path(regenerate.GENERATED)


def test_committed_trees_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    """Generating again gives the committed trees, byte for byte, with no stray file."""
    assert regenerate.main(["--check"]) == 0, capsys.readouterr().out


def test_hand_edit_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed, a missing and a stray file each fail the check by name."""
    import shutil

    copy = tmp_path / "generated"
    shutil.copytree(GENERATED, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(regenerate, "GENERATED", copy)
    package = copy / regenerate.package_name(clients()[0])
    (package / "client.py").write_text("edited")
    (package / "stray.py").write_text("")
    (package / "types.py").unlink()
    assert regenerate.main(["--check"]) == 1
    out = capsys.readouterr().out
    assert "client.py: differs" in out
    assert "stray.py: stray" in out
    assert "types.py: missing" in out


@pytest.mark.parametrize("vendor", clients())
def test_package_imports(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator's own entry points are there, the marker for type checkers and the header too."""
    import importlib

    monkeypatch.setattr(sys, "path", [str(GENERATED), *sys.path])
    name = regenerate.package_name(vendor)
    endpoint = importlib.import_module(f"{name}.api.rerank.create_rerank")
    assert all(callable(getattr(endpoint, entry)) for entry in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"))
    folder = GENERATED / name
    assert (folder / "py.typed").is_file()
    assert all("do not edit" in path.read_text().splitlines()[0] for path in folder.rglob("*.py"))
