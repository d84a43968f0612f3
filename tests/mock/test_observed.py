"""The mock that answers as the live service is seen to answer; what it should answer is read from its data."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from conformance.contract import Contract, load, names, select
from conformance.contract.resources import contracts_root
from conformance.mock import MockServer
from conformance.mock.observed import FILE, SCHEMA, ObservedError
from conformance.mock.observed import load as seen
from conformance.probes.kit import Kit
from conformance.probes.texts import filler

CONTRACT = load("siliconflow")
KIT = Kit(CONTRACT)
LONG = max((item.when["tokens"] for item in seen(CONTRACT).answers if "tokens" in item.when), default=0)
# A request for each answer that needs no state: what to send in place of the control.
CASES: dict[str, dict[str, Any]] = {
    "trailing_slash": {"path": f"{CONTRACT.path}/"},
    "unknown_path": {"path": "/nowhere"},
    "wrong_credentials": {"key": "wrong"},
    "unknown_model": {"body": {**KIT.body(), KIT.named("model").name: "no/such-model"}},
    "no_documents": {"body": KIT.body(documents=[])},
    "bad_parameter": {"body": {}},
    "no_json": {"body": b"{"},
    "too_long": {"body": KIT.body(documents=["short", filler(LONG)])},
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as found:
        yield found


def ask(
    client: httpx.Client, mock: MockServer, *, body: Any = None, path: str | None = None, key: str | None = None
) -> httpx.Response:
    request = KIT.request(KIT.body() if body is None else body)
    headers = {**dict(request.headers), "Authorization": f"Bearer {key or mock.key}"}
    return client.post(mock.base_url + (path or request.path), content=request.body, headers=headers)


def test_shipped_observations_keep_the_schema() -> None:
    """Each shipped file is valid by the schema that is shipped with it, and every answer without a state is tried here."""
    import json

    schema = json.loads(SCHEMA.read_text())
    jsonschema_rs.meta.validate(schema)
    for path in contracts_root().glob(f"*/{FILE}"):
        jsonschema_rs.validate(schema, YAML(typ="safe").load(path))
    assert {item.name for item in seen(CONTRACT).answers if not item.state} == set(CASES)


@pytest.mark.parametrize("name", [item.name for item in seen(CONTRACT).answers])
def test_answers_as_seen(name: str, client: httpx.Client) -> None:
    """Each answer of the data is given, to the letter: status, headers and body."""
    item = next(item for item in seen(CONTRACT).answers if item.name == name)
    with MockServer(CONTRACT, observed=True, state=name if item.state else None) as mock:
        answer = ask(client, mock, **CASES.get(name, {}))
        assert answer.status_code == item.status
        for header, value in item.headers.items():
            assert answer.headers[header] == value
        if item.body is None:
            assert answer.content == b""
        elif item.plain:
            assert answer.text == item.body
        else:
            assert answer.json() == item.body
        # A state is told to those who are let in; nobody else learns of it.
        assert ask(client, mock, key="wrong").status_code == 401


def test_ranks_as_seen(client: httpx.Client) -> None:
    """Scores of one request move a little and no further, ids are 32 hex digits, and the undocumented counts add up."""
    about = seen(CONTRACT)
    success = CONTRACT.success
    with MockServer(CONTRACT, observed=True) as mock:
        answers = [ask(client, mock).json() for _ in range(20)]
    results, index, score = (success.place(role) for role in ("results", "index", "score"))
    assert results
    assert index
    assert score
    by = [{row[index.path[-1]]: row[score.path[-1]] for row in select(answer, results.path)[0]} for answer in answers]
    spread = max(max(one[i] for one in by) - min(one[i] for one in by) for i in by[0])
    assert 0 < spread <= about.wobble + 1e-7
    identity = success.place("id")
    assert identity
    assert all(
        len(value) == 32 and set(value) <= set("0123456789abcdef")
        for answer in answers
        for value in select(answer, identity.path)
    )
    assert about.sums
    for item in about.sums:
        places = [success.place(role, under="usage") for role in item["of"]]
        assert select(answers[0], tuple(item["path"])) == [
            sum(value for place in places if place for value in select(answers[0], place.path))
        ]


def test_busy_as_seen(client: httpx.Client) -> None:
    """Chaos answers in the shape that is seen, without a Retry-After that nobody saw."""
    with MockServer(CONTRACT, observed=True, chaos="busy") as mock:
        answers = [ask(client, mock) for _ in range(150)]
    busy = [answer for answer in answers if answer.status_code == 503]
    overloaded = next(item for item in seen(CONTRACT).states.values() if item.status == 503)
    assert 0 < len(busy) < 40
    assert all(answer.json() == overloaded.body and "retry-after" not in answer.headers for answer in busy)


@pytest.mark.parametrize("name", [name for name in names() if not (contracts_root() / name / FILE).is_file()])
def test_nothing_seen_is_said(name: str) -> None:
    """A vendor of whose answers nothing is known has no such mock."""
    with pytest.raises(ObservedError, match=name):
        MockServer(load(name), observed=True)


def test_unknown_state_is_refused() -> None:
    """A state that was not seen is refused with those that were."""
    with pytest.raises(ObservedError, match="overloaded"):
        MockServer(CONTRACT, observed=True, state="overlooked")


BAD = {
    "no answers": "wobble: 0.1",
    "an unknown refusal": "answers: [{name: x, when: {refusal: moon}, status: 400, grade: M, source: s}]",
    "a grade of its own": "answers: [{name: x, when: {refusal: path}, status: 404, grade: Z, source: s}]",
    "a schema that is none": "answers: [{name: x, when: {refusal: schema, body: {type: nonsense}}, status: 400, grade: M, source: s}]",
    "no YAML": "answers: [",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_bad_file_is_refused(tmp_path: Path, content: str) -> None:
    """What is wrong with a file is told in one line that names it."""
    shutil.copytree(contracts_root() / "siliconflow", tmp_path / "mine")
    (tmp_path / "mine" / FILE).write_text(content)
    mine: Contract = load(str(tmp_path / "mine"))
    with pytest.raises(ObservedError, match=r"mine/observed\.yaml") as caught:
        seen(mine)
    assert "\n" not in str(caught.value)
