"""`rerank-conformance init`: a repository that asks its targets every night, from one command."""

import os
import pty
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from conformance.contract.resources import contracts_root
from conformance.targets import read
from tests.cli.test_run import COMMAND
from tests.command import call
from tests.sampling import sampled
from tests.ship.test_linted import call as lint

WORKFLOW = Path(".github/workflows/rerank-nightly.yml")
OWN = ("--target", "staging", "--base-url", "https://rerank.example.com/v1")


@pytest.mark.parametrize(
    "more",
    sampled(
        [
            "--pages",
            "--contract woagent",
            "--api-key-env STAGING_KEY --model 'a \"b\"\\c'",
            "--source rerank-conformance==1.0",
            "",
        ],
        3,
    ),
)
def test_what_is_written_is_taken(tmp_path: Path, more: str) -> None:
    """The target is read back as it was given, the workflow passes the linters, and its key is a secret of the target's name for it."""
    done = call("init", "--dir", str(tmp_path), *OWN, *(words := shlex.split(more)))
    assert done.returncode == 0, done.stderr
    entry = read(tmp_path / "targets.toml")["staging"]
    assert entry.base_url == OWN[3]
    assert [name for name, one in read(tmp_path / "targets.toml").items() if one.enabled] == ["staging"]
    if "--model" in more:
        assert entry.told["models"] == [words[-1]]
    path = tmp_path / WORKFLOW
    assert lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)) == ""
    assert lint("zizmor", "--offline", "--quiet", "--min-severity", "medium", str(path)) == ""
    steps = [step for job in YAML(typ="safe").load(path.read_text())["jobs"].values() for step in job["steps"]]
    for step in steps:
        if "run" in step:
            assert lint("shellcheck", "--shell=bash", "-", text=step["run"]) == ""
    (asking,) = (step for step in steps if step.get("id") == "night")
    assert asking["env"] == {entry.variable: f"${{{{ secrets.{entry.variable} }}}}"}
    assert (tmp_path / ".gitignore").read_text() == "/runs/\n"
    assert ("deploy-pages" in path.read_text()) is ("--pages" in more)


def test_a_built_in_target(tmp_path: Path) -> None:
    """A built-in name needs nothing else; `targets` then lists it as enabled, and the others as not."""
    assert call("init", "--target", "woagent", cwd=tmp_path).returncode == 0
    assert {name: one.enabled for name, one in read(tmp_path / "targets.toml").items()} == {
        "siliconflow": False,
        "siliconflow-com": False,
        "woagent": True,
    }


def test_nothing_is_lost(tmp_path: Path) -> None:
    """A file that is there is kept unless --force is given; .gitignore keeps its lines, and gets each line once."""
    (tmp_path / "targets.toml").write_text("[targets.mine]\n")
    (tmp_path / ".gitignore").write_text("*.log")
    done = call("init", "--dir", str(tmp_path), *OWN)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "--force" in done.stderr
    assert (tmp_path / "targets.toml").read_text() == "[targets.mine]\n"
    assert not (tmp_path / WORKFLOW).exists()
    for _ in range(2):
        assert call("init", "--dir", str(tmp_path), *OWN, "--force").returncode == 0
    assert (tmp_path / ".gitignore").read_text() == "*.log\n/runs/\n"
    assert "staging" in tomllib.loads((tmp_path / "targets.toml").read_text())["targets"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--target"),
        (("--target", "staging"), "--base-url"),
        (("--target", "two words", "--base-url", "https://rerank.example"), '--target: the name "two words"'),
        (("--target", "mock", "--base-url", "https://rerank.example"), "--target: `mock`"),
        (("--target", "staging", "--base-url", "127.0.0.1:8080/v1"), "http://127.0.0.1:8080/v1"),
        (("--target", "staging", "--base-url", "https://user:word@rerank.example"), "environment variable"),
        (("--target", "woagent", "--base-url", "ftp://rerank.example"), "--base-url:"),
        ((*OWN, "--contract", "nobody"), "--contract: There is no contract 'nobody'"),
        ((*OWN, "--api-key-env", "sk-1234"), "--api-key-env:"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """What cannot be used is one line with the flag, exit status 2, and nothing is written."""
    done = call("init", "--dir", str(tmp_path / "new"), *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert words in done.stderr
    assert "targets.toml" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_contract_of_ones_own(tmp_path: Path) -> None:
    """A contract's folder that is named from elsewhere is written as it is found from the repository."""
    shutil.copytree(contracts_root() / "cohere", tmp_path / "mine")
    done = call("init", *OWN, "--contract", "mine", "--dir", "repository", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "repository" / "targets.toml")["staging"].contract.key_env == "COHERE_API_KEY"


def test_it_asks_at_a_terminal(tmp_path: Path) -> None:
    """At a terminal it asks for the name, the URL, the contract and the variable, offers what is usual, and asks again for what cannot be used."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "init"], cwd=tmp_path, stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        answers = ("two words", "staging", "rerank.example/v1", "https://rerank.example/v1", "", "a-b", "STAGING_KEY")
        os.write(leader, "".join(f"{answer}\n" for answer in answers).encode())
        out, errors = process.communicate(timeout=30)
    os.close(leader)
    os.close(follower)
    assert process.returncode == 0, errors
    assert read(tmp_path / "targets.toml")["staging"].variable == "STAGING_KEY"
    assert "Base URL" in out
