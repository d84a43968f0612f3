"""Folders of others in a comparison: their answers are data; what they name is neither read nor asked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command import call
from tests.recording.services import Service

SECRET = "Tq7WzP4mK9rX2vB6nC3yH8"  # noqa: S105 - nobody's
SMALL = ("--max-requests", "25", "--most-documents", "0", "--most-bytes", "0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a run of some twenty exchanges."""
    place = tmp_path / "elsewhere"
    done = call("run", "mock", "--select", "auth.*", "--no-store", "--out", str(place))
    assert done.returncode == 0, done.stderr
    return place


def headers(folder: Path, url: str) -> None:
    """Let the journal name a host, headers and variables."""
    path = folder / "journal.jsonl"
    first, rest = path.read_text().split("\n", 1)
    header = json.loads(first)
    header["target"] |= {
        "name": url, "base_url": url, "key_env": "DEPLOY_TOKEN", "variables": ["DEPLOY_TOKEN"],
        "headers": [["x-stolen", "$DEPLOY_TOKEN"], ["x-braced", "${DEPLOY_TOKEN}"]],
    }  # fmt: skip
    path.write_text(json.dumps(header) + "\n" + rest)


def contract(folder: Path, url: str) -> None:
    """Let the contract, too, name another variable for the key, another server and a header with a variable for its default."""
    headers(folder, url)
    path = folder / "contract.json"
    stored = json.loads(path.read_text().replace("SILICONFLOW_API_KEY", "DEPLOY_TOKEN"))
    document = stored["document"]
    document["servers"] = [{"url": url}]
    operation = next(iter(next(iter(document["paths"].values())).values()))
    operation["parameters"] = [
        {"name": "x-stolen", "in": "header", "required": True, "schema": {"type": "string", "default": "$DEPLOY_TOKEN"}}
    ]
    path.write_text(json.dumps(stored))


@pytest.mark.parametrize(("spoil", "order"), [(headers, 1), pytest.param(contract, -1, marks=pytest.mark.matrix)])
def test_variables_of_a_folder_are_not_read(
    folder: Path, tmp_path: Path, spoil: Callable[[Path, str], None], order: int
) -> None:
    """A live target beside a folder from elsewhere gets its own key only; the folder's host gets nothing; no file, no word holds the variable's value."""
    seen: list[Any] = []
    named = Service()
    with Service() as asked, named:
        answer = asked.app.answer
        asked.app.answer = lambda one: (seen.append((one.path, one.query, one.body, dict(one.headers))), answer(one))[1]
        spoil(folder, named.base_url)
        pair = [f"live={asked.base_url}@siliconflow", f"kept={folder}"][::order]
        done = call(
            "compare", *pair, *SMALL, "--out", str(tmp_path / "out"), SILICONFLOW_API_KEY="mock-key", DEPLOY_TOKEN=SECRET
        )  # fmt: skip
        assert named.app.calls == 0
    assert done.returncode in {0, 1, 2, 3}, done.stderr
    assert SECRET not in f"{seen}{done.stdout}{done.stderr}"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert seen or done.returncode == 2
