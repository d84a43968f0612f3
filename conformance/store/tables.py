"""The tables of a store. One night of one target is one row: a letter for each clause of a list that nights share.

A store is made new, brought up to date, or refused when a newer program wrote it. A change here needs a new VERSION and a step.
"""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from conformance.store.errors import StoreError

VERSION = 3

metadata = sa.MetaData()

about = sa.Table(
    "rerank_about",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

targets = sa.Table(
    "rerank_target",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
)


def _shared(name: str, column: str) -> sa.Table:
    """Return a table of texts that runs share, each found by its hash."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column(column, sa.Text, nullable=False),
    )


# A list of clauses, as JSON: [[id, level, sentence, source], …].
clause_lists = _shared("rerank_roster", "clauses")
# Facts (see `conformance.model.fact`), as JSON.
factsets = _shared("rerank_factset", "facts")
# Causes (see `conformance.model.cause`), as JSON, without the exchanges that prove them.
causesets = _shared("rerank_causeset", "causes")

runs = sa.Table(
    "rerank_run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(64), nullable=False, unique=True),
    sa.Column("target_id", sa.ForeignKey("rerank_target.id"), nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("base_url", "contract", "contract_version")),
    sa.Column("contract_sha256", sa.String(64), nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("suite_version", "profile", "seed")),
    sa.Column("started_ms", sa.BigInteger, nullable=False),  # since the epoch
    sa.Column("duration_ms", sa.BigInteger, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("exit_code", sa.Integer, nullable=False),
    sa.Column("notice", sa.Text, nullable=False),
    *(sa.Column(name, sa.Float) for name in ("p50_ms", "p95_ms", "p99_ms")),
    sa.Column("answers", sa.Integer, nullable=False),
    sa.Column("roster_id", sa.ForeignKey("rerank_roster.id"), nullable=False),
    sa.Column("outcomes", sa.Text, nullable=False),  # one letter for each clause of the list, see `record.LETTERS`
    # Since version 2, as `scores`, and since version 3; null where none were recorded.
    sa.Column("factset_id", sa.ForeignKey("rerank_factset.id")),
    sa.Column("scores", sa.Text),  # JSON: the facts on scores, which differ from night to night
    sa.Column("causeset_id", sa.ForeignKey("rerank_causeset.id")),
    sa.Index("rerank_run_of_target", "target_id", "started_ms"),
    sa.Index("rerank_run_started", "started_ms"),
)

# What was said of clauses that were broken, known deviations or kept by surprise.
findings = sa.Table(
    "rerank_finding",
    metadata,
    sa.Column("run_id", sa.ForeignKey("rerank_run.id"), primary_key=True),
    sa.Column("requirement", sa.Text, primary_key=True),
    sa.Column("verdict", sa.String(32), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("rerank_finding_of_requirement", "requirement"),
)


_KEY = "schema_version"
# Any number that no other program locks by: two machines may open a new store in the same second.
_LOCK = 0x7265_7261


def _facts(connection: sa.Connection) -> None:
    """To version 2: what runs saw beside their verdicts. Those that are there already recorded none."""
    factsets.create(connection)
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN factset_id INTEGER REFERENCES rerank_factset (id)")
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN scores TEXT")


def _causes(connection: sa.Connection) -> None:
    """To version 3: what explains the failed clauses of a run. Those that are there already recorded none."""
    causesets.create(connection)
    connection.exec_driver_sql("ALTER TABLE rerank_run ADD COLUMN causeset_id INTEGER REFERENCES rerank_causeset (id)")


# From a version to the next.
STEPS: Mapping[int, Callable[[sa.Connection], None]] = {1: _facts, 2: _causes}


def prepare(engine: sa.Engine, shown: str) -> None:
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
            connection.execute(sa.insert(about).values(name=_KEY, value=str(VERSION)))
            return
        for step in range(held, VERSION):
            STEPS[step](connection)
        connection.execute(sa.update(about).where(about.c.name == _KEY).values(value=str(VERSION)))


def version(connection: sa.Connection) -> int | None:
    """Return the version of a store's schema, or None when it has no tables yet."""
    if not sa.inspect(connection).has_table(about.name):
        return None
    value = connection.execute(sa.select(about.c.value).where(about.c.name == _KEY)).scalar()
    return None if value is None else int(value)


def _refuse_newer(held: int | None, shown: str) -> None:
    if held is not None and held > VERSION:
        msg = f"The store {shown} was written by a newer version of this program (schema {held}, this one knows {VERSION}); upgrade rerank-conformance."
        raise StoreError(msg)


def _refuse_foreign(connection: sa.Connection, shown: str) -> None:
    """Raise StoreError for a file of another program; a database server may well hold other tables."""
    if connection.dialect.name == "sqlite" and sa.inspect(connection).get_table_names():
        raise StoreError(f"The file {shown} is a database of another program.")


def lock(connection: sa.Connection) -> None:
    """Keep other writers out until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
