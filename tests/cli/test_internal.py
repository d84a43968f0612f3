"""An error inside the suite: one paragraph and exit status 70, with everything recorded kept and judged again afterwards."""

import errno
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.contract import load
from conformance.document.run import FILES
from conformance.exchange.journal import NAME
from conformance.requirements import catalogue
from tests.command import called
from tests.sampling import sampled

INTERNAL = 70
SELECT = ("--select", "request.query.*", "--select", "ranking.spelling")
PLANTED = {
    "a judge": ("conformance.requirements.relations._moved", "judging ranking.spelling"),
    "a reading": ("conformance.running.ledger.Collector.add", "reading the exchange e"),
    "an observation": ("conformance.running.judge.observe", "observing"),
    "the next questions": ("conformance.running.Plan.more", "working out what to ask next"),
    "the causes": ("conformance.running.judge.causes", "An error inside the suite"),
    "the sender": ("conformance.exchange.weather.Weather.add", "An error inside the suite"),
}
Called = Callable[..., tuple[int, str, str]]


def fail(*_: object, **__: object) -> Any:
    msg = "planted by hand"
    raise ZeroDivisionError(msg)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    return partial(called, monkeypatch, capsys)


@pytest.fixture
def recorded(tmp_path: Path, call: Called) -> Path:
    folder = tmp_path / "recorded"
    assert call("run", "mock", *SELECT, "--no-store", "--out", str(folder))[0] == 0
    return folder


@pytest.mark.parametrize("place", sampled(PLANTED, 2))
def test_run_ends_with_70(tmp_path: Path, request: pytest.FixtureRequest, call: Called, place: str) -> None:
    """Wherever the suite fails, `run` says in a paragraph at what, keeps the recording, and `judge` works on it afterwards."""
    where, words = PLANTED[place]
    if "requirements" in where:
        # What was made before has no plant, and what is made with one is for nobody else.
        catalogue._requirements.cache_clear()
        request.addfinalizer(catalogue._requirements.cache_clear)
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(where, fail)
        status, out, err = call("run", "mock", *SELECT, "--no-store", "--out", str(tmp_path / "out"))
    assert status == INTERNAL, out + err
    assert words in out + err
    assert "ZeroDivisionError: planted by hand" in out + err
    assert "Traceback" not in out + err
    assert str(tmp_path / "out") in out + err
    assert (tmp_path / "out" / NAME).is_file()
    status, out, err = call("judge", str(tmp_path / "out"))
    # Where nothing was sent after the first answer there is too little to judge, and that is no error.
    assert status in ({0} if place != "the sender" else {0, 3}), out + err


def test_exchange_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Called) -> None:
    """What cannot be read is named by its exchange, and all other clauses are judged."""
    from conformance.running.ledger import Collector

    add = Collector.add

    def picky(self: Collector, exchange: Any) -> None:
        if exchange.id == "e2":
            fail()
        add(self, exchange)

    monkeypatch.setattr(Collector, "add", picky)
    status, out, err = call("run", "mock", *SELECT, "--no-store", "--out", str(tmp_path))
    assert status == INTERNAL
    assert "e2" in out + err
    told = json.loads((tmp_path / FILES["json"]).read_text())
    assert told["exit_code"] == INTERNAL
    assert told["summary"]["pass"] > 3


@pytest.mark.parametrize(
    ("form", "command"),
    sampled([(form, command) for form in ("junit", "markdown", "html") for command in ("run", "judge")], 2),
)
def test_failing_format_leaves_the_others_whole(
    tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, call: Called, command: str, form: str
) -> None:
    """A format that cannot be made is named, and the verdicts are still shown; the other formats are whole."""
    from conformance.report.formats import PRODUCTS

    monkeypatch.setattr(PRODUCTS["run"].forms[form].replace(":", "."), fail)
    arguments = ("run", "mock", *SELECT, "--no-store") if command == "run" else ("judge", str(recorded))
    folder = tmp_path / "out"
    status, out, err = call(*arguments, "--out", str(folder))
    assert status == INTERNAL
    assert FILES[form] in err
    assert "passed" in out
    assert not (folder / FILES[form]).exists()
    for other in FILES.keys() - {form}:
        assert (folder / FILES[other]).stat().st_size > 100, other


@pytest.mark.parametrize(("own", "status"), [(False, 2), (True, INTERNAL)])
def test_file_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, call: Called, *, own: bool, status: int) -> None:
    """A file of the user's that cannot be reached is named, exit status 2; one of the program's is an error inside the suite."""
    place = str(Path(main.__code__.co_filename).with_name("gone.json")) if own else "theirs/run.json"

    def refuse(*_: object) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", place)

    monkeypatch.setattr("conformance.store.reference.is_folder", refuse)
    found, said, told = call("drift", "theirs")
    assert (found, said) == (status, "")
    assert "gone.json" in told if own else told == "rerank-conformance: theirs/run.json: Permission denied.\n"


def test_judge_names_its_folder(recorded: Path, monkeypatch: pytest.MonkeyPatch, call: Called) -> None:
    """`judge` that fails inside names the folder and changes nothing in it."""
    before = {path.name: path.read_bytes() for path in recorded.iterdir()}
    with monkeypatch.context() as planted:
        planted.setattr("conformance.running.judge.standings", fail)
        status, _, err = call("judge", str(recorded))
    assert status == INTERNAL
    assert err.count("\n") == 1
    assert f"`rerank-conformance judge {recorded}`" in err
    assert {path.name: path.read_bytes() for path in recorded.iterdir()} == before
    assert call("judge", str(recorded))[0] == 0


def test_compare_names_what_it_recorded(
    tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, call: Called
) -> None:
    """`compare` that fails inside names the folder, and how each recorded target in it is judged again."""
    monkeypatch.setattr("conformance.compare.comparison.migrations", fail)
    status, _, err = call(
        "compare",
        "A=mock",
        f"B={recorded}",
        "--max-requests",
        "60",
        "--most-documents",
        "0",
        "--most-bytes",
        "0",
        "--out",
        str(tmp_path / "out"),
    )
    assert status == INTERNAL, err
    assert f"`rerank-conformance judge {tmp_path / 'out' / 'targets' / 'A'}`" in err
    assert "Traceback" not in err
    assert call("judge", str(tmp_path / "out" / "targets" / "A"))[0] in {0, 3}


def test_compare_keeps_the_other_formats(
    tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch, call: Called
) -> None:
    """A format of the comparison that cannot be made is named with exit status 70; the others are whole."""
    from conformance.report.formats import PRODUCTS

    monkeypatch.setattr(PRODUCTS["comparison"].forms["csv"].replace(":", "."), fail)
    status, out, err = call("compare", f"A={recorded}", f"B={recorded}", "--out", str(tmp_path / "out"))
    assert status == INTERNAL, out + err
    files = dict(PRODUCTS["comparison"].files)
    assert files["csv"] in err
    assert not (tmp_path / "out" / files.pop("csv")).exists()
    assert all((tmp_path / "out" / name).stat().st_size > 100 for name in files.values())


def nightly(tmp_path: Path, call: Called, *names: str) -> tuple[int, str, Any]:
    status, _, err = call(
        "nightly",
        *names,
        "--profile",
        "smoke",
        "--max-requests",
        "20",
        "--store",
        str(tmp_path / "store.sqlite"),
        "--out",
        str(tmp_path / "out"),
    )
    return status, err, json.loads((tmp_path / "out" / "summary.json").read_text())


def test_nightly_goes_on_with_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Called) -> None:
    """A target at which the suite fails is named with exit status 70; the next one is asked, and its recording can be judged."""
    from conformance.running import conduct

    def first_fails(target: Any, *arguments: Any, **options: Any) -> Any:
        run = conduct(target, *arguments, **options)
        return fail() if target.contract.name == "siliconflow" else run

    monkeypatch.setattr("conformance.nightly.watch.conduct", first_fails)
    status, err, held = nightly(tmp_path, call, "mock:siliconflow", "mock:woagent")
    assert status == held["exit_code"] == INTERNAL
    assert "mock:siliconflow" in err
    assert "planted by hand" in err
    assert [target["state"] for target in held["targets"]] == ["failed", "ran"]
    assert call("judge", str(tmp_path / "out" / held["targets"][0]["folder"]))[0] in {0, 3}


def test_nightly_is_never_green_over_an_error_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Called
) -> None:
    """A run that ended with 70 makes the night end with 70, and so does a format that cannot be made; the verdicts are kept."""
    from conformance.report.formats import PRODUCTS

    monkeypatch.setattr(PRODUCTS["run"].forms["junit"].replace(":", "."), fail)
    status, err, held = nightly(tmp_path, call, "mock:woagent")
    assert status == held["exit_code"] == INTERNAL
    assert FILES["junit"] in err
    assert held["targets"][0]["run"]["summary"]["pass"] > 0


@pytest.mark.parametrize(
    ("given", "in_file", "expected"),
    sampled([("should", "must", 1), (None, None, 1), (None, "must", 0), ("must", None, 0), ("must", "should", 0)], 3),
)
def test_level_that_fails_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Called, given: str | None, in_file: str | None, expected: int
) -> None:
    """A SHOULD alone fails a run unless `--fail-on must` says otherwise, or targets.toml; the command line goes first."""
    from conformance.mock import MockServer

    contract = load("siliconflow")
    monkeypatch.chdir(tmp_path)
    with MockServer(contract, fault="script_hebrew") as mock:
        lines = [
            "[targets.mine]",
            f'base_url = "{mock.base_url}"',
            'contract = "siliconflow"',
            *([f'fail_on = "{in_file}"'] if in_file else []),
        ]
        (tmp_path / "targets.toml").write_text("\n".join(lines))
        monkeypatch.setenv(str(contract.key_env), mock.key)
        status, out, err = call(
            "run",
            "mine",
            "--select",
            "ranking.scripts",
            "--select",
            "request.query.*",
            "--no-store",
            "--out",
            str(tmp_path / "out"),
            *(["--fail-on", given] if given else []),
        )
    assert "ranking.scripts" in out, err
    assert status == expected


def test_too_little_judged_is_inconclusive(tmp_path: Path, call: Called) -> None:
    """A budget that leaves more than a tenth of the MUSTs unjudged ends with 3 and says how many were, in all reports."""
    status, out, _ = call("run", "mock", "--max-requests", "40", "--no-store", "--out", str(tmp_path))
    told = json.loads((tmp_path / FILES["json"]).read_text())
    assert status == told["exit_code"] == 3
    judged, musts = told["judged"]["musts"], told["judged"]["of"]
    assert judged < 0.9 * musts
    words = f"{judged} of the {musts} MUST clauses that a request can show"
    assert words in out
    assert words in (tmp_path / FILES["html"]).read_text()
    assert words in (tmp_path / FILES["markdown"]).read_text()
