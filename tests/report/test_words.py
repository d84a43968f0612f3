"""The formats that people read as text: Markdown and the terminal; and how hostile words are shown."""

import html
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from markdown_it import MarkdownIt

from conformance.document import text
from conformance.document.text import TooDeepError, pretty
from conformance.model.run import Run
from conformance.model.verdict import Observation, Outcome
from conformance.report import markdown, run_page
from conformance.report import run as run_report
from conformance.report.terminal import progress
from conformance.report.words import causes

NASTY = "a|b \\| `x` ``y`` <img src=x> **b** [l](http://e.x) @someone #12 www.e.x http://e.x </td> ~~s~~ $x$ \\"


@pytest.fixture(params=["real", "hostile", "worst", "silent"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def rendered(source: str) -> str:
    return str(
        MarkdownIt("commonmark", {"html": True, "linkify": False})
        .enable("table")
        .enable("strikethrough")
        .render(source)
    )


def test_markdown_survives(run: Run) -> None:
    """Rendered with HTML allowed, `report.md` has no element but its own, and each table has a row for each of its verdicts and causes."""
    source = run_report.markdown(run)
    page = rendered(source)
    assert "\x1b" not in source
    assert "\u202e" not in source
    for element in ("<script", "<img", "<a ", "<em>", "<del>", "<b>"):
        assert element not in page
    assert page.count("<table>") == page.count("</table>")
    shown = sum(
        v.outcome in {Outcome.FAIL, Outcome.SURPRISE_PASS, Outcome.KNOWN_DEVIATION, Outcome.INCONCLUSIVE}
        for v in run.verdicts
    )
    if max(sum(v.outcome is o for v in run.verdicts) for o in Outcome if o is not Outcome.PASS) <= 100:
        assert page.count("<tr>") - page.count("<thead>") == shown + len(causes(run)) + 1 + len(run.observations)
    assert len(source) <= 60_100


def test_markdown_cells_hold_their_words(real: Run) -> None:
    """Pipes, backslashes, backticks and markup in a server's words stay in their cell, as code; nobody is mentioned outside code."""
    page = rendered(
        run_report.markdown(attrs.evolve(real, verdicts=(), observations=(Observation("o", NASTY, NASTY),)))
    )
    rows = page.split("<tr>")
    assert rows[-1].count("<td>") == 2
    what, answer = rows[-1].split("</td>")[:2]
    assert "@someone" not in what
    assert "http://" not in what
    assert "#12" not in what
    words = answer.replace("&lt;", "<").replace("&gt;", ">").replace("\u200b", "")
    assert NASTY in words


@pytest.mark.parametrize(
    "words", ["137 of 183 (75%)", "MUST & SHOULD - at most", "a snake_case_name", "100% sure! Really {so}", "1 > 0"]
)
def test_markdown_leaves_plain_words(words: str) -> None:
    """What Markdown does not read as a sign is not escaped: a reader of the source sees the words."""
    assert markdown.escape(words) == words


@pytest.mark.parametrize("words", ["# a", "- a", "> a", "+ a", "_a_", "&lt;", "a | b", "[a](b)", "*a*", "<b>", "~~a~~"])
def test_markdown_shows_its_signs(words: str) -> None:
    """What Markdown would read as a sign is shown as it is."""
    shown = html.unescape(re.sub("<[^>]+>", "", rendered(f"| a |\n|---|\n| {markdown.escape(words)} |"))).split()
    assert " ".join(shown[1:]).replace("\u200b", "") == words
    assert html.unescape(re.sub("</?p>", "", rendered(markdown.escape(words)))).strip().replace("\u200b", "") == words


def test_terminal_is_plain_when_piped(run: Run) -> None:
    """Piped output has no escape sequence, ours or the server's, and names the verdicts and the report."""
    out = io.StringIO()
    run_report.show(run, out, folder=Path("folder"))
    shown = out.getvalue()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "folder/report.html" in shown.splitlines()[-1]
    if any(verdict.outcome is Outcome.FAIL for verdict in run.verdicts):
        assert "curl -sS" in shown


def test_terminal_stays_readable(worst: Run) -> None:
    """With a hundred and fifty failed clauses of as many causes the first twelve have a line and one a proof; all are shown when asked for."""
    out, everything = io.StringIO(), io.StringIO()
    run_report.show(worst, out, folder=Path("folder"))
    run_report.show(worst, everything, folder=Path("folder"), everything=True)
    shown = out.getvalue()
    assert len(re.findall(r"^ *\d+\. ", shown, re.MULTILINE)) == 12
    assert "and 138 more causes" in shown
    assert (shown.count("FAILED"), shown.count("curl -sS")) == (1, 1)
    assert everything.getvalue().count("FAILED") == 150
    assert len(shown) < 20_000


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_colours_on_a_terminal(real: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, unless NO_COLOR is set or it is dumb."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    run_report.show(real, (coloured := Tty()), folder=Path("folder"))
    monkeypatch.setenv("NO_COLOR", "1")
    run_report.show(real, (plain := Tty()), folder=Path("folder"))
    assert "\x1b[1;31m" in coloured.getvalue()
    assert "\x1b" not in plain.getvalue()


def test_a_poor_encoding_is_no_error(real: Run) -> None:
    """A terminal that knows no Chinese gets the characters' numbers."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    run_report.show(attrs.evolve(real, notice="中文"), stream, folder=Path("folder"))
    stream.flush()
    assert b"\\u4e2d" in raw.getvalue()


def test_progress_is_silent_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal there is no bar at all."""
    with progress() as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\ud800", "\U000e0041"]
)
def test_hidden_characters_are_spelt_out(character: str) -> None:
    """What hides, reorders or commands is shown by its number, on one line and in blocks."""
    assert character not in text.visible(f"a{character}b")
    assert character not in text.one_line(f"a{character}b")
    assert character not in text.body(f"a{character}b".encode("utf-8", "surrogatepass"), None)


@pytest.mark.parametrize("shown", [text.cut, text.one_line])
def test_a_cut_makes_a_text_shorter(shown: Callable[[str, int], str]) -> None:
    """A text is cut only where what says so is shorter than what it leaves out, and then it says how much that is."""
    for length in range(80):
        words = "a" * length
        assert shown(words, 20) == words or len(shown(words, 20)) < length
    assert shown("a" * 2_000, 20).endswith("… 1,980 more characters")


def test_joiners_stay() -> None:
    """Emoji sequences and scripts that need joiners are left whole."""
    assert text.visible("👩‍👩‍👧 می‌خواهم") == "👩‍👩‍👧 می‌خواهم"


@pytest.mark.parametrize(
    "source",
    [
        '{"a":1,"a":2.50,"b":[1e400,-0,123456789012345678901234567890],"c":{},"d":[],"e":"\\" , : {[ \\\\"}',
        '[[[]],[{}],"中文"]',
        '"x"',
        '{"k":"' + "v" * 100 + '","l":[' + ",".join(["1"] * 60) + "]}",
    ],
)
def test_json_is_laid_out_as_it_is(source: str) -> None:
    """Laying out JSON changes white space only: doubled keys, the spelling of numbers and order stay."""
    again = json.loads(pretty(source, exact=True), object_pairs_hook=list, parse_int=str, parse_float=str)
    assert again == json.loads(source, object_pairs_hook=list, parse_int=str, parse_float=str)


def test_json_reads_well() -> None:
    """Small objects stand on one line each, and an answer's escapes are read for the reader."""
    laid = pretty(
        '{"results":[{"index":1,"score":0.5},{"index":0,"score":0.25},{"index":2,"score":0.125}],"message":"\\u4e2d\\u6587","rest":"'
        + "x" * 60
        + '"}'
    )
    assert '    {"index": 1, "score": 0.5},\n' in laid
    assert "中文" in laid
    assert pretty('"\\u4e2d"', exact=True) == '"\\u4e2d"'


def test_deep_json_is_shown_as_it_came() -> None:
    """Nesting without end is no trap: it is shown unformatted, and cut."""
    deep = "[" * 900 + "]" * 900
    with pytest.raises(TooDeepError):
        pretty(deep)
    assert text.body(deep.encode(), [], 400).startswith("[[[[")


def test_page_is_small(run: Run) -> None:
    """Megabytes from a server, or a hundred and fifty broken clauses, make no page of megabytes."""
    assert len(run_page.render(run).encode("utf-8", "backslashreplace")) < 1_500_000
