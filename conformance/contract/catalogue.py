"""The contracts that are shipped, and those that a user brings along."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conformance.contract import document, overlay
from conformance.contract.contract import ROLE, Contract, ask
from conformance.contract.errors import ContractError, UnknownContractError
from conformance.contract.resources import contracts_root
from conformance.contract.schema import walk

DOCUMENT = "rerank.yaml"
OVERLAY = "overlay.yaml"


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
    close = get_close_matches(name, names(), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    msg = f"There is no contract {name!r}: no shipped one has this name ({known}) and no file lies there.{hint}"
    raise UnknownContractError(msg)


def read(path: Path, name: str) -> Contract:
    """Return the effective contract of a document file."""
    vendored = document.load(path)
    beside = path.with_name(OVERLAY)
    with _refused(path):
        _recognise(vendored)
        return _effective(path, name, vendored, beside if beside.is_file() else overlay_for(vendored))


def check(vendored: dict[str, Any], path: Path) -> Contract:
    """Return a document as a contract without an overlay; raises ContractError when it is no usable OpenAPI document."""
    with _refused(path):
        _recognise(vendored)
        contract = Contract(path.stem, vendored, vendored, path)
        ask(contract)
        return contract


def _recognise(vendored: dict[str, Any]) -> None:
    if not str(vendored.get("openapi", "")).startswith("3.") or not isinstance(vendored.get("paths"), dict):
        msg = "it needs `openapi: 3.x` and `paths`."
        raise ContractError(msg)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Say of whatever a document makes its questions raise that it is the document's fault, and which one's."""
    try:
        yield
    except ContractError as error:
        msg = str(error) if str(path) in str(error) else f"{path} is no usable OpenAPI document: {error}"
        raise type(error)(msg) from error
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        msg = f"{path} is no usable OpenAPI document: {type(error).__name__}: {error}"
        raise ContractError(msg) from error


def _effective(path: Path, name: str, vendored: dict[str, Any], chosen: Path | None) -> Contract:
    applied = overlay.apply(vendored, overlay.parse(document.load(chosen), str(chosen))) if chosen is not None else overlay.Applied(vendored)
    contract = Contract(name, applied.document, vendored, path, applied.unmatched)
    if contract.request_field("documents") is None:
        contract = Contract(name, _with_roles(applied.document), vendored, path, applied.unmatched)
    if contract.request_field("documents") is None:
        msg = f"{path}: no field of its request has the role documents; mark it with {ROLE} in an overlay beside it."
        raise ContractError(msg)
    ask(contract)
    return contract


def overlay_for(vendored: dict[str, Any]) -> Path | None:
    """Return the overlay of the shipped vendor whose title and servers these are."""
    title = (vendored.get("info") or {}).get("title")
    for name in names():
        folder = contracts_root() / name
        if (folder / OVERLAY).is_file():
            shipped = document.load(folder / DOCUMENT)
            if shipped["info"]["title"] == title and set(shipped["paths"]) & set(vendored["paths"]):
                return folder / OVERLAY
    return None


def _with_roles(effective: dict[str, Any]) -> dict[str, Any]:
    """Return the document with roles on fields whose name has one in a shipped contract."""
    known = _guessed(set(_property_names(effective)))

    def mark(node: Any) -> Any:
        if isinstance(node, list):
            return [mark(item) for item in node]
        if not isinstance(node, dict):
            return node
        result = {key: mark(value) for key, value in node.items()}
        properties = result.get("properties")
        if isinstance(properties, dict):
            for key, value in properties.items():
                if key in known and isinstance(value, dict) and "$ref" not in value:
                    value.setdefault(ROLE, known[key])
        return result

    marked: dict[str, Any] = mark(effective)
    return marked


def _guessed(present: set[str]) -> dict[str, str]:
    """Return the roles of names, from the shipped contracts; the one that shares most names goes first.

    What another one calls otherwise is taken from it only where its role has
    no name yet: `data` is no list of results beside `results`.
    """
    known: dict[str, str] = {}
    for roles in sorted(_shipped_roles(), key=lambda roles: -len(roles.keys() & present)):
        taken = set(known.values())
        known |= {name: role for name, role in roles.items() if name in present and name not in known and role not in taken}
    return known


def _shipped_roles() -> Iterator[dict[str, str]]:
    """Yield for each shipped contract the roles of its names, as its own overlay gives them."""
    for name in names():
        folder = contracts_root() / name
        if not (folder / OVERLAY).is_file():
            continue
        vendored = document.load(folder / DOCUMENT)
        applied = overlay.apply(vendored, overlay.parse(document.load(folder / OVERLAY), str(folder / OVERLAY)))
        shipped = Contract(name, applied.document, vendored, folder / DOCUMENT)
        found: dict[str, str] = {}
        for schema in (shipped.request_schema, *shipped.success.media.values()):
            for path, node in walk(schema):
                if path and ROLE in node:
                    found.setdefault(path[-1], node[ROLE])
        yield found


def _property_names(node: Any) -> Iterator[str]:
    for value in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        yield from _property_names(value)
    if isinstance(node, dict) and isinstance(node.get("properties"), dict):
        yield from map(str, node["properties"])
