"""The public board: what it says of nights, and what the site is like in a real headless Chromium."""

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from jsonschema_rs import Draft202012Validator
from playwright.sync_api import Browser

from conformance.board.site import files, write
from conformance.board.standing import standings
from conformance.document import schema as published
from conformance.store.store import Store
from tests.command import call
from tests.looks import LETTERS, smallest_letters
from tests.sampling import sampled
from tests.store.nights import FIRST, cause, clause, night

HOSTILE = "evil <script>alert(1)</script> & \x01\u202e target"
NOW = FIRST.timestamp() + 6 * 86_400
ATOM = "{http://www.w3.org/2005/Atom}"
LARGEST = 300_000


def fill(store: Store) -> None:
    """Seven nights of three targets: one breaks and is mended, one has a known deviation and an outage, one is hostile and flips."""
    for number, letters in enumerate(["ppp", "fpp", "fpp", "iii", "ppp", "pfp", "pfp"]):
        store.add(night(number, letters, causes=[cause(letters.index("f"))] if "f" in letters else []))
    for number, letters in enumerate(["pkp", "pkp", "iii"]):
        store.add(night(number, letters, target={"name": "away", "base_url": "https://away.example/v1"}, latency={}))
    for number, letters in enumerate(["pf", "pp", "pf", "pp", "pf", "pp", "ff"]):
        told = night(
            number,
            letters,
            target={"name": HOSTILE, "base_url": "https://evil.example/v1"},
            notice=HOSTILE,
            id=f"evil-night-{number:04}",
        )
        for verdict in told["verdicts"]:
            verdict["detail"] = "<img src=x onerror=alert(1)> " + "x" * 5_000
        store.add(told)


def parsed(text: str) -> Any:
    """Return well-formed XML of our own making."""
    from xml.etree import ElementTree as ET

    return ET.fromstring(text)  # noqa: S314


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with Store.open(tmp_path_factory.mktemp("store") / "runs.sqlite") as store:
        fill(store)
        return dict(files(standings(store), title="Board <1>", url="https://board.example/rerank", now=NOW))


@pytest.fixture(scope="module")
def folder(made: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    for name, text in made.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    return place


def test_where_targets_stand(made: dict[str, str]) -> None:
    """board.json keeps its schema and says what the last runs said: failed checks, known deviations, an outage."""
    schema = published("board")
    document = json.loads(made["board.json"])
    Draft202012Validator(schema, validate_formats=True).validate(document)
    told = {target["name"]: target for target in document["targets"]}
    assert told["siliconflow"]["checks"] == {"passed": 2, "failed": 1, "known": 0, "inconclusive": 0, "skipped": 0}
    assert told["siliconflow"]["failed"] == [clause(1)]
    assert [(cause["title"], cause["checks"]) for cause in told["siliconflow"]["causes"]] == [
        ("`field1` above 80 is accepted.", [clause(1)])
    ]
    assert told["siliconflow"]["causes"][0]["since"] == "2026-03-06T02:00:00Z"
    assert told["away"]["checks"]["inconclusive"] == 3
    assert all(path in made for target in document["targets"] for path in (target["page"], target["badge"]))


def test_a_targets_page(made: dict[str, str]) -> None:
    """A target's page has its failure with the words and since when, a chart with its sentence, and the age of an old run."""
    page = made["targets/siliconflow.html"]
    assert "1 of 3 checks failed" in page
    assert "what was said of 1 in night 6" in page
    assert "Since 2026-03-06" in page
    assert "Pass rate of 7 runs from 2026-03-01 to 2026-03-07. Passed: " in page
    assert "No check fails" not in page
    assert "no answer could be judged" in made["targets/away.html"]
    assert "The last run is 4 days old" in made["targets/away.html"]


def test_causes_of_a_target(tmp_path: Path) -> None:
    """Failed checks stand under the causes of the last run, in their order, with what to mend; those without a cause stand by words, and a store of an earlier version has words alone."""
    same = night(1, "pffff", causes=[cause(3, more=(1,)), cause(2)])
    for verdict in same["verdicts"]:
        verdict["detail"] = "the same words"
    for changes in ({}, {"causes": []}):
        with Store.open(tmp_path / f"{len(changes)}.sqlite") as store:
            store.add(night(0, "ppppp"))
            store.add({**same, **changes})
            (standing,) = standings(store)
            page = dict(files([standing], title="Board", url="", now=NOW))["targets/siliconflow.html"]
        told = [(one.title, [check.id for check in one.checks]) for one in standing.causes]
        if changes:
            assert told == [("the same words", [clause(at) for at in (1, 2, 3, 4)])]
        else:
            assert told[:2] == [
                ("`field3` above 80 is accepted.", [clause(3), clause(1)]),
                ("`field2` above 80 is accepted.", [clause(2)]),
            ]
            assert told[2:] == [("the same words", [clause(4)])]
            assert page.index("<code>field3</code> above 80") < page.index("<code>field2</code> above 80")
            assert "Refuse it." in page
        assert page.count('<li><h3><span class="level">MUST') == len(told)


def test_a_checks_page(made: dict[str, str]) -> None:
    """A check's page has its sentence with names as code, its level, and every target with its result."""
    page = next(text for name, text in made.items() if name.startswith("checks/") and clause(1) in text)
    assert "MUST" in page
    assert "<code>field1</code> is not above 80." in page
    assert {"siliconflow", "away"} <= set(re.findall(r'targets/([\w-]+)\.html">', page))
    assert "1 of 3 targets" not in page
    assert "0 of 3 targets" in page


def test_the_feed_tells_news(made: dict[str, str], tmp_path: Path) -> None:
    """The Atom feed has an entry for each night and way in which checks changed, the newest first, none for a check that flips; ids stay when the site is built again."""
    feed = parsed(made["feed.xml"])
    told = [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}updated")[:10]) for entry in feed.iter(f"{ATOM}entry")
    ]
    mine = [(title, day) for title, day in told if title.startswith("siliconflow")]
    assert mine == [
        (f"siliconflow: {clause(1)} newly fails", "2026-03-06"),
        (f"siliconflow: {clause(0)} passes again", "2026-03-05"),
        (f"siliconflow: {clause(0)} newly fails", "2026-03-02"),
    ]
    assert not any(clause(1) in title for title, _ in told if title.startswith("evil"))
    assert [day for _, day in told] == sorted((day for _, day in told), reverse=True)
    assert all(link.get("href").startswith("https://board.example/rerank/") for link in feed.iter(f"{ATOM}link"))
    with Store.open(tmp_path / "again.sqlite") as store:
        fill(store)
        again = parsed(dict(files(standings(store), title="Other", url="", now=NOW + 9))["feed.xml"])
    assert [one.text for one in again.iter(f"{ATOM}id")][1:] == [one.text for one in feed.iter(f"{ATOM}id")][1:]


def test_badges(made: dict[str, str]) -> None:
    """Each target has a badge that is well-formed and says the share that passed, and how many failed."""
    badges = {name: parsed(text) for name, text in made.items() if name.startswith("badges/")}
    assert len(badges) == 3
    assert badges["badges/siliconflow.svg"].get("aria-label") == "rerank: 67 % passed, 1 failed"
    assert badges["badges/away.svg"].get("aria-label") == "rerank: no answer"


def test_every_link_leads_somewhere(made: dict[str, str]) -> None:
    """Every relative link and picture of every page is a file of the site."""
    for name, text in made.items():
        if name.endswith(".html"):
            for link in re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', text):
                assert not link.startswith(("http:", "https:", "//")), link
                parts = [*Path(name).parent.parts]
                for piece in link.split("/"):
                    if piece == "..":
                        parts.pop()
                    else:
                        parts.append(piece)
                assert "/".join(parts) in made, (name, link)


def test_hostile_words_stay_words(made: dict[str, str]) -> None:
    """Names and answers of servers are text on every page, in the feed and on the badges; control characters are gone."""
    for name, text in made.items():
        if not name.endswith(".json"):
            assert "<script" not in text, name
            assert "<img src=x" not in text, name
        assert "\x01" not in text.replace("\\u0001", ""), name


def test_command(tmp_path: Path) -> None:
    """`site STORE --out DIR` writes the site, replaces an older board, chooses targets, and touches no other folder."""
    path = tmp_path / "runs.sqlite"
    with Store.open(path) as store:
        fill(store)
    board, other = tmp_path / "deep" / "board", tmp_path / "other"
    done = call("site", str(path), "--out", str(board))
    assert done.returncode == 0, done.stderr
    assert (board / "targets" / "away.html").is_file()
    assert call("site", str(path), "--out", str(board), "--target", "silicon*").returncode == 0
    assert not (board / "targets" / "away.html").exists()
    assert [entry.name for entry in board.parent.iterdir()] == ["board"]
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    for arguments, words in (
        ((str(path), "--out", str(other)), "not a board"),
        ((str(tmp_path / "nothing.sqlite"), "--out", str(board)), "no store"),
        ((str(path), "--out", str(board), "--target", "nobody"), "siliconflow"),
        ((str(path), "--out", str(board), "--url", "board.example"), "--url"),
    ):
        done = call("site", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert words in done.stderr
    assert (other / "thesis.txt").read_text() == "mine"
    assert (board / "targets" / "siliconflow.html").is_file()


def test_an_unwritable_folder_keeps_the_old_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that cannot be finished leaves the old one as it was."""
    with Store.open(tmp_path / "runs.sqlite") as store:
        fill(store)
        found = standings(store)
    write(found, tmp_path / "board", title="First")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write(found, tmp_path / "board", title="Second")
    monkeypatch.undo()
    assert "First" in (tmp_path / "board" / "index.html").read_text()


PAGES = ["index.html", "targets/siliconflow.html", "checks/request-field1-maximum*.html"]


@pytest.mark.needs_chromium
@pytest.mark.parametrize(("page", "scheme"), sampled(product(PAGES, ["light", "dark"]), 1))
def test_axe_finds_nothing(browser: Browser, folder: Path, page: str, scheme: str) -> None:
    """Without a script, in light and dark, at 360 px and on a desk: axe-core finds nothing, nothing overflows, and everything is on the page."""
    (path,) = folder.glob(page)
    tab = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 800})  # type: ignore[arg-type]
    asked: list[str] = []
    tab.on("console", lambda message: asked.append(message.text))
    tab.goto(path.as_uri())
    assert asked == []
    assert tab.locator("script").count() == 0
    for details in tab.locator("summary").all():
        details.click()
    found = Axe().run(tab).response
    assert len(found["passes"]) > 15
    assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found["violations"]] == []
    for width in (360, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert smallest_letters(tab) >= LETTERS or not tab.locator("svg.chart").count()
    tab.close()


def test_pages_of_a_large_board_are_small(tmp_path: Path) -> None:
    """With twenty targets, two hundred checks and all of them failing with long words, no page is above 300 kB."""
    letters = "f" * 200
    with Store.open(tmp_path / "runs.sqlite") as store:
        for target in range(20):
            for number in range(3):
                told = night(
                    number,
                    letters if number else letters.replace("f", "p"),
                    target={"name": f"target-{target}", "base_url": "https://t.example/v1"},
                )
                for at, verdict in enumerate(told["verdicts"]):
                    verdict["detail"] = f"{at} " + "long words " * 90
                told["causes"] = [cause(at, title=f"{at} " + "long words " * 90) for at in range(len(letters))]
                store.add(told)
        sizes = {name: len(text.encode()) for name, text in files(standings(store), title="Large", url="", now=NOW)}
    assert max(size for name, size in sizes.items() if name.endswith(".html")) < LARGEST
