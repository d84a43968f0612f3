"""Pass rate and latency over time: in a terminal, as JSON, SVG and a page."""

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema_rs
import pytest
from playwright.sync_api import Browser

from conformance.document import schema
from conformance.report import trend, trend_page
from conformance.store.document import of_trend
from conformance.store.record import record
from conformance.store.store import Store
from conformance.store.track import by_series
from tests.command import call
from tests.looks import LETTERS, smallest_letters
from tests.store.nights import night

HOSTILE = '<script>document.title="owned"</script> $x^2$ \x1b[31m & 搜索'
SVG = "{http://www.w3.org/2000/svg}"


def runs() -> list[trend.Record]:
    """Return five nights of two targets; one night told nothing, one measured nothing."""
    nights = [night(number, letters) for number, letters in enumerate(["pppp", "pppf", "iiii", "ppff", "pppp"])]
    nights[3]["latency"] = {}
    other = [
        night(number, "p", target={"name": HOSTILE, "base_url": "http://127.0.0.1:1"}, id=f"hostile-{number}")
        for number in range(2)
    ]
    return [record(one) for one in (*nights, *other)]


def test_words_say_what_the_picture_shows() -> None:
    """The text tells the last, lowest and highest values with their days; nights without a value are left out."""
    (_, _), (_, (rate, latency)) = sorted(trend.charts(runs()), key=lambda one: "siliconflow ·" in one[0][:14])
    assert (
        rate.words
        == "Pass rate of 5 runs from 2026-03-01 to 2026-03-05. Passed: 100 % in the last run, between 50 on 2026-03-04 and 100 on 2026-03-01."
    )
    assert latency.lines[0].values == (100.0, 101.0, 102.0, None, 104.0)
    assert "P50: 104 ms in the last run, between 100 on 2026-03-01 and 104 on 2026-03-05." in latency.words


def test_terminal() -> None:
    """Every series is drawn and told, without colours or commands where there is no terminal."""
    stream = io.StringIO()
    trend.show(runs(), stream)
    told = stream.getvalue()
    assert "\x1b" not in told
    assert told.count("Pass rate, %") == 2
    assert re.search("[\u2801-\u28ff]", told)
    assert "between 50 on 2026-03-04" in told


def test_json_keeps_its_schema() -> None:
    """The points are valid by the published schema, a night that told nothing as null."""
    document = json.loads(json.dumps(of_trend(runs())))
    published = schema("trend")
    jsonschema_rs.meta.validate(published)
    jsonschema_rs.validate(published, document, validate_formats=True)
    (mine,) = [series for series in document if series["target"] == "siliconflow"]
    assert [point["pass_rate"] for point in mine["points"]] == [1, 0.75, None, 0.5, 1]


def test_svg_has_a_text_alternative() -> None:
    """The drawing is well-formed, the same bytes twice, and says in title and desc what it shows; a hostile name stays text."""
    for series in by_series(runs()).values():
        ((name, pictures),) = trend.charts(series)
        drawn = trend_page.svg(series)
        assert drawn == trend_page.svg(series)
        root = ET.fromstring(drawn)  # noqa: S314
        assert root.get("role") == "img"
        words = {item.get("id"): item.text for item in root.iter() if item.tag in {f"{SVG}title", f"{SVG}desc"}}
        assert [words[one] for one in str(root.get("aria-labelledby")).split()] == [
            name,
            " ".join(picture.words for picture in pictures),
        ]
        assert not root.findall(f".//{SVG}script")
        assert len(root.findall(f".//{SVG}polyline")) >= 4


def test_page() -> None:
    """The page holds every series with its drawing, its words and its numbers, and nothing that runs or loads."""
    page = trend_page.html(runs())
    assert page.count("<svg ") == 2
    assert len(re.findall(r'id="([^"]+)"', page)) == len(set(re.findall(r'id="([^"]+)"', page)))
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="https?:', page.replace('xlink="http', ""))
    assert page.count("<tr>") == 2 + 7


def test_nothing_measured_is_not_drawn() -> None:
    """Runs that were never answered are told and listed, without axes that would look like a measure."""
    silent = [record(night(number, "ii", latency={})) for number in range(2)]
    page = trend_page.html(silent)
    assert "<svg " not in page
    assert page.count("Nothing was measured.") == 2
    assert page.count("<tr>") == 1 + 2


@pytest.mark.needs_chromium
def test_page_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """A real browser opens the page without an error and its tree names the drawings; on a telephone they can be read, and the page does not move sideways."""
    (tmp_path / "trend.html").write_text(trend_page.html(runs()), encoding="utf-8")
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto((tmp_path / "trend.html").as_uri())
    assert page.get_by_role("img").count() == 2
    assert page.title() == "Pass rate and latency over time"
    assert errors == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert smallest_letters(page) >= LETTERS
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_command(tmp_path: Path) -> None:
    """`trend` draws into the terminal, a page or an SVG of one target; what it cannot draw into is named."""
    store = str(tmp_path / "s.sqlite")
    with Store.open(store) as opened:
        for run in runs():
            opened.add(run)
    assert "Latency of 2 runs" in call("trend", "siliconflow", "--last", "2", "--store", store).stdout
    page, picture = tmp_path / "t.html", tmp_path / "t.svg"
    assert call("trend", "--store", store, "--out", str(page)).returncode == 0
    assert page.read_text().count("<svg ") == 2
    # Where a home folder cannot be written, what draws has nothing to say of it.
    drawn = call("trend", "siliconflow", "--store", store, "--out", str(picture), MPLCONFIGDIR="/proc/none")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    ET.fromstring(picture.read_text())  # noqa: S314
    for arguments, words in (
        (("--out", str(tmp_path / "t.png")), "FILE.svg or FILE.html"),
        (("--out", str(tmp_path / "t.svg")), "these are 2"),
        (("--out", str(tmp_path / "no" / "t.html")), "cannot be written"),
        (("nobody",), "no run of 'nobody'"),
    ):
        done = call("trend", *arguments, "--store", store)
        assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (2, True, 1), done.stderr
