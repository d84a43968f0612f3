"""The client against servers that mean harm: each ends in time, in little memory, in an error of its own, and shows neither key nor escapes."""

import asyncio
import io
import json
import logging
import pickle
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import siliconflow_rerank as sdk

from tests.client.hostile import KEY, Mode, modes, spellings
from tests.memory import peak

MODES = {mode.name: mode for mode in modes()}
ASK: dict[str, Any] = {"model": "BAAI/bge-reranker-v2-m3", "query": "apple", "documents": ["apple", "pear"]}
TIMEOUT = 1.5
MOST = 300 << 20


@contextmanager
def serving(mode: Mode) -> Iterator[str]:
    """Serve a hostile mode, to as many connections as come."""
    data = mode.data() if callable(mode.data) else mode.data
    over = threading.Event()

    def serve(peer: socket.socket) -> None:
        with peer:
            try:
                peer.recv(65536)
                peer.sendall(data)
                for _ in range(mode.times if mode.drop or mode.pause > 1 else 0):
                    if over.wait(mode.pause):
                        return
                    peer.sendall(mode.drop)
                if mode.times and not mode.drop:
                    over.wait(3 * TIMEOUT)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while not over.is_set():
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(peer,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        over.set()


def call(url: str, way: str) -> Any:
    if way == "sync":
        with sdk.Client(api_key=KEY, base_url=url, timeout=TIMEOUT, retries=0) as client:
            return client.rerank(**ASK)

    async def go() -> Any:
        async with sdk.AsyncClient(api_key=KEY, base_url=url, timeout=TIMEOUT, retries=0) as client:
            return await client.rerank(**ASK)

    return asyncio.run(go())


def outcome(mode: Mode, way: str) -> dict[str, Any]:
    """Return what a mode comes to: the error's name, the seconds, and all that anybody may read of it."""
    told, log = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(log)
    logger = logging.getLogger("siliconflow_rerank")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    name, words = "", ""
    with serving(mode) as url:
        started, cpu = time.monotonic(), time.thread_time()
        try:
            call(url, way)
        except Exception as error:  # noqa: BLE001 - whatever comes is looked at
            name, words = type(error).__name__, str(error)
            told.write(f"{error!r} {vars(error)} {pickle.dumps(error)!r}")
            # This frame holds the server's words, and is not the client's.
            shown = traceback.TracebackException(
                type(error), error, error.__traceback__ and error.__traceback__.tb_next, capture_locals=True
            )
            told.write("".join(shown.format()))
            response = getattr(error, "response", None)
            if response is not None:
                told.write(
                    f"{response!r} {response.content!r} {response.content.decode('utf-8', 'replace')} {response.headers.raw} {response.request.headers.raw}"
                )
                with suppress(ValueError, RecursionError):
                    told.write(
                        f"{response.text} {response.next_request and response.next_request.headers.raw} {response.json()}"
                    )
        seconds, cpu = time.monotonic() - started, time.thread_time() - cpu
    logger.removeHandler(handler)
    return {
        "error": name,
        "seconds": seconds,
        "cpu": cpu,
        "words": words,
        "told": told.getvalue() + log.getvalue(),
        "log": log.getvalue(),
    }


def main() -> int:
    """Run all modes, a JSON object a line, under a ceiling on memory: `python -m tests.client.test_hostile sync`."""
    for mode in MODES.values():
        print(json.dumps({"mode": mode.name, **outcome(mode, sys.argv[1]), "memory": peak() * 1024}), flush=True)
    return 0


@pytest.fixture(scope="module", params=["async", pytest.param("sync", marks=pytest.mark.matrix)])
def outcomes(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """Return what all modes come to, in a process of their own whose memory is measured."""
    code = f"import sys; sys.path[:0] = {sys.path!r}; sys.argv = ['x', {request.param!r}]; from tests.client.test_hostile import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["mode"]: line for line in lines}


def test_there_are_many_modes() -> None:
    """The battery has at least 70 modes, of every kind."""
    assert len(MODES) >= 70
    assert {name.partition(":")[0] for name in MODES} == {
        "body",
        "encoding",
        "headers",
        "redirect",
        "framing",
        "timing",
        "escapes",
        "key",
    }


def test_each_ends_as_it_should(outcomes: dict[str, dict[str, Any]]) -> None:
    """Each mode ends in an error that the table names, or in an answer where it is one after all."""
    wrong = {name: found["error"] for name, found in outcomes.items() if found["error"] not in MODES[name].ends}
    assert outcomes.keys() == MODES.keys()
    assert wrong == {}


def test_each_ends_in_time(outcomes: dict[str, dict[str, Any]]) -> None:
    """Each mode ends within its timeout and what a busy machine takes, and is not worked at for long."""
    assert {name: found["seconds"] for name, found in outcomes.items() if found["seconds"] > TIMEOUT + 30} == {}
    assert {name: found["cpu"] for name, found in outcomes.items() if found["cpu"] > 2} == {}


def test_memory_stays_small(outcomes: dict[str, dict[str, Any]]) -> None:
    """The process never takes more than 300 MB, with the servers in it."""
    assert {name: found["memory"] for name, found in outcomes.items() if found["memory"] > MOST} == {}


def test_the_key_is_shown_nowhere(outcomes: dict[str, dict[str, Any]]) -> None:
    """The key, in none of its spellings, is in what an error, its response, its traceback with locals, its pickle or the log shows."""
    forms = [text for name, text in spellings() if not name.startswith("base64")] + ["canary", KEY[3:]]
    assert [
        (name, form) for name, found in outcomes.items() for form in forms if form.lower() in found["told"].lower()
    ] == []
    inner = [text[8:-8] for name, text in spellings() if name.startswith("base64")]
    assert [name for name, found in outcomes.items() for form in inner if form in found["told"]] == []


def test_no_terminal_obeys(outcomes: dict[str, dict[str, Any]]) -> None:
    """What an error says and the log holds is printable: no escape of a server reaches a terminal."""
    assert [name for name, found in outcomes.items() if not found["words"].isprintable()] == []
    assert [
        name for name, found in outcomes.items() if not all(line.isprintable() for line in found["log"].split("\n"))
    ] == []


def test_hostile_answers_are_not_waited_for_again() -> None:
    """An answer that trickles in is not asked for again: it would only trickle in again."""
    with (
        serving(MODES["timing: dripping body"]) as url,
        sdk.Client(api_key=KEY, base_url=url, timeout=0.5, retries=5) as client,
    ):
        started = time.monotonic()
        with pytest.raises(sdk.APITimeoutError):
            client.rerank(**ASK)
        assert time.monotonic() - started < 2.5


def test_ceiling_is_settable() -> None:
    """`max_response_bytes` lowers and raises the ceiling; an echo of what was sent is never too long."""
    from tests.client.hostile import answer

    body = json.dumps({"id": "x" * 5000, "results": []}).encode()
    with serving(Mode("", answer(body), ())) as url:
        with (
            sdk.Client(api_key=KEY, base_url=url, max_response_bytes=4000) as client,
            pytest.raises(sdk.ResponseShapeError, match="max_response_bytes"),
        ):
            client.rerank(**ASK)
        with sdk.Client(api_key=KEY, base_url=url) as client:
            assert client.with_options(max_response_bytes=6000).rerank(**ASK).id == "x" * 5000
    text = "\x01" * 1_000_000
    echo = json.dumps({"id": "x", "results": [{"index": 0, "relevance_score": 1, "document": {"text": text}}]}).encode()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(echo)))
    found = sdk.Client(api_key=KEY, transport=transport).rerank(**{**ASK, "documents": [text]}).results[0].document
    assert found is not None
    assert found.to_dict() == {"text": text}


if __name__ == "__main__":
    sys.exit(main())
