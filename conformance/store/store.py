"""The store: every run of every target, in SQLite or PostgreSQL."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from attrs import define, evolve, field, frozen
from sqlalchemy import Connection, Engine, Row, Select, Table, func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from conformance.document import picked
from conformance.document.run import CAUSE, causes_of
from conformance.model.cause import Cause
from conformance.model.clause import Clause, Level
from conformance.model.fact import Fact, Kind, parsed, plain
from conformance.store.errors import StoreError
from conformance.store.location import Location, locate
from conformance.store.record import OUTCOMES, ClauseList, Latency, Record, record
from conformance.store.tables import about, causesets, clause_lists, factsets, findings, lock, prepare, runs, targets


@frozen
class Added:
    """A run's id, and whether the store did not hold it yet."""

    id: str
    new: bool


@define(slots=False, eq=False)
class Store:
    """Runs by target and time. Every method raises StoreError, one sentence without passwords, when the database fails."""

    location: Location
    engine: Engine = field(repr=False)
    _clause_lists: dict[int, ClauseList] = field(factory=dict, init=False, repr=False)
    _factsets: dict[int, tuple[Fact, ...]] = field(factory=dict, init=False, repr=False)

    @classmethod
    def open(cls, where: str | Path | None = None, *, make: bool = True) -> Self:
        """Open a store: a file, a `postgresql://` URL, else RERANK_STORE's, else the file in the user's data folder.

        A new one is made, unless `make` is false; an older schema is migrated.
        Raises StoreError when it cannot be opened or is of a newer version.
        """
        location = locate(where)
        if location.file is not None and location.file.is_dir():
            raise StoreError(f"{location.shown} is a folder, and a store is a file.")
        if location.file is not None and not location.file.exists():
            if not make:
                msg = f"There is no store at {location.shown}; `run` makes one, and `history --add` fills it."
                raise StoreError(msg)
            try:
                location.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"The store {location.shown} cannot be made: {error.strerror}.") from error
        store = cls(location, location.engine())
        try:
            with store._told("opened"):
                prepare(store.engine, location.shown)
        except StoreError:
            store.close()
            raise
        return store

    def ready(self) -> None:
        """Raise StoreError where nothing can be written: locked by another program, read-only, or on a full disk."""
        with self._told("written"), self.engine.begin() as connection:
            lock(connection)
            connection.execute(about.delete().where(about.c.name == ""))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        """Return the store, to be closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def add(self, document: Mapping[str, Any] | Record, name: str = "run.json") -> Added:
        """Keep a run, given the content of its `run.json`.

        One that is there already stays as it is, unless it went on since
        (`run --resume`): then the longer one takes its place.
        """
        run = document if isinstance(document, Record) else record(document, name)
        with self._told("written"), self.engine.begin() as connection:
            held = connection.execute(select(runs.c.id, runs.c.requests).where(runs.c.uid == run.id)).first()
            if held is not None and held.requests >= run.requests:
                return Added(run.id, new=False)
            if held is not None:
                connection.execute(findings.delete().where(findings.c.run_id == held.id))
                connection.execute(runs.delete().where(runs.c.id == held.id))
            number = self._insert(connection, run)
            if number is None:
                return Added(run.id, new=False)
            if run.details:
                rows = [
                    {"run_id": number, "requirement": name, "verdict": str(run.outcomes[name]), "detail": detail}
                    for name, detail in run.details.items()
                ]
                connection.execute(findings.insert(), rows)
        return Added(run.id, new=True)

    @property
    def nothing(self) -> str:
        """What to say where it holds no run."""
        return f"{self.location.shown} holds no run yet. `rerank-conformance run` adds each run, and `rerank-conformance history --add DIR` adds recorded ones."

    def targets(self) -> list[str]:
        """Return the names of all targets that have runs, sorted."""
        with self._told("read"), self.engine.connect() as connection:
            return sorted(connection.execute(select(targets.c.name)).scalars())

    def runs(self, target: str | None = None, *, limit: int | None = None, facts: bool = False) -> list[Record]:
        """Return runs, oldest first: of one target or all, of these the last `limit`.

        Their `details` are left out; `details` asks for those of one run. Their
        facts come when asked for.
        """
        where = [] if target is None else [targets.c.name == target]
        return self._select(where, limit, 0, facts=facts)

    def before(self, run: Record, *, limit: int | None = None, skip: int = 0, facts: bool = False) -> list[Record]:
        """Return the runs before a run of the same target, contract and profile, oldest first: the last `limit` without the last `skip`.

        The run may be in the store or not.
        """
        # A run that is in the store already has its place; one that is not comes after what started when it did.
        milliseconds = _milliseconds(run.started)
        same = (runs.c.started_ms == milliseconds) & (runs.c.uid < run.id)
        where = [targets.c.name == run.target, runs.c.contract == run.contract, runs.c.profile == run.profile]
        where += [(runs.c.started_ms < milliseconds) | same, runs.c.uid != run.id]
        return self._select(where, limit, skip, facts=facts)

    def series(self, target: str) -> list[Record]:
        """Return the last run of a target and those that can be compared with it, oldest first, with their facts; empty without any."""
        newest = self.runs(target, limit=1, facts=True)
        return [*self.before(newest[0], facts=True), *newest] if newest else []

    def _select(self, where: Sequence[Any], limit: int | None, skip: int, *, facts: bool) -> list[Record]:
        query = _query(*([runs.c.factset_id, runs.c.scores] if facts else [])).where(*where)
        query = query.order_by(runs.c.started_ms.desc(), runs.c.uid.desc()).limit(limit).offset(skip or None)
        with self._told("read"), self.engine.connect() as connection:
            rows = connection.execute(query).all()
            found = self._records(connection, rows)
            if facts:
                found = [
                    evolve(run, facts=told) for run, told in zip(found, self._facts(connection, rows), strict=True)
                ]
            return found[::-1]

    def starting(self, prefix: str) -> list[Record]:
        """Return at most two runs whose id starts with a prefix: two mean that it is no unique one."""
        query = _query().where(func.substr(runs.c.uid, 1, len(prefix)) == prefix).limit(2)
        with self._told("read"), self.engine.connect() as connection:
            return self._records(connection, connection.execute(query).all())

    def details(self, run: str) -> dict[str, str]:
        """Return what was said of the clauses of a run that were broken, deviate or were kept by surprise."""
        its = runs.c.id == findings.c.run_id
        query = select(findings.c.requirement, findings.c.detail).join(runs, its).where(runs.c.uid == run)
        with self._told("read"), self.engine.connect() as connection:
            return {row.requirement: row.detail for row in connection.execute(query)}

    def causes(self, run: str) -> tuple[Cause, ...]:
        """Return what explains the broken clauses of a run, the worst first; none of a run that recorded none."""
        query = select(causesets.c.causes).join(runs, runs.c.causeset_id == causesets.c.id).where(runs.c.uid == run)
        with self._told("read"), self.engine.connect() as connection:
            return causes_of({"causes": json.loads(connection.execute(query).scalar() or "[]")})

    def _insert(self, connection: Connection, run: Record) -> int | None:
        """Insert a run's row and return its number, or None when another process was quicker."""
        told = _json([[c.id, str(c.level), c.sentence, c.source] for c in run.judged.clauses])
        values = {
            "uid": run.id,
            "target_id": _interned(connection, targets, {"name": run.target}),
            **picked(run, _SAME),
            "seed": str(run.seed),
            "started_ms": _milliseconds(run.started),
            "duration_ms": _milliseconds(run.duration_s),
            **picked(run.latency, "p50_ms p95_ms p99_ms answers"),
            "roster_id": _shared(connection, clause_lists, clauses=told),
            "outcomes": run.letters,
            **_facts_of(connection, run),
            "causeset_id": _shared(connection, causesets, causes=_json([picked(cause, CAUSE) for cause in run.causes]))
            if run.causes
            else None,
        }
        return _inserted(connection, runs, values)

    def _records(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Record]:
        wanted = {row.roster_id for row in rows} - self._clause_lists.keys()
        if wanted:
            for row in connection.execute(
                select(clause_lists.c.id, clause_lists.c.clauses).where(clause_lists.c.id.in_(wanted))
            ):
                clauses = tuple(
                    Clause(name, sentence, Level(level), source)
                    for name, level, sentence, source in json.loads(row.clauses)
                )
                self._clause_lists[row.id] = ClauseList(clauses)
        return [_record(row, self._clause_lists[row.roster_id]) for row in rows]

    def _facts(self, connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[tuple[Fact, ...] | None]:
        """Yield the facts of runs, those that nights share read once."""
        wanted = {row.factset_id for row in rows if row.factset_id is not None} - self._factsets.keys()
        if wanted:
            for held in connection.execute(select(factsets.c.id, factsets.c.facts).where(factsets.c.id.in_(wanted))):
                self._factsets[held.id] = tuple(map(parsed, json.loads(held.facts)))
        for row in rows:
            yield (
                None
                if row.factset_id is None
                else (*self._factsets[row.factset_id], *map(parsed, json.loads(row.scores or "[]")))
            )

    @contextmanager
    def _told(self, verb: str) -> Iterator[None]:
        """Turn what a database says into one sentence."""
        try:
            yield
        except SQLAlchemyError as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            lines = [line for line in str(cause).splitlines() if line.strip()] or [type(cause).__name__]
            msg = (
                f"The store {self.location.shown} cannot be {verb}: {self.location.scrub(lines[0])[:300].rstrip('.')}."
            )
            raise StoreError(msg) from error
        except (ValueError, KeyError, TypeError) as error:
            msg = f"The store {self.location.shown} cannot be {verb}: what it holds is damaged ({self.location.scrub(str(error))[:200]}). Take a copy from before, or name another store."
            raise StoreError(msg) from error


# Columns that are called and written as the attributes of a record are.
_SAME = "base_url contract contract_version contract_sha256 suite_version profile requests exit_code notice"
_BULKY = {"factset_id", "scores", "causeset_id"}


def _query(*more: Any) -> Select[Any]:
    columns = [column for column in runs.c if column.name not in _BULKY]
    return select(*columns, targets.c.name.label("target"), *more).join(targets, targets.c.id == runs.c.target_id)


def _facts_of(connection: Connection, run: Record) -> dict[str, Any]:
    """Return the columns of a run's facts: those that nights share, and the scores, which differ."""
    if run.facts is None:
        return {}
    scores = [plain(fact) for fact in run.facts if fact.kind is Kind.SCORES]
    told = _json([plain(fact) for fact in run.facts if fact.kind is not Kind.SCORES])
    return {"factset_id": _shared(connection, factsets, facts=told), "scores": _json(scores)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _record(row: Row[Any], judged: ClauseList) -> Record:
    if len(row.outcomes) != len(judged.clauses) or not OUTCOMES.keys() >= set(row.outcomes):
        raise ValueError(f"the verdicts of run {row.uid}")
    return Record(
        id=row.uid,
        target=row.target,
        seed=int(row.seed),
        started=row.started_ms / 1000,
        duration_s=row.duration_ms / 1000,
        latency=Latency(row.p50_ms, row.p95_ms, row.p99_ms, row.answers),
        judged=judged,
        letters=row.outcomes,
        **{name: row._mapping[name] for name in _SAME.split()},  # noqa: SLF001 - SQLAlchemy's own name for it
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _inserted(connection: Connection, table: Table, values: Mapping[str, Any]) -> int | None:
    """Insert a row and return its number, or None when one with the same key is there."""
    # Those of a database that is not in use are slow to import; the one in use is there already.
    insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    number = connection.execute(insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)).scalar()
    return None if number is None else int(number)


def _shared(connection: Connection, table: Table, **told: str) -> int:
    """Return the number of the row with one long text, which runs share by its hash."""
    (text,) = told.values()
    return _interned(connection, table, {"sha256": hashlib.sha256(text.encode()).hexdigest()}, **told)


def _interned(connection: Connection, table: Table, key: Mapping[str, Any], **values: Any) -> int:
    """Return the number of the row with a key, made when it is not there."""
    found = select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
    number = connection.execute(found).scalar()
    if number is None:
        number = _inserted(connection, table, {**key, **values})
    return int(number if number is not None else connection.execute(found).scalar_one())
