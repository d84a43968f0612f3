"""The files that make a wheel of a package."""

from pathlib import Path
from typing import Any

from conformance.contract import Contract
from scripts.client.naming import literal

# What is rendered as it stands: metadata, and a module for each framework that rerankers are used in.
FILES = ("pyproject.toml", "README.md", "langchain.py", "llama_index.py", "haystack.py")


def metadata(contract: Contract, package: str, described: Any) -> dict[str, str]:
    """Return the files that make a wheel of the package."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from conformance.report import markdown

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "metadata"),
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    environment.filters.update(literal=literal, words=markdown.escape, code=markdown.code)
    found = {}
    for name in FILES:
        found[name] = environment.get_template(f"{name}.jinja").render(
            package=package, project=package.replace("_", "-"), facade=described, contract=contract
        )
    return found
