"""Open or renew the pull request for a new version of a vendor's document, through `git` and `gh`.

    python scripts/propose.py FOLDER --base main --run URL

FOLDER is named `proposal-VENDOR` and holds what `.github/workflows/spec-watch.yml` made: `change.patch`, the report `changes.md`
with `changes.json`, and what was tried in `tried.md`. Only the standard library is needed; nothing of the patch is run.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PLACES = ("openapi", "generated", "docs")
_BOT = ("-c", "user.name=spec-watch", "-c", "user.email=spec-watch@users.noreply.github.com")
_LONGEST = 65_000  # a pull request's text takes 65,536 characters


class ProposalError(Exception):
    """A folder that is no proposal; the message names it."""


def propose(folder: Path, base: str, run: str) -> str:
    """Commit the change to a branch of its vendor and open its pull request, or renew the one that is open; return the title.

    Raises ProposalError, and CalledProcessError when git or gh fails.
    """
    vendor = folder.resolve().name.removeprefix("proposal-")
    patch = folder / "change.patch"
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", vendor) or not patch.is_file():
        raise ProposalError(f"{folder} is no proposal: it needs the name proposal-VENDOR and a change.patch.")
    words, title = _body(folder, run), _title(folder, vendor)
    branch = f"spec-watch/{vendor}"
    _git("switch", "--quiet", "--force-create", branch, f"origin/{base}")
    _git("apply", "--index", *(f"--include={place}/*" for place in PLACES), str(patch.resolve()))
    _git(*_BOT, "commit", "--quiet", "--message", title)
    _git("push", "--quiet", "--force", "origin", branch)
    known = json.loads(_gh("pr", "list", "--head", branch, "--state", "open", "--json", "number"))
    if known:
        _gh("pr", "edit", str(known[0]["number"]), "--title", title, "--body-file", "-", words=words)
    else:
        _gh("pr", "create", "--head", branch, "--base", base, "--title", title, "--body-file", "-", words=words)
    return title


def _title(folder: Path, vendor: str) -> str:
    path = folder / "changes.json"
    if not path.is_file():
        return f"{vendor}: the page has changed"
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    count = sum(change["severity"] == "breaking" for change in report["changes"])
    what = f"{count} breaking {'change' if count == 1 else 'changes'}"
    if not count:
        what = f"{report['severity'] or 'no'} changes"
    return f"{vendor}: {what} of its document; client {report['client']['proposed']}"


def _body(folder: Path, run: str) -> str:
    """Return the report with what was tried; the report's own words are escaped already."""
    report, tried = (_text(folder / name) for name in ("changes.md", "tried.md"))
    tail = f"\n\n## Tried\n\n{tried.strip() or 'Nothing.'}\n\nMade by {run}. A pull request that a workflow opened starts no other one: close and open it again to start `ci`.\n"
    return (report.strip() or "The page has changed; its document is transcribed by hand.")[
        : _LONGEST - len(tail)
    ] + tail


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def _gh(*arguments: str, words: str | None = None) -> str:
    return subprocess.run(["gh", *arguments], input=words, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def main(argv: list[str] | None = None) -> int:
    """Propose one change; return 2 for a folder that is none, 1 when git or gh fails."""
    parser = argparse.ArgumentParser(
        prog="propose", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", default="main", help="branch to merge into (default: main)")
    parser.add_argument("--run", default="hand", help="address of the run that made it")
    options = parser.parse_args(argv)
    try:
        print(propose(options.folder, options.base, options.run))
    except (ProposalError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"propose: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"propose: {' '.join(error.cmd[:2])} failed: {(error.stderr or '').strip()[:500]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
