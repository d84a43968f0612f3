"""`rerank-conformance site`: the public board of a store."""

from pathlib import Path

import click

from conformance.cli import storing
from conformance.cli.formatting import formats
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, say_json, unwritable


@click.command("site")
@click.argument("where", metavar="STORE")
@options_of("site")
@formats()
def command(where: str, out: Path, title: str, url: str | None, globs: tuple[str, ...], form: str) -> int:
    """Make a static site from STORE, a file or a postgresql:// URL.

    It has a page for each target and each check, and a badge for each target. An Atom feed says what newly failed or passes again.
    """
    from conformance.board.site import SiteError, write
    from conformance.board.standing import standings
    from conformance.exchange.address import TargetError, base

    try:
        with refusing(TargetError, of="--url"), refusing(SiteError, of="--out"):
            if url:
                base(url)
            with storing.store(where) as store:
                count = write(standings(store, globs), out, title=title, url=url or "")
    except OSError as error:
        raise unwritable(out, error) from error
    if form == "json":
        say_json({"files": count, "index": str(out / "index.html")})
    else:
        say(f"{count} files: {out / 'index.html'}")
    return 0
