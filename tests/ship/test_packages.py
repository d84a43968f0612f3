"""`nox -s packages`: what is published is what was checked."""

import os
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from scripts import packages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build the suite and a client."""
    out = tmp_path_factory.mktemp("dist")
    folders = (ROOT, next(iter(sorted((ROOT / "generated").glob("*/")))))
    return {folder.name if folder != ROOT else "suite": packages.build(folder, out) for folder in folders}


def test_metadata(wheels: dict[str, Path]) -> None:
    """Each wheel has its licence; the suite's page on the index has links, authors and classifiers, and twine has nothing to say."""
    for wheel in wheels.values():
        packages.licensed(wheel)
        packages.check([wheel, *wheel.parent.glob("*.tar.gz")])
    with zipfile.ZipFile(wheels["suite"]) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    links = {line.partition(",")[0] for line in metadata.get_all("Project-URL", [])}
    assert {"Documentation", "Source", "Issues", "Changelog"} <= links
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Author"]
    assert "Framework :: Pytest" in metadata.get_all("Classifier", [])


def test_a_tag_is_the_version(wheels: dict[str, Path]) -> None:
    """A tag that is not the version is refused, with the command that writes the version."""
    wheel = wheels["suite"]
    packages.tagged(wheel, f"v{wheel.name.split('-')[1]}")
    with pytest.raises(packages.PackageError, match="nox -s release"):
        packages.tagged(wheel, "v99.0.0")


def test_a_wheel_without_its_licence_is_refused(tmp_path: Path) -> None:
    """A wheel that lost its licence does not pass."""
    path = tmp_path / "bad-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bad.py", "")
    with pytest.raises(packages.PackageError, match="LICENSE"):
        packages.licensed(path)


def test_wheel_runs_anywhere(wheels: dict[str, Path], tmp_path: Path) -> None:
    """Unpacked outside the clone, the suite finds contracts, templates and schemas, and runs against its mock."""
    site = tmp_path / "site"
    # Unpacking is all that installing a pure wheel is; an environment made by uv has no pip.
    with zipfile.ZipFile(wheels["suite"]) as packed:
        packed.extractall(site)
    code = "import sys, conformance; print(conformance.__file__, file=sys.stderr); from conformance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "mock", "--out", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.startswith(str(site))
    assert (tmp_path / "out" / "report.html").is_file()
