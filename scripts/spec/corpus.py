"""One published document taken in as a new vendor, without an edit: what is found in it, and whether client, mock and suite follow."""

import inspect
import random
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
from scripts.spec.drill import ALL, asked, imported
from scripts.spec.renewal import Renewal, renew
from scripts.spec.rewrite import Step

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
