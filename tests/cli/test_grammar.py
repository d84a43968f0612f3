"""One grammar for all commands: what names a contract, how results are printed, what a refusal says, what a shell completes."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from conformance.cli.completing import Bash
from conformance.cli.formatting import table
from conformance.cli.group import cli
from conformance.contract import load, names
from conformance.mock.faults import faults
from tests.cli.test_run import COMMAND
from tests.command import call
from tests.sampling import sampled

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "openapi/woagent"
COMMANDS = cli.list_commands(click.Context(cli))
# Commands whose subject is a contract.
OF_CONTRACTS = {"contract": [], "requirements": [], "faults": ["--list"], "mock": ["--list-faults"]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one run of the mock and a store that holds it."""
    folder = tmp_path_factory.mktemp("world")
    done = call("run", "mock", "--select", "response.*", "--store", "runs.sqlite", "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("command", OF_CONTRACTS)
def test_a_contract_is_the_argument(command: str) -> None:
    """Each command about a contract takes it as an argument, by name or by folder, and says the same of both."""
    named = call(command, "woagent", *OF_CONTRACTS[command], cwd=ROOT)
    assert named.returncode == 0, named.stderr
    folder = call(command, FOLDER, *OF_CONTRACTS[command], cwd=ROOT)
    assert folder.returncode == 0, folder.stderr
    assert folder.stdout.replace(FOLDER, "woagent").split() == named.stdout.split()
    wrong = call(command, "woagnt", *OF_CONTRACTS[command])
    assert wrong.returncode == 2
    assert "Did you mean woagent?" in wrong.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_format_for_programs(command: str) -> None:
    """Every command takes `--format json`, and none has a flag of its own for it."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    options = {name: one for one in found.params for name in one.opts}
    assert "json" in options["--format"].type.choices
    assert not {"--json", "--md", "--markdown"} & set(options)


@pytest.mark.parametrize(
    "arguments",
    [
        ("targets",),
        ("contract", "cohere"),
        ("requirements", "cohere"),
        ("faults", "cohere", "--list"),
        ("mock", "cohere", "--list-faults"),
        ("run", "mock", "--dry-run"),
        ("run", "mock", "--select", "response.results.*", "--no-store", "--out", "again"),
        ("judge", "run", "--out", "judged"),
        ("history", "--store", "runs.sqlite"),
        ("diff", "run", "run"),
        ("trend", "--store", "runs.sqlite"),
        ("drift", "--store", "runs.sqlite"),
        ("nightly", "mock", "--store", "night.sqlite", "--profile", "smoke", "--out", "night"),
        ("compare", "run", "run", "--fail-on", "never", "--out", "compared"),
        ("site", "runs.sqlite", "--out", "board"),
        ("init", "--target", "siliconflow", "--dir", "repository"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_json_is_all_that_is_printed(world: Path, arguments: tuple[str, ...]) -> None:
    """With `--format json` standard output is one JSON document and nothing else."""
    done = call(*arguments, "--format", "json", cwd=world)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_a_mock_says_in_json_where_it_is() -> None:
    """`mock --format json` prints one object before it serves, for a script to read."""
    with subprocess.Popen(
        [*COMMAND, "mock", "woagent", "--format", "json"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said, read = "", json.JSONDecoder()
        while not said.endswith("}\n"):
            said += process.stdout.readline()
        process.send_signal(signal.SIGINT)
    ready, _ = read.raw_decode(said)
    assert ready["base_url"].startswith("http://127.0.0.1:")
    assert (ready["contract"], ready["key_env"]) == ("woagent", "WOAGENT_API_KEY")


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (("targets",), ["target", "base URL", "contract", "key variable", "from", "ready?"]),
        (("requirements", "cohere"), ["check", "level", "sentence", "source"]),
        (("faults", "cohere", "--list"), ["contract", "fault", "breaks", "sentence"]),
        (("mock", "cohere", "--list-faults"), ["name", "option", "breaks", "sentence"]),
    ],
    ids=lambda value: value[0],
)
def test_lists_are_tables(arguments: tuple[str, ...], columns: list[str]) -> None:
    """A list is a table with headings; in a pipe each row is one line, whatever its length."""
    lines = call(*arguments).stdout.splitlines()
    assert re.split(r" {2,}", lines[0]) == columns
    rows = json.loads(call(*arguments, "--format", "json").stdout)
    assert len(lines) == len(rows) + 1
    for line, row in zip(lines[1:], rows, strict=True):
        assert line.startswith(next(iter(row.values())))


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_table_cuts_no_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> None:
    """In a terminal of any width a table holds every character of its rows."""
    rows = [("a-target-with-a-name", "https://rerank.example.com/a/long/path/v1", "A_LONG_VARIABLE_OF_THE_KEY" * 3)]
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    table(("target", "base URL", "key variable"), rows)
    lines = capsys.readouterr().out.splitlines()[1:]
    assert sorted("".join("".join(lines).split())) == sorted("".join(rows[0]))


@pytest.mark.parametrize(
    ("command", "address", "meant"),
    [
        (("run",), "127.0.0.1:8080", "http://127.0.0.1:8080"),
        (("run",), "[::1]:9", "http://[::1]:9"),
        (("run",), "reranker:7997", "http://reranker:7997"),
        (("nightly",), "localhost/v1", "http://localhost/v1"),
        (("compare", "mock"), "127.0.0.1:8080", "http://127.0.0.1:8080"),
        (("init", "--target", "mine", "--base-url"), "api.example.com/v1", "https://api.example.com/v1"),
    ],
)
def test_an_address_without_a_scheme(tmp_path: Path, command: tuple[str, ...], address: str, meant: str) -> None:
    """An address without http:// is refused with the URL that was meant, wherever a target is named."""
    done = call(*command, address, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{meant} " in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("run", "mock", "--select", "respons.results.limit"), "response.results.limit"),
        (("run", "mock", "--deselect", "auth.mising"), "auth.missing"),
        (("run", "mock", "--select", "response.*", "--select", "*.top_n.maximun"), "top_n"),
        (("judge", "run", "--select", "results.limt"), "response.results.limit"),
        (("history", "--store", "runs.sqlite", "--requirement", "response.results.limt"), "response.results.limit"),
    ],
)
def test_a_glob_that_matches_nothing(world: Path, arguments: tuple[str, ...], near: str) -> None:
    """A glob that matches no check is refused before anything is sent, with the nearest ids."""
    done = call(*arguments, cwd=world)
    assert done.returncode == 2
    assert arguments[-1] in done.stderr
    assert near in done.stderr.partition("Nearest: ")[2]
    assert not (world / "runs").exists()


@pytest.mark.parametrize("command", ["run", "nightly"])
def test_a_target_that_is_not_configured(tmp_path: Path, command: str) -> None:
    """A name that no target has is refused with the targets, and with the one that was probably meant."""
    done = call(command, "siliconflwo", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean siliconflow?" in done.stderr
    assert all(name in done.stderr for name in ("siliconflow-com", "woagent", "mock"))


@pytest.mark.parametrize("command", ["history", "trend", "drift"])
def test_a_target_that_the_store_does_not_hold(world: Path, command: str) -> None:
    """The refusal names targets of the store: each once, however many runs it has."""
    call("history", "--add", "run", "--store", "runs.sqlite", cwd=world)
    done = call(command, "woagent", "--store", "runs.sqlite", cwd=world)
    assert done.returncode == 2
    assert "Its targets: mock." in done.stderr
    assert "Did you mean mock?" in call(command, "mok", "--store", "runs.sqlite", cwd=world).stderr


def test_targets_say_ready_or_what_to_do() -> None:
    """One column says `ready`, or what is missing and how to set it."""
    env = {"SILICONFLOW_API_KEY": "sk-" + "1" * 20, "WOAGENT_API_KEY": ""}
    rows = {line.split()[0]: line for line in call("targets", **env).stdout.splitlines()}
    assert rows["siliconflow"].endswith("  ready")
    assert rows["woagent"].endswith("  set the environment variable WOAGENT_API_KEY")
    assert "1" * 20 not in "".join(rows.values())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("run silic", {"siliconflow", "siliconflow-com"}),
        ("run mock:w", {"mock:woagent"}),
        ("nightly mock ", {"siliconflow", "woagent", "mock"}),
        ("drift wo", {"woagent"}),
        ("mock ", set(names())),
        ("faults coh", {"cohere"}),
        ("contract v", {"voyage"}),
        ("run mock --contract inf", {"infinity"}),
        ("mock --fault ignores.documents.minI", {"ignores.documents.minItems"}),
        ("mock cohere --fault ", set(faults(load("cohere")))),
        ("mock --chaos storm-4", {"storm-429"}),
        ("run mock:cohere?fault=ascen", {"mock:cohere?fault=ascending"}),
        ("run mock?fault=unsorted&fault=ascen", {"mock?fault=unsorted&fault=ascending"}),
        ("run mock --select auth.mis", {"auth.missing"}),
        ("history --requirement auth.mis", {"auth.missing"}),
        ("judge run --deselect auth.mis", {"auth.missing"}),
    ],
)
def test_a_shell_completes(line: str, expected: set[str]) -> None:
    """A shell completes targets, contracts, faults and the ids of checks; faults are those of the named contract."""
    *words, incomplete = line.split(" ")
    complete = BashComplete(cli, {}, "rerank-conformance", "_RERANK_CONFORMANCE_COMPLETE")
    found = {item.value for item in complete.get_completions(words, incomplete)}
    assert expected <= found
    assert all(name.startswith(incomplete) for name in found)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("run mock : co", "cohere"),
        ("run mock :", "cohere"),
        ("run mock?fault = ascen", "ascending"),
        ("run mock : cohere?fault = ascen", "ascending"),
        ("run 'mock:cohere?fault=ascen", "mock:cohere?fault=ascending"),
        ("run --select = auth.mis", "auth.missing"),
        ("run mock:cohere --select auth.mis", "auth.missing"),
    ],
)
def test_bash_completes_a_word_that_it_takes_apart(line: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bash ends a word at `:` and `=`, asks with the pieces, and is given the rest of the last one."""
    monkeypatch.setenv("COMP_WORDS", f"rerank-conformance {line}")
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" "))))
    told = Bash(cli, {}, "rerank-conformance", "_RERANK_CONFORMANCE_COMPLETE").complete()
    assert f"plain,{expected}" in told.splitlines()


def test_completion_survives_a_broken_file(tmp_path: Path) -> None:
    """A targets.toml that cannot be read spoils no completion: the mock is still offered, and nothing else is printed."""
    (tmp_path / "targets.toml").write_text("[targets")
    words: dict[str, Any] = {"COMP_WORDS": "rerank-conformance run mo", "COMP_CWORD": "2"}
    env = {
        **os.environ,
        **words,
        "_RERANK_CONFORMANCE_COMPLETE": "bash_complete",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["rerank-conformance"], capture_output=True, text=True, env=env, cwd=tmp_path, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "plain,mock" in done.stdout.splitlines()


@pytest.mark.parametrize(("name", "form"), sampled([(name, form) for name in names() for form in ("yaml", "json")], 3))
def test_a_printed_contract_is_a_contract(tmp_path: Path, name: str, form: str) -> None:
    """What `contract` prints can be used as a contract, and has the same checks."""
    runner = CliRunner()
    printed = tmp_path / f"printed.{form}"
    printed.write_text(runner.invoke(cli, ["contract", name, "--format", form]).stdout, encoding="utf-8")
    same = runner.invoke(cli, ["requirements", str(printed), "--format", "json"])
    assert same.exit_code == 0, same.output
    expected = runner.invoke(cli, ["requirements", name, "--format", "json"])
    assert [one["requirement"] for one in json.loads(same.stdout)] == [
        one["requirement"] for one in json.loads(expected.stdout)
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mock --every 2", "--every has an effect only with --fault"),
        ("mock --chaos slow --replay .", "--replay and --chaos cannot be used together"),
        ("faults --sample 3", "--sample has an effect only with --pairs"),
        ("faults --pairs --seed 3", "--seed has an effect only with --sample"),
        ("faults --list --out table.md", "--out and --list cannot be used together"),
        ("compare mock@nope mock", "There is no contract 'nope'"),
        ("run MOCK", "Did you mean mock?"),
        ("faults --pairs --list", "--pairs and --list cannot be used together"),
        ("requirements --profile deep", "--profile has an effect only with --coverage"),
        ("drift --contract woagent", "--contract has an effect only with --propose"),
        ("drift --propose --format json", "--propose and --format cannot be used together"),
        ("run mock --targets nowhere.toml", "nowhere.toml cannot be read"),
        ("site runs.sqlite --out board --title ''", "--title"),
        ("history --store .", "is a folder, and a store is a file"),
        ("contract .", "the folder has no rerank.yaml"),
        ("compare mock run.json", "run.json is a file"),
        ("run mock --model \udcff", "is no text in UTF-8"),
        ("compare mock mock --most-bytes 9999999999999999", "not in the range"),
        ("compare mock mock --most-documents 9999999999999999", "not in the range"),
        ("trend --last 9999999999999999999999", "not in the range"),
        ("judge run.json", "run.json is a file. Name the folder of a recorded run"),
        ("mock --chaos nowhere", "no chaos 'nowhere'"),
    ],
)
def test_what_would_be_passed_over_is_refused(world: Path, tmp_path: Path, line: str, words: str) -> None:
    """An option without effect, a name of the wrong kind of thing: one paragraph names it, exit status 2, nothing is written."""
    import shlex
    import shutil

    shutil.copytree(world / "run", tmp_path / "run")
    shutil.copy(world / "run" / "run.json", tmp_path / "run.json")
    before = sorted(tmp_path.rglob("*"))
    done = call(*shlex.split(line), cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_the_schema_of_its_json(command: str) -> None:
    """`--format schema` prints the JSON Schema, without arguments and without doing anything, where there is one."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    (form,) = (one for one in found.params if one.name == "form")
    if isinstance(form.type, click.Choice) and "schema" in form.type.choices:
        done = CliRunner().invoke(found, ["--format", "schema"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.output)["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize(
    "command", [("run", "mock", "--contract"), ("run", "mock", "--store"), ("history", "--store"), ("run", "mock", "--api-key-env")]
)  # fmt: skip
def test_empty_text_stands_for_no_default(command: tuple[str, ...], tmp_path: Path) -> None:
    """An option with nothing in it, as of a variable of the shell that is not set, is refused: another contract or store would be taken in its place."""
    done = call(*command, "", cwd=tmp_path)
    assert (done.returncode, f"'{command[-1]}': it is empty" in done.stderr) == (2, True), done.stderr
    assert list(tmp_path.iterdir()) == []
