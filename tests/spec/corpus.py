"""Published documents taken in as new vendors, without an edit: what is found in each, and whether client, mock and suite follow.

    python -m tests.spec.corpus [FOLDER]

prints a row of `docs/real-documents.md` for each document of FOLDER, `NAME.yaml` or `NAME.json`. It may hold `roles.json`: by name, the
role at each place. Without it the roles that were found count as right. Exit status: 0 everything went well, 1 something did not.
"""

import argparse
import inspect
import json
import random
import sys
import tempfile
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import field, frozen

from conformance.contract import Contract, ContractError
from conformance.contract.catalogue import DOCUMENT, OVERLAY, read
from conformance.contract.roles import ROLE
from conformance.mock.faults import faults
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from scripts import regenerate
from scripts.spec import intake
from scripts.spec.renewal import Renewal, renew
from scripts.spec.rewrite import Step
from tests.client.package import imported
from tests.spec.drill import ALL, asked

FOLDER = Path(__file__).parents[1] / "data" / "documents"
NEEDED = ("query", "documents", "results", "index", "score")


def _gives_a_role(step: Step) -> bool:
    return any(ROLE in action.update for action in step.new if isinstance(action.update, dict))


@frozen
class CorpusEntry:
    """What came of a document: `refused` says why it was not taken; `failed` are clauses that its own mock breaks, `missed` faults that were not found."""

    name: str
    refused: str = ""
    right: int = 0
    roles: int = 0
    wrong: tuple[str, ...] = ()
    needed: bool = False
    client: bool = False
    failed: tuple[str, ...] = ()
    requests: int = 0
    faults: int = 0
    missed: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()
    renewal: Renewal | None = field(default=None, repr=False, eq=False)

    @property
    def good(self) -> bool:
        """Whether everything that was tried went well."""
        return not self.refused and self.needed and self.client and not self.failed and not self.missed


def found(contract: Contract) -> dict[str, str]:
    """Return the roles of a contract by where they stand: `query`, `results.items.index`; errors are left out."""
    asked = {place.name: place.role for place in contract.request_places if place.name}
    return {**asked, **{f"-> {place.name or '(whole)'}": place.role for place in contract.success.places}}


def enter(
    path: Path,
    scratch: Path,
    expected: Mapping[str, str] | None = None,
    *,
    operation: str | None = None,
    wrong: int = 20,
) -> CorpusEntry:
    """Take a document of an unknown vendor, and try all that is made of it, with `wrong` faults of its mock drawn at random.

    `expected` are the roles by place, as a person gives them; nothing of the project is written to.
    """
    name = path.stem
    folder = scratch / "openapi" / "".join(char if char.isalnum() else "-" for char in name.lower())
    folder.mkdir(parents=True)
    try:
        taken = intake.take(path.read_text(encoding="utf-8"), str(path), operation)
        renewal = renew(folder, taken, clients=scratch)
    except ContractError as error:
        return CorpusEntry(name, refused=str(error))
    (folder / DOCUMENT).write_text(taken.body, encoding="utf-8")
    (folder / OVERLAY).write_text(renewal.overlay or "", encoding="utf-8")
    contract = read(folder / DOCUMENT, folder.name)
    roles = found(contract)
    wanted = dict(expected) if expected is not None else roles
    differing = tuple(
        f"{place}: {roles.get(place, 'none')}, not {role}" for place, role in wanted.items() if roles.get(place) != role
    )
    differing += tuple(f"{place}: {role}, not none" for place, role in roles.items() if place not in wanted)
    failed, requests = suite(contract)
    clauses = [item.clause.id for item in requirements(Kit(contract))]
    listed = [
        name for name, fault in faults(contract).items() if any(fnmatchcase(clause, fault.breaks) for clause in clauses)
    ]
    drawn = random.Random(name).sample(listed, min(wrong, len(listed)))
    return CorpusEntry(
        name,
        right=sum(roles.get(place) == role for place, role in wanted.items()),
        roles=len(wanted),
        wrong=differing,
        needed={role for role in wanted.values() if role in NEEDED} == set(NEEDED)
        and all(roles.get(place) == role for place, role in wanted.items() if role in NEEDED),
        client=_importable(scratch / "new", folder.name),
        failed=failed,
        requests=requests,
        faults=len(drawn),
        missed=tuple(fault for fault in drawn if not suite(contract, fault)[0]),
        mends=tuple(dict.fromkeys(step.reason for step in renewal.adapted.steps if not _gives_a_role(step))),
        renewal=renewal,
    )


def suite(contract: Contract, fault: str | None = None) -> tuple[tuple[str, ...], int]:
    """Run the suite against a contract's own mock, with a fault or without; return the clauses that failed, or why nothing was judged, and the requests."""
    run, failed = asked(contract, contract, ALL, fault)
    return failed or ((run.notice or f"exit status {run.exit_code}",) if run.exit_code else ()), run.requests


def _importable(folder: Path, vendor: str) -> bool:
    with imported(folder, regenerate.package_name(vendor)) as package:
        return bool(inspect.signature(package.Client.rerank).parameters)


def row(entry: CorpusEntry) -> str:
    """Return a row of the table in `docs/real-documents.md`."""
    if entry.refused:
        return f"| {entry.name} | refused | – | – | – | – | {' '.join(entry.refused.split()).replace('|', '/')[:300]} |"
    roles = f"{entry.right} of {entry.roles}{'' if entry.needed else ', **not all five needed**'}"
    suite = f"passes, {entry.requests} requests" if not entry.failed else f"fails {', '.join(entry.failed[:4])}"
    faulty = f"{entry.faults - len(entry.missed)} of {entry.faults}"
    return f"| {entry.name} | taken | {roles} | {'yes' if entry.client else '**no**'} | {suite} | {faulty} | {len(entry.mends)} |"


def main(argv: list[str] | None = None) -> int:
    """Print a row for each document, and below it what went wrong."""
    parser = argparse.ArgumentParser(
        prog="corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--faults", type=int, default=20, help="faults of each mock to draw (default: 20)")
    parser.add_argument(
        "--operation",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="the operation of a document that is meant, where it is not the likeliest",
    )
    options = parser.parse_args(argv)
    listed = options.folder / "roles.json"
    roles = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}
    named = dict(item.split("=", 1) for item in options.operation)
    bad = 0
    for path in sorted(options.folder.iterdir()):
        if path.suffix not in {".yaml", ".yml", ".json"} or path == listed:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            entry = enter(
                path, Path(scratch), roles.get(path.stem), operation=named.get(path.stem), wrong=options.faults
            )
        print(row(entry), flush=True)
        bad += not entry.good
        for line in (*entry.wrong, *(f"not found: {fault}" for fault in entry.missed)):
            print(f"{path.name}: {line}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
