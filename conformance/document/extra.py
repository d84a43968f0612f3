"""How to install what a base install leaves out. An extra is named by what it gives."""

import sys

# What stands in the path of an environment that pip does not reach, and the command that installs into it.
_TOOLS = {"/pipx/venvs/": "pipx install --force", "/uv/tools/": "uv tool install --force"}


def install(extra: str) -> str:
    """Return what to do for an extra of pyproject.toml, for the end of a message."""
    prefix = sys.prefix.replace("\\", "/")
    command = next((told for part, told in _TOOLS.items() if part in prefix), "pip install")
    return f"Install the extra `{extra}`: `{command} '.[{extra}]'` in a checkout."
