"""Valid four-document requests a second: our mock beside a bare ASGI application on the same server library, interleaved.

The bare one reads the body as JSON and sends one prepared answer. Needs wrk (Debian: wrk). With `--prism PATH` also
beside the silent static mock of Prism (npm: @stoplight/prism-cli), whose program that is.
Once with the same request each time, whose answer the mock remembers, and once with another question in each.
Bounded: five rounds of a few seconds each, on loopback.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from conformance.contract import load
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS

ROUNDS = 5
# Stands in a request where another question goes each time.
_MARK = "QUESTION"
_HEAD = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer mock-key"
"""
CONNECTIONS = 16
ANSWER = json.dumps(
    {
        "id": "0" * 32,
        "results": [{"index": number, "relevance_score": 0.5} for number in range(4)],
        "meta": {"tokens": {"input_tokens": 40, "output_tokens": 0}},
    }
).encode()


def main() -> int:
    """Start the servers, and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prism", help="Prism's program")
    parser.add_argument("--seconds", type=int, default=3, help="of each round")
    options = parser.parse_args()
    contract = load("siliconflow")
    kit = Kit(contract)
    body = json.dumps(kit.body(documents=list(DOCUMENTS[:4])))
    before, after = json.dumps(kit.body(query=_MARK, documents=list(DOCUMENTS[:4]))).split(_MARK)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "contract.json")
        document.write_text(json.dumps(contract.document))
        scripts = {"the same question": f"wrk.body = {json.dumps(body)}"}
        scripts["new questions"] = (
            "local asked = 0\nfunction request()\nasked = asked + 1\n"
            f"return wrk.format(nil, nil, nil, {json.dumps(before)} .. asked .. {json.dumps(after)})\nend"
        )
        uvicorn = "uvicorn --http httptools --ws none --lifespan off --no-access-log --no-server-header".split()
        served = {
            "mock": [sys.executable, "-m", "conformance", "mock", "--port", "4811"],
            "bare": [sys.executable, "-m", *uvicorn, "--port", "4813", "--app-dir", str(Path(__file__).parent), "mock_throughput:bare"],
        }  # fmt: skip
        urls = {"mock": "http://127.0.0.1:4811/v1/rerank", "bare": "http://127.0.0.1:4813/rerank"}
        if options.prism:
            served["prism"] = [options.prism, "mock", "-h", "127.0.0.1", "-p", "4812", "--verboseLevel", "silent", str(document)]  # fmt: skip
            urls["prism"] = "http://127.0.0.1:4812/rerank"
        processes = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for command in served.values()
        ]
        try:
            for url in urls.values():
                ready(url, body)
            for kind, asks in scripts.items():
                script = Path(folder, "post.lua")
                script.write_text(f"{_HEAD}{asks}\n")
                print(f"{kind}:")
                compare(urls, script, options.seconds)
        finally:
            for process in processes:
                process.terminate()
                process.wait()
    return 0


def compare(urls: Mapping[str, str], script: Path, seconds: int) -> None:
    """Load all servers in turns; print requests a second for each round, and the ratio of the medians."""
    rates: dict[str, list[float]] = {name: [] for name in urls}
    for number in range(ROUNDS):
        for name, url in urls.items():
            rates[name].append(load_of(url, script, seconds))
        print(f"round {number + 1}: " + ", ".join(f"{name} {rates[name][-1]:,.0f}/s" for name in urls), flush=True)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name in list(medians)[1:]:
        ratio = medians["mock"] / medians[name]
        print(f"median: mock {medians['mock']:,.0f}/s, {name} {medians[name]:,.0f}/s, ratio {ratio:.2f}")


async def bare(_scope: Any, receive: Any, send: Any) -> None:
    """Read a request as JSON, and send one answer: an ASGI application that does nothing else."""
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            break
    json.loads(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def ready(url: str, body: str) -> None:
    """Wait until a server answers the request with 200."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            answer = httpx.post(
                url, content=body, headers={"Content-Type": "application/json", "Authorization": "Bearer mock-key"}
            )
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        answer.raise_for_status()
        return
    raise TimeoutError(url)


def load_of(url: str, script: Path, seconds: int) -> float:
    """Return the requests a second that wrk counted, none of them an error."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", out)[1])  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main())
