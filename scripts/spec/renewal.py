"""A new version of a vendor's document, worked out in full before anything is written."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field

from conformance.contract import Contract, ContractError, document, operation, overlay
from conformance.contract.catalogue import DOCUMENT, OVERLAY, read
from conformance.contract.schema import walk
from conformance.probes.kit import Kit
from scripts import regenerate
from scripts.spec import prose, tree, weigh
from scripts.spec.adapt import Adapted, adapt
from scripts.spec.change import Change, Severity, following, ordered, worst
from scripts.spec.clauses import Clauses, clauses
from scripts.spec.compare import compare
from scripts.spec.intake import Taken
from scripts.spec.prose import Note
from scripts.spec.rewrite import rewrite
from scripts.spec.tree import Tree


@define
class Renewal:
    """What a new version leads to: the contracts, the overlay, every change, and what follows from them.

    `overlay` is the text of the new overlay, None where it stays as it is.
    """

    vendor: str
    before: Contract | None
    after: Contract
    adapted: Adapted
    overlay: str | None = field(repr=False)
    changes: tuple[Change, ...]
    clauses: Clauses
    tree: Tree
    notes: tuple[Note, ...]
    version: tuple[str, str]
    taken: Taken = field(repr=False)

    @property
    def severity(self) -> Severity | None:
        """The worst of the changes, or None where nothing changed."""
        return worst(self.changes)


def renew(
    folder: Path, taken: Taken, *, clients: Path | None = None, baseline: Path | None = None, client: bool = True
) -> Renewal:
    """Work out what a document that was taken leads to in a vendor's folder.

    Raises ContractError where it makes no contract or no client, RedoclyError
    where the diff cannot be had. `clients` is a folder that the new package is
    generated into, instead of one that goes away; `baseline` the old client,
    where it is there already; without `client` no package is generated.
    """
    before = _before(folder)
    text, actions = _overlay(folder)
    adapted = adapt(before, actions, taken.document, folder.name)
    head = {
        "info": {"title": f"{folder.name}, corrections and roles", "version": "1.0.0"},
        **({operation.OPERATION: taken.where[0]} if taken.others or taken.wanted else {}),
    }
    # An operation that was named is kept for the next time, also where there is nothing else to say.
    named = operation.OPERATION in head and not text
    changed = rewrite(text, adapted.steps, adapted.actions, head) if adapted.changed or named else None
    after = effective(folder, taken.body, changed if changed is not None else text)
    _needed(after)
    found = compare(before, after) if before is not None else ()
    differing = Tree()
    if client and has_client(text):
        with _folder(clients) as scratch:
            new = _client(after, scratch / "new")
            old = baseline or (_client(before, scratch / "old") if before is not None else None)
            differing = tree.compare(old, new)
    changes = ordered((*found, *weigh.packaged(differing.breakages)))
    current = regenerate.client_version(folder)
    versions = (current, following(current, worst(changes)) if before is not None else current)
    notes = prose.notes(changes, (before, after) if before is not None else (after,))
    told = clauses(before, after)
    return Renewal(folder.name, before, after, adapted, changed, changes, told, differing, notes, versions, taken)


def _needed(contract: Contract) -> None:
    """Refuse a contract that nothing can be ranked by, or to which no request can be made."""
    for role in ("query", "documents"):
        if contract.request_field(role) is None:
            what = f"no field of its request seems to have the role {role}"
            raise ContractError(_missing(contract, what, contract.fields))
    media = contract.success.media
    if media and not any(operation.is_json(kind) for kind in media):
        msg = f"its answer {contract.success.status} is {' or '.join(media)}, and no ranking can be read off what is no JSON."
        raise ContractError(msg)
    if any(contract.success.place(role) is None for role in ("results", "index", "score")):
        known = (path[-1] for schema in media.values() for path, _ in walk(schema) if path and path[-1] != "*")
        lacking = f"no list in its answer {contract.success.status} seems to hold results, each with the index of a document (a number) and its score"
        raise ContractError(_missing(contract, lacking, known))
    if unmade := Kit(contract).unmade:
        raise ContractError(unmade)


def _missing(contract: Contract, what: str, known: Iterable[str]) -> str:
    there = operation.shown(list(dict.fromkeys(known)), "no fields")
    return (
        f"{contract.method} {contract.template} was taken for the operation that reranks, but {what} (it has {there}). "
        f"Mark them with x-rerank-role in openapi/{contract.name}/{OVERLAY}, or name another operation with --operation PATH, and run this again."
    )


def _before(folder: Path) -> Contract | None:
    """Return the contract as it is, None where there is none; one that no longer loads is as good as none."""
    try:
        return read(folder / DOCUMENT, folder.name) if (folder / DOCUMENT).is_file() else None
    except ContractError:
        return None


def _overlay(folder: Path) -> tuple[str, tuple[overlay.Action, ...]]:
    if not (folder / OVERLAY).is_file():
        return "", ()
    text = document.read_text(folder / OVERLAY)
    return text, overlay.parse(document.parse(text, str(folder / OVERLAY)), str(folder / OVERLAY))


def has_client(overlaid: str) -> bool:
    """Whether a client is generated for a vendor, by the text of its overlay."""
    return not overlaid or document.parse(overlaid, OVERLAY).get("x-rerank-client") is not False


def effective(folder: Path, body: str, overlaid: str) -> Contract:
    """Return the contract that a document and an overlay's text make; raises ContractError naming the vendor's file."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / DOCUMENT).write_bytes(body.encode())
        if overlaid:
            (scratch / OVERLAY).write_bytes(overlaid.encode())
        try:
            contract = read(scratch / DOCUMENT, folder.name)
        except ContractError as error:
            message = (
                str(error)
                .replace(str(scratch / DOCUMENT), f"openapi/{folder.name}/{DOCUMENT} with its overlay")
                .replace(f"{scratch}/", "")
            )
            raise ContractError(message) from error
    contract.source = folder / DOCUMENT
    return contract


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
    else:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)


def _client(contract: Contract, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return regenerate.generate(contract, folder)
    except (regenerate.GenerationError, ValueError) as error:
        raise ContractError(f"No client can be generated from it: {error}") from error
