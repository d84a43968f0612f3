"""Prism, a mock server that others wrote, in a comparison. Infinity needs torch, gigabytes of it: `nox -s peers` runs both."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from conformance.contract import load
from tests.peers import example, prism

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rerank-conformance"


@pytest.mark.matrix
@pytest.mark.needs_npm
def test_prism_in_a_comparison(tmp_path: Path) -> None:
    """Prism keeps the clauses on requests and breaks those on results; what differs from the mock stands at the right use."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "prism.lock"):
        program = prism.install(CACHE / f"prism-{prism.VERSION}")
    with prism.prism(load("siliconflow"), program) as url:
        command = [
            sys.executable,
            "-m",
            "conformance",
            "compare",
            "mock",
            f"Prism={url}",
            "--timeout",
            "1",
            "--most-documents",
            "0",
            "--most-bytes",
            "0",
            "--max-requests",
            "170",
            "--out",
            str(tmp_path),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads((tmp_path / "compare.json").read_text())
    states = {
        line["requirement"]: [cell["state"] for cell in line["cells"]]
        for line in found["clauses"]["by_reference"]["rows"]
    }
    assert states["request.top_n.minimum"] == ["kept", "kept"]
    assert states["request.overlap_tokens.maximum"] == ["kept", "kept"]
    for clause in (
        "response.results.all",
        "response.results.limit",
        "response.results.items.index.range",
        "response.id.unique",
        "auth.wrong",
        "error.404.shape",
    ):
        assert states[clause] == ["kept", "broken"], clause


def test_the_kept_example_is_of_these_targets() -> None:
    """The report in the repository compares what `nox -s peers` starts, and its page names the command."""
    kept = (example.EXAMPLE / "compare.md").read_text(encoding="utf-8")
    assert re.findall(r"^## From (\w+) to (\w+)$", kept, re.MULTILINE) == [("mock", "Prism"), ("mock", "Infinity")]
    line = example.command_line(
        f"Prism=http://127.0.0.1:{example.PORTS[0]}@siliconflow",
        f"Infinity=http://127.0.0.1:{example.PORTS[1]}/v1@infinity",
        "DIR",
    )
    told = (example.EXAMPLE / "README.md").read_text(encoding="utf-8").replace("\\\n", " ").split()
    assert all(word in told for word in line if word not in {"--out", "DIR"})
