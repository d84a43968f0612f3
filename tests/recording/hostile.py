"""Folders and stores that mean harm, and what each command makes of them: `python -m tests.recording.hostile FOLDER`.

FOLDER holds a recording to be spoilt. It prints a line of JSON for each mode: exit statuses, seconds, and all that was written.
Each command runs in a process of its own.
"""

import base64
import contextlib
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.cli import main as command
from tests.memory import peak

CANARY = "sk-Canary9fQ2xV7kR4tZ8wL3bN6m"
VARIABLES = ("SILICONFLOW_API_KEY", "DEPLOY_TOKEN", "HOME_TOKEN")
MB = 1_000_000
USAGE = 2
Spoil = Callable[[Path], Any]


def lines(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def put(folder: Path, parts: list[bytes], name: str = "journal.jsonl") -> None:
    (folder / name).write_bytes(b"".join(parts))


def header(**target: Any) -> Spoil:
    """Return what changes the target in a recording's first line."""

    def spoil(folder: Path) -> None:
        first, *rest = lines(folder)
        content = json.loads(first)
        content["target"] |= target
        put(folder, [json.dumps(content).encode() + b"\n", *rest])

    return spoil


def many_models(folder: Path) -> None:
    header(models=["m"] * (3 * MB))(folder)


def settings(**told: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        first, *rest = lines(folder)
        content = json.loads(first)
        content["settings"] |= told
        put(folder, [json.dumps(content).encode() + b"\n", *rest])

    return spoil


def exchange(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Return what changes the fourth line of a recording, an exchange."""

    def spoil(folder: Path) -> None:
        found = lines(folder)
        content = json.loads(found[3])
        change(content)
        found[3] = json.dumps(content).encode() + b"\n"
        put(folder, found)

    return spoil


def inserted(line: Callable[[], bytes], at: int = 3) -> Spoil:
    return lambda folder: put(folder, [*lines(folder)[:at], line() + b"\n", *lines(folder)[at:]])


def whole(data: Callable[[], bytes], name: str = "journal.jsonl") -> Spoil:
    return lambda folder: put(folder, [data()], name)


def instead(name: str, make: Callable[[Path], Any]) -> Spoil:
    """Return what puts something else in the place of a file."""

    def spoil(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        make(folder / name)

    return spoil


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as out:
            out.truncate(size)

    return make


def link(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def contract(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        held = json.loads((folder / "contract.json").read_text())
        change(held)
        (folder / "contract.json").write_text(json.dumps(held))

    return spoil


OK, REFUSED, UNSURE = {0}, {2}, {3}
EITHER = {0, 1, 3}
# Name: what spoils the folder, and what `judge` of it ends with.
FOLDERS: dict[str, tuple[Spoil, set[int]]] = {
    "as it was": (lambda _folder: None, OK),
    "no journal": (lambda folder: (folder / "journal.jsonl").unlink(), REFUSED),
    "journal: empty": (whole(lambda: b""), REFUSED),
    "journal: one newline": (whole(lambda: b"\n"), REFUSED),
    "journal: a folder": (instead("journal.jsonl", Path.mkdir), REFUSED),
    "journal: a pipe": (instead("journal.jsonl", os.mkfifo), REFUSED),
    "journal: an endless device": (instead("journal.jsonl", link("/dev/zero")), REFUSED),
    "journal: a link to itself": (instead("journal.jsonl", link("journal.jsonl")), REFUSED),
    "journal: a link to nothing": (instead("journal.jsonl", link("/no/such/file")), REFUSED),
    "journal: a link to accounts": (instead("journal.jsonl", link("/etc/passwd")), REFUSED),
    "journal: a gigabyte of zeros": (instead("journal.jsonl", sparse(1000 * MB)), REFUSED),
    "journal: random bytes": (whole(lambda: bytes(range(256)) * 1000), REFUSED),
    "journal: UTF-16": (lambda folder: put(folder, [b"".join(lines(folder)).decode().encode("utf-16")]), REFUSED),
    "journal: of another version": (inserted(lambda: b'{"journal":2}', 0), REFUSED),
    "journal: of another program": (whole(lambda: b'{"name":"x"}\n'), REFUSED),
    "journal: a number for a header": (whole(lambda: b'{"journal":1,"target":7}\n'), REFUSED),
    "journal: a header alone": (lambda folder: put(folder, lines(folder)[:1]), UNSURE),
    "journal: cut in the middle of a line": (lambda folder: put(folder, [b"".join(lines(folder))[:-900]]), EITHER),
    "journal: two headers": (lambda folder: put(folder, [lines(folder)[0], *lines(folder)]), OK),
    "journal: the same exchanges twice": (lambda folder: put(folder, lines(folder) + lines(folder)[1:]), EITHER),
    "journal: windows line ends": (lambda folder: put(folder, [line[:-1] + b"\r\n" for line in lines(folder)]), OK),
    "journal: a byte order mark": (lambda folder: put(folder, [b"\xef\xbb\xbf", *lines(folder)]), OK | REFUSED),
    "line: none": (inserted(lambda: b""), OK),
    "line: half a megabyte of zeros": (inserted(lambda: b"\0" * 500_000), OK),
    "line: 100 MB without an end": (inserted(lambda: b" " * 100 * MB), OK),
    "line: 30 MB of lists": (inserted(lambda: b"[" + b"[]," * (10 * MB) + b"[]]"), OK),
    "line: 30 MB of keys": (inserted(lambda: b"{" + b'"a":1,' * (5 * MB) + b'"a":1}'), OK),
    "line: 30 MB of depth": (inserted(lambda: b"[" * (15 * MB) + b"]" * (15 * MB)), OK),
    "line: 30 MB of quotes": (inserted(lambda: b'"' * (30 * MB + 1)), OK),
    "line: 30 MB of backslashes": (inserted(lambda: b'"' + b"\\" * (30 * MB)), OK),
    "line: a number of a million digits": (inserted(lambda: b'{"request":' + b"9" * MB + b"}"), OK),
    "lines: two million that are none": (lambda folder: put(folder, [*lines(folder), b"x\n" * (2 * MB)]), REFUSED),
    "exchange: an answer of 20 MB": (exchange(lambda one: one["response"].update(body="x" * 20 * MB)), EITHER),
    "exchange: a body of depth": (exchange(lambda one: one["response"].update(body="[" * 900_000)), EITHER),
    "exchange: escapes": (exchange(lambda one: one["response"].update(body='"\x1b]0;owned\x07\x9b31m\u202e"')), EITHER),
    "exchange: a status of 10^400": (exchange(lambda one: one["response"].update(status=10**400)), EITHER),
    "exchange: a time beyond time": (exchange(lambda one: one.update(started=1e308, elapsed_s=1e308)), EITHER),
    "exchange: a negative time": (exchange(lambda one: one.update(elapsed_s=-5)), EITHER),
    "exchange: halves of pairs": (exchange(lambda one: one["response"].update(headers=[["\ud800", "\udfff"]])), EITHER),
    "exchange: a URL with variables": (exchange(lambda one: one.update(url=f"http://h/${{{VARIABLES[1]}}}")), EITHER),
    "exchange: a path out of here": (exchange(lambda one: one["request"].update(path="/../../../etc/passwd")), EITHER),
    "exchange: a header that names a variable": (
        exchange(lambda one: one["request"].update(headers=[["x", f"${VARIABLES[1]}"], ["y", f"${{{VARIABLES[2]}}}"]])),
        EITHER,
    ),
    "header: another host": (header(base_url="http://127.0.0.1:1/v1"), OK),
    "header: a host of a script": (header(base_url="javascript:alert(1)"), REFUSED),
    "header: a host with a password": (header(base_url=f"http://u:{CANARY[::-1]}@h/v1"), REFUSED),
    "header: variables of the environment": (header(key_env=VARIABLES[1], variables=list(VARIABLES)), UNSURE),
    "header: headers with variables": (header(headers=[["x", f"${name}"] for name in VARIABLES]), EITHER | REFUSED),
    "header: a name of escapes": (header(name="\x1b]0;owned\x07\x9b2J\u202e"), OK | REFUSED),
    "header: a name out of here": (header(name="../../../../tmp/owned"), OK),
    "header: a name of a megabyte": (header(name="x" * MB), OK | REFUSED),
    "header: a rate of nothing": (header(rate=0), OK | REFUSED),
    "header: ten million models": (many_models, REFUSED),
    "header: requests without end": (settings(max_requests=10**30), EITHER | REFUSED),
    "header: a glob of depth": (settings(select=["*" * 5_000 + "x"]), OK),
    "header: a level of its own": (settings(fail_on="MAY"), REFUSED),
    "contract: none": (lambda folder: (folder / "contract.json").unlink(), REFUSED),
    "contract: empty": (whole(lambda: b"", "contract.json"), REFUSED),
    "contract: a pipe": (instead("contract.json", os.mkfifo), REFUSED),
    "contract: an endless device": (instead("contract.json", link("/dev/zero")), REFUSED),
    "contract: a gigabyte of zeros": (instead("contract.json", sparse(1000 * MB)), REFUSED),
    "contract: 3 MB of lists": (whole(lambda: b"[" + b"[]," * 950_000 + b"[]]", "contract.json"), REFUSED),
    "contract: depth": (whole(lambda: b"[" * 1_000_000, "contract.json"), REFUSED),
    "contract: a document that is none": (contract(lambda held: held.update(document=7)), REFUSED),
    "contract: no operation": (contract(lambda held: held["document"].update(paths={})), REFUSED),
    "contract: a reference to a file": (
        contract(lambda held: held["document"]["components"].update(schemas={"a": {"$ref": "file:///etc/passwd"}})),
        REFUSED,
    ),
    "run.json: a gigabyte of zeros": (instead("run.json", sparse(1000 * MB)), OK),
    "run.json: a pipe": (instead("run.json", os.mkfifo), OK),
    "run.json: 3 MB of lists": (whole(lambda: b"[" + b"[]," * 950_000 + b"[]]", "run.json"), OK),
    "run.json: depth": (whole(lambda: b"[" * MB, "run.json"), OK),
    "run.json: of another kind": (whole(lambda: b'{"verdicts": 7}', "run.json"), OK),
    "run.json: a link out of here": (instead("run.json", link("../victim")), OK),
    "earlier: a link out of here": (instead("earlier", link("/")), OK),
}  # fmt: skip


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.executescript("create table meta(version); pragma user_version = 9999;")


def locked(path: Path) -> None:
    # Kept open, and with it the lock, as long as this process.
    held = sqlite3.connect(path)
    held.execute("create table mine(a)")
    held.execute("begin exclusive")
    LOCKS.append(held)


LOCKS: list[sqlite3.Connection] = []
# Name: what lies where the store is to be, each refused with 2 before anything is sent.
STORES: dict[str, Spoil] = {
    "store: a text": lambda path: path.write_text("no store"),
    "store: a gigabyte of zeros": sparse(1000 * MB),
    "store: a folder": Path.mkdir,
    "store: a pipe": os.mkfifo,
    "store: a full device": link("/dev/full"),
    "store: an endless device": link("/dev/zero"),
    "store: a link to itself": lambda path: path.symlink_to(path.name),
    "store: of another program": lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000),
    "store: of a newer version": newer,
    "store: locked": locked,
}


def apart(work: Spoil, folder: Path) -> None:
    """Do work in a process of its own, so that its memory is not this one's."""
    child = os.fork()
    if not child:
        work(folder)
        os._exit(0)
    os.waitpid(child, 0)


def run(*arguments: str) -> tuple[int, str, int]:
    """Return the exit status of a command, all that it said, and the most memory it took, in MB: in a process of its own, forked, so that it is quick."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        with open(read, encoding="utf-8", errors="surrogatepass") as told:  # noqa: PTH123 - a descriptor
            found = json.loads(told.read() or '[-1, "it died", 0]')
        os.waitpid(child, 0)
        return tuple(found)
    status, said = called(*arguments)
    with open(write, "w", encoding="utf-8") as told:  # noqa: PTH123 - a descriptor
        json.dump([status, said, peak() // 1024], told)
    os._exit(0)


def called(*arguments: str) -> tuple[int, str]:
    """Return the exit status of a command, and all that it said, in this process."""
    out = io.StringIO()
    sys.argv = ["rerank-conformance", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            command()
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def spelt(key: str) -> list[bytes]:
    """Return the ways in which a key may stand in a file."""
    return [key.encode(), key[::-1].encode(), base64.b64encode(key.encode())[:32], key.encode().hex().encode()]


def leaks(place: Path, said: str, own: frozenset[str]) -> list[str]:
    """Return where the canary stands among what was written: what a folder brought along does not count."""
    found = ["said"] if any(form in said.encode("utf-8", "replace") for form in spelt(CANARY)[:1]) else []
    for path in place.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 100 * MB and str(path) not in own:
            data = path.read_bytes()
            found += [str(path) for form in spelt(CANARY) if form in data]
    return found


def main() -> None:
    """Go through all modes."""
    recorded, only = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as made:
        # What the forked processes need is imported once.
        called("judge", str(recorded), "--out", made)
        store = f"{made}/runs.sqlite"
        called("nightly", "mock", "--from", str(recorded), "--out", f"{made}/night", "--store", store)
    os.environ |= dict.fromkeys(VARIABLES, CANARY)
    modes: dict[str, Any] = {**FOLDERS, **STORES}
    for name, mode in modes.items():
        if only and name not in only:
            continue
        with tempfile.TemporaryDirectory() as made:
            place = Path(made)
            os.chdir(place)
            (place / "victim").write_text("mine")
            store, out = str(place / "runs.sqlite"), place / "out"
            began = time.monotonic()
            if name in FOLDERS:
                folder = Path(shutil.copytree(recorded, place / "elsewhere"))
                for made_of in ("run.json", "run.har", "report.html"):
                    (folder / made_of).unlink(missing_ok=True)
                apart(mode[0], folder)
                brought = frozenset(str(path) for path in folder.rglob("*"))
                ends = {"judge": run("judge", str(folder))}
                ends["resume"] = run("run", "--resume", str(folder))
                ends["nightly"] = run("nightly", "mock", "--from", str(folder), "--out", str(out), "--store", store)
                ends["history"] = run("history", "--add", str(folder), "--store", store)
                if ends["judge"][0] == USAGE:
                    # What is made of a recording that can be read takes long, and is tested elsewhere.
                    ends["compare"] = run("compare", str(folder), str(folder), "--out", str(place / "compared"))
            else:
                brought = frozenset()
                mode(Path(store))
                ends = {"run": run("run", "mock", "--store", store, "--out", str(out))}
                ends["history"] = run("history", "--store", store)
            said = "\n".join(words for _, words, _ in ends.values())
            print(
                json.dumps(
                    {
                        "mode": name,
                        "status": {way: status for way, (status, _, _) in ends.items()},
                        "seconds": round(time.monotonic() - began, 2),
                        "peak_mb": {way: size for way, (_, _, size) in ends.items()},
                        "said": said[-20_000:],
                        "victim": (place / "victim").read_text(),
                        "made": sorted(path.name for path in place.iterdir()),
                        "leaks": leaks(place, said, brought),
                    }
                ),
                flush=True,
            )
            while LOCKS:
                LOCKS.pop().close()


if __name__ == "__main__":
    main()
