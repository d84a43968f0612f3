"""Generate the client packages and the tables of requirements from the effective contracts: `python scripts/regenerate.py [--check] [VENDOR …]`."""

import argparse
import contextlib
import filecmp
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conformance.contract import Contract, ContractError, clients, load, names, operation, provenance  # noqa: E402
from scripts import tables  # noqa: E402
from scripts.client import facade, facts, naming, prepared, properties  # noqa: E402

GENERATED = ROOT / "generated"
CLIENT = ROOT / "scripts" / "client"
FIRST = "0.1.0"
# Hashes of the generator's own templates, as they were when ours were made from them.
STOCK = CLIENT / "stock_templates.json"
HEADER = "# Generated from openapi/{vendor} by `nox -s regenerate`; do not edit.\n"
# What tools leave behind; git ignores it too.
_CACHE = re.compile(r"__pycache__|\.\w+_cache")
# What ruff finds by default in what the stock templates write, and can mend.
_RULES = "F401,I,UP,PYI019,RUF100,SIM114"


class GenerationError(Exception):
    """The generator complained; nothing was replaced."""


def package_name(vendor: str) -> str:
    """Return the name of a vendor's package."""
    return re.sub(r"\W", "_", vendor) + "_rerank"


def main(argv: list[str] | None = None) -> int:
    """Generate, or with --check compare; return 0, 1 for a difference, 2 for what cannot be generated."""
    parser = argparse.ArgumentParser(prog="regenerate", description=__doc__)
    parser.add_argument(
        "vendors", nargs="*", help="vendors (default: all whose overlay does not say `x-rerank-client: false`)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail on any difference, stray files included, and on stock templates that changed under ours",
    )
    parser.add_argument(
        "--templates",
        action="store_true",
        help="note that ours were compared with the stock templates of this generator, and do nothing else",
    )
    options = parser.parse_args(argv)
    if options.templates:
        STOCK.write_text(json.dumps(stock_templates(), indent=2) + "\n", encoding="utf-8")
        return 0
    unknown = sorted(set(options.vendors) - set(names()))
    if unknown:
        print(f"regenerate: there is no vendor {', '.join(unknown)}; there are {', '.join(names())}.", file=sys.stderr)
        return 2
    stale = []
    try:
        for vendor in options.vendors or clients():
            with tempfile.TemporaryDirectory() as folder:
                fresh = generate(load(vendor), Path(folder))
                target = GENERATED / fresh.name
                if options.check:
                    stale += [f"generated/{fresh.name}/{line}" for line in differences(fresh, target)]
                else:
                    replace(fresh, target)
                    print(f"generated/{fresh.name}: {sum(1 for _ in files(target))} files")
    except (GenerationError, ContractError) as error:
        print(f"regenerate: {error}", file=sys.stderr)
        return 2
    if options.check and not options.vendors:
        known = {package_name(vendor) for vendor in clients()}
        stale += stale_documents() + stale_templates()
        stale += [
            f"generated/{path.name}: stray"
            for path in sorted(GENERATED.iterdir())
            if path.name not in known and not _CACHE.fullmatch(path.name)
        ]
    elif not options.check:
        write_documents()
    for line in stale:
        print(line)
    print(f"{len(stale)} differences" if options.check else "done")
    return 1 if stale else 0


def generate(contract: Contract, folder: Path) -> Path:
    """Generate a contract's package into a folder and return its path; raises GenerationError."""
    from openapi_python_client import Project
    from openapi_python_client.config import Config, ConfigFile, MetaType
    from openapi_python_client.parser import GeneratorData
    from openapi_python_client.parser.errors import GeneratorError

    name = package_name(contract.name)
    target = folder / name
    settings = ConfigFile(
        class_overrides={old: {"class_name": new} for old, new in class_names(contract.document).items()},  # type: ignore[misc]
        package_name_override=name,
        project_name_override=name.replace("_", "-"),
        post_hooks=[],
    )
    config = Config.from_sources(
        settings, MetaType.NONE, folder / "document.json", "utf-8", overwrite=True, output_path=target
    )
    parsed = GeneratorData.from_dict(
        prepared.prepared(operation.reduce(contract.document, (contract.template, contract.method.lower())).document),
        config=config,
    )
    if isinstance(parsed, GeneratorError):
        raise GenerationError(f"{contract.name}: {parsed.header}: {parsed.detail}")
    by_tag = parsed.endpoint_collections_by_tag.values()
    _refuse(contract, [*parsed.errors, *(error for collection in by_tag for error in collection.parse_errors)])
    naming.separate(parsed, config)
    project = Project(openapi=parsed, config=config, custom_template_path=CLIENT / "templates")
    described = facade.describe(contract, parsed)
    told = {name: getattr(properties, name) for name in ("read", "readers", "nullable", "known_type")}
    project.env.globals.update(facade=described, **told)
    project.env.filters.update(literal=naming.literal)
    with contextlib.redirect_stdout(io.StringIO()):
        complaints = project.build()
    _refuse(contract, complaints)
    extend(contract, target, described)
    stamp(target, client_version(contract.source.parent))
    tidy(contract, target)
    return target


def _refuse(contract: Contract, complaints: Sequence[Any]) -> None:
    if complaints:
        told = "; ".join(f"{item.header}: {item.detail}" for item in complaints)
        raise GenerationError(f"{contract.name}: {told}")


def write_documents() -> None:
    """Write the documents that are made from the contracts, and take away those of contracts that are gone."""
    with tempfile.TemporaryDirectory() as folder:
        replace(tables.write(Path(folder, "fresh")), ROOT / tables.FOLDER)


def stale_documents() -> list[str]:
    """Return which documents are not what the contracts make, a line each."""
    with tempfile.TemporaryDirectory() as folder:
        found = differences(tables.write(Path(folder)), ROOT / tables.FOLDER)
    return [f"{tables.FOLDER}/{line}" for line in found]


def stock_templates() -> dict[str, str]:
    """Return the hashes of the generator's own templates of which we have another version, by name."""
    from openapi_python_client import templates

    (folder,) = map(Path, templates.__path__)
    return {
        path.name: provenance.sha256(folder / path.name)
        for path in sorted((CLIENT / "templates").iterdir())
        if (folder / path.name).is_file()
    }


def stale_templates() -> list[str]:
    """Return which stock templates are not those that ours were made from, a line each."""
    known = json.loads(STOCK.read_text(encoding="utf-8"))
    found = stock_templates()
    return [
        f"scripts/client/templates/{name}: the generator's own version is another one; compare the two, then `nox -s regenerate -- --templates`"
        for name in sorted(known.keys() | found.keys())
        if known.get(name) != found.get(name)
    ]


def client_version(folder: Path) -> str:
    """Return the version of a vendor's client, as the provenance in the folder of its contract has it, or of the first one to come."""
    try:
        return str(provenance.read(folder).get("client", FIRST))
    except ContractError:
        return FIRST


def stamp(package: Path, version: str) -> None:
    """Give a generated package another version."""
    for path in (package / "pyproject.toml", package / "_contract.py"):
        text = path.read_text(encoding="utf-8")
        stamped = re.sub(r'(?m)^(version|VERSION) = ".*"$', rf'\1 = "{version}"', text, count=1)
        path.write_text(stamped, encoding="utf-8")


def class_names(document: Any) -> dict[str, str]:
    """Return the classes that the overlay renames, by the name that the generator would give them."""
    schemas = (document.get("components") or {}).get("schemas") or {}
    return {
        name: schema["x-class-name"]
        for name, schema in schemas.items()
        if isinstance(schema, dict) and "x-class-name" in schema
    }


def extend(contract: Contract, target: Path, described: Any) -> None:
    """Add what the generator does not write: the runtime, the contract as data, metadata, the marker for type checkers."""
    (target / "py.typed").write_text("", encoding="utf-8")
    shutil.copytree(CLIENT / "runtime", target / "_runtime", ignore=shutil.ignore_patterns("__pycache__"))
    (target / "_contract.py").write_text(facts.data(contract, target.name, described), encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", target)
    for name, text in facts.metadata(contract, target.name, described).items():
        (target / name).write_text(text, encoding="utf-8")


def tidy(contract: Contract, target: Path) -> None:
    """Put the header into every file and bring the code into one form, whatever the surroundings' settings are."""
    for path in target.rglob("*.py"):
        path.write_text(HEADER.format(vendor=contract.name) + path.read_text(encoding="utf-8"), encoding="utf-8")
    common = ["--isolated", "--no-cache", "--target-version", "py311"]
    mend = ["check", "--fix", "--quiet", *common, "--select"]
    for command in (
        [*mend, _RULES],
        [*mend, "SIM101", "--unsafe-fixes"],
        [*mend, _RULES],
        ["format", "--quiet", *common],
    ):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *command, target.name],
            cwd=target.parent,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        if done.returncode:
            raise GenerationError(f"{contract.name}: {shlex.join(['ruff', *command])}: {done.stdout or done.stderr}")


def files(folder: Path) -> list[Path]:
    """Return the files of a tree, relative to it, without bytecode."""
    return sorted(
        p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and not any(map(_CACHE.fullmatch, p.parts))
    )


def differences(fresh: Path, target: Path) -> list[str]:
    """Return what differs between a fresh tree and the committed one, a line each."""
    ours, theirs = set(files(fresh)), set(files(target)) if target.is_dir() else set()
    other = [path for path in ours & theirs if not filecmp.cmp(fresh / path, target / path, shallow=False)]
    said = {"missing": ours - theirs, "stray": theirs - ours, "differs": other}
    return [f"{path}: {word}" for word, paths in said.items() for path in sorted(paths)]


def replace(fresh: Path, target: Path) -> None:
    """Replace the committed tree by a fresh one."""
    if target.is_dir():
        shutil.rmtree(target)
    target.parent.mkdir(exist_ok=True)
    shutil.copytree(fresh, target)


if __name__ == "__main__":
    sys.exit(main())
