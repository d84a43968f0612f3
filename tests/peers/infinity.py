"""Infinity (`infinity-emb`, PyPI), a real rerank server, with a model made on the spot."""

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from conformance.contract import operation
from tests.peers.process import ROOT, free_port, run, serving

HERE = Path(__file__).resolve().parent
HOME = ROOT / ".peers" / "infinity"
REQUIREMENTS = HERE / "infinity-requirements.txt"
MODEL = "tiny-random-cross-encoder"
KEY = "mock-key"
PREFIX = "/v1"
# One thread: several that wait for each other on a busy machine take fifteen times as long for so small a model.
_QUIET = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


def install(home: Path = HOME) -> Path:
    """Return the folder of a virtual environment's programs with Infinity in it, made if it is not there; raises PeerError.

    A made one takes minutes and gigabytes, most of them torch's. Its own
    versions of libraries do not go together with this project's.
    """
    programs = home / "bin"
    if not (programs / "infinity_emb").is_file():
        python = next((found for name in ("python3.11", "python3.12") if (found := shutil.which(name))), sys.executable)
        run("Infinity", [python, "-m", "venv", home])
        run("Infinity", [programs / "python", "-m", "pip", "install", "-q", "-r", REQUIREMENTS])
    return programs


@contextlib.contextmanager
def infinity(programs: Path, port: int | None = None) -> Iterator[str]:
    """Serve a tiny random cross-encoder until the block ends; yields the base URL, prefix included. Raises PeerError."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        run("Infinity", [programs / "python", HERE / "tiny_model.py", folder], env=_QUIET)
        command = [
            str(programs / "infinity_emb"), "v2", "--model-id", folder, "--served-model-name", MODEL, "--engine", "torch", "--device", "cpu", "--dtype", "float32",
            "--no-bettertransformer", "--no-model-warmup", "--host", "127.0.0.1", "--port", str(port), "--url-prefix", PREFIX,
        ]  # fmt: skip
        # The key goes by the environment: a command line can be read by anybody on the machine.
        with serving(
            "Infinity",
            command,
            f"http://127.0.0.1:{port}/health",
            env={**_QUIET, "INFINITY_API_KEY": KEY},
            patience=180,
        ):
            yield f"http://127.0.0.1:{port}{PREFIX}"


def described(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document of a running server as a contract takes it in: its paths without the prefix, and only what ranking reaches."""
    import httpx

    answer = httpx.get(f"{base_url}/openapi.json", trust_env=False).raise_for_status()
    document: dict[str, Any] = json.loads(answer.content)
    document["paths"] = {path.removeprefix(PREFIX): item for path, item in document["paths"].items()}
    return operation.reduce(document, operation.choose(document)).document
