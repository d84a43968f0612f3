"""Build the packages of the suite and of each client, check them, and run each in a bare environment.

    python scripts/packages.py [--out dist] [--tag v0.2.0]

DIST gets one folder a project with its wheel and sdist. Exit status 2 with one line for what does not hold.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LICENSE = ROOT / "LICENSE"
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache")


class PackageError(Exception):
    """A package that must not be published; the message names it."""


def main(argv: list[str] | None = None) -> int:
    """Build and check all packages; return 0, or 2 with one line."""
    parser = argparse.ArgumentParser(
        prog="packages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the packages; it is emptied first")
    parser.add_argument("--tag", help="tag of the release: it must be the suite's version")
    options = parser.parse_args(argv)
    try:
        shutil.rmtree(options.out, ignore_errors=True)
        for folder in (ROOT, *sorted(path.parent for path in (ROOT / "generated").glob("*/pyproject.toml"))):
            wheel = build(folder, options.out)
            if folder == ROOT and options.tag:
                tagged(wheel, options.tag)
            licensed(wheel)
            run(wheel, suite=folder == ROOT)
            print(f"built, checked and run: {wheel.relative_to(options.out)}")
        check(sorted(options.out.glob("*/*")))
    except PackageError as error:
        print(f"packages: {error}", file=sys.stderr)
        return 2
    return 0


def build(folder: Path, out: Path) -> Path:
    """Build the sdist, and the wheel from it, into a folder of the project's name; return the wheel."""
    with tempfile.TemporaryDirectory() as scratch:
        source = folder
        if folder != ROOT:
            source = Path(scratch) / folder.name
            shutil.copytree(folder, source, ignore=_NOT_COPIED)
        place = out / folder.name.replace("_", "-") if folder != ROOT else out / "rerank-conformance"
        _call("python", "-m", "build", "--no-isolation", "--outdir", str(place), str(source))
    (wheel,) = place.glob("*.whl")
    return wheel


def tagged(wheel: Path, tag: str) -> None:
    """Refuse a tag that is not the version of the package."""
    version = wheel.name.split("-")[1]
    if tag != f"v{version}":
        msg = f"the tag is {tag} and the version is {version}; run `nox -s release -- {tag.removeprefix('v')}` first."
        raise PackageError(msg)


def licensed(wheel: Path) -> None:
    """Refuse a wheel without its licence."""
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    if texts != [LICENSE.read_bytes()]:
        raise PackageError(f"{wheel.name} does not hold the LICENSE of the repository.")


def check(files: list[Path]) -> None:
    """Let twine check what the package index will show."""
    _call("python", "-m", "twine", "check", "--strict", *map(str, files))


def run(wheel: Path, *, suite: bool) -> None:
    """Install a wheel into a bare environment, away from the checkout, and use it."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        venv.create(place / "venv", with_pip=True)
        programs = place / "venv" / "bin"
        _call(str(programs / "pip"), "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel), cwd=place)
        if suite:
            _call(str(programs / "rerank-conformance"), "--version", cwd=place)
            _call(str(programs / "rerank-conformance"), "run", "mock", "--no-store", "--out", "report", cwd=place)
        else:
            package = wheel.name.split("-")[0]
            program = str(programs / "python")
            _call(program, "-c", f"import {package}; {package}.Client(api_key='any').close()", cwd=place)


def _call(program: str, *arguments: str, cwd: Path = ROOT) -> None:
    command = [sys.executable if program == "python" else program, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        msg = f"`{' '.join((Path(program).name, *arguments))}` failed: {(done.stdout + done.stderr).strip()[-1500:]}"
        raise PackageError(msg)


if __name__ == "__main__":
    sys.exit(main())
