"""JSON, CSV and Markdown of comparisons, and the command that writes them."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from conformance.cli.group import cli
from conformance.compare.comparison import Comparison
from conformance.compare.target_argument import TargetArgumentError, distinct, parse
from conformance.document import schema
from conformance.mock import MockServer
from conformance.report import comparison, comparison_csv
from conformance.report.formats import render
from conformance.targets import MockName
from tests.compare.hostile import FORMULA

SCHEMA = schema("comparison")


@pytest.fixture(params=["compared", "hostile"])
def one(request: pytest.FixtureRequest) -> Comparison:
    found: Comparison = request.getfixturevalue(request.param)
    return found


def test_json_keeps_its_schema(one: Comparison) -> None:
    """`compare.json` is valid by the schema that is published with it, and holds every part for every target."""
    document = json.loads(render("comparison", "json", one))
    jsonschema_rs.validate(SCHEMA, document, validate_formats=True)
    names = [target["name"] for target in document["targets"]]
    assert names == list(one.names)
    for row in (
        *document["spec_diff"],
        *document["behaviour"],
        *document["clauses"]["own"]["rows"],
        *document["clauses"]["by_reference"]["rows"],
    ):
        assert [cell["target"] for cell in row["cells"]] == names
    assert [migration["target"] for migration in document["migrations"]] == names[1:]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"exit_code": 2},
        {"made": "today"},
        {"targets": []},
        {"migrations": [{}]},
        {"clauses": {"own": {}}},
        {"behaviour": [{"id": 1}]},
        {"more": 1},
    ],
)
def test_schema_refuses(compared: Comparison, spoilt: dict[str, Any]) -> None:
    """The schema has teeth: what no comparison can hold is invalid."""
    jsonschema_rs.meta.validate(SCHEMA)
    validator = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    document = json.loads(render("comparison", "json", compared))
    assert validator.is_valid(document)
    assert not validator.is_valid({**document, **spoilt})


def test_csv(one: Comparison) -> None:
    """Every row has every column, and no cell is one that a spreadsheet would run or a terminal obey."""
    rows = list(csv.reader(io.StringIO(comparison_csv.render(one))))
    assert tuple(rows[0]) == comparison_csv.COLUMNS
    assert all(len(row) == len(comparison_csv.COLUMNS) for row in rows)
    cells = [cell for row in rows[1:] for cell in row]
    assert not [
        cell
        for cell in cells
        if re.match(r"[=+@\t\r|%]", cell) or (cell.startswith("-") and not re.fullmatch(r"-?[\d.e-]+", cell))
    ]
    assert not [cell for cell in cells if re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", cell)]
    assert {row[0] for row in rows[1:]} >= {
        "use",
        "portable",
        "behaviour",
        "spec diff",
        "agreement",
        "cost",
        "clause, by its own contract",
    }


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+a", "'+a"),
        ("-a", "'-a"),
        ("@x", "'@x"),
        ("-0.5", "-0.5"),
        ("  =1", "'=1"),
        ("\t=1", "'=1"),
        ("plain", "plain"),
    ],
)
def test_formulas_become_text(cell: str, written: str) -> None:
    """What a spreadsheet would run gets an apostrophe; a negative number stays one."""
    assert comparison_csv.harmless(cell) == written


def test_markdown(one: Comparison) -> None:
    """The page fits a comment, its tables keep their columns, and nothing of a server's is markup."""
    text = comparison.markdown(one)
    assert len(text) <= 62_000
    assert "<script" not in re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    assert "\x1b" not in text
    columns = 0
    for line in text.splitlines():
        if not line.startswith("|"):
            columns = 0
            continue
        found = len(re.findall(r"(?<!\\)\|", line))
        assert columns in {0, found}, line
        columns = found


def test_terminal(one: Comparison, tmp_path: Path) -> None:
    """What is printed holds no control character but the end of a line."""
    out = io.StringIO()
    comparison.show(one, out, folder=tmp_path)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out.getvalue())
    assert "compare.html" in out.getvalue()


def test_hostile_words_are_shown(hostile: Comparison) -> None:
    """The formula that a page called a field, and the server's words, are there as text."""
    text = comparison_csv.render(hostile)
    assert FORMULA.replace('"', '""') in text
    assert "\\u001b[31m" in text


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["compare", *arguments], standalone_mode=False)


def test_command(tmp_path: Path) -> None:
    """The command asks each target once, writes four files and each target's folder, and exits with 1 where something breaks; recordings combine."""
    out = tmp_path / "out"
    small = ("--most-documents", "64", "--most-bytes", "0")
    found = invoke("mock", "odd=mock?fault=error_400_shape", "--out", str(out), *small)
    assert found.return_value == 1, found.output
    assert "odd: no." in found.output
    assert {path.name for path in out.iterdir()} == {
        "compare.html",
        "compare.md",
        "compare.csv",
        "compare.json",
        "targets",
    }
    assert (out / "targets" / "odd" / "exchanges.har").is_file()
    again = invoke(
        str(out / "targets" / "mock"), f"odd={out / 'targets' / 'odd'}", "--out", str(tmp_path / "again"), *small
    )
    assert again.return_value == 1, again.output
    first, second = (json.loads((folder / "compare.json").read_text()) for folder in (out, tmp_path / "again"))
    assert first["migrations"] == second["migrations"]
    assert all(target["recorded"] for target in second["targets"])


def test_unreachable(tmp_path: Path) -> None:
    """A target that is not there is shown as not shown, never as kept, and the exit status is 3."""
    found = invoke(
        "mock", "gone=http://127.0.0.1:9", "--out", str(tmp_path), "--most-documents", "0", "--most-bytes", "0"
    )
    assert found.return_value == 3, found.output
    document = json.loads((tmp_path / "compare.json").read_text())
    assert document["migrations"][0]["answer"] == "not shown"
    for part in ("own", "by_reference"):
        assert {line["cells"][1]["state"] for line in document["clauses"][part]["rows"]} == {"not shown"}


@pytest.mark.matrix
def test_dead_reference_of_another_path(tmp_path: Path) -> None:
    """A chosen reference contract judges all of them; the moves still rest on the first one's."""
    found = invoke(
        "mock", "mock", "--reference", "woagent", "--out", str(tmp_path), "--most-documents", "0", "--most-bytes", "0"
    )
    document = json.loads((tmp_path / "compare.json").read_text())
    assert found.return_value == 0, found.output
    assert document["clauses"]["by_reference"]["by"] == "woagent"
    states = {line["requirement"]: line["cells"][0]["state"] for line in document["clauses"]["by_reference"]["rows"]}
    assert states["response.tokens.required"] == "broken"
    assert document["migrations"][0]["answer"] == "yes"
    assert [target["name"] for target in document["targets"]] == ["mock", "mock (2)"]


def test_key_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is in no file that the command writes, and not in what it prints."""
    key = "sk-very-secret-0123456789"
    monkeypatch.setenv("SILICONFLOW_API_KEY", key)
    from conformance.contract import load

    with MockServer(load("siliconflow"), key=key, fault="leaks_key") as server:
        found = invoke(
            "mock", f"leaky={server.base_url}", "--out", str(tmp_path), "--max-requests", "80", "--most-documents", "0"
        )
    assert key not in found.output
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 8
    assert not [path for path in files if key.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mock",), "two targets"),
        (("mock", "nosuch"), "nosuch"),
        (("mock", "mock?fault=score_percen"), "score_percent"),
        (("mock", "mock?tempo=1"), "fault"),
        (("mock", "mock", "--uses", "top_m"), "top_n"),
        (("mock", "mock", "--reference", "silicon"), "siliconflow"),
        (("mock", "/"), "journal.jsonl"),
        (("mock", "http://user@host/"), "credentials"),
        (("mock", ""), "empty name"),
        (("mock", "mock", "--uses", ","), "names nothing"),
        (("mock", "mock", "--uses", "no-such.har"), "no-such.har"),
        (("mock", "mock", "--model", "other=a/model"), "'other'"),
        (("mock", "mock", "--api-key-env", "other=VAR"), "'other'"),
        (("mock", "mock", "--targets", "no-such.toml"), "no-such.toml"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    """Bad input is told in one paragraph that names it, with exit status 2, and nothing is sent or written."""
    import click

    found = invoke(*arguments, "--out", str(tmp_path / "o"))
    assert isinstance(found.exception, click.UsageError), found.output
    assert words in found.exception.format_message()
    assert not (tmp_path / "o").exists()


def test_uses_from_a_har(tmp_path: Path) -> None:
    """`--uses FILE.har` takes what recorded traffic uses; the file is named and counted in the report, and sent nowhere."""
    body = {"model": "BAAI/bge-reranker-v2-m3", "query": "secret words", "documents": ["a", "b"]}
    entry = {
        "request": {
            "method": "POST",
            "url": "https://api.siliconflow.cn/v1/rerank",
            "postData": {"mimeType": "application/json", "text": json.dumps(body)},
        },
        "response": {
            "status": 200,
            "content": {
                "mimeType": "application/json",
                "text": '{"id": "1", "results": [{"index": 0, "relevance_score": 0.5}]}',
            },
        },
    }
    har = tmp_path / "day.har"
    har.write_text(
        json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [entry]}})
    )
    found = invoke(
        "mock",
        "mock:woagent",
        "--max-requests",
        "80",
        "--uses",
        str(har),
        "--out",
        str(tmp_path / "o"),
        "--most-documents",
        "0",
        "--most-bytes",
        "0",
    )
    assert found.return_value == 0, found.output
    document = json.loads((tmp_path / "o" / "compare.json").read_text())
    assert document["traffic"] == {"file": str(har), "requests": 1, "undeclared": []}
    assert {use["name"] for use in document["uses"] if use["area"] not in {"ranking", "service"}} == {
        "model",
        "query",
        "documents",
        "id",
        "results",
        "results.index",
        "results.relevance_score",
    }
    assert not [path for path in (tmp_path / "o").rglob("*") if path.is_file() and b"secret words" in path.read_bytes()]


def test_names(tmp_path: Path) -> None:
    """NAME=WHERE@CONTRACT is read from both ends; a URL's own signs are left alone."""
    plain = parse("http://127.0.0.1:8080/a=b")
    assert (plain.name, plain.where, plain.contract) == ("http://127.0.0.1:8080/a=b",) * 2 + ("",)
    full = parse("mine=http://127.0.0.1:8080/v1@woagent")
    assert (full.name, full.where, full.contract) == ("mine", "http://127.0.0.1:8080/v1", "woagent")
    mock = parse("bad=mock:woagent?fault=no_limit&every=20")
    assert (mock.name, mock.where) == ("bad", "mock:woagent?fault=no_limit&every=20")
    assert MockName.read(mock.where) == MockName("woagent", ("no_limit",), 20)
    assert MockName.read("mock?as-observed").observed
    assert [one.name for one in distinct([parse("mock"), parse("mock"), parse("mock:woagent")])] == [
        "mock",
        "mock (2)",
        "mock:woagent",
    ]
    with pytest.raises(TargetArgumentError, match="journal"):
        parse(str(tmp_path))
