"""Valid four-document requests a second: our mock beside Prism's silent static mock, interleaved.

Needs wrk (Debian: wrk) and Prism (npm: @stoplight/prism-cli); `--prism PATH` names its program.
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
from pathlib import Path

import httpx

from conformance.contract import load
from conformance.probes.kit import Kit
from conformance.probes.texts import DOCUMENTS

ROUNDS = 5
CONNECTIONS = 16


def main() -> int:
    """Print requests a second for each round, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prism", default="prism", help="Prism's program")
    parser.add_argument("--seconds", type=float, default=3, help="of each round")
    options = parser.parse_args()
    contract = load("siliconflow")
    kit = Kit(contract)
    body = json.dumps(kit.body(documents=list(DOCUMENTS[:4])))
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "contract.json")
        document.write_text(json.dumps(contract.document))
        script = Path(folder, "post.lua")
        script.write_text(
            f'wrk.method = "POST"\nwrk.body = {json.dumps(body)}\n'
            'wrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer mock-key"\n'
        )
        ours = subprocess.Popen(
            [sys.executable, "-m", "conformance", "mock", "--port", "4811"], stdout=subprocess.DEVNULL
        )
        prism = subprocess.Popen(
            [options.prism, "mock", "-h", "127.0.0.1", "-p", "4812", "--verboseLevel", "silent", str(document)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        urls = {"mock": "http://127.0.0.1:4811/v1/rerank", "prism": "http://127.0.0.1:4812/rerank"}
        try:
            for url in urls.values():
                ready(url, body)
            rates: dict[str, list[float]] = {name: [] for name in urls}
            for number in range(ROUNDS):
                for name, url in urls.items():
                    rates[name].append(load_of(url, script, options.seconds))
                print(
                    f"round {number + 1}: " + ", ".join(f"{name} {rates[name][-1]:,.0f}/s" for name in urls), flush=True
                )
        finally:
            for process in (ours, prism):
                process.terminate()
                process.wait()
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(
        f"median: mock {medians['mock']:,.0f}/s, prism {medians['prism']:,.0f}/s, ratio {medians['mock'] / medians['prism']:.2f}"
    )
    return 0


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


def load_of(url: str, script: Path, seconds: float) -> float:
    """Return the requests a second that wrk counted, none of them an error."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", out)[1])  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main())
