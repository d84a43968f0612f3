"""`rerank-conformance init`: the files of a repository that asks its targets every night."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli.formatting import formats
from conformance.cli.options import options_of
from conformance.cli.output import refusing, say, say_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.targets import Entry

_TARGETS = Path("targets.toml")
_WORKFLOW = Path(".github/workflows/rerank-nightly.yml")
_IGNORE = Path(".gitignore")
_LINES = ("/runs/",)
_CONTRACT = "siliconflow"
# The fields of a target's table, and the flags that give them.
_FLAGS = {"base_url": "--base-url", "contract": "--contract", "key_env": "--api-key-env", "models": "--model"}


@click.command("init")
@options_of("init")
@formats()
def command(folder: Path, force: bool, form: str, **given: Any) -> int:
    """Write targets.toml, a nightly workflow and a .gitignore line for your repository.

    Asks for what it cannot guess. Without a terminal, give --target, and --base-url for a target of your own.
    """
    held = [str(path) for path in (_TARGETS, _WORKFLOW) if (folder / path).exists()]
    if held and not force:
        msg = f"{' and '.join(held)} exist{'s' if len(held) == 1 else ''} already. Use --force to replace {'it' if len(held) == 1 else 'them'}, or --dir for another folder."
        raise click.UsageError(msg)
    answers = _answers(given)
    files, entry = _files(answers, folder)
    written: list[str] = []
    try:
        for path, text in {**files, **_ignored(folder)}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
            written.append(str(folder / path))
    except OSError as error:
        msg = f"{folder} cannot be written: {error.strerror or error}. Choose another folder with --dir."
        raise click.UsageError(msg) from error
    if form == "json":
        say_json({"written": written, "target": entry.name, "key_env": entry.variable})
        return 0
    for name in written:
        say(f"wrote {name}")
    _tell(entry, pages=answers["pages"], source=answers["source"])
    return 0


def _answers(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, with what was asked for at the terminal; raises click.UsageError for what is missing without one."""
    from conformance.contract import names

    known, asking, answers = ", ".join(_built_in()), sys.stdin.isatty(), dict(given)
    if answers["base_url"]:
        _addressed(answers["base_url"])
    if not answers["target"]:
        if not asking:
            msg = f"Which target? Give --target with a built-in name ({known}), or --target NAME and --base-url URL."
            raise click.UsageError(msg)
        which = f"Target: a built-in one ({known}), or a name for your own"
        answers["target"] = click.prompt(which, default=next(iter(_built_in())), value_proc=_name)
    if answers["target"] in _built_in():
        return answers
    if not answers["base_url"]:
        if not asking:
            msg = f"{answers['target']!r} is not a built-in target ({known}). Give its --base-url too."
            raise click.UsageError(msg)
        answers["base_url"] = click.prompt("Base URL, such as https://rerank.example.com/v1", value_proc=_addressed)
    if not answers["contract"]:
        known_ones = click.Choice(list(names()))
        answers["contract"] = click.prompt("Contract", type=known_ones, default=_CONTRACT) if asking else _CONTRACT
    if not answers["api_key_env"] and asking:
        which = "Environment variable that holds the key (empty: the contract's)"
        answers["api_key_env"] = click.prompt(which, default="", show_default=False, value_proc=_variable)
    return answers


def _name(told: str) -> str:
    """Return the name of a target; raises click.UsageError, after which a terminal asks again."""
    _checked([], told.strip())
    return told.strip()


def _variable(told: str) -> str:
    """Return the name of a variable; raises click.UsageError."""
    if told.strip():
        _checked([("key_env", told.strip())])
    return told.strip()


def _addressed(url: str) -> str:
    """Return a base URL; raises click.UsageError with what is wrong with it."""
    from conformance.cli.nearest import refuse_bare_address
    from conformance.exchange.address import TargetError, base

    with refusing(TargetError, click.UsageError, of="--base-url"):
        refuse_bare_address(url)
        base(url)
    _checked([("base_url", url)])
    return url


def _built_in() -> Mapping[str, Entry]:
    """Return the targets that come with the suite, by name."""
    from conformance.contract.resources import contracts_root
    from conformance.targets import FILE, read

    return read(contracts_root() / FILE)


def _files(answers: Mapping[str, Any], folder: Path) -> tuple[dict[Path, str], Entry]:
    """Return what is to be written, by path, and the target; raises click.UsageError for what `targets` would refuse."""
    fields = _fields(answers)
    entry = _checked(fields, answers["target"], folder)
    told = [(name, _beside(value, folder) if name == "contract" else value) for name, value in fields]
    targets = _table(answers["target"], told)
    number = sum(entry.name.encode()) % 60  # not all repositories at the same minute
    said = {"source": answers["source"] or _source(), "pages": answers["pages"], "minute": number}
    workflow = _rendered("nightly.yml.j2", key_env=entry.variable, **said)
    return {_TARGETS: targets, _WORKFLOW: workflow}, entry


def _table(name: str, fields: Sequence[tuple[str, Any]]) -> str:
    """Return targets.toml with one target."""
    return _rendered("targets.toml.j2", name=name, fields=fields, others=[one for one in _built_in() if one != name])


def _beside(contract: str, folder: Path) -> str:
    """Return the name of a contract as it is written into a folder: a file that is found from here as it is found from there."""
    moved = Path(contract).exists() and not (folder / contract).exists()
    return os.path.relpath(contract, folder) if moved else contract


def _fields(answers: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the fields of the target's table."""
    told = {name: answers[flag[2:].replace("-", "_").replace("model", "models")] for name, flag in _FLAGS.items()}
    return [(name, list(value) if name == "models" else value) for name, value in told.items() if value]


def _checked(fields: Sequence[tuple[str, Any]], name: str = "target", folder: Path = Path()) -> Entry:
    """Return the entry of a target as it will be read in the folder; raises click.UsageError with the flag that is to blame."""
    from attrs import evolve

    from conformance.contract import ContractError
    from conformance.targets import TargetError, read

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / _TARGETS
        path.write_text(_table(name, fields), encoding="utf-8")
        try:
            entry = evolve(read(path)[name], folder=folder)
            _ = entry.variable, entry.base_url, entry.contract
        except (TargetError, ContractError) as error:
            raise click.UsageError(_blamed(str(error).removeprefix(f"{path}: "), name)) from error
    return entry


def _blamed(words: str, name: str) -> str:
    """Return what is wrong with a field of targets.toml, told of the flag that gave it."""
    field, _, told = words.removeprefix(f"targets.{name}.").partition(": ")
    flag = _FLAGS.get(field.partition(".")[0], "--target")
    return f"{flag}: {told}"


def _rendered(template: str, **values: Any) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # GitHub's own braces stay as they are.
    environment = Environment(
        *("[%", "%]", "[[", "]]", "[#", "#]"),
        loader=PackageLoader("conformance.cli"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    # A basic string of TOML, and a flow scalar of YAML, take what JSON writes.
    environment.filters["quoted"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment.get_template(template).render(values)


def _source() -> str:
    """Return what installs this project, until there is a release: its Git URL."""
    from importlib.metadata import metadata

    links = dict(line.split(", ", 1) for line in metadata("rerank-conformance").get_all("Project-URL") or ())
    return f"git+{links['Source']}"


def _ignored(folder: Path) -> dict[Path, str]:
    """Return .gitignore with the lines that it lacks, or nothing."""
    path = folder / _IGNORE
    held = path.read_text(encoding="utf-8") if path.is_file() else ""
    lacking = [line for line in _LINES if line not in held.splitlines()]
    if lacking:
        return {
            _IGNORE: held + ("" if not held or held.endswith("\n") else "\n") + "".join(f"{line}\n" for line in lacking)
        }
    return {}


def _tell(entry: Entry, *, pages: bool, source: str | None) -> None:
    key_env = entry.variable
    say("\nNext:")
    for line, words in (
        (f"export {key_env}=...", "the key, in your shell only"),
        ("rerank-conformance targets", "is the target ready?"),
        (f"rerank-conformance run {entry.name}", "judge it now"),
    ):
        say(f"  {line:<46} # {words}")
    say(f"Add a repository secret named {key_env} with the same key. The workflow then runs every night.")
    if not source:
        told = f"The workflow installs {_source()}. There is no release yet: put the address of your copy there, or use --source."
        say(told)
    if pages:
        say("In the repository's settings, choose GitHub Actions as the source of Pages.")
