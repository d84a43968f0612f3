"""What the suite costs beside the wire: the same requests sent raw by httpx, and a run of Schemathesis.

The target is the mock in a process of its own; the runs take turns.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from conformance.contract import load
from conformance.running import End, Found, Ledger, Settings, Target, conduct, judged, plan

ROUNDS = 5


async def raw(url: str, requests: list[tuple[str, str, list[tuple[bytes, bytes]], bytes]]) -> None:
    """Send the requests as they are, as many at a time as the suite does."""
    queue = iter(requests)
    async with httpx.AsyncClient(timeout=30) as client:

        async def work() -> None:
            for method, path, headers, body in queue:
                await client.send(httpx.Request(method, url + path, headers=headers, content=body))

        await asyncio.gather(*(work() for _ in range(8)))


def main() -> int:
    """Print medians in seconds."""
    server = subprocess.Popen([sys.executable, "-m", "conformance", "mock"], stdout=subprocess.PIPE, text=True)
    try:
        measure(server)
    finally:
        server.terminate()
        server.wait()
    return 0


def measure(server: subprocess.Popen[str]) -> None:
    """Measure against a mock that says its address first."""
    contract = load("siliconflow")
    assert server.stdout  # noqa: S101
    url = server.stdout.readline().strip()
    time.sleep(0.5)
    target = Target("mock", url, contract, {str(contract.key_env): "mock-key"})
    the_plan = plan(target, Settings())
    wire = [
        (
            r.method,
            r.path,
            [(n.encode(), v.replace(f"${contract.key_env}", "mock-key").strip().encode()) for n, v in r.headers],
            r.body,
        )
        for r in the_plan.requests
    ]
    bare, whole, judging = [], [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        asyncio.run(raw(url, wire))
        bare.append(time.perf_counter() - started)
        started = time.perf_counter()
        run = conduct(target, Settings())
        whole.append(time.perf_counter() - started)
        fresh = plan(target, Settings())
        started = time.perf_counter()
        ledger = Ledger(fresh.kit)
        for exchange in run.exchanges.values():
            ledger.recall(exchange)
        judged(target, Settings(), fresh, ledger, Found(End.COMPLETE, run.duration_s), run.started)
        judging.append(time.perf_counter() - started)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "effective.yaml")
        document.write_text(
            subprocess.run(
                [sys.executable, "-m", "conformance", "contract"], capture_output=True, text=True, check=True
            ).stdout
        )
        started = time.perf_counter()
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                str(document),
                "--url",
                url,
                "-H",
                "Authorization: Bearer mock-key",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
        )
        other = time.perf_counter() - started
        cases = next((line.split()[0] for line in done.stdout.splitlines() if "generated" in line), "?")
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "conformance", "run", url, "--out", folder],
            check=True,
            capture_output=True,
            env={**os.environ},
        )
        command = time.perf_counter() - started
    count = len(wire)
    print(f"{count} requests raw by httpx: {statistics.median(bare):.2f} s")
    print(
        f"planned, sent and judged by the suite: {statistics.median(whole):.2f} s, of which judging {statistics.median(judging):.2f} s"
    )
    print(f"from command line to the last file of the report: {command:.2f} s")
    print(f"schemathesis run, stock checks: {cases} cases, {other:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
