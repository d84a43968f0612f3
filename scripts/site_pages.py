"""Hooks of MkDocs: pages that are made from the code, and links that lead out of docs/."""

import inspect
import json
import posixpath
import re
from pathlib import Path
from typing import Any

import click
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from conformance.cli.group import cli

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(([^)\s:#]+)(#[^)\s]*)?\)")
_SCHEMAS = (ROOT / "conformance" / "document" / "schemas", ROOT / "conformance" / "schemas")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made from the code."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    made = {
        "index.md": re.sub(r"\]\(docs/", "](", readme),
        "reference/commands.md": commands(),
        "reference/schemas.md": schemas(),
    }
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Turn a link to a file of the repository that is no page into its path; fail for one that does not exist."""
    base = posixpath.dirname(page.file.src_uri)

    def mended(match: re.Match[str]) -> str:
        image, words, target, _anchor = match.groups()
        place = posixpath.normpath(posixpath.join(base, target))
        if files.get_file_from_path(place) is not None:
            return match[0]
        candidates = (ROOT / "docs" / place, ROOT / place)
        found = next((path.resolve() for path in candidates if path.exists()), None)
        if image or found is None:
            raise PluginError(f"{page.file.src_uri}: the link {match[0]} leads to nothing.")
        shown = found.relative_to(ROOT)
        return f"`{shown}`" if words.strip("`") in {str(shown), shown.name} else f"{words} (`{shown}`)"

    parts = re.split(r"(^```.*?^```$)", markdown, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if at % 2 else _LINK.sub(mended, part) for at, part in enumerate(parts))


def commands() -> str:
    """Return the reference of the command line, read off the program itself."""
    parts = ["# Commands\n\nEvery command has `--help`, and every command prints JSON with `--format json`.\n"]
    group = click.Context(cli, info_name="rerank-conformance")
    for name in cli.list_commands(group):
        command = cli.get_command(group, name)
        if command is None:
            continue
        context = click.Context(command, group, info_name=name)
        usage = command.get_usage(context).removeprefix("Usage: ")
        words = inspect.cleandoc(command.help or "")
        parts.append(f"## {name}\n\n```text\n{usage}\n```\n\n{_safe(words)}\n")
        rows = []
        for option in command.params:
            record = option.get_help_record(context) if isinstance(option, click.Option) else None
            if record is not None:
                rows.append(f"| `{record[0]}` | {_safe(' '.join(record[1].split()))} |")
        parts.append("\n".join(["| option | what it does |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _safe(words: str) -> str:
    """Return words of a help text for Markdown: no link, no tag, no column is made of them."""
    pieces = re.split(r"(`[^`]*`)", words)
    return "".join(piece if at % 2 else re.sub(r"([\[\]<>*_|])", r"\\\1", piece) for at, piece in enumerate(pieces))


def schemas() -> str:
    """Return the reference of the JSON documents that the commands write."""
    parts = ["# JSON schemas\n\nA test holds every document that a command writes against its schema.\n"]
    for path in sorted(found for folder in _SCHEMAS for found in folder.glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        parts.append(f"## {path.name.removesuffix('.schema.json')}\n")
        words = ". ".join(filter(None, (schema.get("title"), schema.get("description"))))
        parts.append(f"{words}\n\nFile: `{path.relative_to(ROOT)}`\n")
        fields = schema.get("properties") or (schema.get("items") or {}).get("properties") or {}
        required = schema.get("required") or (schema.get("items") or {}).get("required") or []
        if fields:
            rows = [
                f"| `{name}` | {_type(one)} | {'yes' if name in required else 'no'} |" for name, one in fields.items()
            ]
            parts.append("\n".join(["| field | type | required |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _type(schema: Any) -> str:
    """Return the type of a field in a word or two."""
    if not isinstance(schema, dict):
        return "any"
    found = schema.get("type") or schema.get("$ref", "").rpartition("/")[2] or ("enum" if "enum" in schema else "any")
    return " or ".join(found) if isinstance(found, list) else str(found)
