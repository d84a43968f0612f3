"""Markdown from templates. Servers' words stand in code, where nothing is linked or mentioned."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from conformance.document import moment, text
from conformance.report.page import TEMPLATES, templates

# Brackets make a parenthesis or an exclamation mark special; a mark of a list or heading is one at the beginning.
_SPECIAL = re.compile(r"[\\`*\[\]<|~$]|^[#+>=-]|&(?=[#\w])|(?<!\w)_|_(?!\w)")
_LINKED = re.compile(r"@|#(?=\w)|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LONGEST = 60_000  # a comment on GitHub takes 65,536 characters
_SENTENCE = 1_000


def escape(words: str, longest: int = 400) -> str:
    """Return words that Markdown and HTML leave alone, and in which nobody is mentioned and nothing linked."""
    parted = _LINKED.sub(lambda match: f"{match[0]}\u200b", text.one_line(words, longest))
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", parted)


def code(words: str, longest: int = 300) -> str:
    """Return words as a code span."""
    return _span(text.one_line(words, longest))


def cell(words: str, longest: int = 300) -> str:
    """Return words as a code span in a table, where a pipe needs a backslash that is not one of the words."""
    return _span(text.one_line(words, longest).replace("\\|", "\\\u200b|").replace("|", "\\|"))


def _span(line: str) -> str:
    if not line:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(words: str, language: str = "") -> str:
    """Return a text as a fenced block that it cannot leave."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    return f"{fence}{language}\n{words}\n{fence}"


def sentence(words: str) -> str:
    """Return a sentence for a table: what it has between backticks as code, the rest escaped."""
    # Before it is parted: a server can put a backtick between any two words.
    parts = (words if len(words) <= _SENTENCE else f"{words[:_SENTENCE]}…").split("`")
    if len(parts) % 2 == 0:
        return escape(words)
    return "".join(cell(part) if i % 2 else _keep_ends(part) for i, part in enumerate(parts))


def _keep_ends(part: str) -> str:
    return f"{' ' if part[:1].isspace() else ''}{escape(part)}{' ' if part[-1:].isspace() and part.strip() else ''}"


def fit(page: str, whole: str) -> str:
    """Cut a page between lines so that it fits a comment on GitHub; `whole` names the file that has all of it."""
    if len(page) <= _LONGEST:
        return page
    cut = page[: page.rindex("\n", 0, _LONGEST)]
    closing = "\n\n</details>" * (cut.count("<details>") - cut.count("</details>"))
    return f"{cut}{closing}\n\nCut here; the whole is in {whole}.\n"


@cache
def environment(folder: Path = TEMPLATES, **more: Callable[..., str]) -> Any:
    """Return the templates of a folder; every value must pass a filter: code, cell, words, sentence, block or visible.

    `more` are further filters, by name.
    """
    made = templates(folder, escaped=False)
    made.filters.update(code=code, cell=cell, words=escape, sentence=sentence, block=block, visible=text.visible)
    made.filters.update(day=lambda run: moment(run.started)[:10], **more)
    return made


def render(template: str, **values: Any) -> str:
    """Return a template of this package, filled in."""
    page: str = environment().get_template(template).render(**values)
    return page
