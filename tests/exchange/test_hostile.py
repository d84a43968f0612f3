"""A hostile server costs one answer, and neither memory nor time beyond its bounds, nor the key."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.hostile import ALL, TIMEOUT

ROOT = Path(__file__).resolve().parents[2]
# What a library does in one go with what is no body.
SLOW = {"endless 100": 0.5}
UNREADABLE = [
    "a negative chunk",
    "gzip bomb in gzip", "gzip twice in two headers", "forty encodings", "gzip of many members", "gzip with junk behind", "gzip that ends early", "gzip that is none",
    "gzip header alone", "gzip in gzip with the key", "br", "zstd", "compress", "an encoding of 10 kB",
]  # fmt: skip
TOO_LONG = [
    "gzip bomb",
    "deflate bomb",
    "raw deflate bomb",
    "endless body",
    "endless chunks",
    "ten thousand headers",
    "headers of one letter",
    "5 MB",
    "5 MB of escapes",
    "30 MB",
]
BROKEN_OFF = [
    "length too long",
    "chunks without an end",
    "a dripping body",
    "dripping chunks",
    "silence after the headers",
]
WITHOUT_FLAW = [
    "gzip", "empty gzip", "identity twice", "an encoding without a name", "until the connection ends", "a folded header", "a redirect to nowhere", "a redirect of another kind",
    "a redirect of odd letters", "Retry-After beyond time", "Retry-After of 400 digits", "1.9 MB of lists", "1.9 MB of depth", "surrogates", "no UTF-8",
]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """Return what a sender in a process of its own made of every mode."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.exchange.hostile"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {row["mode"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_every_mode_is_lived_through(found: dict[str, dict[str, Any]]) -> None:
    """Each of a hundred modes ends in an exchange: an answer, or words on why there is none."""
    assert list(found) == list(ALL)
    assert len(found) >= 100
    assert [row["mode"] for row in found.values() if row["status"] is None and not row["told"]] == []


def test_no_mode_gets_hold_of_the_key(found: dict[str, dict[str, Any]]) -> None:
    """Whatever a server sends, the key is in nothing that is recorded."""
    assert [row["mode"] for row in found.values() if row["leaks"]] == []


def test_memory_and_disk_are_bounded(found: dict[str, dict[str, Any]]) -> None:
    """No answer takes 300 MB of memory, and none more in the journal than its ceiling, escaped."""
    assert max(row["peak_mb"] for row in found.values()) < 300
    assert {row["mode"]: row["written"] for row in found.values() if row["written"] > 13_000_000} == {}


def test_nothing_else_waits_for_a_body(found: dict[str, dict[str, Any]]) -> None:
    """Between two turns of the event loop passes about 0.1 s of processor time at most, whatever the body; a busy machine needs up to twice as much for the same work."""
    assert {row["mode"]: row["held"] for row in found.values() if row["held"] > SLOW.get(row["mode"], 0.2)} == {}


def test_the_timeout_bounds_the_whole_call(found: dict[str, dict[str, Any]]) -> None:
    """An answer that drips, or never begins, ends at the timeout, give or take what a busy machine adds."""
    dripping = [
        "a dripping body",
        "dripping headers",
        "dripping chunks",
        "silence",
        "silence after the headers",
        "endless 100",
    ]
    assert {
        name: found[name]["seconds"] for name in dripping if not TIMEOUT - 0.2 < found[name]["seconds"] < 4 * TIMEOUT
    } == {}


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        *((name, "encoding") for name in UNREADABLE),
        *((name, "size") for name in TOO_LONG),
        *((name, "cut") for name in BROKEN_OFF),
        *((name, None) for name in WITHOUT_FLAW),
    ],
)
def test_what_is_wrong_is_told(found: dict[str, dict[str, Any]], name: str, flaw: str | None) -> None:
    """The status is kept, and what is wrong with how the body came is told apart: unreadable, too long, broken off, nothing."""
    assert found[name]["status"] is not None
    assert found[name]["flaw"] == flaw
    assert bool(found[name]["told"]) == (flaw is not None)
