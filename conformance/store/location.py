"""Where a store is: a file, or a database server's URL. No password is ever shown."""

import os
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.document.extra import install
from conformance.store.errors import StoreError

VARIABLE = "RERANK_STORE"
_FILE = "runs.sqlite"
_HIDDEN = "***"
_PATIENCE = 10


@frozen
class Location:
    """A store's URL (of SQLAlchemy), and the file when it is one."""

    url: Any
    file: Path | None

    @property
    def shown(self) -> str:
        """The place as it may be told: no password."""
        if self.file is not None:
            return str(self.file)
        hidden = {key: "hidden" for key in self.url.query if "pass" in key.lower()}
        return str(self.url.set(drivername="postgresql").update_query_dict(hidden).render_as_string(hide_password=True))

    def scrub(self, words: str) -> str:
        """Return somebody else's words about this store on one line, without its passwords."""
        line = " ".join(words.split())
        for secret in (self.url.password, *(value for key, value in self.url.query.items() if "pass" in key.lower())):
            for part in (secret,) if isinstance(secret, str) else secret or ():
                line = line.replace(part, _HIDDEN)
        return line

    def engine(self) -> Any:
        """Return SQLAlchemy's engine; raises StoreError when the driver is not installed."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.pool import NullPool

        waits = {"timeout": _PATIENCE} if self.file is not None else {"connect_timeout": _PATIENCE}
        try:
            engine = create_engine(self.url, connect_args=waits, poolclass=NullPool if self.file is not None else None)
        except ImportError as error:
            msg = f"The store {self.shown} needs a driver that is not installed. {install('postgresql')}"
            raise StoreError(msg) from error
        except SQLAlchemyError as error:
            raise StoreError(f"The store {self.shown} cannot be opened: {self.scrub(str(error))}") from error
        if self.file is None:
            # In each transaction: a pooler between takes no settings with the connection.
            event.listen(engine, "begin", _patient)
        return engine


def _patient(connection: Any) -> None:
    """Wait for another program's lock as long as for a connection, and not for ever."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")


def named(where: str | Path | None = None) -> str:
    """Return the store that somebody named, here or in RERANK_STORE; empty when nobody did."""
    return str(where or os.environ.get(VARIABLE) or "")


def locate(where: str | Path | None = None) -> Location:
    """Return where a store is: the one named, else the one of RERANK_STORE, else the file in the user's data folder.

    Raises StoreError for a URL of another kind than SQLite's or PostgreSQL's.
    """
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

    told = named(where)
    if not told:
        from platformdirs import user_data_path

        told = str(user_data_path("rerank-conformance", appauthor=False) / _FILE)
    if "://" not in told:
        file = Path(told).expanduser().absolute()
        return Location(URL.create("sqlite", database=str(file)), file)
    try:
        url = make_url(told)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        # The text may hold a password, so it is not repeated.
        msg = "The store's URL cannot be read; write it as postgresql://USER@HOST/DATABASE, or name a file."
        raise StoreError(msg) from error
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise StoreError("A store in memory would be forgotten at once; name a file.")
        return locate(url.database)
    if kind not in {"postgresql", "postgres"}:
        raise StoreError(f"A store is a file or a postgresql:// URL; {kind}:// is neither.")
    return Location(url.set(drivername="postgresql+psycopg"), None)
