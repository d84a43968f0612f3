"""Seven simulated nights on loopback: quiet, broken, flaky, mended, drifted. Written to docs/examples/nights.

The service is the mock that answers as SiliconFlow is seen to, with a fault that comes and goes; everything else is
what a team would call: `rerank-conformance nightly`, `history`, `diff`, `drift`, `trend`. Only the clock is simulated, so
that the same nights are the same words.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time as wall
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import time_machine
from attrs import define, frozen

from conformance import running
from conformance.cli.group import cli
from conformance.contract import load
from conformance.exchange import sender
from conformance.mock import MockServer
from conformance.mock.lawful import cosine
from conformance.mock.observed import Observed
from conformance.mock.rules import Body
from conformance.report.markdown import environment

FOLDER = Path("docs", "examples", "nights")
TARGET = "service"
VENDOR = "siliconflow"
FIRST = datetime(2026, 3, 1, 2, 23, tzinfo=UTC)
FLAKY = "lacks_header.x-siliconcloud-trace-id"
STEADY = "no_limit"
TAKEN = "-taken"
_KEY = "SERVICE_API_KEY"
_SECRET = "key-of-seven-nights"  # noqa: S105 - the mock's


@frozen
class NightScene:
    """One night: what is wrong with the service, whether it is another model by now, and the story in a sentence."""

    story: str
    fault: str | None = None
    moved: bool = False


SCENES = (
    NightScene("The service answers as usual. All its known deviations are seen, and none raises an alarm."),
    NightScene("Answers come without the trace header.", FLAKY),
    NightScene("The trace header is back."),
    NightScene(
        "It is missing again. A check that failed twice and passed in between is flaky, and raises no alarm alone.",
        FLAKY,
    ),
    NightScene("The trace header is there; now the limit is ignored, and every document comes back.", STEADY),
    NightScene(
        "The limit is still ignored. No check newly fails, but another model answers: other scores, slower, with an undocumented field.",
        STEADY,
        moved=True,
    ),
    NightScene(
        "The limit is respected again, and the trace header has been there for three nights. The new model stays.",
        moved=True,
    ),
)


class Moved(Observed):
    """The service with another model behind it: it scores otherwise, and says which revision it is."""

    def score_chunk(self, query: str, chunk: str) -> float:
        """Score by characters, not by words."""
        return cosine(query, chunk)

    def shape(self, answer: Any, body: Body) -> Any:
        """Add a field that the contract does not know."""
        return {**super().shape(answer, body), "revision": 2}


def clocks(usual: float, draw: random.Random) -> tuple[SimpleNamespace, SimpleNamespace]:
    """Return what the engine and the sender read in place of `time`: by both, an answer takes about `usual` seconds, the same in every simulation.

    Back-off goes by the real clock, and the hour is the simulated one.
    """
    told = [0.0]

    def answered() -> float:
        # Between two calls a request was answered.
        told[0] += usual * draw.lognormvariate(0.0, 0.25)
        return told[0]

    common = {"time": wall.time, "monotonic": wall.monotonic}
    return SimpleNamespace(perf_counter=lambda: told[0], **common), SimpleNamespace(perf_counter=answered, **common)


@define
class Nights:
    """The simulation: `store` is a file or URL, `work` takes the runs.

    A night's budget is what is planned: generated requests come on top of that, and are others on other machines.
    """

    store: str
    work: Path

    def ask(self, number: int) -> int:
        """Live through a night (counted from 0) and return the exit status of `nightly`."""
        scene = SCENES[number]
        contract = load(VENDOR)
        rules = (Moved if scene.moved else Observed)(contract, _SECRET, seed=number)
        with (
            MockServer(contract, rules=rules, fault=scene.fault) as mock,
            self.at(number, 0.42 if scene.moved else 0.18),
        ):
            target = running.Target(TARGET, mock.base_url, contract)
            self._configure(mock.port, len(running.plan(target, running.Settings("nightly")).probes))
            return self.call("nightly", TARGET, "--out", self.folder(number))[0]

    def take(self, number: int) -> int:
        """Compare a night that was recorded already, on another machine say, with this store; return the exit status."""
        with self.at(number):
            return self.call(
                "nightly", TARGET, "--from", self.folder(number), "--out", f"{self.folder(number)}{TAKEN}"
            )[0]

    def call(self, *arguments: str) -> tuple[int, str]:
        """Call a command of `rerank-conformance` with the store, as its process would run; return exit status and output."""
        out = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
        environment = {"RERANK_STORE": self.store, "COLUMNS": "160", _KEY: _SECRET}
        with chdir(self.work), patch.dict(os.environ, environment), redirect_stdout(out):
            status = cli.main(list(arguments), prog_name="rerank-conformance", standalone_mode=False)
        out.seek(0)
        return int(status or 0), out.read()

    def summary(self, number: int, *, taken: bool = False) -> Any:
        """Return what `nightly` wrote for machines."""
        return json.loads(
            (self.work / f"{self.folder(number)}{TAKEN if taken else ''}" / "summary.json").read_text(encoding="utf-8")
        )

    @staticmethod
    def folder(number: int) -> str:
        """Return the folder of a night below the work."""
        return f"night-{number + 1}"

    @staticmethod
    @contextmanager
    def at(number: int, usual: float = 0.18) -> Iterator[None]:
        """Be in a night, at 02:23 UTC; answers take about `usual` seconds by the clock, and none by yours."""
        clock, watch = clocks(usual, random.Random(number))
        with (
            time_machine.travel(FIRST + timedelta(days=number), tick=False),
            # The package has a function of the same name.
            patch.object(sys.modules["conformance.running.conduct"], "time", clock),
            patch.object(sender, "time", watch),
        ):
            yield

    def _configure(self, port: int, requests: int) -> None:
        """Write targets.toml. The mock is asked through a proxy, which it is itself: so the service's URL is the same every night."""
        (self.work / "targets.toml").write_text(
            f'[targets.{TARGET}]\nbase_url = "http://rerank.example/v1"\nproxy = "http://127.0.0.1:{port}"\nkey_env = "{_KEY}"\n'
            f'deviations = ["{VENDOR}"]\nconcurrency = 1\nbudget = {{ max_requests = {requests} }}\n',
            encoding="utf-8",
        )


def write(nights: Nights, place: Path) -> None:
    """Live through all nights and write the example."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    rows = []
    for number, scene in enumerate(SCENES):
        status = nights.ask(number)
        found = nights.summary(number)
        shutil.copy(nights.work / nights.folder(number) / "summary.md", place / f"{nights.folder(number)}.md")
        told = {"date": found["started"][:10], "status": status, "headline": found["headline"]}
        rows.append({"number": number + 1, "story": scene.story, **told})
        print(f"{rows[-1]['date']} exit status {status}: {found['headline']}", flush=True)
    (place / "history.txt").write_text(nights.call("history", TARGET)[1], encoding="utf-8")
    changes = nights.call("diff", f"{TARGET}@last~3", f"{TARGET}@last~2", "--format", "markdown")[1]
    (place / "diff.md").write_text(changes, encoding="utf-8")
    (place / "drift.md").write_text(nights.call("drift", TARGET, "--format", "markdown")[1], encoding="utf-8")
    nights.call("drift", TARGET, "--propose", "--out", str((place / "documented.yaml").resolve()))
    nights.call("trend", TARGET, "--out", str((place / "trend.svg").resolve()))
    page = (
        environment(Path(__file__).parent).get_template("nights.md.j2").render(nights=rows, flaky=FLAKY, steady=STEADY)
    )
    (place / "README.md").write_text(f"{page}\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the example into a folder."""
    parser = argparse.ArgumentParser(prog="nox -s nights --", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=FOLDER, metavar="DIR", help=f"where it is written (default: {FOLDER})"
    )
    parser.add_argument(
        "--store", metavar="PATH|URL", help="the store of the nights (default: an SQLite file that is thrown away)"
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        write(Nights(chosen.store or str(Path(folder, "store.sqlite")), Path(folder)), chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
