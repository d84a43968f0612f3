"""A signal ends a run in order, wherever it comes from; a second one ends it at once; what was recorded can be judged."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance import cli
from conformance.recording import Recording
from tests.recording.services import Service
from tests.sampling import sampled

SLOW = 0.15


def start(url: str, folder: Path, *, ignoring: bool = False) -> subprocess.Popen[str]:
    """Begin a run in a process of its own, as `nohup … &` does where `ignoring`."""
    command = [
        sys.executable,
        "-m",
        "conformance",
        "run",
        url,
        "--out",
        str(folder),
        "--no-store",
        "--concurrency",
        "2",
    ]
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignoring else None
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "SILICONFLOW_API_KEY": "mock-key"},
        preexec_fn=ignore,  # noqa: PLW1509
    )


def wait_for(folder: Path, lines: int) -> None:
    """Wait until so many exchanges are recorded."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        path = folder / "journal.jsonl"
        if path.exists() and path.read_bytes().count(b"\n") > lines:
            return
        time.sleep(0.02)
    pytest.fail("nothing was recorded")


@pytest.mark.parametrize(
    ("number", "ignoring"),
    sampled([(signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGHUP, False)], 2),
    ids=["SIGINT", "SIGTERM", "SIGTERM, SIGINT ignored", "SIGHUP"],
)
def test_first_signal_ends_in_order(tmp_path: Path, number: int, *, ignoring: bool) -> None:
    """Exit status 130, a whole report, and a recording that says that it was interrupted."""
    with Service(lambda _n, _c, answer: answer and (*answer[:3], SLOW)) as service:
        process = start(service.base_url, tmp_path / "run", ignoring=ignoring)
        wait_for(tmp_path / "run", 8)
        process.send_signal(number)
        told, _ = process.communicate(timeout=240)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert json.loads((tmp_path / "run" / "run.json").read_text())["exit_code"] == 130
    assert Recording.read(tmp_path / "run").end == "interrupted"


def test_ignored_interrupt_stays_ignored(tmp_path: Path) -> None:
    """Where a shell ignores SIGINT for a job in the background, Ctrl-C at the terminal does not end it."""
    with Service(lambda _n, _c, answer: answer and (*answer[:3], SLOW)) as service:
        process = start(service.base_url, tmp_path / "run", ignoring=True)
        wait_for(tmp_path / "run", 4)
        process.send_signal(signal.SIGINT)
        wait_for(tmp_path / "run", 12)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)
    assert process.returncode == 130


def test_second_signal_ends_at_once(tmp_path: Path) -> None:
    """Two signals end the process though an answer is out for a minute; the folder can be judged."""
    with Service(lambda number, _c, answer: answer and (*answer[:3], 0.0 if number < 10 else 60.0)) as service:
        process = start(service.base_url, tmp_path / "run")
        wait_for(tmp_path / "run", 6)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - began < 20
    run = Recording.read(tmp_path / "run").judged()
    assert run.requests >= 6
    assert run.exit_code in {3, 130}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_signal_before_anything_is_sent(number: signal.Signals) -> None:
    """While a command is only being prepared, or its reports are written, each signal ends it with 130 and a word."""
    at_work = "import time; from conformance import cli; cli.cli.main = lambda **_: (print('at work', flush=True), time.sleep(60)); cli.main()"
    with subprocess.Popen(
        [sys.executable, "-c", at_work], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "at work\n"
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, "interrupted\n")


def test_interrupt_while_the_command_line_is_imported() -> None:
    """Ctrl-C before any command is known ends with 130 and a word, and shows no traceback."""
    early = "import os, signal, sys; sys.addaudithook(lambda event, found: found[0] == 'click' and os.kill(os.getpid(), signal.SIGINT) if event == 'import' else None); from conformance.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", early], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_interrupt_in_the_middle_of_an_import(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python makes a RuntimeError of it where a class is being made; the command ends as interrupted all the same."""

    def importing(**_: object) -> None:
        class Named:
            def __set_name__(self, *_: object) -> None:
                raise KeyboardInterrupt

        class Made:
            name = Named()

    monkeypatch.setattr(cli.cli, "main", importing)
    with pytest.raises(SystemExit, match="130"):
        cli.main()
    assert capsys.readouterr().err == "interrupted\n"
