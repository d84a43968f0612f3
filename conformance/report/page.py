"""HTML pages: one base, one style; nothing is fetched, and all is readable without a script."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from conformance import __version__
from conformance.document import text
from conformance.document.cache import cache_folder

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, *, styles: tuple[str, ...] = (), script: str = "", **values: Any) -> str:
    """Return a page from a template that extends `base.html.j2`; it escapes whatever it is given.

    `styles` are files that come on top of the common one, `script` is a file or empty.
    """
    code = "".join(map(_file, ("page.js", script))) if script else ""
    script_hash = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    told = {"style": style("colours.css", "page.css", *styles), "script": code, "script_hash": script_hash}
    return str(fragment(template, **told, **values))


def fragment(template: str, **values: Any) -> Markup:
    """Return a part of a page from a template, which escapes whatever it is given."""
    return Markup(environment().get_template(template).render(**values))  # noqa: S704 - it is escaped there


def style(*names: str) -> str:
    """Return style sheets as one."""
    return "".join(map(_file, names))


@cache
def environment() -> Any:
    """Return the templates of pages."""
    made = templates(TEMPLATES, escaped=True)
    made.globals |= {"version": __version__, "clean": text.visible, "line": text.one_line, "prose": prose}
    return made


def templates(folder: Path, *, escaped: bool) -> Any:
    """Return the templates of a folder, of HTML if they are escaped; compiled ones are kept where the suite keeps what it can make again."""
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

    kept = cache_folder()
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=escaped,  # noqa: S701 - Markdown has its own filters
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(kept)) if kept else None,
    )


def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def prose(words: str) -> Markup:
    """Return words as markup, cut, with what stands between backticks as code."""
    parts = text.visible(text.cut(words.replace("\r\n", "\n"), 1_000)).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 and i < len(parts) - 1 else escape(part)
        for i, part in enumerate(parts)
    )
