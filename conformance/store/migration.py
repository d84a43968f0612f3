"""A store's schema version: made new, brought up to date, or refused when a newer program wrote it."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, func, insert, inspect, select, update

from conformance.store.errors import StoreError
from conformance.store.tables import VERSION, about, causesets, factsets, metadata

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
