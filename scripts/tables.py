"""Documents that are made from the contracts: the table of each one's requirements."""

from collections.abc import Iterator
from pathlib import Path

from conformance.contract import Contract, load, names
from conformance.probes.kit import Kit
from conformance.report import markdown
from conformance.requirements.catalogue import requirements

FOLDER = Path("docs", "requirements")
_HEAD = "<!-- Made from openapi/{vendor} by `nox -s regenerate`; do not edit. -->"


def write(folder: Path) -> Path:
    """Write every such document into a folder, which is made, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        (folder / f"{name}.md").write_text("\n".join([*page(load(name)), ""]), encoding="utf-8")
    return folder


def page(contract: Contract) -> Iterator[str]:
    """Yield the lines of a contract's table of requirements."""
    listed = requirements(Kit(contract))
    yield _HEAD.format(vendor=contract.name)
    yield f"# What a server of {contract.name}'s contract must keep"
    yield ""
    yield f"{len(listed)} requirements of {markdown.code(f'{contract.method} {contract.path}')}, each derived from the contract or cited from practice."
    yield ""
    yield "| id | level | clause | source |"
    yield "|---|---|---|---|"
    for item in listed:
        clause = item.clause
        yield f"| {markdown.cell(clause.id)} | {clause.level} | {markdown.sentence(clause.sentence)} | {_source(clause.source)} |"


def _source(source: str) -> str:
    return markdown.cell(source) if source.startswith("#") else markdown.sentence(source)
