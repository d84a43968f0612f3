"""Files of known deviations: what they may hold, and what is said of those that hold anything else."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.contract import load as contract
from conformance.model.deviation import Deviation
from conformance.model.exchange import Exchange, Request, Response
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.verdict.deviation import SCHEMA, DeviationError, load, names, parse

GOOD = """
[[deviation]]
requirement = "error.400.shape"
sentence = "It is otherwise."
source = "somewhere"
grade = "M"
first_seen = 2026-09-01
review_by = 2027-01-31
"""

BAD = {
    "no TOML": ("deviation = [", "TOML"),
    "no UTF-8": (b"# \xff\xfe", "no text in UTF-8"),
    "another key": (f"{GOOD}\n[extra]\nx = 1", "extra"),
    "no list": ("deviation = 1", "array"),
    "a list of numbers": ("deviation = [1]", "entry 1"),
    "no sentence": (GOOD.replace("sentence", "sentense"), "entry 1 (error.400.shape)"),
    "a grade of its own": (GOOD.replace('"M"', '"X"'), "entry 1 (error.400.shape), grade: "),
    "no date": (GOOD.replace("2027-01-31", '"soon"'), "review_by"),
    "a day that is none": (GOOD.replace("2027-01-31", '"2027-02-31"'), "entry 1 (error.400.shape)"),
    "a status that is none": (f"{GOOD}[deviation.answer]\nstatus = 42", "answer.status"),
    "an empty answer": (f"{GOOD}[deviation.answer]", "answer"),
    "an unknown condition": (f"{GOOD}[deviation.answer]\nstats = 400", "stats"),
    "a schema that is none": (f"{GOOD}[deviation.answer.body]\ntype = 'nonsense'", "entry 1 (error.400.shape)"),
    "a pattern that is none": (f"{GOOD}[deviation.answer.body]\npattern = '('", "entry 1 (error.400.shape)"),
    "a reference abroad": (
        f"{GOOD}[deviation.answer.body]\n'$ref' = 'http://127.0.0.1:1/x'",
        "entry 1 (error.400.shape)",
    ),
    "the second entry": (f"{GOOD}{GOOD.replace('grade', 'gade')}", "entry 2"),
    "depth": ("deviation = " + "[" * 5000, "TOML"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
def test_bad_file_is_refused(tmp_path: Path, content: str | bytes, words: str) -> None:
    """What is wrong with a file is told in a sentence that names the file and the entry."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DeviationError) as caught:
        load(str(path))
    assert "mine.toml" in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "None" not in str(caught.value)


def test_unknown_name_says_which_there_are() -> None:
    """A name under which nothing is shipped is refused, with those that are, and with the nearest one where one is near."""
    with pytest.raises(DeviationError, match=rf"\({', '.join(names())}\).* Did you mean siliconflow\?$"):
        load("silicon-flow")
    with pytest.raises(DeviationError, match=r"there is no such file\.$"):
        load("quite-another-one")


@pytest.mark.parametrize("vendor", names())
def test_shipped_files_keep_the_schema(vendor: str) -> None:
    """What is shipped is valid by the schema that is shipped with it, and each glob matches a clause of the vendor's contract."""
    schema = json.loads(SCHEMA.read_text())
    jsonschema_rs.meta.validate(schema)
    found = load(vendor)
    jsonschema_rs.validate(schema, {"deviation": [item.plain() for item in found]})
    clauses = [item.clause.id for item in requirements(Kit(contract(vendor)))]
    assert all(any(item.concerns(name) for name in clauses) for item in found)


def test_plain_values_are_read_again(tmp_path: Path) -> None:
    """An entry written as plain values, as a recording holds it, is the same entry when it is read again."""
    for item in load("siliconflow"):
        assert [again.plain() for again in parse([json.loads(json.dumps(item.plain()))], "recording")] == [item.plain()]
    path = tmp_path / "x.toml"
    path.write_text(GOOD)
    assert load(str(path))[0].review_by == tomllib.loads(GOOD)["deviation"][0]["review_by"]


def exchange(status: int, body: bytes, media: str = "application/json; charset=utf-8") -> Exchange:
    return Exchange(
        "e1",
        Request("POST", "/", (), b""),
        "http://127.0.0.1/",
        Response(status, (("Content-Type", media),), body),
        None,
        0.0,
        0.0,
    )


def known(**answer: Any) -> Deviation:
    return Deviation("error.*", "s", "s", "M", "2026", dt.date(2027, 1, 1), answer)


NULL = {"type": "object", "required": ["data"], "properties": {"data": {"type": "null"}}}


@pytest.mark.parametrize(
    ("answer", "status", "body", "media", "covered"),
    [
        ({}, 500, b"anything", "text/html", True),
        ({"status": 400}, 400, b"", "", True),
        ({"status": 400}, 422, b"", "", False),
        ({"status": [400, 422]}, 422, b"", "", True),
        ({"media_type": "application/json"}, 400, b"{}", "Application/JSON ; charset=utf-8", True),
        ({"media_type": "application/json"}, 400, b"{}", "text/plain", False),
        ({"body": NULL}, 400, b'{"data":null}', "application/json", True),
        ({"body": NULL}, 400, b'{"data":1}', "application/json", False),
        ({"body": NULL}, 400, b"<html>", "application/json", False),
        ({"body": NULL}, 400, b'"{\\"data\\":null}"', "application/json", False),
        ({"body": {"type": "string", "pattern": "^404"}}, 404, b"404 page not found", "text/plain", True),
        ({"body": NULL}, 400, b"[" * 100_000 + b"]" * 100_000, "application/json", False),
    ],
)
def test_an_answer_is_known_or_not(answer: dict[str, Any], status: int, body: bytes, media: str, covered: bool) -> None:
    """An entry covers the answer that it describes, by status, media type and body, and no other."""
    assert known(**answer).covers(exchange(status, body, media)) is covered


def test_no_answer_is_known_only_without_conditions() -> None:
    """A cut connection is no answer that an entry describes."""
    cut = Exchange("e1", Request("POST", "/", (), b""), "http://127.0.0.1/", None, "cut", 0.0, 0.0)
    assert known().covers(cut)
    assert not known(status=503).covers(cut)
