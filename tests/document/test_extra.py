"""What is said of an extra that is not installed."""

import sys

import pytest

from conformance.document.extra import install


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/me/project/.venv", "pip install"),
        ("/home/me/.local/share/pipx/venvs/rerank-conformance", "pipx install --force"),
        ("C:\\Users\\me\\pipx\\venvs\\rerank-conformance", "pipx install --force"),
        ("/home/me/.local/share/uv/tools/rerank-conformance", "uv tool install --force"),
    ],
)
def test_the_command_fits_the_environment(monkeypatch: pytest.MonkeyPatch, prefix: str, command: str) -> None:
    """An extra is installed by what installed the suite: pip does not reach the environments of pipx and uv."""
    monkeypatch.setattr(sys, "prefix", prefix)
    assert install("charts") == f"Install the extra `charts`: `{command} '.[charts]'` in a checkout."
