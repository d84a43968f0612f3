"""`rerank-conformance` as a user calls it, in a process of its own."""

import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from conformance.contract import load
from tests.command import call
from tests.peers.handmade import Handmade

# The handmade peer keeps the page of this day, whatever the vendored one says by now.
FROZEN = str(Path(__file__).resolve().parents[1] / "data" / "openapi" / "siliconflow")
COMMAND = [sys.executable, "-m", "conformance"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_mock_with_a_fault_is_asked(tmp_path: Path) -> None:
    """`run` takes the mock with a fault by the same name as `compare` does; what it does not know is named."""
    done = call("run", "mock?fault=unsorted", "--select", "response.*", "--no-store", "--out", str(tmp_path / "out"))
    assert done.returncode == 1, done.stderr
    assert "response.results.sorted" in done.stdout
    several = call("run", "mock?fault=unsorted&fault=optional.query", "--no-store", "--out", str(tmp_path / "several"))
    assert "response.results.sorted" in several.stdout
    assert "request.query.required" in several.stdout
    # As the list of faults has it: a plus is a plus.
    both = call("run", "mock?fault=some+accents:refuses", "--dry-run")
    assert both.returncode == 0, both.stderr
    for name, words in (("mock?fault=unsortd", "unsorted"), ("mock?tempo=1", "fault"), ("mock?every=0", "every")):
        done = call("run", name, "--no-store", "--out", str(tmp_path / "other"))
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
        assert not (tmp_path / "other").exists()


def test_mock_is_kept(tmp_path: Path) -> None:
    """`run mock` ends with 0, the recording, five reports, and the path of the report."""
    done = call("run", "mock", "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "report.html" in done.stdout
    assert done.stderr == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "contract.json",
        "exchanges.har",
        "journal.jsonl",
        "junit.xml",
        "report.html",
        "report.md",
        "run.json",
    ]
    document = json.loads((tmp_path / "out" / "run.json").read_text())
    assert document["target"]["name"] == "mock"
    assert document["exit_code"] == 0


def test_default_folder_is_dated(tmp_path: Path) -> None:
    """Without --out the report lies in a dated folder below runs/."""
    done = call("run", "mock:woagent", "--select", "request.query.*", cwd=tmp_path)
    assert done.returncode == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.endswith("mock-woagent")


def test_broken_clause_is_named(tmp_path: Path) -> None:
    """A server that takes 81 gets exit status 1, the clause's name, the request, the answer and a curl without the key."""
    with Handmade("high_overlap_tokens") as peer:
        done = call("run", peer.base_url, "--contract", FROZEN, "--select", "request.*", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "request.overlap_tokens.maximum" in done.stdout
    assert '"overlap_tokens":81' in done.stdout
    assert "$SILICONFLOW_API_KEY" in done.stdout
    assert "mock-key" not in done.stdout + "".join(path.read_text() for path in tmp_path.iterdir())


def test_nobody_there(tmp_path: Path) -> None:
    """No server at all is inconclusive: exit status 3, one notice and not a hundred failures."""
    done = call("run", f"http://127.0.0.1:{free_port()}", "--out", str(tmp_path))
    assert done.returncode == 3
    assert "The service never answered" in done.stdout
    assert "No answer from" in done.stdout
    assert "BROKEN" not in done.stdout


def test_the_whole_address_in_place_of_the_base(tmp_path: Path) -> None:
    """Whoever gives the operation's own address is told the base URL under which it is accepted."""
    with Handmade() as peer:
        place = f"{peer.base_url}{load(FROZEN).path}"
        done = call("run", place, "--contract", FROZEN, "--out", str(tmp_path), "--no-store")
    assert done.returncode == 3
    assert f"accepted under {peer.base_url}. Try `rerank-conformance run {peer.base_url} " in done.stdout


def test_wrong_key(tmp_path: Path) -> None:
    """A key that the server refuses is inconclusive, and the server's own words are shown."""
    with Handmade(key="another") as peer:
        done = call("run", peer.base_url, "--contract", FROZEN, "--out", str(tmp_path))
    assert done.returncode == 3
    assert "refused the credentials (is the key in SILICONFLOW_API_KEY set, and right?)" in done.stdout
    assert "Invalid token" in done.stdout


def test_the_embedded_mock_is_named_in_what_to_try(tmp_path: Path) -> None:
    """What to try instead calls the embedded mock by its name: its port is gone after the run."""
    name = "mock?fault=ascending"
    done = call("run", name, "--model", "unknown/model", "--out", str(tmp_path), "--no-store")
    assert done.returncode == 3
    (hint,) = json.loads((tmp_path / "run.json").read_text())["hints"]
    command = shlex.split(hint.split("`")[1])
    assert command[:3] == ["rerank-conformance", "run", name]
    part = ("--select", "response.results.*", "--no-store")
    assert call(*command[1:], "--out", str(tmp_path / "again"), *part).returncode == 1


def test_nothing_accepted(tmp_path: Path) -> None:
    """A server that knows none of the models is inconclusive; --model names one that it knows."""
    with Handmade() as peer:
        done = call("run", peer.base_url, "--contract", FROZEN, "--out", str(tmp_path), "--model", "unknown/model")
        assert done.returncode == 3
        assert "accepted no request" in done.stdout
        assert (
            call(
                "run", peer.base_url, "--contract", FROZEN, "--out", str(tmp_path), "--model", "BAAI/bge-reranker-v2-m3"
            ).returncode
            == 0
        )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "mock", "--selct", "x"], "--select"),
        (["run", "mock", "--contract", "silicon-flow"], "siliconflow"),
        (["run", "mock", "--select", "nothing.*"], "--select"),
        (["run", "mokc"], "mock"),
        (["run", "ftp://127.0.0.1"], "http"),
        (["run", "http://user:pass@127.0.0.1"], "credentials"),
        (["run", "https://rerank.example"], "SILICONFLOW_API_KEY"),
        (["run", "https://rerank.example", "--contract", "woagent"], "WOAGENT_API_KEY"),
        (["run", "mock", "--header", "nonsense"], "--header"),
        (["run", "mock", "--max-requests", "0"], "--max-requests"),
        (["run", "mock", "--rate", "nan"], "--rate"),
        (["run", "mock", "--max-time", "inf"], "--max-time"),
        (["run", "mock", "--timeout", "nan"], "--timeout"),
        (["run", "mock", "--model", ""], "--model"),
        (["run", "mock", "--header", "Content-Length: 1"], "Content-Length"),
        (["run"], "TARGET"),
        (["rnu"], "run"),
        (["mock", "nobody"], "siliconflow"),
    ],
)
def test_bad_input(arguments: list[str], words: str) -> None:
    """Bad input gets exit status 2 and one clear line that names what is wrong, without a traceback."""
    done = call(*arguments)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_dry_run_sends_nothing() -> None:
    """--dry-run lists the requests and sends none."""
    with Handmade() as peer:
        done = call("run", peer.base_url, "--contract", FROZEN, "--dry-run")
        assert peer.calls == 0
    assert done.returncode == 0
    assert "requests" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_mock_command(number: signal.Signals) -> None:
    """`mock` prints its base URL, answers within a second, and stops clean on Ctrl-C and when its container stops."""
    started = time.monotonic()
    with subprocess.Popen(
        [*COMMAND, "mock", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        while time.monotonic() - started < 10:
            try:
                answer = httpx.post(f"{url}/rerank", json={})
                break
            except httpx.ConnectError:
                time.sleep(0.02)
        assert answer.status_code == 401
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 0
        assert errors == ""


def test_interrupted() -> None:
    """Ctrl-C in a run is exit status 130, without a traceback."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with subprocess.Popen(
            [*COMMAND, "run", f"http://127.0.0.1:{silent.getsockname()[1]}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            silent.settimeout(30)
            silent.accept()[0].close()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in errors


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_requirements(form: str) -> None:
    """`requirements` lists every clause with level, sentence and source."""
    done = call("requirements", "--format", form)
    assert done.returncode == 0
    assert "request.overlap_tokens.maximum" in done.stdout
    if form == "json":
        rows = json.loads(done.stdout)
        assert all(row["level"] in {"MUST", "SHOULD"} and row["sentence"] and row["source"] for row in rows)
        assert len({row["requirement"] for row in rows}) == len(rows)


def test_a_run_leaves_its_folder_alone(tmp_path: Path) -> None:
    """A run that draws requests at random leaves nothing where somebody works but its own folder."""
    command = [*COMMAND, "run", "mock", "--profile", "nightly", "--max-requests", "40", "--no-store", "--out", "run"]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_that_is_resumed_goes_on_as_it_began(tmp_path: Path) -> None:
    """What would make another run of a user's own recording is refused beside `--resume`, and the recording stays."""
    done = call("run", "mock", "--select", "auth.*", "--no-store", "--out", "own", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    before = (tmp_path / "own" / "journal.jsonl").read_bytes()
    for option in ("--profile deep", "--out other", "--seed 7"):
        done = call("run", "--resume", "own", *option.split(), cwd=tmp_path)
        assert done.returncode == 2, done.stdout
        assert f"{option.split()[0]} cannot be changed" in done.stderr
    assert (tmp_path / "own" / "journal.jsonl").read_bytes() == before
