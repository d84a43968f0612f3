"""A real PostgreSQL server on loopback, started by the tests themselves and stopped after them."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PASSWORD = "s3cret-of-the-store"  # noqa: S105


def _program(name: str) -> str:
    """Return a program of PostgreSQL: on PATH, or the newest where Debian hides them."""
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = shutil.which(name) or (str(hidden[-1]) if hidden else None)
    assert found is not None, f"{name} is not installed"
    return found


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Yield the URL of a new server's database, its password in it. PostgreSQL refuses to run as root, so root hands it to its own user."""
    folder = Path(tempfile.mkdtemp(prefix="rerank-postgresql-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(*command: str) -> None:
        done = subprocess.run(
            command,
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            timeout=90,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    words = folder / "password"
    words.write_text(PASSWORD)
    words.chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    try:
        run(
            _program("initdb"),
            "-D",
            data,
            "-U",
            "team",
            "-E",
            "UTF8",
            "--auth=scram-sha-256",
            f"--pwfile={words}",
            "--no-sync",
        )
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        # pg_ctl's child keeps its output open, so it goes to a file.
        run(_program("pg_ctl"), "-D", data, "-l", log, "-w", "-t", "60", "-o", settings, "start")
        try:
            yield f"postgresql://team:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            run(_program("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgresql: str) -> str:
    """Return the URL of the server's database, emptied: making another one copies a thousand files."""
    from sqlalchemy import create_engine, text

    admin = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with admin.connect() as connection:
        for statement in (others, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            connection.execute(text(statement))
    admin.dispose()
    return postgresql


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgresql)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where an empty store may be made: in a file, and on a server."""
    return str(tmp_path / "store.sqlite") if request.param == "sqlite" else str(request.getfixturevalue("database"))
