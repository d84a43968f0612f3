"""The front door: one thin session a job. Versions and groups come from pyproject.toml."""

import os
import sys

import nox
from nox.command import CommandFailed

nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint"]
# uv makes an environment in a second, pip in a minute.
nox.options.default_venv_backend = "uv|venv"
nox.options.download_python = "never"
# The tests start hundreds of commands: compiled anew, each takes five seconds in place of one. uv leaves that to the first import.
os.environ["UV_COMPILE_BYTECODE"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

PYPROJECT = nox.project.load_toml("pyproject.toml")
CONSTRAINTS = "-cconstraints.txt"


def groups(*names: str) -> list[str]:
    """Return what dependency groups hold."""
    return [item for name in names for item in nox.project.dependency_groups(PYPROJECT, name)]


def hand_on(session: nox.Session, *command: str) -> None:
    """Run a command and end with its exit status: nox itself tells only 0 and 1 apart."""
    try:
        session.run(*command)
    except CommandFailed as failed:
        raise SystemExit(failed.return_code or 1) from None


@nox.session
def conformance(session: nox.Session) -> None:
    """Run the suite against the embedded mock; the last line says where the report lies."""
    session.install("-q", CONSTRAINTS, "-e.")
    hand_on(session, "rerank-conformance", "run", *(session.posargs or ["mock"]))


@nox.session
def tests(session: nox.Session) -> None:
    """Pass the tests."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("test"))
    # Three workers on two cores, for a third of the time is spent waiting; a fourth makes it no shorter. What takes long stands early in the alphabet.
    session.run("pytest", "-n3", "--no-loadscope-reorder", *session.posargs)


@nox.session(python=["3.13", "3.14"])
def compatible(session: nox.Session) -> None:
    """Pass the tests of the clients and the mock on newer Pythons, where they are installed."""
    if session.python == f"{sys.version_info.major}.{sys.version_info.minor}":
        session.skip("this is the Python of all the tests")
    session.install("-q", CONSTRAINTS, "-e.", *groups("test"))
    session.run("pytest", "-n2", "tests/client", "tests/mock")


@nox.session
def faults(session: nox.Session) -> None:
    """Run the suite against every fault and many correct servers of each contract; writes docs/faults.md."""
    session.install("-q", CONSTRAINTS, "-e.")
    session.run("rerank-conformance", "faults", "--out", "docs/faults.md", "--readme", "README.md", *session.posargs)


@nox.session
def weather(session: nox.Session) -> None:
    """Run the suite in bad weather, six storms and three limits by ten seeds; writes docs/weather.md."""
    session.install("-q", CONSTRAINTS, "-e.")
    session.run("python", "-m", "tests.suite.weather", *session.posargs)


@nox.session
def nightly(session: nox.Session) -> None:
    """Ask all configured targets and say what is new since the night before; exits by the worst new verdict."""
    session.install("-q", CONSTRAINTS, "-e.[fuzzing,postgresql]")
    hand_on(session, "rerank-conformance", "nightly", *session.posargs)


@nox.session
def nights(session: nox.Session) -> None:
    """Live through seven simulated nights on loopback; writes docs/examples/nights."""
    session.install("-q", CONSTRAINTS, "-e.[fuzzing]", *groups("nights"))
    session.run("python", "-m", "tests.nightly.nights", *session.posargs)


@nox.session
def issues(session: nox.Session) -> None:
    """Open or update one issue for each cause of a night's new failures: nox -s issues -- SUMMARY.JSON."""
    session.install("-q", CONSTRAINTS, "-e.")
    session.run("python", "scripts/issues.py", *session.posargs)


@nox.session
def example(session: nox.Session) -> None:
    """Compare the mock with woagent's, the observed service and three faulty ones; writes docs/examples/compare with pictures."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("test"))
    session.run("python", "-m", "tests.compare.example", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Compare the mock with servers that others wrote, Prism and Infinity; installs them (gigabytes), writes docs/examples/peers."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("generate"))
    session.run("python", "-m", "tests.peers.example", *session.posargs)


@nox.session
def integrations(session: nox.Session) -> None:
    """Pass the tests of the clients inside LangChain, LlamaIndex, Haystack and FastAPI, in an environment of their own."""
    # Their pins and ours do not go together: no dependency group, and constraints of their own.
    session.install(
        "-q",
        "-cconstraints-integrations.txt",
        "-e.",
        "fastapi",
        "haystack-ai",
        "langchain-core",
        "llama-index-core",
        "openapi-python-client",
        "pytest",
        "pytest-timeout",
        "ruff",
    )
    session.run(
        "pytest",
        "-q",
        "-W",
        "ignore",
        "tests/client/frameworks.py",
        *session.posargs,
        env={"HAYSTACK_TELEMETRY_ENABLED": "False"},
    )


@nox.session
def mutants(session: nox.Session) -> None:
    """Change what judges in one place each, and count the changes that no test sees: nox -s mutants -- 'conformance.verdict.*'."""
    session.install("-q", CONSTRAINTS, "-cconstraints-mutants.txt", "-e.", *groups("test"), "mutmut")
    session.run("mutmut", "run", "--max-children", "2", *(session.posargs or ["conformance.verdict.*"]))
    session.run("mutmut", "results")


@nox.session
def clients(session: nox.Session) -> None:
    """Measure the client beside httpx and the clients of cohere, voyageai and openai; prints a table in Markdown."""
    session.install(
        "-q",
        "-cconstraints-integrations.txt",
        "-e.",
        "cohere",
        "hatchling",
        "openai",
        "openapi-python-client",
        "pip",
        "ruff",
        "voyageai",
    )
    session.run("python", "benchmarks/client_speed.py", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the contracts themselves."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("python", "-m", "conformance.contract.audit")


@nox.session
def regenerate(session: nox.Session) -> None:
    """Generate the clients and the tables of requirements; with --check, fail on any difference."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("generate"))
    session.run("python", "scripts/regenerate.py", *session.posargs)


@nox.session
def drill(session: nox.Session) -> None:
    """Try every change of the drill: what the day brings when the spec changes; writes docs/drill.md."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("generate"))
    session.run("python", "-m", "tests.spec.drill_page", *session.posargs)


@nox.session
def vendor(session: nox.Session) -> None:
    """Take a vendor's published page, and say what its changes mean: nox -s vendor -- VENDOR [FILE|URL]."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("generate"))
    hand_on(session, "python", "scripts/vendor.py", *session.posargs)


@nox.session
def packages(session: nox.Session) -> None:
    """Build wheel and sdist of the suite and of each client, check them, and run each in a bare environment; writes dist/."""
    session.install("-q", CONSTRAINTS, *groups("release"))
    hand_on(session, "python", "scripts/packages.py", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Write the version and CHANGELOG.md of a release, then build and check its packages: nox -s release -- VERSION."""
    session.install("-q", CONSTRAINTS, *groups("release"))
    (version,) = session.posargs or session.error("Name the version: nox -s release -- 0.2.0")
    session.run("hatchling", "version", version)
    session.run("towncrier", "build", "--yes", "--version", version)
    hand_on(session, "python", "scripts/packages.py", "--tag", f"v{version}")


@nox.session
def journeys(session: nox.Session) -> None:
    """Follow the README as a new user: each section in a new virtual environment and an empty folder."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("journeys"))
    hand_on(session, "python", "-m", "tests.docs.journeys", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into site/; any broken link or anchor fails."""
    session.install("-q", CONSTRAINTS, "-e.", *groups("docs"))
    session.run("mkdocs", "build", "--strict", *session.posargs)
