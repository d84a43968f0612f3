"""What is worked out once and kept in the user's cache folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.contract import catalogue, document, load, overlay
from conformance.document import cache
from conformance.probes.design import _covering

CALLS: list[str] = []


def shout(words: str) -> str:
    CALLS.append(words)
    return words.upper()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.cache_folder.cache_clear()
    CALLS.clear()
    yield tmp_path / "rerank-conformance"
    cache.cache_folder.cache_clear()


def test_work_is_done_once(folder: Path) -> None:
    """The second time the answer comes from the folder; other words are worked out anew."""
    assert [cache.kept(shout, "a"), cache.kept(shout, "a"), cache.kept(shout, "b")] == ["A", "A", "B"]
    assert CALLS == ["a", "b"]
    assert len(list(folder.glob("*.json"))) == 2


def test_a_damaged_entry_is_made_again(folder: Path) -> None:
    """An entry that is no JSON, or cut, costs the work and nothing else."""
    cache.kept(shout, "a")
    (entry,) = folder.glob("*.json")
    for damage in ("", "{", "[1]", "[" * 100_000):
        entry.write_text(damage)
        assert cache.kept(shout, "a") == "A"


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache folder is a file, nothing is kept and nothing fails."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.cache_folder.cache_clear()
    assert cache.cache_folder() is None
    assert cache.kept(shout, "c") == "C"
    cache.cache_folder.cache_clear()


def test_old_entries_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many entries the newest half stays."""
    monkeypatch.setattr(cache, "_MOST", 10)
    for number in range(25):
        cache.kept(shout, str(number))
    assert 5 <= len(list(folder.glob("*.json"))) <= 11


def test_what_fails_is_not_kept(folder: Path) -> None:
    """An error of the work is the caller's, and leaves no entry."""

    def fail(words: str) -> str:
        raise ValueError(words)

    with pytest.raises(ValueError, match="no"):
        cache.kept(fail, "no")
    assert not list(folder.glob("*"))


def test_contracts_are_the_same_either_way(folder: Path) -> None:
    """A contract, and the requests that are chosen for it, are the same from the cache as without it."""
    document._canonical.cache_clear()
    catalogue._read.cache_clear()
    first = load("siliconflow").document
    document._canonical.cache_clear()
    catalogue._read.cache_clear()
    assert load("siliconflow").document == first
    factors, rules = '{"a": ["1", "2"], "b": ["1", "2", "3"]}', "[]"
    _covering.cache_clear()
    rows = list(_covering(factors, rules, "[]", 2))
    _covering.cache_clear()
    assert list(_covering(factors, rules, "[]", 2)) == rows
    made = {path.name.partition("-")[0] for path in folder.glob("*.json")}
    assert {"converted", "applied", "chosen"} <= made
    assert overlay.apply({"a": 1}, (overlay.Action("$.a", "a reason", 2),)).document == {"a": 2}


def test_an_entry_of_somebody_else_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder is another user's, and an entry cannot be marked as used, it is used all the same."""
    cache.kept(shout, "a")

    def refused(_: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(cache.os, "utime", refused)
    assert cache.kept(shout, "a") == "A"
    assert CALLS == ["a"]
