"""What the mock keeps, seen from outside; names and bounds are read from the contract."""

import json
import socket
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest

from conformance.contract import Contract, load, names, select
from conformance.exchange.environment import MOCK_KEY
from conformance.mock import MockServer
from conformance.mock.server import UnknownFaultError

TEXTS = ["Paris is the capital of France.", "Bread is baked in an oven.", "Berlin is a city."]
QUERY = "What is the capital of France?"


@pytest.fixture(scope="module", params=names())
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Contract, MockServer]]:
    contract = load(request.param)
    with MockServer(contract) as mock:
        yield contract, mock


def body(contract: Contract, **roles: Any) -> dict[str, Any]:
    values = {**({"model": contract.models[0]} if contract.models else {}), "query": QUERY, "documents": TEXTS, **roles}
    fields = {role: contract.request_field(role) for role in values}
    return {field.name: values[role] for role, field in fields.items() if field}


def ask(
    contract: Contract, mock: MockServer, content: Any, key: str | None = MOCK_KEY, **options: Any
) -> httpx.Response:
    headers = {
        "Content-Type": "application/json",
        **({"Authorization": f"Bearer {key}"} if key else {}),
        **options.pop("headers", {}),
    }
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    method = options.pop("method", "POST")
    return httpx.request(method, mock.base_url + options.pop("path", contract.path), content=data, headers=headers)


def of(contract: Contract, role: str, answer: Any) -> list[Any]:
    """Return the values of a role in an answer; of `text`, those below the echo."""
    place = contract.success.place(role, under="echo" if role == "text" else None)
    assert place is not None
    return select(answer, place.path)


def test_relevant_comes_first(server: tuple[Contract, MockServer]) -> None:
    """The relevant document comes first, in English and in Chinese, whatever its place in the list."""
    contract, mock = server
    for query, relevant, other in (
        (QUERY, TEXTS[0], TEXTS[1]),
        ("法国的首都是哪里？", "巴黎是法国的首都。", "面包要在烤箱里烤熟。"),
    ):
        for documents in ([relevant, other], [other, relevant]):
            answer = ask(contract, mock, body(contract, query=query, documents=documents)).json()
            assert of(contract, "index", answer)[0] == documents.index(relevant)


def test_limit_and_echo(server: tuple[Contract, MockServer]) -> None:
    """The limit keeps the best, and documents come back to the letter, only when asked for."""
    contract, mock = server
    odd = ["  <b>é\u0301</b>\x00 ", "b"]
    answer = ask(contract, mock, body(contract, documents=odd, limit=1, echo_switch=True)).json()
    (index,) = of(contract, "index", answer)
    if contract.request_field("echo_switch") is None:
        assert contract.success.place("echo") is None
        return
    (echo,) = of(contract, "echo", answer)
    assert (echo if isinstance(echo, str) else of(contract, "text", answer)[0]) == odd[index]
    silent = ask(contract, mock, body(contract, echo_switch=False)).json()
    assert [document for document in of(contract, "echo", silent) if document is not None] == []


def test_credentials_come_first(server: tuple[Contract, MockServer]) -> None:
    """Without the exact key the answer is 401, also to a body that is no JSON."""
    contract, mock = server
    assert ask(contract, mock, b"{", key=None).status_code == 401
    assert ask(contract, mock, body(contract), key=MOCK_KEY[:-1]).status_code == 401
    assert ask(contract, mock, body(contract), headers={"Authorization": f"Basic {MOCK_KEY}"}).status_code == 401


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_malformed_bodies_are_refused(server: tuple[Contract, MockServer], content: bytes) -> None:
    """Whatever is no JSON object is refused with the status for a bad request, never with a server error."""
    contract, mock = server
    assert ask(contract, mock, content).status_code == (contract.refusal or 400)


def test_errors_have_the_contracts_shape(server: tuple[Contract, MockServer]) -> None:
    """Each error that can be provoked keeps the schema that the contract gives for its status."""
    contract, mock = server
    answers = [
        ask(contract, mock, {}),
        ask(contract, mock, body(contract, model="no-such-model" if contract.models else 7)),
        ask(contract, mock, body(contract), key="wrong"),
        ask(contract, mock, body(contract), path="/nowhere"),
        ask(contract, mock, body(contract), method="PUT"),
        ask(contract, mock, body(contract), headers={"Content-Type": "text/plain"}),
    ]
    bad = contract.refusal or 400
    assert [answer.status_code for answer in answers] == [bad, bad, 401, 404, 405, 415]
    from conformance.contract import validator

    for answer in answers:
        documented = contract.answer(answer.status_code)
        for schema in documented.media.values() if documented else ():
            assert validator(schema).is_valid(answer.json())


def test_follows_a_changed_contract() -> None:
    """A bound, a renamed field, a renamed list and another path in the document change the mock with no line of code."""
    contract = load("siliconflow")
    document = deepcopy(dict(contract.document))
    text = json.dumps(document, ensure_ascii=False)
    overlap, limit, results = (
        contract.request_field("chunk_overlap"),
        contract.request_field("limit"),
        contract.success.place("results"),
    )
    assert overlap
    assert limit
    assert results
    text = (
        text.replace(f'"{limit.name}"', '"top_k"')
        .replace(f'"{results.path[0]}"', '"data"')
        .replace(f'"{contract.path}"', '"/v9/order"')
    )
    changed = json.loads(text)
    for schema in changed["components"]["schemas"].values():
        if overlap.name in schema.get("properties", {}):
            schema["properties"][overlap.name]["maximum"] = 64
    other = Contract("changed", changed, changed, contract.source)
    with MockServer(other) as mock:
        good = ask(other, mock, {**body(other), "top_k": 1, overlap.name: 64})
        assert len(good.json()["data"]) == 1
        assert ask(other, mock, {**body(other), overlap.name: 65}).status_code == 400


def by_index(contract: Contract, answer: Any) -> dict[int, float]:
    return dict(zip(of(contract, "index", answer), of(contract, "score", answer), strict=True))


def test_the_same_request_is_worked_out_once() -> None:
    """A request that comes again gets the answer of before but for its ids; what a test tells the mock meanwhile is followed."""
    contract = load("siliconflow")
    with MockServer(contract) as mock:
        first, again = (ask(contract, mock, body(contract)) for _ in range(2))
        ((one, before), (other, after)) = ((of(contract, "id", came.json()), came.json()) for came in (first, again))
        assert one != other
        assert {**before, "id": ""} == {**after, "id": ""}
        mock.script(scores=(0.1, 0.2, 0.3))
        assert of(contract, "score", ask(contract, mock, body(contract)).json()) == [0.3, 0.2, 0.1]
        mock.script(scores=None)
        mock.fail_next(429)
        assert ask(contract, mock, body(contract)).status_code == 429
        assert ask(contract, mock, body(contract)).json() | {"id": ""} == before | {"id": ""}


def test_answer_is_found_wherever_it_stands_in_a_long_document() -> None:
    """A long document scores as its best chunk, and the chunk limit cuts off what comes after."""
    contract = load("siliconflow")
    filler = "the weather report was read aloud again and again. " * 400
    documents = [filler, TEXTS[0] + filler, filler + TEXTS[0] + filler, filler + TEXTS[0]]
    with MockServer(contract) as mock:
        scores = by_index(contract, ask(contract, mock, body(contract, documents=documents)).json())
        assert all(scores[i] > scores[0] + 0.2 for i in (1, 2, 3))
        cut = by_index(contract, ask(contract, mock, body(contract, documents=documents, chunk_limit=1)).json())
        assert cut[1] > cut[0] + 0.2
        assert cut[3] < scores[3] - 0.2


def test_port_is_free_afterwards() -> None:
    """The context manager starts at once, stops clean, and leaves the port free."""
    with MockServer(load("siliconflow")) as mock:
        port = mock.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is that of the contract's environment variable where it is set."""
    contract = load("woagent")
    monkeypatch.setenv(str(contract.key_env), "from-the-environment")
    with MockServer(contract) as mock:
        assert mock.key == "from-the-environment"
        assert ask(contract, mock, body(contract), key=mock.key).status_code == 200


def test_faults_are_switched_on_together() -> None:
    """A server may be wrong in several ways at once: each is seen, in one answer of N; an unknown one is named."""
    contract = load("siliconflow")
    body = {"model": contract.models[0], "query": "apple", "documents": ["bicycle", "apple pie", "apple"]}
    with MockServer(contract, fault=["ascending", "optional.query"], every=2) as mock:
        url, headers = mock.base_url + contract.path, {"Authorization": f"Bearer {mock.key}"}
        right, wrong = (httpx.post(url, json=body, headers=headers).json()["results"] for _ in range(2))
        assert [one["index"] for one in wrong] == [one["index"] for one in right][::-1]
        del body["query"]
        assert [httpx.post(url, json=body, headers=headers).status_code for _ in range(2)] == [400, 200]
    with pytest.raises(UnknownFaultError, match="ascendin"):
        MockServer(contract, fault=["ascending", "ascendin"])
