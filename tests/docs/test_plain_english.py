"""People read plain English: sentences of at most 25 words, and the field's words instead of the house's."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from conformance.cli.group import COMMANDS, cli
from conformance.contract import load, names
from conformance.mock.faults import CHAOS, faults
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements

ROOT = Path(__file__).resolve().parents[2]
RULES = tomllib.loads(Path(__file__).with_name("plain_english.toml").read_text(encoding="utf-8"))
LONGEST = RULES["longest"]
_LIST = 5
_SHORT = 3
BANNED = [re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE) for phrase in RULES["banned"]]
GENERATED = (
    "docs/requirements/",
    "docs/examples/",
    "docs/faults.md",
    "docs/drill.md",
    "docs/weather.md",
    "docs/performance.md",
)
PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    )
    if not str(path.relative_to(ROOT)).startswith(GENERATED)
}
SUITE = ROOT / "conformance"
MODULES = sorted((*SUITE.rglob("*.py"), *(ROOT / "scripts").rglob("*.py")))
# Texts that are sent and scored.
DATA = {"pool.py", "scorer.py", "wholeness.py"}
TEMPLATES = {
    str(path.relative_to(ROOT)): path
    for folder in ("report", "board", "cli")
    for path in sorted((ROOT / "conformance" / folder / "templates").glob("*.j2"))
    if path.suffixes[-2:-1] != [".svg"]
}


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a page in Markdown; code, tables' rulers and addresses are no words."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"`[^`]*`", "CODE", text)
    text = re.sub(r"(CODE(, | and | or |/)?)+", "CODE ", text)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.)\s?)|\s\|\s|\|$", text, flags=re.MULTILINE)
    for block in blocks:
        words = re.sub(r"\s+", " ", block).strip(" |#*-_")
        # Many semicolons make a list, and not a sentence.
        ends = ".!?:;" if words.count(";") >= _LIST else ".!?:"
        yield from (one for one in re.split(rf"(?<=[{ends}])[\"*_)]*\s+", words) if one)


def long(text: str) -> list[str]:
    """Return the sentences that are too long."""
    return [one for one in sentences(text) if len(re.findall(r"[\w’'%.,-]*\w", one)) > LONGEST]


def banned(text: str) -> list[str]:
    """Return the phrases of the list that a text holds."""
    plain = " ".join(sentences(text))
    return [match[0] for phrase in BANNED for match in phrase.finditer(plain)]


@cache
def help_texts() -> dict[str, str]:
    """Return the help of each command, and of each of its options, as paragraphs."""
    found = {"rerank-conformance": "\n\n".join([cli.help or "", *COMMANDS.values()])}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        options = [str(getattr(one, "help", None) or "") for one in command.params]
        found[name] = "\n\n".join(filter(None, (command.help, *options)))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    """README and pages keep to the rules, without exception."""
    text = PAGES[name].read_text(encoding="utf-8")
    assert not [*long(text), *banned(text)]


@pytest.mark.parametrize("name", ["rerank-conformance", *cli.list_commands(click.Context(cli))])
def test_help(name: str) -> None:
    """The help of every command and option keeps to the rules, without exception."""
    text = help_texts()[name]
    assert not [*long(text), *banned(text)]


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates(name: str) -> None:
    """The words of reports, board and files that are written keep to the rules, without exception."""
    text = re.sub(r"\{[%#].*?[%#]\}|\[%.*?%\]", "\n\n", TEMPLATES[name].read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(
        r"<(?:style|script).*?</(?:style|script)>", "", re.sub(r"\{\{.*?\}\}", "VALUE", text), flags=re.DOTALL
    )
    assert not [*long(re.sub(r"</?\w[^>]*>", "\n\n", text)), *banned(text)]


@pytest.mark.parametrize("name", names())
def test_sentences(name: str) -> None:
    """What a contract's checks and the mock's faults say of themselves keeps to the rules, without exception."""
    contract = load(name)
    known = [item.clause for item in requirements(Kit(contract))] + list(faults(contract).values())
    text = "\n\n".join(sorted({one.sentence for one in known} | {one.sentence for one in CHAOS.values()}))
    assert not [*long(text), *banned(text)]


def docstrings(path: Path) -> Iterator[str]:
    """Yield the docstrings of a module and of what it has that is public; in a list of attributes a semicolon ends a sentence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            public = isinstance(node, ast.Module) or not node.name.startswith("_")
            yield ((public and ast.get_docstring(node)) or "").replace(";", ".")


def messages(path: Path) -> Iterator[str]:
    """Yield what a module says to people: its texts of four words and more, with a word for each value that they take."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "VALUE" for part in node.values]
            silent |= {id(part) for part in ast.walk(node)}
            text = "".join(map(str, parts))
        else:
            text = str(node.value) if isinstance(node, ast.Constant) and id(node) not in silent else ""
        if len(text.split()) > _SHORT:
            yield text


def test_docstrings() -> None:
    """No sentence in the docstring of a module, or of a public class or function, is too long."""
    assert [(path.name, one) for path in MODULES for one in long("\n\n".join(docstrings(path)))] == []


def test_messages() -> None:
    """Whatever the suite says to people keeps to the rules; words of requests, which are data, are no messages."""
    texts = {path: "\n\n".join(messages(path)) for path in MODULES if path.is_relative_to(SUITE)}
    assert [
        (name.name, one)
        for name, text in texts.items()
        if name.name not in DATA
        for one in (*long(text), *banned(text))
    ] == []


def test_the_rules_find_something() -> None:
    """A long sentence and a phrase of the list are found; code, tables and links are not counted."""
    assert long("word " * (LONGEST + 1) + ".")
    assert not long(" ".join(["word"] * LONGEST) + ".")
    assert not long("| " + " | ".join(["some words"] * 30) + " |")
    assert not long("```sh\n" + "word " * 60 + "\n```\n")
    assert banned("Nothing that was answered shows it.")
    assert not banned("`kept` is code.")
