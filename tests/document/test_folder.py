"""Files that somebody named: whole or not at all."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conformance.document import folder


def test_a_file_keeps_what_it_had_until_all_is_written(tmp_path: Path) -> None:
    """A text that cannot be written leaves the file as it was, and nothing beside it."""
    path = tmp_path / "trend.svg"
    folder.write_text(path, "before")
    with pytest.raises(TypeError), folder.whole(path) as out:
        out.writelines(["half", 7])  # type: ignore[list-item]
    assert path.read_text() == "before"
    folder.write_text(path, "after \ud83d")
    assert path.read_text() == "after \\ud83d"
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    """Whoever ends last wins, and neither takes away what the other has written so far."""
    path = tmp_path / "summary.md"
    with folder.whole(path) as mine:
        mine.write("mine")
        assert subprocess.run([sys.executable, "-c", f"from pathlib import Path; from conformance.document import folder; folder.write_text(Path({str(path)!r}), 'theirs')"], check=False).returncode == 0  # fmt: skip
        assert path.read_text() == "theirs"
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_the_place_of_the_half_written_file(tmp_path: Path) -> None:
    """A link that a foreign folder holds where a file is written half is not followed."""
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / f".report.html.{os.getpid()}.part").symlink_to(victim)
    folder.write_text(tmp_path / "report.html", "new")
    assert (victim.read_text(), (tmp_path / "report.html").read_text()) == ("kept", "new")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a link leads to is written, and the link is left."""
    held, link = tmp_path / "held.md", tmp_path / "link.md"
    held.write_text("before")
    link.symlink_to(held)
    folder.write_text(link, "after")
    assert link.is_symlink()
    assert held.read_text() == "after"


def test_a_pipe_is_written_as_it_comes(tmp_path: Path) -> None:
    """A pipe that somebody reads gets the text, and stays a pipe; a device that is full is an OSError."""
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    folder.write_text(pipe, "all of it")
    reader.join(10)
    assert read == ["all of it"]
    assert pipe.is_fifo()
    with pytest.raises(OSError, match="No space"):
        folder.write_text(Path("/dev/full"), "more")


def test_a_disk_that_fills_up_is_told_with_the_file(tmp_path: Path) -> None:
    """An error that names no file, as that of a full disk, names the one that was written; what stood there stays."""
    place = tmp_path / "summary.md"
    place.write_text("before")
    with pytest.raises(OSError, match="No space") as failure, folder.whole(place):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert failure.value.filename == str(place)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["before"]
