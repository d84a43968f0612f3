"""The generated client beside what it is made of, and beside other vendors' clients: one run, the calls in turns.

Ratios of the least times, in CPU seconds where the clock tells them finely enough; on a busy machine the least is what was not disturbed.
`nox -s clients` brings cohere, voyageai and openai along; without them their rows are left out, and it says so.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generated")]
ASK = {"query": "apple", "documents": ["apple", "banana", "fruit", "vegetable"]}
_FINE = 1e-4


def clock() -> Callable[[], float]:
    """Return the clock of CPU time, or that of the wall where CPU time moves in steps too large to tell calls apart."""
    steps = []
    for _ in range(20):
        first = time.thread_time()
        while (now := time.thread_time()) == first:
            continue
        steps.append(now - first)
    return time.thread_time if max(steps) < _FINE else time.perf_counter


def interleaved(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Return the least of the rounds' times for each call, in seconds; the calls take turns."""
    now, times = clock(), [float("inf")] * len(calls)
    for _ in range(rounds):
        for i, call in enumerate(calls):
            started = now()
            call()
            times[i] = min(times[i], now() - started)
    return times


def row(what: str, beside: str, goal: str, ratio: float, detail: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {beside} | {ratio:.2f} | {goal} | {detail} |", flush=True)


def reading() -> None:
    """Read 1,000 results with documents of 100 characters from bytes, checked beside the request; and what they weigh."""
    from siliconflow_rerank import Client
    from siliconflow_rerank.models import RerankResponse

    results = [
        {"index": i, "document": {"text": f"{i:04d} " + "x" * 95}, "relevance_score": 1 - i / 1000.5}
        for i in range(1000)
    ]
    data = json.dumps({"id": "x" * 32, "results": results, "meta": {"tokens": {"input_tokens": 9}}}).encode()
    check = Client(api_key="mock-key").settings._beside.check  # noqa: SLF001

    def ours() -> None:
        body = json.loads(data)
        RerankResponse.from_dict(body)
        check(body, 1000, None)

    plain, read = interleaved(300, lambda: json.loads(data), ours)
    row(
        "read 1,000 results of 100 characters from bytes, beside the request",
        "`json.loads`",
        "≤ 2",
        read / plain,
        f"{plain * 1e3:.2f} and {read * 1e3:.2f} ms",
    )
    tracemalloc.start()
    kept = RerankResponse.from_dict(json.loads(data))
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] / 1024
    tracemalloc.stop()
    row(
        "what they weigh, texts included",
        "450 KiB",
        "≤ 1",
        size / 450,
        f"{size:.0f} KiB for {len(kept.results)} results",
    )


def preparing() -> None:
    """Gather, check and encode 1,000 documents of 100 characters, as strings and as objects."""
    from siliconflow_rerank import Client

    client = Client(api_key="mock-key")
    texts = [f"{i:04d} " + "x" * 95 for i in range(1000)]
    for name, documents in (("texts", texts), ("objects", [{"text": text} for text in texts])):
        ask = {"model": client.contract.MODELS[0], "query": "apple", "documents": documents}
        plain, ours = interleaved(
            300,
            lambda ask=ask: json.dumps(ask),
            lambda ask=ask: client.settings.prepare(client._body(ask, None)),  # noqa: SLF001
        )
        row(
            f"prepare and check 1,000 documents, {name}",
            "`json.dumps`",
            "≤ 4",
            ours / plain,
            f"{plain * 1e6:.0f} and {ours * 1e6:.0f} µs",
        )


def others(url: str) -> dict[str, Callable[[], object]]:
    """Return a call of each other client that is installed."""
    found: dict[str, Callable[[], object]] = {}
    if find_spec("cohere"):
        import cohere

        client = cohere.ClientV2(api_key="mock-key", base_url=url)
        found["cohere"] = lambda: client.rerank(model="m", **ASK)
    if find_spec("voyageai"):
        import voyageai

        voyage: Any = voyageai.Client(api_key="mock-key", base_url=url)  # type: ignore[call-arg]
        found["voyageai"] = lambda: voyage.rerank(model="m", **ASK)
    if find_spec("openai"):
        import openai

        general = openai.OpenAI(api_key="mock-key", base_url=url)
        found["openai"] = lambda: general.post("/rerank", body={"model": "m", **ASK}, cast_to=object)
    return found


SERVER = """
import socket
body = {body!r}
answer = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
import threading
def serve(peer):
    data = b""
    while True:
        while b"\\r\\n\\r\\n" not in data:
            part = peer.recv(65536)
            if not part:
                return
            data += part
        head, _, data = data.partition(b"\\r\\n\\r\\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\\r\\n") if line.lower().startswith(b"content-length")), 0)
        while len(data) < length:
            data += peer.recv(65536)
        data = data[length:]
        peer.sendall(answer)
while True:
    peer, _ = listener.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
"""


def calling(rounds: int) -> None:
    """Ask for four results, one connection each, with checks, retries and typed errors on; one canned answer that all clients can read."""
    import httpx
    from siliconflow_rerank import Client

    rows = [{"index": i, "relevance_score": 0.9 - i / 10} for i in range(4)]
    body = {
        "id": "x",
        "results": rows,
        "data": rows,
        "model": "m",
        "usage": {"total_tokens": 9},
        "meta": {"tokens": {"input_tokens": 9}},
        "object": "list",
    }
    with subprocess.Popen(
        [sys.executable, "-c", SERVER.format(body=json.dumps(body).encode())], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout  # noqa: S101
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        ask = {"model": "m", **ASK}
        with (
            httpx.Client(headers={"Authorization": "Bearer mock-key"}) as bare,
            Client(api_key="mock-key", base_url=url) as client,
        ):
            calls = {
                "httpx": lambda: bare.post(f"{url}/rerank", json=ask).json(),
                "client": lambda: client.rerank(**ask),
                **others(url),
            }
            for call in calls.values():
                call()
            times = dict(zip(calls, interleaved(rounds, *calls.values()), strict=True))
        server.terminate()
    for name, taken in times.items():
        if name != "httpx":
            what, goal = ("a call for four results", "≤ 1.15") if name == "client" else (f"the same by {name}", "–")
            row(
                what,
                "one reused `httpx.Client` and `.json()`",
                goal,
                taken / times["httpx"],
                f"{times['httpx'] * 1e6:.0f} and {taken * 1e6:.0f} µs",
            )
    missing = {"cohere", "voyageai", "openai"} - times.keys()
    if missing:
        print(f"Not installed, not measured: {', '.join(sorted(missing))}.", file=sys.stderr)


def importing(rounds: int) -> None:
    """Import, ready to call, from an installed wheel, in a fresh process each time."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "--compile",
            "--target",
            str(site),
        ]
        subprocess.run([*pip, str(ROOT / "generated" / "siliconflow_rerank")], check=True)
        env = {
            key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
        } | {"PYTHONPATH": str(site)}

        def cpu(code: str) -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=folder)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        codes = {"": "pass", "httpx": "import httpx", "client": "from siliconflow_rerank import Client"}
        ready = {
            "cohere": "from cohere import ClientV2",
            "voyageai": "from voyageai import Client",
            "openai": "from openai import OpenAI",
        }
        codes |= {name: code for name, code in ready.items() if find_spec(name)}
        times = dict.fromkeys(codes, float("inf"))
        for _ in range(rounds):
            for name, code in codes.items():
                times[name] = min(times[name], cpu(code))
    for name in list(codes)[2:]:
        what, goal = (
            ("`from siliconflow_rerank import Client`, from the installed wheel", "≤ 1.15")
            if name == "client"
            else (f"`{codes[name]}`", "–")
        )
        bare, taken = times["httpx"] - times[""], times[name] - times[""]
        row(what, "`import httpx`", goal, taken / bare, f"{bare * 1e3:.0f} and {taken * 1e3:.0f} ms over bare Python")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of the import")
    parser.add_argument("--calls", type=int, default=1500, help="of each client")
    options = parser.parse_args()
    print("| what | beside | ratio | goal | times |\n|---|---|---|---|---|")
    reading()
    preparing()
    calling(options.calls)
    importing(options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
