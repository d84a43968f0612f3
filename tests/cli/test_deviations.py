"""Known deviations and the observed mock, as a user calls them."""

import json
from pathlib import Path

import pytest

from conformance.contract import load
from conformance.mock import MockServer
from conformance.verdict.deviation import load as load_deviations
from tests.command import call
from tests.suite.test_front_doors import pytest_run


def test_the_circle(tmp_path: Path) -> None:
    """`run mock --as-observed` is 0 with the deviations and 1 without, or with --strict; the records say why."""
    # What is known, and what is not: all other clauses are held by tests/verdict/test_observed.py.
    entries = load_deviations("siliconflow")
    narrow = [word for one in entries for word in ("--select", one.requirement)] + ["--select", "auth.*"]
    observed = ("run", "mock", "--as-observed", *narrow)
    known = call(*observed, "--deviations", "siliconflow", "--out", str(tmp_path / "known"))
    assert known.returncode == 0, known.stdout
    assert "KNOWN DEVIATION error.400.shape" in known.stdout
    seen = json.loads((tmp_path / "known" / "run.json").read_text())["deviations"]
    for options in (("--deviations", "siliconflow", "--strict"), ()):
        done = call(*observed, *options, "--out", str(tmp_path / "bare"))
        assert done.returncode == 1
        record = json.loads((tmp_path / "bare" / "run.json").read_text())
        failed = {row["requirement"] for row in record["verdicts"] if row["verdict"] == "fail"}
        assert failed == {name for item in seen for name in item["seen"]}
        assert record["deviations"] == []


def test_a_bare_url_has_no_deviations(tmp_path: Path) -> None:
    """A URL is judged by its contract alone, unless deviations are named."""
    contract = load("siliconflow")
    with MockServer(contract, observed=True) as mock:
        assert (
            call(
                "run", mock.base_url, "--select", "error.400.*", "--select", "body.empty", "--out", str(tmp_path)
            ).returncode
            == 1
        )
        assert (
            call(
                "run",
                mock.base_url,
                "--select",
                "error.400.*",
                "--select",
                "body.empty",
                "--deviations",
                "siliconflow",
                "--out",
                str(tmp_path),
            ).returncode
            == 0
        )


def test_deviations_of_my_own(tmp_path: Path) -> None:
    """A file is taken beside a name; an entry past its review date warns and changes nothing else."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[deviation]]\nrequirement = "body.empty"\nsentence = "An empty body is taken."\nsource = "me"\ngrade = "I"\nfirst_seen = "2020"\nreview_by = 2020-06-01\n'
    )
    done = call(
        "run",
        "mock",
        "--as-observed",
        "--deviations",
        "siliconflow",
        "--deviations",
        str(path),
        "--out",
        str(tmp_path / "out"),
    )
    assert done.returncode == 0
    assert "UNEXPECTEDLY PASSED body.empty" in done.stdout
    assert "WARNING Known deviation body.empty should have been reviewed by 2020-06-01" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "mock", "--deviations", "nobody"], "siliconflow"),
        (["run", "mock:woagent", "--as-observed"], "woagent"),
        (["run", "http://127.0.0.1:1", "--as-observed"], "--as-observed"),
        (["mock", "woagent", "--as-observed"], "observed.yaml"),
        (["mock", "--state", "nonsense"], "overloaded"),
    ],
)
def test_bad_input(arguments: list[str], words: str) -> None:
    """What is not there is told in one line, with exit status 2."""
    done = call(*arguments)
    assert done.returncode == 2, done.stdout
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_states_are_listed() -> None:
    """`mock --list-faults` names the observed states too, with their sources."""
    assert "overloaded" in call("mock", "--list-faults").stdout
    assert call("mock", "woagent", "--list-faults").returncode == 0


def test_pytest_expects_known_deviations_to_fail(tmp_path: Path) -> None:
    """Under plain pytest a known deviation is an expected failure, with its sentence."""
    with MockServer(load("siliconflow"), observed=True) as mock:
        done = pytest_run(
            "--rerank-target",
            mock.base_url,
            "--rerank-deviations",
            "siliconflow",
            "-k",
            "error.400 or body.empty",
            "-rx",
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stdout
        assert "1 xfailed" in done.stdout
        assert "`data` of a 400 is null" in done.stdout
        assert (
            pytest_run("--rerank-target", mock.base_url, "--rerank-deviations", "nobody", cwd=tmp_path).returncode == 4
        )
