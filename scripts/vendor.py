"""Take a vendor's published page into `openapi/`: `python scripts/vendor.py VENDOR [FILE]`."""

import argparse
import datetime as dt
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conformance.contract import ContractError, document, page, provenance  # noqa: E402
from conformance.contract.catalogue import DOCUMENT, OVERLAY, read  # noqa: E402

OPENAPI = ROOT / "openapi"
PAGE = "page.md"


def main(argv: list[str] | None = None) -> int:
    """Vendor a page; return 0, or 2 for what is no usable OpenAPI document, with nothing overwritten."""
    parser = argparse.ArgumentParser(prog="vendor", description=__doc__)
    parser.add_argument("vendor", help="folder below openapi/")
    parser.add_argument("file", nargs="?", type=Path, help="the page as published, or bare YAML or JSON (default: take stock of what is there)")
    parser.add_argument("--source", help="where the page was found (default: as before)")
    parser.add_argument("--retrieved", help="date, YYYY-MM-DD (default: today, or as before without FILE)")
    options = parser.parse_args(argv)
    folder = OPENAPI / options.vendor
    try:
        before = provenance.read(folder) if (folder / provenance.FILE).is_file() else {}
        if options.file is not None:
            accept(folder, options.file)
        elif not (folder / DOCUMENT).is_file():
            msg = f"There is no {folder.relative_to(ROOT) / DOCUMENT}; name the file to take it from."
            raise ContractError(msg)
    except ContractError as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 2
    today = dt.datetime.now(dt.UTC).date().isoformat()
    retrieved = options.retrieved or (before.get("retrieved") if options.file is None else None) or today
    transcribed = page.extract((folder / PAGE).read_text(encoding="utf-8")) is None if (folder / PAGE).is_file() else False
    note = (
        f"{DOCUMENT} was transcribed from {PAGE} by hand; NOTES.md says what the page leaves open."
        if transcribed
        else f"{DOCUMENT} is what stands between the fences of {PAGE}, byte for byte."
    )
    kept = [name for name in (PAGE, DOCUMENT) if (folder / name).is_file()]
    provenance.write(folder, options.source or before.get("source", ""), retrieved, note, kept)
    print(f"{folder.relative_to(ROOT)}: {', '.join(kept)}; retrieved {retrieved}")
    return report(folder)


def accept(folder: Path, file: Path) -> None:
    """Replace page and document, if the file holds a usable one; raises ContractError before anything is written."""
    text = document.read_text(file)
    found = page.extract(text)
    body = found if found is not None else text
    parsed = document.parse(body, str(file))
    if "openapi" not in parsed or not isinstance(parsed.get("paths"), dict):
        msg = f"{file} is no usable OpenAPI document: it needs `openapi` and `paths`."
        raise ContractError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    if found is not None:
        (folder / PAGE).write_text(text, encoding="utf-8", newline="")
    elif (folder / PAGE).is_file():
        (folder / PAGE).unlink()
    (folder / DOCUMENT).write_text(body, encoding="utf-8", newline="")


def report(folder: Path) -> int:
    """Tell which overlay actions no longer match; that is a finding, not an end."""
    if (folder / OVERLAY).is_file():
        for action in read(folder / DOCUMENT, folder.name).unmatched:
            print(f"overlay action matches nothing any more: {action.target} ({action.description})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
