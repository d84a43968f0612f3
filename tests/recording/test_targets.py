"""Targets by name: what targets.toml may hold, and what is said of what it may not."""

import json
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from conformance.running import Settings
from conformance.targets import Options, TargetError, read, resolve
from tests import command
from tests.recording.services import Service
from tests.sampling import sampled


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return command.call(*arguments, cwd=folder, **environment)


def write(folder: Path, text: str) -> None:
    (folder / "targets.toml").write_text(text)


def test_ready_for_use(tmp_path: Path) -> None:
    """Without a file there are the vendors' hosts, each with the variable to set; a target without its key is refused with that variable's name."""
    rows = json.loads(call(tmp_path, "targets", "--format", "json").stdout)
    assert [row["target"] for row in rows] == ["siliconflow", "siliconflow-com", "woagent"]
    assert all(row["base_url"].startswith("https://") and row["key_env"] in row["missing"][0] for row in rows)
    assert len({row["key_env"] for row in rows}) == 3
    assert "SILICONFLOW_COM_API_KEY" in call(tmp_path, "targets").stdout
    done = call(tmp_path, "run", "siliconflow-com")
    assert done.returncode == 2
    assert "SILICONFLOW_COM_API_KEY" in done.stderr


def test_ready_with_its_key(tmp_path: Path) -> None:
    """With the variable set a target is ready, and the key's value is nowhere in the list."""
    done = call(tmp_path, "targets", SILICONFLOW_API_KEY="sk-canary-0123456789")
    assert "ready" in done.stdout
    assert "canary" not in done.stdout


def test_run_by_name(tmp_path: Path) -> None:
    """A target of the file is run by its name with its own contract, model, header, key and budget; the command line goes first."""
    with Service() as service:
        write(
            tmp_path,
            f"""
[targets.own]
base_url = "{service.base_url}"
contract = "siliconflow"
key_env = "OWN_KEY"
models = ["BAAI/bge-reranker-v2-m3"]
headers = {{ "X-Team" = "$TEAM" }}
budget = {{ max_requests = 30 }}
""",
        )
        done = call(tmp_path, "run", "own", "--out", "out", OWN_KEY="mock-key", TEAM="secret-team-name")
        # So small a budget shows less than exit status 0 needs.
        assert done.returncode == 3, done.stdout + done.stderr
        assert "The budget is exhausted: the 30 requests." in done.stdout
        assert service.app.calls == 30
        assert (
            call(
                tmp_path, "run", "own", "--out", "out", "--max-requests", "10", OWN_KEY="mock-key", TEAM="x"
            ).returncode
            == 3
        )
        assert service.app.calls == 40
        lacking = call(tmp_path, "run", "own", OWN_KEY="mock-key")
    held = json.loads((tmp_path / "out" / "earlier" / "1" / "run.json").read_text())
    assert held["target"]["name"] == "own"
    assert "secret-team-name" not in "".join(
        path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert lacking.returncode == 2
    assert "TEAM" in lacking.stderr


def test_changes_a_target_that_is_ready(tmp_path: Path) -> None:
    """A table of the name of a target that is ready for use changes only what it names."""
    write(tmp_path, '[targets.siliconflow]\nrequests_per_minute = 5\nprofile = "smoke"\n')
    entry = read(tmp_path / "targets.toml")["siliconflow"]
    assert entry.told["requests_per_minute"] == 5
    assert entry.profile == "smoke"
    assert entry.deviations == ("siliconflow",)
    assert entry.base_url.startswith("https://")


def test_files_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract, deviations and CA file are found beside targets.toml, wherever the command is called."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "known.toml").write_text("deviation = []")
    write(tmp_path, '[targets.a]\nbase_url = "http://127.0.0.1:9"\ndeviations = ["known.toml"]\nca_file = "ca.pem"\n')
    monkeypatch.chdir(tmp_path / "deep")
    entry = read(tmp_path / "targets.toml")["a"]
    assert entry.deviations == (str(tmp_path / "known.toml"),)
    assert entry.missing() == ("there is no file ca.pem, which ca_file names",)


def test_budget_of_the_target() -> None:
    """A target's budget fills what the command line leaves open."""
    entry = read()["siliconflow"]
    own = type(entry)("x", {**entry.told, "budget": {"max_tokens": 7, "max_time_s": 9}}, entry.folder, "x")
    assert own.settings(Settings(max_tokens=3)) == Settings(max_tokens=3, max_time_s=9)


def test_bound_beyond_what_a_journal_records() -> None:
    """A bound of any size becomes one that the header of a recording can hold."""
    schema = json.loads((resources.files("conformance") / "schemas" / "journal.schema.json").read_text("utf-8"))
    most = schema["$defs"]["count"]["maximum"]
    settings = Settings(max_requests=most + 1, max_tokens=10**30, max_answer=10**30, max_disk=10**30)
    assert {settings.max_requests, settings.max_tokens, settings.max_answer, settings.max_disk} == {most}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[targets.a", "targets.toml"),
        ("", "targets"),
        ('[targets.a]\nbase_urll = "http://127.0.0.1"', "base_url?"),
        ('[targets.a]\nbase_url = "ftp://127.0.0.1"', "targets.a.base_url"),
        ('[targets.a]\nbase_url = "https://user:key@host"', "targets.a.base_url"),
        ("[targets.a]\nconcurrency = 0", "targets.a.concurrency"),
        ("[targets.a]\nbudget = { max_request = 3 }", "max_requests?"),
        ('[targets.a]\napi_key = "sk-1"', "api_key"),
        ('[targets.a]\nprofile = "smok"', "targets.a.profile"),
        ('[targets."a/b"]\n', "a/b"),
        ("[targets.a]\nbase_url = 2026-01-01", "targets.a.base_url"),
        ('[targets.a]\nkey_env = "a-b"', "such as RERANK_API_KEY"),
        ('[targets.a.headers]\n"a b" = "c"', "such as X-Team"),
        ('[targets.a]\nbase_url = "http://127.0.0.1:99999"', "targets.a.base_url"),
        ('[targets.a]\nbase_url = "http://[::1"', "targets.a.base_url"),
        ('[targets.a]\nproxy = "http://127.0.0.1:0"', "targets.a.proxy"),
        ('[targets.a]\nheaders = { "X-A" = "a\\nb" }', "targets.a.headers"),
        ('[targets.a]\nheaders = { "X-A" = "搜索" }', "X-A"),
        ('[targets.a]\nheaders = { "Content-Length" = "1" }', "Content-Length"),
        ("[targets.a]\ntimeout_s = nan", "a number is wanted"),
        ('[targets.mock]\nbase_url = "http://127.0.0.1:1"', "targets.mock"),
        ("[other]\nx = 1", "other"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, words: str) -> None:
    """What the file may not hold is refused in one line that names the file and the field."""
    write(tmp_path, text)
    with pytest.raises(TargetError) as refused:
        read(tmp_path / "targets.toml")
    assert str(tmp_path / "targets.toml") in str(refused.value)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "command", [("targets",), ("run", "siliconflow"), ("run", "mine", "--targets", "targets.toml"), ("nightly",)]
)
def test_bad_file_at_the_command_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Every command that reads the file says what is wrong with it in one line: exit status 2, nothing asked."""
    write(tmp_path, "[targets.a]\nconcurrency = 0")
    done = call(tmp_path, *command, SILICONFLOW_API_KEY="k")
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert "targets.toml: targets.a.concurrency" in done.stderr


@pytest.mark.parametrize("field", ["base_url", "key_env", "proxy", "concurrency", "timeout_s"])
def test_a_key_at_the_wrong_place_is_not_repeated(tmp_path: Path, field: str) -> None:
    """A text that was perhaps meant as a secret is refused by its field, and not shown."""
    write(tmp_path, f'[targets.a]\n{field} = "sk-canary-0123456789@host"')
    done = call(tmp_path, "targets")
    assert done.returncode == 2
    assert f"targets.a.{field}" in done.stderr
    assert "canary" not in done.stdout + done.stderr


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    """`targets` says of each target all that it lacks: variables, files, deviations; a contract that there is not is refused with file and field."""
    write(
        tmp_path,
        '[targets.a]\nbase_url = "https://a.example"\nkey_env = "A_KEY"\nheaders = { "X-Team" = "$TEAM" }\nproxy = "$WAY"\nca_file = "ca.pem"\ndeviations = ["nobody"]\n',
    )
    rows = {row["target"]: row for row in json.loads(call(tmp_path, "targets", "--format", "json").stdout)}
    told = " ".join(rows["a"]["missing"])
    assert all(word in told for word in ("A_KEY", "TEAM", "WAY", "ca.pem", "'nobody'"))
    write(tmp_path, '[targets.a]\ncontract = "nobody"')
    done = call(tmp_path, "targets")
    assert (done.returncode, "targets.toml: targets.a.contract" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"), [("TEAM", "a\nb"), ("WAY", "127.0.0.1:1"), ("WAY", "http://u:p4ssw0rd@127.0.0.1:99999")]
)
def test_values_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A variable of a header or a proxy that cannot be used is refused in one line without its value."""
    write(tmp_path, '[targets.a]\nbase_url = "http://127.0.0.1:1"\nheaders = { "X-Team" = "$TEAM" }\nproxy = "$WAY"\n')
    done = call(tmp_path, "run", "a", **{"TEAM": "red", "WAY": "http://127.0.0.1:1", name: value})
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert "p4ssw0rd" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    sampled(
        [
            ("HTTPS_PROXY", "http://u:p4ss/w0rd@127.0.0.1:1"),
            ("ALL_PROXY", "ftp://u:p4ss@127.0.0.1"),
            ("NO_PROXY", "a,[::1"),
            ("SSL_CERT_FILE", "/no/p4ss"),
        ],
        2,
    ),
)
def test_way_that_the_environment_names(tmp_path: Path, name: str, value: str) -> None:
    """A proxy or certificates of the environment that cannot be used are named before the first request, without the value; a server of this machine needs none."""
    write(tmp_path, '[targets.a]\nbase_url = "https://a.example"\nkey_env = "A_KEY"\n')
    done = call(tmp_path, "run", "a", "--out", "out", **{name: value, "A_KEY": "any-key"})
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert name in done.stderr
    assert "p4ss" not in done.stderr
    assert not (tmp_path / "out").exists()
    near = call(tmp_path, "run", "mock", "--select", "response.json", "--no-store", "--out", "near", **{name: value})
    assert near.returncode == 0, near.stderr


def test_file_without_certificates(tmp_path: Path) -> None:
    """A ca_file that holds no certificate is refused by file and field."""
    write(tmp_path, '[targets.a]\nbase_url = "https://127.0.0.1:1"\nca_file = "targets.toml"\n')
    done = call(tmp_path, "run", "a")
    assert done.returncode == 2
    assert "targets.toml: targets.a.ca_file" in done.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("http://127.0.0.1:99999", "port"),
        ("http://exa mple", "white space"),
        ("http://127.0.0.1:1/?a=b", "query"),
        ("silicnflow", "siliconflow"),
        ("nobody", "siliconflow-com"),
        ("mock:nobody", "siliconflow"),
        ("http://", "host"),
        ("http://xn--/v1", "no URL"),
        ("http://$HOST:8080/v1", "variables are not filled in"),
        ("mock?fault=", "--list-faults"),
        ("mock?fault=ascending&fault=", "needs a name"),
    ],
)
def test_unknown_names(name: str, words: str) -> None:
    """A name that there is not is refused, with one that is close where there is one."""
    done = command.call("run", name)
    assert done.returncode == 2
    assert words in done.stderr


@pytest.mark.parametrize("key", ["with space inside", "tab\tkey", "new\nline", "schlüssel-12345678"])
def test_keys_that_no_header_can_carry(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with white space or beyond ASCII is refused by the name of its variable, and not shown."""
    monkeypatch.setenv("SILICONFLOW_API_KEY", key)
    with pytest.raises(TargetError) as refused, resolve("siliconflow", Options()):
        raise AssertionError
    assert "SILICONFLOW_API_KEY" in str(refused.value)
    assert key not in str(refused.value)
