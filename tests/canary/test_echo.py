"""Each way of repeating a key is found, judged, and nowhere written."""

import io
import logging
from pathlib import Path

import pytest

from conformance.contract import load
from conformance.model.verdict import Outcome
from conformance.recording import Recording, begin
from conformance.report.formats import write_run
from conformance.report.run import show
from conformance.running import Settings, Target, conduct
from tests.canary.echo import CANARY, WAYS, Echo, leaks
from tests.sampling import sampled

CONTRACT = load("siliconflow")
CLAUSE = "security.key_not_echoed"


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, and their names."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {**found, "names": "\n".join(found).encode()}


@pytest.mark.parametrize("spelt", [CANARY, CANARY.upper(), CANARY[20:28], f"x{CANARY[4:12]}y"])
def test_the_search_sees(spelt: str) -> None:
    """The search that the other tests rely on finds a key, and is silent without one."""
    assert leaks(f"a {spelt} b")
    assert leaks("a [redacted key] b, sk-, siliconflow, relevance_score") == []


@pytest.mark.parametrize("way", sampled(WAYS, 7))
def test_each_way(way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A key that comes back this way is a finding; no file, terminal or log holds it, and judging again says the same."""
    caplog.set_level(logging.DEBUG)
    with Echo(CONTRACT, ways=(way,)) as echo:
        target = Target("echo", echo.base_url, CONTRACT, {str(CONTRACT.key_env): CANARY}, timeout=10)
        chosen = Settings(select=(CLAUSE, "body.empty", "path.unknown"), max_requests=24)
        journal = begin(tmp_path, target, chosen)
        run = conduct(target, chosen, journal=journal)
        journal.close()
        assert way in echo.used
    write_run(run, tmp_path, run.exchanges.values())
    told = io.StringIO()
    show(run, told, folder=tmp_path)
    verdict = next(verdict for verdict in run.verdicts if verdict.clause.id == CLAUSE)
    assert verdict.outcome is Outcome.FAIL, run.notice
    again = Recording.read(tmp_path).judged()
    assert [(v.clause.id, v.outcome, v.proofs) for v in again.verdicts] == [
        (v.clause.id, v.outcome, v.proofs) for v in run.verdicts
    ]
    files = everything(tmp_path)
    assert {"journal.jsonl", "exchanges.har", "report.html", "run.json"} <= files.keys()
    shown = {
        **files,
        "terminal": told.getvalue().encode(),
        "log": caplog.text.encode(),
        "repr": repr((target, run, journal, echo.app.rules.contract)).encode(),
    }
    assert {name: found for name, data in shown.items() if (found := leaks(data))} == {}


def test_logs_were_there_to_be_redacted(caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP libraries do log what came; without the filter the key would stand in the log."""
    caplog.set_level(logging.DEBUG)
    import httpx

    with Echo(CONTRACT, ways=("header",)) as echo:
        httpx.post(f"{echo.base_url}{CONTRACT.path}", headers={"Authorization": f"Bearer {CANARY}"})
    assert leaks(caplog.text)
