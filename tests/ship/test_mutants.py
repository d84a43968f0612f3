"""What `nox -s mutants` changes: one thing at a time, in functions alone, and never mere words."""

from pathlib import Path
from typing import Any

from scripts.mutation import changed, places

MODULE = '''"""Words."""

MOST = 3


class Box:
    """Holds a few."""

    def fits(self, size: int, *, most: int = 4) -> bool:
        """Return whether it fits."""
        return size <= most and size not in {0, *(odd for odd in range(3) if odd > 1)}


def told(size: int) -> str:
    return "size " + f"{size} fits" if not size else "none"
'''


def _answers(code: Any) -> list[object]:
    known: dict[str, Any] = {}
    exec(code, known)  # noqa: S102
    return [call(size) for call in (known["Box"]().fits, known["told"]) for size in range(9)]


def test_each_change_is_seen_by_who_looks(tmp_path: Path) -> None:
    """Each place is changed alone, and a module that has one change answers otherwise; constants of the module and words stay."""
    folder = tmp_path / "conformance" / "box"
    folder.mkdir(parents=True)
    (folder / "small.py").write_text(MODULE, encoding="utf-8")
    found = places(tmp_path, "box")
    shown = [changed(tmp_path, place)[1] for place in found]
    assert "`size <= most` is `size < most`" in shown
    assert "`not size` is `size`" in shown
    assert "` for odd in range(3) if odd > 1` is ` for odd in range(3)`" in shown
    assert not any(words in change for change in shown for words in ("MOST", "Words", " - f'"))
    assert {place.function for place in found} == {"Box.fits", "told"}
    plain = _answers(compile(MODULE, "small.py", "exec"))
    alike = [
        change for place, change in zip(found, shown, strict=True) if _answers(changed(tmp_path, place)[0]) == plain
    ]
    assert alike == []
