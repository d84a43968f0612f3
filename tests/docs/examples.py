"""The examples of a page, as one script that runs them in order and compares what they print.

Blocks of `sh` and `python` run in one shell and one folder; a Python block with a title is only written to that file.
A `text` block after one is what it prints: `…` stands for anything, and lines may be left out.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PORT = "8080"
_MARK = "@@@ block "
_NOT_RUN = "<!-- not run"
_WAIT = f"\nuntil (exec 3<>/dev/tcp/127.0.0.1/{_PORT}) 2>/dev/null; do sleep 0.1; done"
_LONGEST_S = 120


@frozen
class Example:
    """One block of code: its language, the file that it becomes, its text, and the lines that it prints."""

    language: str
    title: str
    code: str
    printed: tuple[str, ...] = ()


def examples(text: str) -> list[Example]:
    """Return the examples of a page in Markdown, or of a part of one."""
    found: list[Example] = []
    for match in _BLOCK.finditer(text):
        language, title, code = match[1], match[2] or "", match[3]
        if text[: match.start()].rstrip().rpartition("\n")[2].startswith(_NOT_RUN):
            continue
        if language == "text" and found and not found[-1].printed:
            last = found.pop()
            found.append(Example(last.language, last.title, last.code, tuple(code.splitlines())))
        elif language in {"sh", "python", "toml", "yaml"} and (language in {"sh", "python"} or title):
            found.append(Example(language, title, code))
    return found


def section(text: str, heading: str) -> str:
    """Return the part of a page under a heading of the second level; raises ValueError without it."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    for part in parts[1:]:
        if part.startswith(f"{heading}\n"):
            return part
    raise ValueError(f"There is no section {heading!r}.")


def run(found: list[Example], folder: Path, before: str = "", env: dict[str, str] | None = None) -> list[str]:
    """Run examples in a folder; return a line for each thing that is not as the page says."""
    lines = ["set -eo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", before]
    for number, one in enumerate(found):
        lines.append(f"echo '{_MARK}{number}'")
        if one.language == "sh":
            lines.append(re.sub(rf"( --port {_PORT}\b.*&)$", rf"\1{_WAIT}", one.code, flags=re.MULTILINE))
            continue
        name = one.title or f"example_{number}.py"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        lines.append(f"cat > {name} <<'END_OF_EXAMPLE'\n{one.code}END_OF_EXAMPLE")
        if not one.title:
            lines.append(f"python {name}")
    port = str(_free_port())
    script = re.sub(rf"\b{_PORT}\b", port, "\n".join(lines))
    with subprocess.Popen(
        [shutil.which("bash") or "bash", "-c", script],
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=_LONGEST_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return [f"took longer than {_LONGEST_S} s"]
    pieces = re.split(rf"^{_MARK}\d+\n", output, flags=re.MULTILINE)[1:]
    problems = []
    if process.returncode:
        problems.append(f"exit status {process.returncode}: {output[-1500:]}")
    for one, piece in zip(found, pieces, strict=False):
        problems += [
            f"never printed: {line}\n{piece[-1500:]}"
            for line in _missing([line.replace(_PORT, port) for line in one.printed], piece)
        ]
    return problems


def _missing(expected: list[str], output: str) -> list[str]:
    """Return the expected lines that are not in an output, in their order."""
    waiting = [line for line in expected if line.strip() not in {"", "…"}]
    for line in output.splitlines():
        if waiting and re.fullmatch(".*".join(map(re.escape, waiting[0].rstrip().split("…"))), line.rstrip()):
            waiting.pop(0)
    return waiting


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
