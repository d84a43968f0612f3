"""Work in several processes ends with the one that began it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_AT_WORK = """
import os, time
from conformance import cli
from conformance.selftest.workers import spread
from tests.suite.test_workers import told
if __name__ == "__main__":
    cli.cli.main = lambda **_: list(spread(told, range(200), 2))
    cli.main()
"""


def told(_job: int) -> None:
    """Say who is at work, and take a while."""
    Path(os.environ["PLACE"], str(os.getpid())).touch()
    time.sleep(1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_workers_end_with_their_command(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C at a terminal reaches every process and shows one word; after any signal no worker goes on alone."""
    place = tmp_path / "workers"
    place.mkdir()
    script = tmp_path / "at_work.py"
    script.write_text(_AT_WORK)
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PLACE": str(place), "PYTHONPATH": root},
    ) as process:
        end = time.monotonic() + 60
        while len(workers := sorted(place.iterdir())) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        send = os.killpg if number is signal.SIGINT else os.kill
        send(process.pid, number)
        _, words = process.communicate(timeout=30)
    assert process.returncode == (-number if number is signal.SIGKILL else 130)
    assert (number is signal.SIGINT) <= (words == "interrupted\n")
    assert len(workers) == 2
    end = time.monotonic() + 20
    while any(map(_running, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(_running, workers))


def _running(worker: Path) -> bool:
    try:
        return "\nState:\tZ" not in Path("/proc", worker.name, "status").read_text()
    except OSError:
        return False
