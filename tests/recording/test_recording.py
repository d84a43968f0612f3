"""A run's folder as a recording: killed, resumed, judged again, replayed."""

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import load
from conformance.document.run import document
from conformance.exchange import journal
from conformance.mock import MockServer
from conformance.mock.replay import ReplayApp
from conformance.mock.rules import Rules
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.run import Run
from conformance.recording import Recording, RecordingError, begin
from conformance.running import Settings, Target, conduct
from tests.command import Command, call
from tests.recording.services import Service


def answered(folder: Path) -> int:
    return sum("request" in line for _, line in journal.lines(folder / journal.NAME))


def verdicts(run: Run) -> list[Any]:
    return [
        (item["requirement"], item["verdict"], item["detail"], item["exchanges"], item["proofs"])
        for item in document(run)["verdicts"]
    ]


# What a recording does is the same for a part of the plan; one whole run is killed and gone on with.
PART = ("--select", "auth.*", "--select", "request.*")


def interrupted(service: Service, folder: Path, number: int, after: int = 40, *options: str) -> Command:
    process = Command(("run", service.base_url, "--out", str(folder), *options))
    path, end, lines = folder / journal.NAME, time.monotonic() + 60, 0
    while time.monotonic() < end and lines < after:
        # Whoever looks all the time keeps the run from its work.
        time.sleep(0.02)
        lines = path.read_bytes().count(b"\n") if path.exists() else 0
    process.send_signal(number)
    return process


def slow(_number: int, _call: Any, answer: Any) -> Any:
    return answer and (*answer[:3], 0.03)


def test_killed_then_judged_then_resumed(tmp_path: Path) -> None:
    """After kill -9 nothing answered is lost: `judge` reads it, `run --resume` asks only what is missing and ends as an undisturbed run does."""
    with Service(slow) as service:
        interrupted(service, tmp_path / "run", signal.SIGKILL).communicate()
        kept = answered(tmp_path / "run")
        assert kept >= 39
        judged = call("judge", str(tmp_path / "run"), "--out", str(tmp_path / "judged"))
        assert (judged.returncode, "breaks off" in judged.stdout) == (3, True), judged.stdout + judged.stderr
        before = service.app.calls
        resumed = call("run", "--resume", str(tmp_path / "run"))
        assert resumed.returncode == 0, resumed.stdout + resumed.stderr
        whole = call("run", service.base_url, "--out", str(tmp_path / "whole"))
        total = json.loads((tmp_path / "whole" / "run.json").read_text())["requests"]
    assert whole.returncode == 0
    assert service.app.calls == before + (total - kept) + total
    one, other = (json.loads((tmp_path / name / "run.json").read_text()) for name in ("run", "whole"))
    assert one["requests"] == total
    assert one["summary"] == other["summary"]


def test_resumed_where_answers_surprise(tmp_path: Path) -> None:
    """What an interrupted run found is asked again by the one that goes on with it, before the plan comes to it."""

    def open_door(number: int, call: Any, answer: Any) -> Any:
        return slow(number, call, (200, *answer[1:]) if answer and answer[0] == 401 else answer)

    with Service(open_door) as service:
        interrupted(service, tmp_path, signal.SIGKILL, 20, *PART).communicate()
        resumed = call("run", "--resume", str(tmp_path), *PART)
    assert (resumed.returncode, resumed.stderr) == (1, ""), resumed.stderr
    assert "auth.missing" in {
        verdict["requirement"]
        for verdict in document(Recording.read(tmp_path).judged())["verdicts"]
        if verdict["verdict"] == "fail"
    }


def test_resumed_after_a_closer_look(tmp_path: Path) -> None:
    """What answers made worth asking before an interruption takes nothing away from what is planned: a resumed run ends as an undisturbed one."""
    with MockServer(load("siliconflow"), fault="instruction+top_n:index_shift") as mock:
        whole, cut = tmp_path / "whole", tmp_path / "cut"
        assert call("run", mock.base_url, "--out", str(whole), SILICONFLOW_API_KEY=mock.key).returncode == 1
        lines = (whole / journal.NAME).read_bytes().splitlines(keepends=True)
        asked = [number for number, line in enumerate(lines) if b'"request"' in line]
        assert len(asked) > 150
        shutil.copytree(whole, cut)
        (cut / journal.NAME).write_bytes(b"".join(lines[: asked[-12]]))
        resumed = call("run", "--resume", str(cut), SILICONFLOW_API_KEY=mock.key)
    assert resumed.returncode == 1, resumed.stderr
    one, other = ({exchange.request.key for exchange in Recording.read(folder).exchanges()} for folder in (whole, cut))
    assert one == other


def test_torn_line(tmp_path: Path) -> None:
    """A line that a kill tore is not read, and what a resumed run appends after it is."""
    with Service(slow) as service:
        interrupted(service, tmp_path, signal.SIGKILL, 20, *PART).communicate()
        path = tmp_path / journal.NAME
        data = path.read_bytes()
        path.write_bytes(data[: data.rstrip(b"\n").rindex(b"\n") + 200])
        before = answered(tmp_path)
        assert call("run", "--resume", str(tmp_path), *PART).returncode == 0
    assert answered(tmp_path) > before
    assert Recording.read(tmp_path).judged().exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_order(tmp_path: Path, number: int) -> None:
    """Ctrl-C and SIGTERM leave a complete folder and exit status 130; `run --resume` goes on with it."""
    with Service(slow) as service:
        out, err = (process := interrupted(service, tmp_path, number, 20, *PART)).communicate(timeout=60)
        assert process.returncode == 130, out + err
        assert err == ""
        assert {
            "run.json",
            "report.html",
            "exchanges.har",
            "junit.xml",
            "report.md",
            "contract.json",
            "journal.jsonl",
        } <= {path.name for path in tmp_path.iterdir()}
        assert json.loads((tmp_path / "run.json").read_text())["exit_code"] == 130
        assert call("run", "--resume", str(tmp_path)).returncode == 0


def test_resumed_when_complete(tmp_path: Path) -> None:
    """Resuming a complete run sends nothing and says the same."""
    with Service() as service:
        first = call("run", service.base_url, "--out", str(tmp_path), *PART)
        calls = service.app.calls
        again = call("run", "--resume", str(tmp_path))
        assert service.app.calls == calls
    assert (first.returncode, again.returncode) == (0, 0)


def test_generated_requests_are_not_paid_twice(tmp_path: Path) -> None:
    """Also generated requests that were answered are not sent again."""
    with Service(slow) as service:
        interrupted(
            service,
            tmp_path,
            signal.SIGKILL,
            60,
            "--profile",
            "nightly",
            "--select",
            "fuzz.allowed",
            "--max-requests",
            "90",
        ).communicate()
        kept = answered(tmp_path)
        before = service.app.calls
        # So few show too little for a verdict.
        assert call("run", "--resume", str(tmp_path)).returncode in {0, 3}
    recording = Recording.read(tmp_path)
    # On a busy machine some of the sixty found no answer.
    assert kept > 40
    assert sum(exchange.generated for exchange in recording.exchanges()) > 40
    assert service.app.calls - before == answered(tmp_path) - kept <= 90 - kept
    keys = [exchange.request.key for exchange in recording.exchanges()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("profile", ["smoke", pytest.param("nightly", marks=pytest.mark.matrix)])
@pytest.mark.parametrize("fault", [None, "lacks.results.items.relevance_score"])
def test_judge_repeats_the_verdicts(tmp_path: Path, profile: str, fault: str | None) -> None:
    """`judge` gives the same verdicts, details and proofs as the run did, generated requests included."""
    contract = load("siliconflow")
    settings = Settings(profile=profile)
    with MockServer(contract, fault=fault) as mock:
        target = Target("mock", mock.base_url, contract, {contract.key_env or "": mock.key})
        opened = begin(tmp_path, target, settings)
        run = conduct(target, settings, journal=opened)
    again = Recording.read(tmp_path).judged()
    assert run.exit_code == again.exit_code == (1 if fault else 0)
    assert verdicts(run) == verdicts(again)
    assert document(run)["observations"] == document(again)["observations"]
    assert (run.requests, run.tokens) == (again.requests, again.tokens)


def test_judge_says_what_differs(tmp_path: Path) -> None:
    """`judge` compares with the verdicts that were recorded, and leaves the recorded report alone."""
    with Service() as service:
        call("run", service.base_url, "--out", str(tmp_path), *PART)
    held = json.loads((tmp_path / "run.json").read_text())
    held["verdicts"][0]["verdict"] = "fail"
    (tmp_path / "run.json").write_text(json.dumps(held))
    done = call("judge", str(tmp_path))
    assert done.returncode == 0
    assert f"{held['verdicts'][0]['requirement']}: failed then, passed now" in done.stdout
    assert json.loads((tmp_path / "run.json").read_text()) == held


def test_judge_by_another_contract(tmp_path: Path) -> None:
    """A recording can be judged by another vendor's contract: what both ask alike is found, whatever the keys are called."""
    with Service() as service:
        call("run", service.base_url, "--out", str(tmp_path))
    run = Recording.read(tmp_path).judged(load("woagent"))
    assert run.contract == "woagent"
    assert any(verdict.outcome == "pass" for verdict in run.verdicts)
    assert any(verdict.outcome == "fail" for verdict in run.verdicts)


def test_a_folder_that_holds_folders_of_runs(tmp_path: Path) -> None:
    """`judge` and `run --resume` offer the runs in a folder that is none itself, as that of a night."""
    for name in "abcdefg":
        (tmp_path / name).mkdir()
        (tmp_path / name / "journal.jsonl").touch()
    for command in (("judge",), ("run", "--resume")):
        done = call(*command, str(tmp_path))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"{tmp_path / 'a'}, {tmp_path / 'b'}" in done.stderr
        assert "and 2 more" in done.stderr


def test_older_recording_is_kept(tmp_path: Path) -> None:
    """A second run with the same --out moves the first one into earlier/, and leaves other files alone."""
    (tmp_path / "notes.txt").write_text("mine")
    with Service() as service:
        for _ in range(3):
            assert call("run", service.base_url, "--out", str(tmp_path), "--select", "auth.*").returncode == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    for folder in (tmp_path, tmp_path / "earlier" / "1", tmp_path / "earlier" / "2"):
        assert Recording.read(folder).end == "complete"


def test_replay_answers_as_recorded(tmp_path: Path) -> None:
    """A mock that replays a recording gets the verdicts of the recorded run, broken ones and cut connections included."""
    contract = load("siliconflow")
    with MockServer(contract, fault="lacks.results.items.relevance_score", chaos="cuts") as mock:
        target = Target("mock", mock.base_url, contract, {contract.key_env or "": mock.key})
        recorded = conduct(
            target, Settings(max_requests=400), journal=begin(tmp_path, target, Settings(max_requests=400))
        )
    app = ReplayApp(
        Rules(contract, "mock-key"),
        exchanges=Recording.read(tmp_path).exchanges(),
        secrets={contract.key_env or "": "mock-key"},
    )
    with MockServer(contract, app=app) as mock:
        replayed = conduct(
            Target("replay", mock.base_url, contract, {contract.key_env or "": "mock-key"}), Settings(max_requests=400)
        )
    assert recorded.exit_code == replayed.exit_code == 1
    assert [(v.clause.id, v.outcome) for v in recorded.verdicts] == [
        (v.clause.id, v.outcome) for v in replayed.verdicts
    ]


@pytest.mark.parametrize("spoil", ["nothing", "empty", "other", "version", "contract", "header"])
def test_damaged_folders(tmp_path: Path, spoil: str) -> None:
    """A folder that holds no usable recording is refused in one sentence that names the file: exit status 2, nothing changed."""
    if spoil != "nothing":
        with Service() as service:
            call("run", service.base_url, "--out", str(tmp_path), "--select", "auth.*")
        path = tmp_path / journal.NAME
        lines = path.read_text().splitlines(keepends=True)
        header = json.loads(lines[0])
        lines[0] = {
            "version": json.dumps({**header, "journal": 99}) + "\n",
            "header": json.dumps({"journal": 1}) + "\n",
        }.get(spoil, lines[0])
        path.write_text({"empty": "", "other": "hello\n"}.get(spoil, "".join(lines)))
        if spoil == "contract":
            (tmp_path / "contract.json").write_text("{")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for command in (("judge", str(tmp_path)), ("run", "--resume", str(tmp_path)), ("mock", "--replay", str(tmp_path))):
        done = call(*command)
        assert done.returncode == 2, done.stdout
        assert len(done.stderr.strip().splitlines()) == 1
        assert ("contract.json" if spoil == "contract" else journal.NAME) in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    with pytest.raises(RecordingError):
        Recording.read(tmp_path)


@pytest.mark.parametrize("body", [b"", b"plain", "日本".encode(), b"\xff\xfe\x00", b'{"a":"\\ud800"}', b"\x00\x01"])
def test_journal_keeps_every_byte(body: bytes) -> None:
    """An exchange comes back from its line as it was, bodies that are no UTF-8 included."""
    request = Request("POST", "/rerank", (("X", "é"), ("x", "2")), body, 3)
    for response, error in ((Response(200, (("A", "ÿ"), ("A", "b")), body), None), (None, "cut")):
        exchange = Exchange("e1.2", request, "http://127.0.0.1/rerank", response, error, 1.5, 0.25, 2, generated=True)
        assert journal.decode(json.loads(json.dumps(journal.encode(exchange)))) == exchange
