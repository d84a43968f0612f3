"""Take a vendor's published page into `openapi/`: `nox -s vendor -- VENDOR [FILE|URL]`.

Without FILE or URL the page is fetched from the address in `provenance.json`. Exit status: 0 nothing changed or nothing
breaks; 1 something breaks and is not approved, and everything is written all the same; 2 the input is unusable and nothing was touched;
70 an error of this program.
"""

import argparse
import datetime as dt
import json
import re
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from conformance.contract import ContractError, document, operation, page, provenance  # noqa: E402
from conformance.contract.catalogue import DOCUMENT, OVERLAY, check, read  # noqa: E402
from scripts import regenerate  # noqa: E402
from scripts.spec import approval, history, intake, report, source  # noqa: E402
from scripts.spec.redocly import RedoclyError  # noqa: E402
from scripts.spec.renewal import Renewal, renew  # noqa: E402

OPENAPI = ROOT / "openapi"
PAGE = "page.md"
# Exit status of sysexits.h for an error inside a program.
CRASHED = 70
DATED = "The page bears no date of its own: `retrieved` is the day it was taken."


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(
        prog="vendor", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("vendor", help="folder below openapi/")
    parser.add_argument(
        "place",
        nargs="?",
        metavar="FILE|URL",
        help="the page as published, or bare YAML or JSON (default: fetch it again)",
    )
    parser.add_argument(
        "--operation",
        metavar="PATH",
        help="the path of the operation that ranks, where the document has several (default: as the overlay says, or the likeliest)",
    )
    parser.add_argument("--stock", action="store_true", help="take nothing; write the provenance of what is there")
    parser.add_argument(
        "--approve",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="approve a change of this report, or of the last one; `all` for every breaking one",
    )
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="write changes.md and changes.json there too")
    action = "store_true"
    parser.add_argument("--no-regenerate", action=action, help="leave client and documents to `nox -s regenerate`")
    parser.add_argument("--source", help="where the page was found, in words (default: as before)")
    parser.add_argument("--url", help="where to fetch the page from next time (default: as before, or the URL given)")
    parser.add_argument(
        "--retrieved", type=dt.date.fromisoformat, help="date, YYYY-MM-DD (default: today; with --stock as before)"
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Vendor a page; return the exit status that the module's docstring tells."""
    options = arguments(argv)
    folder = OPENAPI / options.vendor
    try:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", options.vendor):
            raise ContractError(f"{options.vendor!r} is no vendor's name: small letters, digits, `-` and `_` only.")
        if options.stock:
            return stock(folder, options)
        return approve(folder, options) if options.approve and options.place is None else take(folder, options)
    except (ContractError, RedoclyError, OSError) as error:
        print(f"vendor: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except Exception as error:  # noqa: BLE001 - whatever went wrong inside, 1 means that something breaks
        print(f"vendor: {crash(error, options)}", file=sys.stderr)
        return CRASHED


def crash(error: BaseException, options: argparse.Namespace) -> str:
    """Say in one paragraph that this program failed, where, and what to do."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = " ".join(str(error).split())[:300]
    return (
        f"this is an error of the program, not of {options.place or 'the document'}: {type(error).__name__}: {what} ({Path(frame.filename).name}, line {frame.lineno}). "
        f"openapi/{options.vendor} may hold a new version that is not finished: put it back with `git checkout openapi/{options.vendor}`, and report this with the document."
    )


def stock(folder: Path, options: argparse.Namespace) -> int:
    """Write the provenance of what is there, unless somebody edited it."""
    before = provenance.read(folder) if (folder / provenance.FILE).is_file() else {}
    unchanged(folder)
    contract = read(folder / DOCUMENT, folder.name)
    record(folder, before, options, str(before.get("retrieved", today())))
    for action in contract.unmatched:
        print(f"overlay action matches nothing: {action.target} ({action.description})")
    return 0


def take(folder: Path, options: argparse.Namespace) -> int:
    """Replace page and document by a new version, if it is a usable one, and bring up to date what follows from it."""
    before = provenance.read(folder) if (folder / provenance.FILE).is_file() else {}
    place = options.place or before.get("url")
    if place is None:
        msg = f"openapi/{folder.name}/{provenance.FILE} names no `url` to fetch the page from; name a FILE or URL."
        raise ContractError(msg)
    found = source.read(place)
    if transcribed(folder) and not intake.published(found.text):
        return take_page(folder, before, options, found)
    taken = intake.take(found.text, found.name, options.operation or named_operation(folder))
    if same(folder / PAGE, taken.page) and same(folder / DOCUMENT, taken.body):
        print(f"openapi/{folder.name}: nothing has changed since {before.get('retrieved', 'it was taken')}.")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        try:
            renewal = renew(folder, taken, clients=Path(scratch))
        except ContractError as error:
            raise ContractError(str(error) if found.name in str(error) else f"{found.name}: {error}") from error
        approved = approval.read(folder) | approve_now(folder, options, renewal)
        kept = keep(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if taken.page is None:
            (folder / PAGE).unlink(missing_ok=True)
        else:
            write(folder / PAGE, taken.page)
        write(folder / DOCUMENT, taken.body)
        if renewal.overlay is not None:
            write(folder / OVERLAY, renewal.overlay)
        package = regenerate.package_name(folder.name)
        fresh = Path(scratch) / "new" / package
        if fresh.is_dir():
            before["client"] = renewal.version[1]
            regenerate.stamp(fresh, renewal.version[1])
        record(folder, before, options, today(), found)
        if OPENAPI == ROOT / "openapi" and not options.no_regenerate:
            if fresh.is_dir():
                regenerate.replace(fresh, regenerate.GENERATED / package)
            regenerate.write_documents()
    return tell(renewal, approved, [place for place in (kept, options.report) if place is not None])


def named_operation(folder: Path) -> str | None:
    """Return the path of the operation that a vendor's overlay names, or None."""
    named = document.load(folder / OVERLAY).get(operation.OPERATION) if (folder / OVERLAY).is_file() else None
    return None if named is None else str(named)


def take_page(folder: Path, before: dict[str, str], options: argparse.Namespace, found: source.Source) -> int:
    """Keep a new version of a page that a person transcribes: what it means, no machine can say."""
    page_of(folder, found)
    if same(folder / PAGE, found.text):
        print(f"openapi/{folder.name}: nothing has changed since {before.get('retrieved', 'it was taken')}.")
        return 0
    keep(folder)
    write(folder / PAGE, found.text)
    record(folder, before, options, today(), found)
    print(
        f"The page has changed; {DOCUMENT} is transcribed by hand: bring it up to date and run this again with --stock."
    )
    return 1


def keep(folder: Path) -> Path | None:
    """Keep the version that is there, and say where."""
    if not (folder / DOCUMENT).is_file():
        return None
    kept = history.keep(folder, (PAGE, DOCUMENT, OVERLAY, provenance.FILE))
    print(f"openapi/{folder.name}/{history.FOLDER}/{kept.name}: the version before")
    return kept


def approve_now(folder: Path, options: argparse.Namespace, renewal: Renewal) -> frozenset[str]:
    """Write down what the command line approves, and return its fingerprints."""
    if not options.approve:
        return frozenset()
    return frozenset(change.fingerprint for change in approval.approve(folder, options.approve, renewal.changes))


def approve(folder: Path, options: argparse.Namespace) -> int:
    """Approve changes of the version that was taken last; return 1 while some that break are not approved."""
    kept = history.latest(folder)
    path = None if kept is None else kept / "changes.json"
    if path is None or not path.is_file():
        raise ContractError(f"openapi/{folder.name}/{history.FOLDER} holds no report of a change to approve.")
    changes = report.changes(path)
    for change in approval.approve(folder, options.approve, changes):
        print(f"approved {change.fingerprint}: {change.sentence}")
    left = approval.pending(changes, approval.read(folder))
    print(f"{len(left)} breaking changes are not approved.")
    return 1 if left else 0


def tell(renewal: Renewal, approved: frozenset[str], folders: list[Path]) -> int:
    """Write the report into folders, print it, and return the exit status."""
    text = report.as_markdown(renewal, approved)
    machine = json.dumps(report.as_json(renewal, approved), ensure_ascii=False, indent=2) + "\n"
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / "changes.md", text)
        write(folder / "changes.json", machine)
    print()
    print(text)
    return report.exit_status(renewal, approved)


def today() -> str:
    """Return the day, YYYY-MM-DD."""
    return str(dt.datetime.now(dt.UTC).date())


def same(path: Path, text: str | None) -> bool:
    """Whether a file holds a text, or is absent where there is none."""
    return (not path.is_file()) if text is None else (path.is_file() and path.read_bytes() == text.encode())


def record(
    folder: Path, before: dict[str, str], options: argparse.Namespace, day: str, found: source.Source | None = None
) -> None:
    """Write the provenance."""
    url = options.url or (found.url if found is not None and found.url else before.get("url"))
    named = url or f"the file {DOCUMENT}"
    if found is not None and not found.url:
        named = f"the file {Path(found.name).name}"
    kept = [name for name in (PAGE, DOCUMENT) if (folder / name).is_file()]
    retrieved, said = str(options.retrieved or day), options.source or before.get("source") or named
    provenance.write(folder, said, retrieved, note(folder), kept, url, before.get("client"))
    print(f"openapi/{folder.name}: {', '.join(kept)}; retrieved {retrieved}")


def page_of(folder: Path, found: source.Source) -> None:
    """Refuse what is not the page that a document was transcribed from."""
    contract = check(document.load(folder / DOCUMENT), folder / DOCUMENT)
    endpoint = contract.server + contract.path
    if endpoint not in found.text:
        msg = f"{found.name} holds no OpenAPI document, nor is it the page that {DOCUMENT} was transcribed from: it does not name {endpoint}."
        raise ContractError(msg)


def transcribed(folder: Path) -> bool:
    """Whether a vendor's document was transcribed by hand from a page that holds none."""
    there = (folder / PAGE).is_file() and (folder / DOCUMENT).is_file()
    return there and page.extract(document.read_text(folder / PAGE)) is None


def written(folder: Path) -> bool:
    """Whether a document says of itself that this project wrote it, from facts that NOTES.md cites."""
    info = document.load(folder / DOCUMENT).get("info")
    return isinstance(info, dict) and info.get("x-rerank-document") == "written"


def unchanged(folder: Path) -> None:
    """Refuse to take stock of a published document that somebody edited: corrections belong into the overlay."""
    if not (folder / DOCUMENT).is_file():
        raise ContractError(f"There is no openapi/{folder.name}/{DOCUMENT}; name the file to take it from.")
    check(document.load(folder / DOCUMENT), folder / DOCUMENT)
    if transcribed(folder) or written(folder):
        return
    published = page.extract(document.read_text(folder / PAGE)) if (folder / PAGE).is_file() else None
    edited = published is not None and document.read_text(folder / DOCUMENT) != published
    if edited or (published is None and DOCUMENT in provenance.changed(folder)):
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


if __name__ == "__main__":
    sys.exit(main())
