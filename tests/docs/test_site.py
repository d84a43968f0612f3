"""The documentation site is built without a warning, and holds what is made from the code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from conformance.cli.group import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as `nox -s docs` does."""
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_commands(site: Path) -> None:
    """The reference has every command of the program, with its options."""
    text = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    for name in cli.list_commands(click.Context(cli)):
        assert f'id="{name}"' in text
    assert "--fail-on" in text
    assert "Sentinel" not in text


def test_schemas(site: Path) -> None:
    """The reference has every schema, with its fields."""
    text = (site / "reference" / "schemas.html").read_text(encoding="utf-8")
    for path in (ROOT / "conformance" / "document" / "schemas").glob("*.json"):
        assert f'id="{path.name.removesuffix(".schema.json")}"' in text
        assert all(f"<code>{name}</code>" in text for name in json.loads(path.read_text()).get("properties", {}))


def test_nothing_is_fetched(site: Path) -> None:
    """No page loads a script, a style, a font or a picture from another host."""
    import re

    pattern = re.compile(r"<(?:script|img|iframe)[^>]+src=\"https?:|<link[^>]+rel=\"stylesheet\"[^>]+href=\"https?:")
    assert not [page.name for page in site.rglob("*.html") if pattern.search(page.read_text(encoding="utf-8"))]


def test_nothing_built_is_committed() -> None:
    """Git holds no built page, and docs/ stays below 2 MB."""
    listed = subprocess.run(["git", "ls-files", "docs", "site"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.splitlines()]
    assert not [path for path in files if path.suffix == ".html" or path.is_relative_to(ROOT / "site")]
    assert sum(path.stat().st_size for path in files if path.exists()) < 2_000_000
