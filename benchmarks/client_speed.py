"""The generated client beside what it is made of: reading, calling, importing. Ratios of medians, interleaved in one run.

`--wheel` measures the import from an installed wheel (bytecode cached), as a user has it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "generated"))


def interleaved(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Return the median of the rounds' times for each call, in seconds; the calls take turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for found, call in zip(times, calls, strict=True):
            started = time.perf_counter()
            call()
            found.append(time.perf_counter() - started)
    return [statistics.median(found) for found in times]


def reading() -> None:
    """Read 1,000 results with documents of 100 characters from bytes."""
    from siliconflow_rerank.models import RerankResponse

    results = [{"index": i, "document": {"text": f"{i:04d} " + "x" * 95}, "relevance_score": 1 - i / 1000.5} for i in range(1000)]
    data = json.dumps({"id": "x" * 32, "results": results, "meta": {"tokens": {"input_tokens": 9}}}).encode()
    plain, ours = interleaved(200, lambda: json.loads(data), lambda: RerankResponse.from_dict(json.loads(data)))
    print(f"read 1,000 results: json.loads {plain * 1e3:.2f} ms, models {ours * 1e3:.2f} ms, ratio {ours / plain:.2f}")


def calling() -> None:
    """Ask for four results, one connection each, with checks, retries and typed errors on."""
    import httpx
    from siliconflow_rerank import Client

    from conformance.contract import load

    contract = load("siliconflow")
    ask = {"model": contract.models[0], "query": "apple", "documents": ["apple", "banana", "fruit", "vegetable"]}
    command = [sys.executable, "-m", "conformance", "mock", "--port", "4813"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout  # noqa: S101
        url = server.stdout.readline().strip()
        time.sleep(0.5)
        headers = {"Authorization": "Bearer mock-key"}
        with httpx.Client(headers=headers) as bare, Client(api_key="mock-key", base_url=url) as client:
            plain, ours = interleaved(1500, lambda: bare.post(f"{url}/rerank", json=ask).json(), lambda: client.rerank(**ask))
        server.terminate()
    print(f"call for four results: httpx {plain * 1e6:.0f} us, client {ours * 1e6:.0f} us, ratio {ours / plain:.3f}")


def importing(rounds: int) -> None:
    """Import, ready to call, from an installed wheel, in a fresh process each time."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--compile", "--target", str(site)]
        subprocess.run([*pip, str(ROOT / "generated" / "siliconflow_rerank")], check=True)
        env = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}} | {"PYTHONPATH": str(site)}

        def run(code: str) -> Callable[[], object]:
            return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=env, cwd=folder)

        nothing, httpx, ours = interleaved(rounds, run("pass"), run("import httpx"), run("from siliconflow_rerank import Client"))
    print(f"import: httpx {(httpx - nothing) * 1e3:.0f} ms, client {(ours - nothing) * 1e3:.0f} ms over bare Python, ratio {(ours - nothing) / (httpx - nothing):.2f}")


def main() -> int:
    """Print the three ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of the import")
    options = parser.parse_args()
    reading()
    calling()
    importing(options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
