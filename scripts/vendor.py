"""Take a vendor's published page into `openapi/`: `python scripts/vendor.py VENDOR [FILE]`."""

import argparse
import datetime as dt
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conformance.contract import ContractError, document, page, provenance  # noqa: E402
from conformance.contract.catalogue import DOCUMENT, OVERLAY, check, read  # noqa: E402

OPENAPI = ROOT / "openapi"
PAGE = "page.md"
DATED = "The page bears no date of its own: `retrieved` is the day it was taken."


def main(argv: list[str] | None = None) -> int:
    """Vendor a page; return 0, 1 if the overlay no longer makes a contract of it, 2 if it is unusable, with nothing overwritten."""
    parser = argparse.ArgumentParser(prog="vendor", description=__doc__)
    parser.add_argument("vendor", help="folder below openapi/")
    parser.add_argument("file", nargs="?", type=Path, help="the page as published, or bare YAML or JSON (default: take stock of what is there)")
    parser.add_argument("--source", help="where the page was found (default: as before)")
    parser.add_argument("--retrieved", type=dt.date.fromisoformat, help="date, YYYY-MM-DD (default: today, or as before without FILE)")
    options = parser.parse_args(argv)
    folder = OPENAPI / options.vendor
    try:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", options.vendor):
            msg = f"{options.vendor!r} is no vendor's name: small letters, digits, `-` and `_` only."
            raise ContractError(msg)
        before = provenance.read(folder) if (folder / provenance.FILE).is_file() else {}
        if options.file is None:
            unchanged(folder)
        else:
            accept(folder, options.file)
    except (ContractError, OSError) as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 2
    retrieved = str(options.retrieved or (before.get("retrieved") if options.file is None else None) or dt.datetime.now(dt.UTC).date())
    source = options.source or before.get("source") or f"the file {options.file.name if options.file else DOCUMENT}"
    kept = [name for name in (PAGE, DOCUMENT) if (folder / name).is_file()]
    provenance.write(folder, source, retrieved, note(folder), kept)
    print(f"openapi/{options.vendor}: {', '.join(kept)}; retrieved {retrieved}")
    return report(folder)


def accept(folder: Path, file: Path) -> None:
    """Replace page and document, if the file holds a usable one; raises ContractError before anything is written."""
    text = document.read_text(file)
    found = page.extract(text)
    if found is None and transcribed(folder) and not text.lstrip().startswith(("openapi", "{")):
        take_page(folder, file, text)
        return
    body = text if found is None else found
    check(document.parse(body, str(file)), file)
    folder.mkdir(parents=True, exist_ok=True)
    if found is None:
        (folder / PAGE).unlink(missing_ok=True)
    else:
        write(folder / PAGE, text)
    write(folder / DOCUMENT, body)


def take_page(folder: Path, file: Path, text: str) -> None:
    """Keep a new version of a page that was transcribed by hand; raises ContractError for another page."""
    contract = check(document.load(folder / DOCUMENT), folder / DOCUMENT)
    endpoint = contract.server + contract.path
    if endpoint not in text:
        msg = f"{file} holds no OpenAPI document, nor is it the page that {DOCUMENT} was transcribed from: it does not name {endpoint}."
        raise ContractError(msg)
    if text != document.read_text(folder / PAGE):
        print(f"The page has changed; {DOCUMENT} is transcribed by hand: bring it up to date and run this again without FILE.")
        write(folder / PAGE, text)


def transcribed(folder: Path) -> bool:
    """Whether a vendor's document was transcribed by hand from a page that holds none."""
    return (folder / PAGE).is_file() and (folder / DOCUMENT).is_file() and page.extract(document.read_text(folder / PAGE)) is None


def written(folder: Path) -> bool:
    """Whether a document says of itself that this project wrote it, from facts that NOTES.md cites."""
    info = document.load(folder / DOCUMENT).get("info")
    return isinstance(info, dict) and info.get("x-rerank-document") == "written"


def unchanged(folder: Path) -> None:
    """Refuse to take stock of a published document that somebody edited: corrections belong into the overlay."""
    if not (folder / DOCUMENT).is_file():
        msg = f"There is no openapi/{folder.name}/{DOCUMENT}; name the file to take it from."
        raise ContractError(msg)
    check(document.load(folder / DOCUMENT), folder / DOCUMENT)
    if transcribed(folder) or written(folder):
        return
    published = page.extract(document.read_text(folder / PAGE)) if (folder / PAGE).is_file() else None
    edited = DOCUMENT in provenance.changed(folder) if published is None else document.read_text(folder / DOCUMENT) != published
    if edited:
        msg = f"openapi/{folder.name}/{DOCUMENT} is not what was published; corrections belong into {OVERLAY}, a new version is taken from its FILE."
        raise ContractError(msg)


def note(folder: Path) -> str:
    """Return what the provenance says of how the document was made."""
    if transcribed(folder):
        return f"{DOCUMENT} was transcribed from {PAGE} by hand; NOTES.md says what the page leaves open. {DATED}"
    if written(folder):
        return f"{DOCUMENT} was written by this project; it is no document of the vendor's. NOTES.md says where each fact comes from, and how sure it is."
    if (folder / PAGE).is_file():
        return f"{DOCUMENT} is what stands between the fences of {PAGE}, byte for byte. {DATED}"
    return f"{DOCUMENT} is what was published, byte for byte."


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text.encode())
    fresh.replace(path)


def report(folder: Path) -> int:
    """Tell what the overlay no longer does; an action without a match is a finding, not an end."""
    try:
        contract = read(folder / DOCUMENT, folder.name)
    except ContractError as error:
        print(f"With its overlay it is no contract: {error}")
        return 1
    for action in contract.unmatched:
        print(f"overlay action matches nothing any more: {action.target} ({action.description})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
