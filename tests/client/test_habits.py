"""What people who come from other clients expect: None for what is absent, copies, raw answers, keys from functions, tests without a server."""

import asyncio
import copy
import json
import os
import pickle
import subprocess
import sys
import tomllib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import siliconflow_rerank as sdk
from siliconflow_rerank.testing import transport

from conformance.contract import clients
from scripts.regenerate import GENERATED, package_name
from tests.client.conftest import Scripted
from tests.client.package import imported
from tests.client.test_answers import body

KEY = "sk-canary-0123456789"
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear", "plum"]}
CAME: dict[str, Any] = {
    "id": "x",
    "results": [
        {"index": 0, "relevance_score": 1, "document": None, "odd": [1, {"a": None}]},
        {"index": 1, "relevance_score": 0.5, "document": {"text": "pear", "more": 1}},
    ],
    "meta": {"tokens": {"input_tokens": 7, "image_tokens": None}},
    "new": {"a": 1},
}


def client(came: Any = CAME, **headers: str) -> sdk.Client:
    return sdk.Client(
        api_key=KEY, transport=httpx.MockTransport(lambda _: httpx.Response(200, json=came, headers=headers))
    )


def test_absent_is_none_and_nothing_is_lost() -> None:
    """What is absent or null is None to a reader; the two can be told apart, and `to_dict` gives back what came."""
    answer = client(**{"x-siliconcloud-trace-id": "ti_1"}).rerank(**ASK)
    first, second = answer.results
    assert first.document is None
    assert second.document is not None
    assert answer.meta is not None
    assert answer.meta.billed_units is None
    assert answer.meta.tokens is not None
    assert answer.meta.tokens.image_tokens is None
    assert "document" in first
    assert "image_tokens" in answer.meta.tokens
    assert "output_tokens" not in answer.meta.tokens
    assert "billed_units" not in answer.meta
    assert (answer["new"], first["odd"], second.document["more"]) == ({"a": 1}, [1, {"a": None}], 1)
    with pytest.raises(KeyError):
        answer.meta["billed_units"]
    assert answer.to_dict() == CAME
    assert dict(answer) == CAME
    assert json.loads(json.dumps(answer.to_dict(trace_id=True))) == {**CAME, "trace_id": "ti_1"}
    assert answer.additional_properties == {"new": {"a": 1}}


def test_answers_are_copied_and_pickled() -> None:
    """An answer survives deepcopy and pickling, its trace id too; equality is that of what came."""
    answer = client(**{"x-siliconcloud-trace-id": "ti_1"}).rerank(**ASK)
    for other in (copy.deepcopy(answer), pickle.loads(pickle.dumps(answer))):  # noqa: S301 - our own
        assert other == answer
        assert other.to_dict() == CAME
        assert other.trace_id == "ti_1"
    assert client({**CAME, "new": 2}).rerank(**ASK) != answer


def test_options_and_copies(scripted: Callable[..., Scripted]) -> None:
    """A copy has other options and the same connections; the original stays as it is."""
    server = scripted((503, {}, b"{}"), body({"id": "x", "results": []}))
    with sdk.Client(api_key=KEY, base_url=server.url, retries=0) as one:
        other = one.with_options(retries=sdk.Retries(number=1, initial=0, ceiling=0), headers={"X-Own": "1"}, timeout=3)
        assert other.rerank(**ASK).id == "x"
        assert other.get_httpx_client() is one.get_httpx_client()
        assert one.copy(api_key="sk-another-0123456789").rerank(**ASK).id == "x"
        assert server.seen[0][0]["x-own"] == "1"
        assert server.seen[2][0]["authorization"] == "Bearer sk-another-0123456789"
        assert "x-own" not in server.seen[2][0]
        with pytest.raises(TypeError, match="proxi"):
            one.with_options(proxi="x")


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_raw_response(mode: str) -> None:
    """`with_raw_response` gives the answer as it came, and `parse()` what the plain call gives; a refusal is raised all the same."""
    answers = [httpx.Response(200, json=CAME, headers={"X-Remaining": "7"}), httpx.Response(429, json={})]
    mock = httpx.MockTransport(lambda _: answers.pop(0))
    if mode == "sync":
        one = sdk.Client(api_key=KEY, transport=mock, retries=0)
        raw = one.with_raw_response.rerank(**ASK)
        with pytest.raises(sdk.RateLimitError):
            one.with_raw_response.rerank(**ASK)
    else:

        async def go() -> Any:
            async with sdk.AsyncClient(api_key=KEY, transport=mock, retries=0) as two:
                found = await two.with_raw_response.rerank(**ASK)
                with pytest.raises(sdk.RateLimitError):
                    await two.with_raw_response.rerank(**ASK)
                return found

        raw = asyncio.run(go())
    assert (raw.status_code, raw.headers["x-remaining"], json.loads(raw.content)) == (200, "7", CAME)
    assert raw.parse().to_dict() == CAME


def test_key_from_a_function(scripted: Callable[..., Scripted]) -> None:
    """A function gives the key for each request, and what it gives is hidden as any key is."""
    keys = iter(["sk-first-0123456789", "sk-second-0123456789"])
    server = scripted(body({"id": "x", "results": []}), (401, {}, b'{"message": "sk-second-0123456789 is bad"}'))
    with sdk.Client(api_key=lambda: next(keys), base_url=server.url, retries=0) as one:
        one.rerank(**ASK)
        with pytest.raises(sdk.AuthenticationError, match=r"\[redacted\] is bad"):
            one.rerank(**ASK)
    assert [head["authorization"] for head, _ in server.seen] == [
        "Bearer sk-first-0123456789",
        "Bearer sk-second-0123456789",
    ]


def test_key_from_an_asynchronous_function() -> None:
    """What an asynchronous function gives is awaited for each request, within the deadline; a client that cannot await says so."""
    keys, seen, pause = iter(["sk-first-0123456789", "sk-second-0123456789", "", 7]), [], [0.0]

    async def key() -> Any:
        await asyncio.sleep(pause[0])
        return next(keys)

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json=CAME)

    async def go() -> None:
        mock = httpx.MockTransport(answer)
        async with sdk.AsyncClient(api_key=key, transport=mock, retries=sdk.Retries(deadline=5)) as one:
            await one.rerank(**ASK)
            await one.rerank_batched(**ASK, batch_size=3)
            with pytest.raises(sdk.MissingKeyError):
                await one.rerank(**ASK)
            with pytest.raises(TypeError, match="string"):
                await one.rerank(**ASK)
            with pytest.raises(sdk.MissingKeyError, match="failed with"):
                await one.rerank(**ASK)
            pause[0] = 60
            with pytest.raises(sdk.APITimeoutError, match="deadline"):
                await one.with_options(retries=sdk.Retries(deadline=0.05)).rerank(**ASK)

    asyncio.run(go())
    assert seen == ["Bearer sk-first-0123456789", "Bearer sk-second-0123456789"]
    with pytest.raises(TypeError, match="AsyncClient"):
        sdk.Client(api_key=key).rerank(**ASK)


def test_answers_are_fields_of_pydantic() -> None:
    """A model of pydantic has an answer as a field: it is checked, written as it came, and described as an object."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(dict[str, sdk.RerankResponse])
    answer = client().rerank(**ASK)
    for given in ({"a": answer}, {"a": CAME}):
        assert json.loads(adapter.dump_json(adapter.validate_python(given))) == {"a": CAME}
    assert adapter.validate_json(json.dumps({"a": CAME}))["a"] == answer
    assert adapter.json_schema()["additionalProperties"]["type"] == "object"
    with pytest.raises(ValidationError, match="results/0/index"):
        adapter.validate_python({"a": {"id": "x", "results": [{"index": "0", "relevance_score": 1}]}})


def test_base_url_from_the_environment(scripted: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch) -> None:
    """SILICONFLOW_BASE_URL is where the service is, unless a base URL is given."""
    server = scripted(body({"id": "x", "results": []}))
    monkeypatch.setenv("SILICONFLOW_BASE_URL", server.url)
    with sdk.Client(api_key=KEY) as one:
        assert one.rerank(**ASK).id == "x"
    assert "example" in repr(sdk.Client(api_key=KEY, base_url="https://api.example/v1"))


def test_user_agent_and_version(scripted: Callable[..., Scripted]) -> None:
    """The version is the package's, and stands in the User-Agent, unless a caller has one of their own."""
    server = scripted(body({"id": "x", "results": []}))
    project = tomllib.loads((GENERATED / "siliconflow_rerank" / "pyproject.toml").read_text())["project"]
    assert sdk.__version__ == project["version"]
    for headers, expected in (
        ({}, f"siliconflow-rerank/{sdk.__version__} httpx/{httpx.__version__}"),
        ({"user-agent": "mine"}, "mine"),
    ):
        with sdk.Client(api_key=KEY, base_url=server.url, headers=headers) as one:
            one.rerank(**ASK)
        assert server.seen[-1][0]["user-agent"] == expected


def test_names_at_the_top() -> None:
    """Models, UNSET and errors are at the top, under the package's own name; importing the package imports no model."""
    for name in sdk.__all__:
        found = getattr(sdk, name)
        if isinstance(found, type) and issubclass(found, sdk.RerankError):
            assert f"{found.__module__}.{found.__qualname__}" == f"siliconflow_rerank.{name}"
            assert pickle.loads(pickle.dumps(found("x"))).args == ("x",)  # noqa: S301 - our own
    assert set(sdk.__all__) <= set(dir(sdk))
    assert {"RerankResponse", "RerankResult", "UNSET", "RerankTextContentDict", "ModelName"} <= set(sdk.__all__)
    with pytest.raises(AttributeError):
        sdk.no_such_name  # noqa: B018
    code = "import sys, siliconflow_rerank; assert not [name for name in sys.modules if name.startswith(('siliconflow_rerank.models', 'attrs', 'tenacity'))]"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
        check=True,
    )


SAID = {
    "1 item": ({"documents": []}, "`documents` must have at least 1 item (given: [])"),
    "1 character": ({"query": ""}, "`query` must have at least 1 character (given: '')"),
    "a type": ({"top_n": "4"}, "`top_n` must be an integer (given: '4')"),
    "true or false": ({"return_documents": 1}, "`return_documents` must be true or false (given: 1)"),
    "a bound": ({"overlap_tokens": 81}, "`overlap_tokens` must be at most 80 (given: 81)"),
}


@pytest.mark.parametrize("name", SAID)
def test_messages_are_english(name: str) -> None:
    """What is wrong with a request is said in a sentence, singular and plural."""
    given, words = SAID[name]
    with pytest.raises(sdk.RequestValidationError) as caught:
        client().rerank(**{**ASK, **given})
    assert str(caught.value) == words


def test_status_is_told_once() -> None:
    """A message that begins with the status does not have it twice; `message` is the service's own words."""
    for text, words in (("404 page not found", "404 page not found"), ("no such model", "404: no such model")):
        mock = httpx.MockTransport(lambda _, text=text: httpx.Response(404, json={"message": text}))
        with pytest.raises(sdk.NotFoundError) as caught:
            sdk.Client(api_key=KEY, transport=mock).rerank(**ASK)
        assert str(caught.value).startswith(words)
        assert caught.value.message == text


@pytest.mark.parametrize("vendor", clients())
def test_script_without_a_server(vendor: str) -> None:
    """`testing.transport` answers from a script: scores in the order of documents, failures that are announced, for every client."""
    with imported(GENERATED, package_name(vendor)) as package:
        from importlib import import_module

        scripted = import_module(f"{package.__name__}.testing").transport(scores=[0.1, 0.9, 0.5])
        scripted.fail_next(429, retry_after=0)
        model = package._contract.MODELS[0]
        ask = {"model": model, "query": "q", "documents": ["a", "b", "c"]}
        one = package.Client(
            api_key="test", transport=scripted, retries=package.Retries(number=1, initial=0, ceiling=0)
        )
        assert [row.index for row in one.rerank(**ask, top_n=2).results] == [1, 2]
        assert [request["documents"] for request in scripted.requests] == [["a", "b", "c"]] * 2
        scripted.fail_next(400, message="no such thing")
        with pytest.raises(package.BadRequestError, match="no such thing"):
            one.rerank(**ask)
        scripted.fail_next(httpx.ConnectError("down"), times=2)
        with pytest.raises(package.APIConnectionError):
            one.rerank(**ask)
        scripted.scores = [0.9, 0.1]
        assert [row.index for row in one.rerank(**ask).results] == [0, 1, 2]

        async def go() -> Any:
            async with package.AsyncClient(api_key="test", transport=scripted) as two:
                return await two.rerank(**ask)

        assert len(asyncio.run(go()).results) == 3


def test_script_announces_a_wait() -> None:
    """A scripted 429 says how long to wait, as the service would."""
    scripted = transport()
    scripted.fail_next(429, retry_after=1)
    with pytest.raises(sdk.RateLimitError) as caught:
        sdk.Client(api_key="test", transport=scripted, retries=0).rerank(**ASK)
    assert caught.value.retry_after == 1


def test_the_mocks_fixture_takes_the_same_words() -> None:
    """The mock of the pytest plugin is scripted by the words of `testing.transport`."""
    from conformance.mock import MockServer
    from tests.contract.frozen import frozen

    with (
        MockServer(frozen("siliconflow")) as mock,
        sdk.Client(api_key=mock.key, base_url=mock.base_url, retries=0) as one,
    ):
        mock.script(scores=[0.1, 0.9, 0.5])
        assert [row.index for row in one.rerank(**ASK).results] == [1, 2, 0]
        mock.fail_next(429, retry_after=1)
        with pytest.raises(sdk.RateLimitError) as caught:
            one.rerank(**ASK)
        assert caught.value.retry_after == 1
        mock.script(scores=None)
        assert one.rerank(**ASK).results[0].index == 0
