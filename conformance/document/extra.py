"""How to install what a base install leaves out. An extra is named by what it gives."""


def install(extra: str) -> str:
    """Return what to do for an extra of pyproject.toml, for the end of a message."""
    return f"Install the extra `{extra}`: `pip install '.[{extra}]'` in a checkout."
