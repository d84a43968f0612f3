"""The contracts that are shipped, and those that a user brings along."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, cast

from conformance.contract import document, operation, overlay, proposal
from conformance.contract.contract import Contract, ask
from conformance.contract.errors import ContractError, OverlayError, UnknownContractError
from conformance.contract.resources import contracts_root
from conformance.contract.roles import ROLE
from conformance.contract.schema import follow, objects
from conformance.contract.shape import extended, misshapen
from conformance.document.text import meant

DOCUMENT = "rerank.yaml"
OVERLAY = "overlay.yaml"
# Threads that want the same contract get one.
_READING = RLock()


def names() -> tuple[str, ...]:
    """Return the names of the shipped contracts."""
    return tuple(sorted(folder.parent.name for folder in contracts_root().glob(f"*/{DOCUMENT}")))


def clients() -> tuple[str, ...]:
    """Return the names of the shipped contracts that have a committed client: all whose overlay does not say otherwise."""
    return tuple(name for name in names() if _overlay_says(name).get("x-rerank-client") is not False)


def _overlay_says(name: str) -> dict[str, Any]:
    path = contracts_root() / name / OVERLAY
    return document.load(path) if path.is_file() else {}


def load(name: str) -> Contract:
    """Return the effective contract of a shipped vendor's name, or of an OpenAPI file or folder.

    A file is read with the overlay beside it, else with the shipped overlay of
    the vendor whose operation it describes; fields without a role then get it
    from the shipped contracts' fields of the same name. Raises ContractError.
    """
    if name in names():
        return read(contracts_root() / name / DOCUMENT, name)
    path = Path(name)
    if path.is_dir() and (path / DOCUMENT).is_file():
        return read(path / DOCUMENT, path.resolve().name)
    if path.is_file():
        return read(path, path.resolve().parent.name if path.name == DOCUMENT else path.stem)
    known = ", ".join(names())
    what = f"the folder has no {DOCUMENT}" if path.is_dir() else "there is no such file"
    msg = f"There is no contract {name!r}: no shipped one has this name ({known}) and {what}.{meant(name, names())}"
    raise UnknownContractError(msg)


def read(path: Path, name: str) -> Contract:
    """Return the effective contract of a document file; one and the same while its files say the same."""
    text, beside = document.read_text(path), path.with_name(OVERLAY)
    with refused(path), _READING:
        # What cannot be read is told: without it the contract would be another one.
        there = beside.exists() or beside.is_symlink()
        chosen = beside if there else overlay_for(_recognised(text, path))
        return _read(path, name, text, chosen, document.read_text(chosen) if chosen is not None else "")


@lru_cache(maxsize=8)
def _read(path: Path, name: str, text: str, chosen: Path | None, said: str) -> Contract:
    vendored = _recognised(text, path)
    return _effective(path, name, vendored, chosen, document.parse(said, str(chosen)) if chosen is not None else {})


def _recognised(text: str, path: Path) -> dict[str, Any]:
    vendored = document.parse(text, str(path))
    recognise(vendored)
    return vendored


def check(vendored: dict[str, Any], path: Path, name: str = "") -> Contract:
    """Return a document as a contract without an overlay; raises ContractError when it is no usable OpenAPI document."""
    with refused(path):
        recognise(vendored)
        contract = Contract(name or path.stem, vendored, vendored, path)
        ask(contract)
        return contract


def recognise(vendored: dict[str, Any]) -> None:
    """Refuse what is no OpenAPI 3 document."""
    if "swagger" in vendored and "openapi" not in vendored:
        msg = f"it is Swagger {vendored['swagger']}, and OpenAPI 3 is needed: convert it with `npx swagger2openapi FILE -o openapi.yaml` (or in editor.swagger.io) and take that."
        raise ContractError(msg)
    if not str(vendored.get("openapi", "")).startswith("3.") or not isinstance(vendored.get("paths"), dict):
        raise ContractError("it needs `openapi: 3.x` and `paths`.")


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """Say of whatever a document makes its questions raise that it is the document's fault, and which one's."""
    try:
        yield
    except OverlayError:
        # It names its own file.
        raise
    except ContractError as error:
        msg = str(error) if str(path) in str(error) else f"{path} is no usable OpenAPI document: {error}"
        raise type(error)(msg) from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        words = (misshapen(document.load(path)) if path.is_file() else None) or f"{type(error).__name__}: {error}"
        raise ContractError(f"{path} is no usable OpenAPI document: {words}.") from error


def _effective(path: Path, name: str, vendored: dict[str, Any], chosen: Path | None, said: dict[str, Any]) -> Contract:
    actions = overlay.parse(said, str(chosen)) if chosen is not None else ()
    with _overlaid(chosen):
        bare = operation.reduce(vendored, operation_of(vendored, said, actions)).document
        applied = overlay.apply(bare, actions)
    if actions and misshapen(bare) is None and (wrong := misshapen(applied.document)) is not None:
        raise OverlayError(f"{chosen}: once it is applied, {wrong}.")
    extended(applied.document)
    contract = Contract(name, applied.document, bare, path, applied.unmatched)
    if _missing(contract):
        contract = Contract(name, with_roles(contract), bare, path, applied.unmatched)
    if texts := list(proposal.of_open_documents(contract.branches)):
        contract = Contract(name, with_texts(contract, texts), bare, path, applied.unmatched)
    if missing := _missing(contract):
        hidden = list(dict.fromkeys(_read_only(applied.document)))
        beside = f" What is `readOnly` is no part of a request: {operation.shown(hidden)}." if hidden else ""
        msg = f"{path}: no field of its request has the role {missing}; mark it with {ROLE} in an overlay beside it.{beside}"
        raise ContractError(msg)
    ask(contract)
    return contract


@contextmanager
def _overlaid(chosen: Path | None) -> Iterator[None]:
    """Name the overlay in what its actions make go wrong."""
    try:
        yield
    except OverlayError as error:
        raise OverlayError(f"{chosen}: {error}") from error


def _read_only(document: Any) -> Iterator[str]:
    """Yield the names of the properties that only answers hold."""
    for node in objects(document):
        members = node.get("properties")
        for name, member in members.items() if isinstance(members, Mapping) else ():
            if isinstance(member, Mapping) and member.get("readOnly") is True:
                yield str(name)


def _missing(contract: Contract) -> str:
    """Return the role without which nothing can be asked and that no field has."""
    return next((role for role in ("documents", "query") if contract.request_field(role) is None), "")


def operation_of(
    vendored: dict[str, Any], said: Mapping[str, Any], actions: Sequence[overlay.Action]
) -> operation.Where:
    """Return which operation of a document ranks: the one that its overlay names, else one that the overlay gives roles, else the likeliest."""
    if said.get(operation.OPERATION) is not None:
        return operation.choose(vendored, str(said[operation.OPERATION]))
    several = sum(1 for _ in operation.operations(vendored)) > 1
    return operation.choose(overlay.apply(vendored, actions).document if several and actions else vendored)


def overlay_for(vendored: dict[str, Any]) -> Path | None:
    """Return the overlay of the shipped vendor whose title and servers these are."""
    if any(ROLE in node for node in objects(vendored)):
        # The effective document, as `rerank-conformance contract` prints it: applying an overlay twice would spoil it.
        return None
    title = (vendored.get("info") or {}).get("title")
    for name in names():
        folder = contracts_root() / name
        if (folder / OVERLAY).is_file():
            shipped = document.load(folder / DOCUMENT)
            if shipped["info"]["title"] == title and set(shipped["paths"]) & set(vendored["paths"]):
                return folder / OVERLAY
    return None


def with_roles(contract: Contract) -> dict[str, Any]:
    """Return a contract's document with the roles that its fields may have by what they look like."""
    marked: Any = deepcopy(dict(contract.document))
    guesses = proposal.of_request(contract.wire_schema) + [
        guess for schema in contract.success.media.values() for guess in proposal.of_answer(schema)
    ]
    for guess in guesses:
        node = follow(marked, guess.pointer) if guess.pointer != "#" else None
        if isinstance(node, dict):
            node.setdefault(ROLE, guess.role)
    return cast("dict[str, Any]", marked)


def with_texts(contract: Contract, texts: Iterable[tuple[str, str, bool]]) -> dict[str, Any]:
    """Return a contract's document with the member that documents of any form have their text under: without one all would be alike."""
    marked: Any = deepcopy(dict(contract.document))
    for pointer, name, _ in texts:
        follow(marked, pointer)["properties"] = {name: {"type": "string", ROLE: "text"}}
    return cast("dict[str, Any]", marked)
