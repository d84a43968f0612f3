"""The pytest plugin in somebody else's suite."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import pytest

from conformance.contract import load, validator
from conformance.contract.contract import Contract
from conformance.mock import MockServer
from conformance.mock.script import ScriptError
from conformance.probes.kit import Kit
from tests.command import Command, completed
from tests.contract.frozen import frozen


def suite(folder: Path, text: str, *arguments: str, conftest: str = "", afresh: bool = False) -> CompletedProcess[str]:
    """Run a suite in a folder of its own, with the plugin as it is installed; `afresh` in a Python that has imported nothing."""
    (folder / "test_mine.py").write_text(textwrap.dedent(text))
    (folder / "conftest.py").write_text(textwrap.dedent(conftest))
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--strict-markers", "-W", "error", *arguments)
    if not afresh:
        forked = ("-W", "ignore:Module already imported so cannot be rewritten")
        return completed(Command((*quiet, *forked), folder, env, "pytest"))
    command = [sys.executable, "-m", "pytest", *quiet]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)


def post(mock: MockServer, texts: int = 3) -> httpx.Response:
    kit = Kit(mock.contract)
    body = kit.body(documents=kit.documents(kit.primary, [f"text {number}" for number in range(texts)]))
    request = kit.request(body)
    headers = [(name, value.replace(f"${mock.contract.key_env}", mock.key)) for name, value in request.headers]
    return httpx.request(request.method, mock.base_url + request.path, content=request.body, headers=headers)


def scores(contract: Contract, answer: httpx.Response) -> dict[int, float]:
    """Return the score of each index, in the order of the answer."""
    places = {role: contract.success.place(role) for role in ("results", "index", "score")}
    rows = answer.json()
    for name in places["results"].path:
        rows = rows[name]
    return {row[places["index"].path[-1]]: row[places["score"].path[-1]] for row in rows}


def test_a_suite_with_a_target_of_its_own(tmp_path: Path) -> None:
    """A suite whose own options are --target, --contract and --deviations runs as if the plugin were not there."""
    own = """
        def pytest_addoption(parser):
            for name in ("--target", "--contract", "--api-key-env", "--deviations", "--fuzz-examples"):
                parser.addoption(name, default="mine")
    """
    test = """
        def test_own_options(request):
            assert request.config.getoption("--target") == "yours"
            assert request.config.getoption("--contract") == "mine"
    """
    done = suite(tmp_path, test, "--target", "yours", conftest=own)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_heavy_before_it_is_used(tmp_path: Path) -> None:
    """A suite that does not ask for the mock loads no module of the suite but the plugin, and none of its libraries."""
    test = """
        import sys

        def test_light():
            assert {name for name in sys.modules if name.startswith("conformance.")} == {"conformance.plugin"}
            assert not {"httpx", "uvicorn", "jinja2", "sqlalchemy", "jsonschema_rs", "ruamel.yaml"} & sys.modules.keys()
    """
    done = suite(tmp_path, test, afresh=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_fixture(tmp_path: Path) -> None:
    """`rerank_mock` is there without -p; the marker chooses contract, key and scores; each test begins afresh."""
    test = """
        import httpx
        import pytest

        def ask(mock, **more):
            body = {"model": mock.contract.models[0], "query": "q", "documents": ["a", "b"], **more}
            return httpx.post(mock.base_url + mock.contract.path, json=body, headers={"Authorization": f"Bearer {mock.key}"})

        def test_scripted(rerank_mock):
            rerank_mock.script(scores=[0.1, 0.9])
            rerank_mock.fail_next(429, retry_after=2)
            refused, taken = ask(rerank_mock), ask(rerank_mock)
            assert (refused.status_code, refused.headers["retry-after"], taken.status_code) == (429, "2", 200)
            assert [row["index"] for row in taken.json()["results"]] == [1, 0]
            assert [body["query"] for body in rerank_mock.requests] == ["q", "q"]

        def test_afresh(rerank_mock):
            assert rerank_mock.requests == []
            assert ask(rerank_mock).json()["results"][0]["relevance_score"] != 0.9

        @pytest.mark.rerank_mock(contract="woagent", key="own-key", scores=[0.25, 0.75])
        def test_chosen(rerank_mock):
            assert (rerank_mock.contract.name, rerank_mock.key) == ("woagent", "own-key")
            assert [row["index"] for row in ask(rerank_mock).json()["results"]] == [1, 0]

        @pytest.mark.rerank_mock(contract="nobody")
        def test_unknown(rerank_mock):
            raise AssertionError

        @pytest.mark.rerank_mock("woagent")
        def test_without_a_name(rerank_mock):
            raise AssertionError
    """
    done = suite(tmp_path, test)
    assert "3 passed, 2 errors" in done.stdout, done.stdout + done.stderr
    assert "siliconflow" in done.stdout
    assert "each by name" in done.stdout
    assert "raise AssertionError" not in done.stdout


def test_the_option_chooses_the_contract(tmp_path: Path) -> None:
    """--rerank-contract is the contract of the fixture too."""
    done = suite(
        tmp_path,
        "def test_it(rerank_mock):\n    assert rerank_mock.contract.name == 'woagent'\n",
        "--rerank-contract",
        "woagent",
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["siliconflow", "woagent", "cohere", "jina", "voyage", "infinity"])
def test_a_script_keeps_the_contract(name: str) -> None:
    """Of every shipped contract: scripted scores come back sorted, and a scripted failure has the shape of its status."""
    contract = load(name)
    given = (0.25, 1.0, 0.5)
    with MockServer(contract) as mock:
        mock.script(scores=given)
        assert scores(contract, post(mock)) == {index: pytest.approx(given[index]) for index in (1, 2, 0)}
        mock.script(scores=None)
        assert scores(contract, post(mock)) != pytest.approx(dict(enumerate(given)))
        documented = [int(status) for status in contract.answers if status.isdigit() and int(status) >= 400]
        for status in [*documented, 503]:
            mock.fail_next(status, retry_after=0.5, times=2)
            for _ in range(2):
                answer = post(mock)
                assert (answer.status_code, answer.headers["retry-after"]) == (status, "0.5")
                for schema in contract.answer(status).media.values() if contract.answer(status) else ():
                    assert validator(schema).is_valid(
                        answer.json() if "json" in answer.headers["content-type"] else answer.text
                    )
            assert post(mock).status_code < 300


def test_a_script_goes_with_a_fault() -> None:
    """A mock with a fault in one answer of two takes a script too: failures come in the order in which they were asked for."""
    contract = frozen("siliconflow")
    with MockServer(contract, fault="unsorted", every=2) as mock:
        mock.fail_next(503)
        mock.fail_next(401)
        assert [post(mock).status_code for _ in range(3)] == [503, 401, 200]


@pytest.mark.parametrize(
    "bad", [{"scores": [float("nan")]}, {"scores": [1.5]}, {"scores": ["high"]}, {"scores": [True]}]
)
def test_scores_that_are_none(bad: dict[str, list[float]]) -> None:
    """A score that is no number from 0 to 1 is refused where it is given."""
    with MockServer(load("siliconflow")) as mock, pytest.raises(ScriptError, match="from 0 to 1"):
        mock.script(**bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"status": 200},
        {"status": 600},
        {"status": 503, "times": 0},
        {"status": 503, "retry_after": -1},
        {"status": 503, "retry_after": float("inf")},
    ],
)
def test_failures_that_are_none(bad: dict[str, float]) -> None:
    """A failure that no server can answer with is refused where it is given."""
    with MockServer(load("siliconflow")) as mock, pytest.raises(ScriptError):
        mock.fail_next(**bad)
