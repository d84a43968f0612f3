"""Stores in a file and on a server: what goes in comes out, once, and what goes wrong is one sentence."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import create_engine, text

from conformance.store import location
from conformance.store.difference import since_last
from conformance.store.document import history, of_difference, of_history
from conformance.store.errors import StoreError
from conformance.store.location import VARIABLE, locate
from conformance.store.record import read, record
from conformance.store.store import Store
from conformance.store.tables import _LOCK, VERSION, about, runs
from tests.command import FORKS
from tests.store.conftest import PASSWORD
from tests.store.nights import cause, clause, night


def test_out_as_in(place: str) -> None:
    """A run comes out as it went in, whatever odd characters its texts hold; added again it is there once."""
    odd = "a\x00b \ud83d 搜索 'quote\" %s \\"
    document = night(
        3,
        "pfksin",
        notice=odd,
        target={"name": odd, "base_url": "http://127.0.0.1:1"},
        id="odd-target-3",
        seed=10**30,
        causes=[cause(1, title=odd)],
    )
    with Store.open(place) as store:
        assert store.add(document).new
        assert not store.add(document).new
        assert not store.add({**document, "notice": "another"}).new
        (run,) = store.runs()
        assert evolve(run, details=store.details(run.id), causes=store.causes(run.id)) == record(document)
        assert [(one.requirements, one.exchanges) for one in store.causes(run.id)] == [((clause(1),), ())]
        assert store.targets() == [record(document).target]
        assert run.seed == 10**30


def test_order_is_time_not_arrival(place: str) -> None:
    """Runs come out by when they started; `limit` takes the newest; two of one moment keep one order."""
    with Store.open(place) as store:
        for number in (5, 1, 3):
            store.add(night(number, "p"))
        store.add(night(3, "p", id="a-twin-of-3"))
        ids = [run.id for run in store.runs()]
        assert ids == ["siliconflow-night-0001", "a-twin-of-3", "siliconflow-night-0003", "siliconflow-night-0005"]
        assert [run.id for run in store.runs(limit=2)] == ids[-2:]
        for run in store.runs():
            assert [one.id for one in store.before(run)] == ids[: ids.index(run.id)]


def test_run_that_went_on(place: str) -> None:
    """A run that was interrupted, stored and resumed is one run: the longer one, whichever comes first."""
    with Store.open(place) as store:
        store.add(night(0, "pfi", requests=20, exit_code=130))
        assert store.add(night(0, "pkf", requests=90)).new
        assert not store.add(night(0, "pfi", requests=20, exit_code=130)).new
        (run,) = store.runs()
        assert (run.letters, run.requests, run.exit_code) == ("pkf", 90, 1)
        assert list(store.details(run.id)) == [clause(1), clause(2)]


def _add(place: str, number: int) -> None:
    with Store.open(place) as store:
        for other in range(number, number + 4):
            store.add(night(other, "pf"))


def test_many_machines(place: str) -> None:
    """Several processes that open a new store at once and add overlapping runs leave each run once."""
    writers = [FORKS.Process(target=_add, args=(place, number)) for number in (0, 2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with Store.open(place) as store:
        assert [run.id for run in store.runs()] == [f"siliconflow-night-{number:04}" for number in range(7)]


def answers(place: str) -> Any:
    """Return all that a store says after some changing nights of two targets, as plain values."""
    with Store.open(place) as store:
        told = []
        for number, letters in enumerate(["ppp", "pfp", "iii", "pfpp", "ppfk", "pppk", "ppf ", "fpps"]):
            store.add(night(number, letters))
            store.add(
                night(number, letters[::-1].strip(), target={"name": "woagent", "base_url": "https://woagent.example"})
            )
            told.append(of_difference(since_last(store, store.runs("siliconflow", limit=1)[0])))
        runs = store.runs()
        return (
            told,
            of_history(history(runs)),
            [store.details(run.id) for run in runs],
            [run.id for run in store.starting("woagent-night-0003")],
        )


@pytest.mark.needs_postgresql
@pytest.mark.parametrize("held", [f"SELECT pg_advisory_lock({_LOCK})", f"LOCK TABLE {about.name}, {runs.name}"])
def test_another_programs_lock_is_not_waited_for(database: str, monkeypatch: pytest.MonkeyPatch, held: str) -> None:
    """A lock that another session of PostgreSQL keeps is a sentence after some seconds, when the store is tried and when a run is written; then it works again."""
    monkeypatch.setattr(location, "_PATIENCE", 1)
    other = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with Store.open(database) as store:
        with other.connect() as connection:
            connection.exec_driver_sql(held)
            for work in (store.ready, lambda: store.add(night(1, "p"))) if "LOCK" in held else (store.ready,):
                with pytest.raises(StoreError, match="cannot be written: canceling statement due to lock timeout"):
                    work()
        other.dispose()
        store.ready()
        assert store.add(night(1, "p")).new


@pytest.mark.needs_postgresql
def test_sqlite_and_postgresql_agree(database: str, tmp_path: Path) -> None:
    """The same nights give the same answers in a file and on a server."""
    ours = answers(str(tmp_path / "s.sqlite"))
    assert ours == answers(database)
    assert ours[0][1]["alarm"]


def test_newer_store_is_refused(place: str) -> None:
    """A store of a newer version is left alone, and the user told to upgrade; no password is shown."""
    Store.open(place).close()
    engine = create_engine(locate(place).url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE rerank_about SET value = '99' WHERE name = 'schema_version'"))
    with pytest.raises(StoreError, match=rf"newer version.*schema 99.*knows {VERSION}.*upgrade") as told:
        Store.open(place)
    assert PASSWORD not in str(told.value)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT value FROM rerank_about")).scalar() == "99"
    engine.dispose()


def _everything(place: str) -> list[Any]:
    with Store.open(place) as store:
        return [store.causes(run.id) for run in store.runs(facts=True)]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rerank_about SET value = 'x'",
        "UPDATE rerank_roster SET clauses = '{'",
        "UPDATE rerank_roster SET clauses = '[[1]]'",
        "UPDATE rerank_run SET outcomes = 'zz'",
        "UPDATE rerank_run SET outcomes = 'p'",
        "UPDATE rerank_factset SET facts = '[{}]'",
        "UPDATE rerank_causeset SET causes = '[{}]'",
    ],
)
def test_a_damaged_store(place: str, damage: str) -> None:
    """A store whose content somebody spoiled is one sentence that names it, and no error inside the suite."""
    fact = {"kind": "header", "place": "x-cache", "documented": False, "value": None}
    with Store.open(place) as store:
        store.add(night(0, "pf", facts=[fact], causes=[cause(1)]))
    engine = create_engine(locate(place).url)
    with engine.begin() as connection:
        connection.execute(text(damage))
    engine.dispose()
    with pytest.raises(StoreError, match="what it holds is damaged") as told:
        _everything(place)
    assert "\n" not in str(told.value)
    assert PASSWORD not in str(told.value)


@pytest.mark.parametrize("before", range(1, VERSION))
def test_older_store_is_migrated(place: str, before: int) -> None:
    """A store that an earlier version wrote (a dump of one) keeps its runs, and takes new ones with what later versions added."""
    dump = (Path(__file__).parents[1] / "data" / "store" / f"version-{before}.sql").read_text()
    location = locate(place)
    if location.file is None:
        dump = re.sub(r"(\tid) INTEGER", r"\1 SERIAL", dump)
    engine = create_engine(location.url)
    with engine.begin() as connection:
        for statement in re.findall(r"^(?:CREATE|INSERT)(?:.|\n)*?;$", dump, re.MULTILINE):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        if location.file is None:
            for table in re.findall(r"CREATE TABLE rerank_(\w+) \(\s+id SERIAL", dump):
                connection.exec_driver_sql(f"SELECT setval('rerank_{table}_id_seq', 100)")
    engine.dispose()
    fact = {"kind": "header", "place": "x-cache", "documented": False, "value": None}
    with Store.open(place) as store:
        assert store.add(night(2, "fpk", facts=[fact], causes=[cause(0)])).new
        assert not store.add(night(1, "pfk")).new
        runs = store.runs(facts=True)
        told = [("ppk", False), ("pfk", before > 1), ("fpk", True)]
        assert [(run.letters, run.facts is not None) for run in runs] == told
        assert [[one.id for one in store.causes(run.id)] for run in runs] == [[], [], ["cause-0"]]
        assert store.details("siliconflow-night-0001") == {
            clause(1): "what was said of 1 in night 1",
            clause(2): "what was said of 2 in night 1",
        }
        assert [change.clause.id for change in since_last(store, runs[-1]).alarming] == [clause(0)]
    Store.open(place).close()


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is named wins over RERANK_STORE, and that over the user's data folder."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "variable.sqlite"))
    assert locate(tmp_path / "named.sqlite").file == tmp_path / "named.sqlite"
    assert locate(f"sqlite:///{tmp_path}/url.sqlite").file == tmp_path / "url.sqlite"
    assert locate().file == tmp_path / "variable.sqlite"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    file = locate().file
    assert file is not None
    assert file.is_relative_to(tmp_path)
    assert "rerank-conformance" in file.parts


def _garbage(tmp_path: Path) -> str:
    (tmp_path / "garbage").write_bytes(b"this is no database " * 500)
    return str(tmp_path / "garbage")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (str, "is a folder, and a store is a file"),
        (_garbage, "file is not a database"),
        (lambda path: f"{_garbage(path)}/below.sqlite", "cannot be made"),
        (
            lambda _: f"postgresql://u:{PASSWORD}@127.0.0.1:1/x",
            r"postgresql://u:\*\*\*@127.0.0.1:1/x cannot be opened: .*refused",
        ),
        (
            lambda _: f"postgresql://127.0.0.1:1/x?user=u&password={PASSWORD}",
            r"postgresql://127.0.0.1:1/x\?password=hidden&user=u cannot be opened",
        ),
        (lambda _: f"postgresql://u:{PASSWORD}@[::1/x", "cannot be read"),
        (lambda _: f"mysql://u:{PASSWORD}@127.0.0.1/x", "mysql:// is neither"),
        (lambda _: f"no-such-thing://u:{PASSWORD}@127.0.0.1/x", "neither|cannot be read"),
        (lambda _: "sqlite://", "forgotten at once"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, where: Any, words: str) -> None:
    """Anything that cannot be a store is one sentence that says why, without a password."""
    with pytest.raises(StoreError, match=words) as told:
        Store.open(where(tmp_path))
    assert PASSWORD not in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.needs_postgresql
def test_wrong_password_is_not_shown(database: str) -> None:
    """A refused password is in no message, nor in what lies behind it as text."""
    with pytest.raises(StoreError, match="password authentication failed") as told:
        Store.open(database.replace(PASSWORD, "wr0ng-secret"))
    assert "wr0ng-secret" not in str(told.value)


def test_reading_makes_no_store(tmp_path: Path) -> None:
    """A store that is only read must be there."""
    with pytest.raises(StoreError, match="no store at"):
        Store.open(tmp_path / "none.sqlite", make=False)
    assert list(tmp_path.iterdir()) == []


def test_folders_of_others(tmp_path: Path) -> None:
    """A folder goes in by its `run.json`, one of an older version too, which gave runs no id; the same folder copied is the same run."""
    with Store.open(tmp_path / "s.sqlite") as store:
        old = {key: value for key, value in night(0, "pf").items() if key not in {"id", "latency"}}
        for name, new in (("one", True), ("copy", False)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "run.json").write_text(json.dumps(old))
            assert store.add(read(tmp_path / name)).new is new
        assert len(store.runs()) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "is no record of a run"),
        (json.dumps({**night(0, "p"), "started": "yesterday"}), "started"),
        (json.dumps({**night(0, "p"), "verdicts": [{"requirement": "x"}]}), "verdicts/0"),
        (json.dumps({**night(0, "p"), "id": "../../etc"}), "id"),
        (json.dumps({**night(0, "p"), "requests": 2**31}), "requests"),
        (json.dumps({**night(0, "p"), "duration_s": 1e308}), "duration_s"),
        (None, "No such file"),
    ],
)
def test_hostile_folder(tmp_path: Path, content: str | None, words: str) -> None:
    """What is no record of a run is refused in one sentence that names the file."""
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(StoreError, match=words) as told:
        read(tmp_path if content is not None else tmp_path / "run.json")
    assert "run.json" in str(told.value)
    assert "\n" not in str(told.value)


def test_clauses_may_come_twice(tmp_path: Path) -> None:
    """A record that names a clause twice (none of ours does) counts it once, the last one."""
    document = night(0, "pp")
    document["verdicts"].append({**document["verdicts"][0], "verdict": "fail"})
    with Store.open(tmp_path / "s.sqlite") as store:
        store.add(document)
        assert store.runs()[0].letter(clause(0)) == "f"
