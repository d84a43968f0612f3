"""The examples of README and tutorials do what the pages say: they are run in order, in an empty folder."""

import os
import sys
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from tests.docs.examples import ROOT, examples, run, section
from tests.docs.journeys import FEW, JOURNEYS
from tests.sampling import sampled

# That of the mock first: the journeys of the README run the others' commands.
TUTORIALS = sorted(
    (ROOT / "docs" / "tutorials").glob("*.md"), key=lambda page: (page.stem != "mock-in-tests", page.stem)
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The environment of the tests has everything installed; `tests/docs/journeys.py` installs for real.
INSTALLED = "pip() { :; }"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return an environment with the programs of the tests, the clients, and a home of its own."""
    (tmp_path / "home").mkdir()
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "generated"),
        "HOME": str(tmp_path / "home"),
        # What is worked out once is worked out already.
        "XDG_CACHE_HOME": str(user_cache_path()),
        "RERANK_STORE": str(tmp_path / "home" / "runs.sqlite"),
        "PYTHONWARNINGS": "",
    }


@pytest.mark.parametrize("page", sampled(TUTORIALS, 1), ids=lambda page: page.stem)
def test_tutorials(page: Path, tmp_path: Path, env: dict[str, str]) -> None:
    """Each tutorial can be followed from top to bottom, and prints what it shows."""
    place = tmp_path / "work"
    place.mkdir()
    found = examples(page.read_text(encoding="utf-8"))
    assert any(one.printed for one in found)
    assert not run(found, place, INSTALLED, env)


# What the sections show is pasted into a shell, with curl.
@pytest.mark.needs_curl
# Those are followed by `.ci/run` at every change, each in an environment of its own.
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.matrix) if name in FEW else name for name in (*JOURNEYS, "More ways in")],
)
def test_readme(name: str, tmp_path: Path, env: dict[str, str]) -> None:
    """Each way in of the README works as written, and prints what it shows."""
    place = tmp_path / "work"
    place.mkdir()
    found = examples(section(README, name))
    assert found
    assert not run(found, place, INSTALLED, env)


def test_every_block_is_run_or_says_why() -> None:
    """No block of shell or Python stands in README or tutorials that is neither run nor marked with a reason."""
    for text in (README, *(page.read_text(encoding="utf-8") for page in TUTORIALS)):
        blocks = text.count("```sh") + text.count("```python")
        assert blocks == len(examples(text)) + text.count("<!-- not run")


def test_a_wrong_example_is_found(tmp_path: Path, env: dict[str, str]) -> None:
    """A line that is not printed, a command that fails and a program that hangs up are all told."""
    fence = "`" * 3
    missing = examples(f"{fence}sh\necho one\n{fence}\n{fence}text\none\ntwo\n{fence}\n")
    (problem,) = run(missing, tmp_path, env=env)
    assert problem.startswith("never printed: two")
    (problem,) = run(examples(f"{fence}python\nraise SystemExit(3)\n{fence}\n"), tmp_path, env=env)
    assert problem.startswith("exit status 3")
    with pytest.raises(ValueError, match="no section 'Nowhere'"):
        section(README, "Nowhere")
