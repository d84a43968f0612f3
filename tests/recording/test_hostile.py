"""A folder from elsewhere is data: it names no host, no variable and no file, and damage in it costs what is damaged."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.exchange import journal
from conformance.exchange.journal import Journal, JournalError
from conformance.recording import Recording, RecordingError
from conformance.targets import TargetError, read
from tests.command import call
from tests.recording.services import Service
from tests.sampling import sampled

CANARY = "sk-Canary9fQ2xV7kR4tZ8wL3bN6m"
SECRET = "Tq7WzP4mK9rX2vB6nC3yH8"  # noqa: S105 - nobody's
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of some twenty exchanges, recorded here."""
    place = tmp_path_factory.mktemp("recorded")
    done = call(
        "run",
        "mock",
        "--select",
        "auth.*",
        "--out",
        str(place / "run"),
        XDG_DATA_HOME=str(place / "data"),
        RERANK_STORE=str(place / "runs.sqlite"),
    )
    assert done.returncode == 0, done.stderr
    return place / "run"


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    """Return a copy of it to spoil."""
    return Path(shutil.copytree(recorded, tmp_path / "elsewhere"))


def rewrite(folder: Path, change: Any) -> None:
    """Change the header of a recording in place."""
    path = folder / journal.NAME
    first, rest = path.read_bytes().split(b"\n", 1)
    header = json.loads(first)
    change(header)
    path.write_bytes(json.dumps(header).encode() + b"\n" + rest)


def hostile(url: str) -> Any:
    """Return what turns a header into one that would have secrets of the environment sent to a URL."""

    def change(header: dict[str, Any]) -> None:
        header["target"] |= {
            "name": url, "base_url": url, "key_env": "SILICONFLOW_API_KEY", "variables": ["SILICONFLOW_API_KEY", "DEPLOY_TOKEN"],
            "headers": [["x-stolen", "$DEPLOY_TOKEN"], ["x-braced", "${DEPLOY_TOKEN}"], ["x-turned", "$(rev <<<$DEPLOY_TOKEN)"]],
        }  # fmt: skip

    return change


class Thief:
    """What came to a service: every header's value."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.service = Service()
        answer = self.service.app.answer
        self.service.app.answer = lambda call: (self.seen.extend(call.headers.values()), answer(call))[1]


@pytest.mark.parametrize("target", [None, "mock", "http://127.0.0.1:1/v1"])
def test_edited_journal_sends_nothing_anywhere(folder: Path, target: str | None) -> None:
    """A journal that names a host, headers and variables is refused in a sentence: nothing is sent to the host, not even a connection."""
    thief = Thief()
    with thief.service as service:
        rewrite(folder, hostile(service.base_url))
        done = call(
            "run",
            *([target] if target else []),
            "--resume",
            str(folder),
            SILICONFLOW_API_KEY=CANARY,
            DEPLOY_TOKEN=SECRET,
        )
        assert service.app.calls == 0
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert "--resume" in done.stderr


def test_edited_journal_of_the_host_that_is_asked(folder: Path) -> None:
    """Also to the host that is asked for, no header and no variable goes out because a folder names it."""
    thief = Thief()
    with thief.service as service:
        rewrite(folder, hostile(service.base_url))
        done = call(
            "run", service.base_url, "--resume", str(folder), SILICONFLOW_API_KEY="mock-key", DEPLOY_TOKEN=SECRET
        )
        assert (done.returncode, "--header" in done.stderr) == (2, True)
        rewrite(folder, lambda header: header["target"].update(headers=[]))
        done = call(
            "run",
            service.base_url,
            "--resume",
            str(folder),
            "--select",
            "auth.*",
            "--no-store",
            SILICONFLOW_API_KEY="mock-key",
            DEPLOY_TOKEN=SECRET,
        )
    assert done.returncode == 0, done.stderr
    assert SECRET.encode() not in b" ".join(thief.seen)


def test_contract_of_the_folder_names_no_variable(folder: Path) -> None:
    """A contract in a folder whose key is another variable of the environment is refused, and the variable goes nowhere."""
    path = folder / "contract.json"
    path.write_text(path.read_text().replace("SILICONFLOW_API_KEY", "DEPLOY_TOKEN"))
    thief = Thief()
    with thief.service as service:
        rewrite(
            folder,
            lambda header: header["target"].update(
                name=service.base_url, base_url=service.base_url, key_env="DEPLOY_TOKEN", variables=["DEPLOY_TOKEN"]
            ),
        )
        for target in ([], [service.base_url]):
            done = call("run", *target, "--resume", str(folder), DEPLOY_TOKEN=SECRET)
            assert done.returncode == 2, done.stdout
            assert SECRET not in done.stderr
    assert thief.seen == []


def test_replay_reads_no_variable_of_the_folder(folder: Path) -> None:
    """`mock --replay` of a folder from elsewhere takes the mock's key, whatever variable its contract names."""
    path = folder / "contract.json"
    path.write_text(path.read_text().replace("SILICONFLOW_API_KEY", "DEPLOY_TOKEN"))
    with subprocess.Popen(
        [sys.executable, "-m", "conformance", "mock", "--replay", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DEPLOY_TOKEN": SECRET},
    ) as process:
        assert process.stdout
        told = process.stdout.readline() + process.stdout.readline()
        process.send_signal(signal.SIGINT)
    assert "key: mock-key" in told
    assert SECRET not in told


def test_own_recording_goes_on_by_itself(recorded: Path, folder: Path) -> None:
    """A copy of an unchanged recording needs no target; one of another user does, and goes on with it."""
    own = {"XDG_DATA_HOME": str(recorded.parent / "data")}
    assert call("run", "--resume", str(folder), **own).returncode == 0
    assert call("run", "--resume", str(folder)).returncode == 2
    assert call("run", "mock", "--resume", str(folder), "--select", "auth.*").returncode == 0


@pytest.mark.parametrize(
    "bad",
    sampled(
        [b"{", b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"request":{}}', b"null", b'{"end":7}', b'{"journal":1}'], 3
    ),
    ids=repr,
)
def test_bad_line_costs_itself(folder: Path, bad: bytes) -> None:
    """A bad line in the middle costs its exchange alone; its line, and the exchange's number where it can be seen, are told."""
    whole = len(list(Recording.read(folder).exchanges()))
    path = folder / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    name, other = (json.loads(lines[number])["id"] for number in (4, 6))
    lines[4] = bad[:200_000] + b"\n"
    lines[6] = lines[6].replace(b'"request":{', b'"request":[', 1)
    path.write_bytes(b"".join(lines))
    recording = Recording.read(folder)
    assert [damage.line for damage in recording.damages] == [5, 7]
    assert recording.damages[1].exchange == other
    assert len(list(recording.exchanges())) == whole - 2
    assert name not in {exchange.id for exchange in recording.exchanges()}
    done = call("judge", str(folder))
    assert "Line 5 of journal.jsonl is damaged" in done.stderr
    assert "Line 7 of journal.jsonl is damaged; exchange e" in done.stderr
    assert done.returncode in {0, 3}


def test_line_that_is_no_exchange_costs_itself(folder: Path) -> None:
    """A line of the right form whose content cannot be (halves of surrogate pairs in a header, no base64) is told as well, by its own number."""
    path = folder / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    for number, spoil in ((3, {"headers": [["a", "\ud800"]]}), (5, {"body_base64": "a", "body": None})):
        line = json.loads(lines[number])
        line["request"] |= spoil
        line["request"] = {key: value for key, value in line["request"].items() if value is not None}
        lines[number] = json.dumps(line).encode() + b"\n"
    lines[4] = b"junk\n"
    path.write_bytes(b"".join(lines))
    assert sorted(damage.line for damage in Recording.read(folder).damages) == [4, 5, 6]


def test_second_run_into_a_folder_is_refused(tmp_path: Path) -> None:
    """While a run writes into a folder, another that begins there or goes on with it is refused, and touches nothing."""
    out = tmp_path / "out"
    with Service(lambda _n, _c, answer: answer and (*answer[:3], 0.2)) as service:
        with subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", service.base_url, "--out", str(out), "--no-store"],
            stdout=subprocess.DEVNULL,
        ) as first:
            end = time.monotonic() + 60
            while time.monotonic() < end and not (out / journal.NAME).exists():
                time.sleep(0.02)
            began = (out / journal.NAME).stat().st_ino
            with pytest.raises(JournalError, match="Another run"):
                Journal(out / journal.NAME)
            for arguments in (["mock", "--out", str(out)], [service.base_url, "--resume", str(out)]):
                done = call("run", *arguments, "--no-store")
                assert done.returncode == 2, done.stdout
                assert "Another run writes into" in done.stderr
            assert (out / journal.NAME).stat().st_ino == began
            assert not (out / "earlier").exists()
            first.terminate()
        Journal(out / journal.NAME).close()


@pytest.mark.parametrize("output", ["/dev/full", "closed pipe", "closed"])
def test_output_that_nobody_takes(tmp_path: Path, output: str) -> None:
    """A full disk or a closed pipe at the other end costs the words alone: the verdict, the report and the history stay."""
    command = [sys.executable, "-m", "conformance", "run", "mock", "--select", "auth.*", "--out", str(tmp_path / "out")]
    redirected = {
        "/dev/full": '"$@" >/dev/full',
        "closed pipe": '( "$@"; echo $? >&3 ) 3>status | true; exit $(cat status)',
        "closed": '"$@" >&-',
    }[output]
    done = subprocess.run(
        ["sh", "-c", redirected, "sh", *command], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_files_as_editors_write_them(tmp_path: Path, ends: str) -> None:
    """A byte order mark and line ends of another system are fine in targets, known deviations, contracts and recorded traffic."""

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ends).encode())

    from conformance.compare import recorded_traffic
    from conformance.contract import load
    from conformance.contract.resources import contracts_root
    from conformance.verdict import deviation

    write("targets.toml", '[targets.mine]\nbase_url = "http://127.0.0.1:1"\n')
    assert "mine" in read(tmp_path / "targets.toml")
    source = next(contracts_root().glob("*/deviations.toml"))
    write("known.toml", source.read_text())
    assert [item.plain() for item in deviation.load(str(tmp_path / "known.toml"))] == [
        item.plain() for item in deviation.load(str(source))
    ]
    for path in [path for path in (contracts_root() / "siliconflow").iterdir() if path.suffix in {".yaml", ".json"}]:
        write(path.name, path.read_text())
    assert load(str(tmp_path)).document == load("siliconflow").document
    contract = load("siliconflow")
    asked = {
        "url": f"https://x{contract.path}",
        "method": "POST",
        "postData": {"text": '{"query": "a", "documents": ["a"]}'},
    }
    entry = {"request": asked, "response": {"status": 200, "content": {"text": "{}"}}}
    write("traffic.har", json.dumps({"log": {"entries": [entry]}}, indent=1))
    assert len(recorded_traffic.read(tmp_path / "traffic.har", contract).sent) == 1


URLS = [
    f"http://me:{SECRET}@127.0.0.1:1",
    f"ftp://me:{SECRET}@host",
    f"http://me:{SECRET}@ho st",
    f"http://{SECRET}:x@y@h",
    f"me:{SECRET}@host",
    f"http://me:{SECRET}/x@host/v1",
]


@pytest.mark.parametrize(
    ("command", "url"),
    [*(("run", url) for url in URLS), *((command, url) for command in ("compare", "nightly") for url in URLS[3:])],
)
def test_credentials_in_a_url_are_not_repeated(command: str, url: str, tmp_path: Path) -> None:
    """A base URL with credentials is refused by every command, and no message repeats them."""
    done = call(command, url, *(["mock"] if command == "compare" else []), cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr + "".join(str(path) for path in tmp_path.rglob("*"))


def test_no_escapes_in_messages(folder: Path) -> None:
    """Words of a folder command no terminal, those of an error neither."""
    rewrite(folder, lambda header: header["target"].update(name="\x1b]0;owned\x07", base_url="http://\x1b[31m"))
    for command in (
        ["judge", str(folder)],
        ["run", "--resume", str(folder)],
        ["mock", "--replay", str(folder)],
        ["run", "\x1b[2J"],
    ):
        done = call(*command)
        assert done.returncode == 2
        assert "\x1b" not in done.stdout + done.stderr


ODD = "\x1b]0;owned\x07\x9b31m\u202e\U000e0041"


def test_no_escapes_in_output(recorded: Path, tmp_path: Path) -> None:
    """What commands print of a run, a contract and a targets file from elsewhere is spelt out, and JSON stays JSON."""
    plain = json.loads((recorded / "run.json").read_text())
    plain["target"]["name"] = ODD
    (tmp_path / "run.json").write_text(json.dumps(plain))
    from conformance.contract import load

    document = json.loads(json.dumps(load("siliconflow").document))
    document["info"]["title"] = ODD
    (tmp_path / "openapi.yaml").write_text(json.dumps(document))
    (tmp_path / "targets.toml").write_text(f'[targets.mine]\nmodels = ["a{json.dumps(ODD[-2:])[1:-1][:6]}"]\n')
    said = []
    for command in (
        ["history", "--store", "s.sqlite", "--add", str(tmp_path)],
        ["history", "--store", "s.sqlite"],
        ["contract", "openapi.yaml", "--format", "json"],
        ["contract", "openapi.yaml"],
        ["requirements", "--contract", "openapi.yaml"],
        ["mock", "openapi.yaml", "--list-faults"],
        ["targets", "--json"],
    ):
        done = call(*command, cwd=tmp_path)
        assert "Traceback" not in done.stderr
        said.append(done)
    assert [
        done.args[3] for done in said if set(ODD[:1] + ODD[10:11] + ODD[-2:]) & set(done.stdout + done.stderr)
    ] == []
    assert json.loads(said[2].stdout)["info"]["title"] == ODD
    (tmp_path / "again.yaml").write_text(said[3].stdout)
    assert load(str(tmp_path / "again.yaml")).document["info"]["title"] == ODD


def test_words_go_out_in_one_place() -> None:
    """Commands print by `say` and `tell` alone, which spell out what hides or commands."""
    found = {
        path.name
        for path in (Path(__file__).parents[2] / "conformance" / "cli").glob("*.py")
        if "click.echo(" in path.read_text(encoding="utf-8")
    }
    # The help and the version are our own words.
    assert found <= {"output.py", "__init__.py", "group.py"}


def test_bad_lines_of_a_night_are_told(folder: Path, tmp_path: Path) -> None:
    """`nightly --from` names the line and the exchange that a recording has lost, and judges the rest."""
    for name in ("run.json",):
        (folder / name).unlink()
    path = folder / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"request":{', b'"request":[', 1)
    path.write_bytes(b"".join(lines))
    done = call("nightly", "mock", "--from", str(folder), "--out", str(tmp_path / "n"), "--store", str(tmp_path / "s"))
    assert f"warning: {folder}: Line 5 of journal.jsonl is damaged; exchange e" in done.stderr
    assert done.returncode in {0, 3}


@pytest.mark.parametrize("way", ["the file", "the command line"])
def test_ceilings_of_a_night(tmp_path: Path, way: str) -> None:
    """A target's budget and the options of `nightly` set the ceilings; the command line's come first, and what they cut is told."""
    bounds = {"max_answer": 1_000, "max_headers": 1_000, "max_disk": 30_000}
    other = dict.fromkeys(bounds, 50_000)
    budget = ", ".join(f"{name} = {value}" for name, value in (bounds if way == "the file" else other).items())
    options = [] if way == "the file" else [f"--{name.replace('_', '-')}={value}" for name, value in bounds.items()]
    with Service(lambda _n, _c, answer: answer and (*answer[:2], answer[2] + b" " * 4_000, 0.0)) as service:
        (tmp_path / "targets.toml").write_text(
            f'[targets.mine]\nbase_url = "{service.base_url}"\nbudget = {{ {budget} }}\n'
        )
        done = call(
            "nightly", "mine", "--profile", "smoke", *options, "--out", "out", "--store", "s.sqlite", cwd=tmp_path
        )
    assert "Traceback" not in done.stderr
    recording = Recording.read(tmp_path / "out" / "mine")
    assert {name: getattr(recording.settings, name) for name in bounds} == bounds
    assert (tmp_path / "out" / "mine" / journal.NAME).stat().st_size < 60_000
    assert {one.response.flaw for one in recording.exchanges() if one.response} == {"size"}


def attempt(what: Any, refusal: type[Exception]) -> Any:
    """Return what comes of it, or the one kind of refusal that may."""
    try:
        return what()
    except refusal as error:
        return error


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=pytest.mark.matrix)])
def test_journals_of_anything(recorded: Path, tmp_path: Path, examples: int) -> None:
    """A journal with arbitrary bytes or values anywhere is refused in a sentence, or read and judged; nothing else happens."""

    @settings(FEW, max_examples=examples)
    @given(st.data())
    def ends_well(data: st.DataObject) -> None:
        judged_or_refused(recorded, tmp_path, data)

    ends_well()


def judged_or_refused(recorded: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Spoil a journal as drawn, and see what becomes of it."""
    lines = (recorded / journal.NAME).read_bytes().splitlines(keepends=True)
    number = data.draw(st.integers(0, len(lines) - 1))
    if data.draw(st.booleans()):
        lines[number] = data.draw(st.binary(max_size=200)) + data.draw(st.sampled_from([b"\n", b""]))
    else:
        value = json.loads(lines[number])
        holder, key = value, data.draw(st.sampled_from(sorted(value)))
        while isinstance(holder[key], dict) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            key = data.draw(st.sampled_from(sorted(holder)))
        holder[key] = data.draw(JSON)
        lines[number] = json.dumps(value).encode() + b"\n"
    (tmp_path / journal.NAME).write_bytes(b"".join(lines))
    shutil.copy(recorded / "contract.json", tmp_path)
    recording = attempt(lambda: Recording.read(tmp_path), RecordingError)
    if isinstance(recording, RecordingError):
        assert journal.NAME in str(recording) or "URL" in str(recording)
        return
    found = list(recording.exchanges())
    assert len(found) + len(recording.damages) + 2 >= len(lines) - 1
    assert recording.judged().exit_code in {0, 1, 3, 130}


@FEW
@given(
    st.one_of(
        st.binary(max_size=300),
        st.dictionaries(
            st.sampled_from(
                ["base_url", "contract", "key_env", "headers", "rate", "proxy", "models", "timeout_s", "x"]
            ),
            st.text(max_size=30) | st.integers() | st.floats() | st.booleans(),
            max_size=4,
        ),
    )
)
def test_targets_of_anything(tmp_path: Path, content: Any) -> None:
    """A targets file of arbitrary bytes or values is read, or refused with its name."""
    path = tmp_path / "targets.toml"
    if isinstance(content, dict):
        words = "".join(
            f"{name} = {json.dumps(value).replace('NaN', 'nan').replace('Infinity', 'inf')}\n"
            for name, value in content.items()
        )
        content = b"[targets.mine]\n" + words.encode("utf-8", "surrogatepass")
    path.write_bytes(content)
    found = attempt(lambda: read(path), TargetError)
    assert isinstance(found, dict) or "targets.toml" in str(found)
