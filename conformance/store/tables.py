"""The tables of a store. One night of one target is one row: a letter for each clause of a list that nights share.

A store is made new, brought up to date, or refused when a newer program wrote it. A change here needs a new VERSION and a step.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    update,
)

from conformance.store.errors import StoreError

VERSION = 3

metadata = MetaData()

about = Table(
    "rerank_about", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

targets = Table(
    "rerank_target",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)


def _shared(name: str, column: str) -> Table:
    """Return a table of texts that runs share, each found by its hash."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sha256", String(64), nullable=False, unique=True),
        Column(column, Text, nullable=False),
    )


# A list of clauses, as JSON: [[id, level, sentence, source], …].
clause_lists = _shared("rerank_roster", "clauses")
# Facts (see `conformance.model.fact`), as JSON.
factsets = _shared("rerank_factset", "facts")
# Causes (see `conformance.model.cause`), as JSON, without the exchanges that prove them.
causesets = _shared("rerank_causeset", "causes")

runs = Table(
    "rerank_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(64), nullable=False, unique=True),
    Column("target_id", ForeignKey("rerank_target.id"), nullable=False),
    Column("base_url", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("contract_sha256", String(64), nullable=False),
    Column("suite_version", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),  # since the epoch
    Column("duration_ms", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("notice", Text, nullable=False),
    Column("p50_ms", Float),
    Column("p95_ms", Float),
    Column("p99_ms", Float),
    Column("answers", Integer, nullable=False),
    Column("roster_id", ForeignKey("rerank_roster.id"), nullable=False),
    Column("outcomes", Text, nullable=False),  # one letter for each clause of the list, see `record.LETTERS`
    Column(
        "factset_id", ForeignKey("rerank_factset.id")
    ),  # since version 2, as `scores`; null where none were recorded
    Column("scores", Text),  # JSON: the facts on scores, which differ from night to night
    Column("causeset_id", ForeignKey("rerank_causeset.id")),  # since version 3; null where none were recorded
    Index("rerank_run_of_target", "target_id", "started_ms"),
    Index("rerank_run_started", "started_ms"),
)

# What was said of clauses that were broken, known deviations or kept by surprise.
findings = Table(
    "rerank_finding",
    metadata,
    Column("run_id", ForeignKey("rerank_run.id"), primary_key=True),
    Column("requirement", Text, primary_key=True),
    Column("verdict", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Index("rerank_finding_of_requirement", "requirement"),
)


_KEY = "schema_version"
# Any number that no other program locks by: two machines may open a new store in the same second.
_LOCK = 0x7265_7261


def _facts(connection: Connection) -> None:
    """To version 2: what runs saw beside their verdicts. Those that are there already recorded none."""
    factsets.create(connection)
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN factset_id INTEGER REFERENCES rerank_factset (id)")
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN scores TEXT")


def _causes(connection: Connection) -> None:
    """To version 3: what explains the failed clauses of a run. Those that are there already recorded none."""
    causesets.create(connection)
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN causeset_id INTEGER REFERENCES rerank_causeset (id)")


# From a version to the next.
STEPS: Mapping[int, Callable[[Connection], None]] = {1: _facts, 2: _causes}


def prepare(engine: Engine, shown: str) -> None:
    """Make the tables of a new store, or migrate those of an older one; raises StoreError for a newer one."""
    with engine.connect() as connection:
        held = version(connection)
    if held == VERSION:
        return
    _refuse_newer(held, shown)
    with engine.begin() as connection:
        lock(connection)
        held = version(connection)
        _refuse_newer(held, shown)
        if held is None:
            _refuse_foreign(connection, shown)
            metadata.create_all(connection)
            connection.execute(insert(about).values(name=_KEY, value=str(VERSION)))
            return
        for step in range(held, VERSION):
            STEPS[step](connection)
        connection.execute(update(about).where(about.c.name == _KEY).values(value=str(VERSION)))


def version(connection: Connection) -> int | None:
    """Return the version of a store's schema, or None when it has no tables yet."""
    if not inspect(connection).has_table(about.name):
        return None
    value = connection.execute(select(about.c.value).where(about.c.name == _KEY)).scalar()
    return None if value is None else int(value)


def _refuse_newer(held: int | None, shown: str) -> None:
    if held is not None and held > VERSION:
        msg = f"The store {shown} was written by a newer version of this program (schema {held}, this one knows {VERSION}); upgrade rerank-conformance."
        raise StoreError(msg)


def _refuse_foreign(connection: Connection, shown: str) -> None:
    """Raise StoreError for a file of another program; a database server may well hold other tables."""
    if connection.dialect.name == "sqlite" and inspect(connection).get_table_names():
        raise StoreError(f"The file {shown} is a database of another program.")


def lock(connection: Connection) -> None:
    """Keep other writers out until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
