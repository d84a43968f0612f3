"""What a new user does, by the README alone: each section in a new virtual environment and an empty folder.

    python -m tests.docs.journeys [--few | SECTION ...]

Exit status 1, with what went wrong, when a section does not work as written.
"""

import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

from tests.docs.examples import ROOT, examples, run, section

JOURNEYS = ("Use the client", "Use the mock", "Judge a server", "Watch every night", "Compare two services")
# One for each thing that the sections install, at every change; the tests follow the others in their own environment.
FEW = ("Use the client", "Judge a server")
# The README's commands install from a checkout, and everything else happens in the user's own folder.
_PIP = 'pip() {{ verb="$1"; shift; (cd {root} && {command} "$verb" {into} "$@"); }}'


def travel(name: str) -> list[str]:
    """Take one journey; return what went wrong."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        place, home = Path(scratch), Path(scratch) / "home"
        (place / "work").mkdir()
        home.mkdir()
        environment = place / "venv"
        uv = which("uv")
        venv.create(environment, with_pip=uv is None)
        env = {
            "HOME": str(home),
            "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": str(environment),
            "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
            "UV_CONSTRAINT": str(ROOT / "constraints.txt"),
            "UV_LINK_MODE": "hardlink",
            "PYTHONPATH": "",
            # A few commands import less than a whole environment holds.
            "UV_COMPILE_BYTECODE": "0",
        }
        if uv:
            cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True)
            env["UV_CACHE_DIR"] = cache.stdout.strip()
        # A uv that lies in an environment of its own installs there if it is not told where.
        into = f"--python {environment / 'bin' / 'python'}" if uv else ""
        before = _PIP.format(root=ROOT, command=f"{uv} pip" if uv else "command pip", into=into)
        return run(examples(section(text, name)), place / "work", before, env)


def main() -> int:
    """Take the journeys that are named, a few, or all; return 0, or 1 where one failed."""
    failed = 0
    names = FEW if sys.argv[1:] == ["--few"] else sys.argv[1:] or JOURNEYS
    begun = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        for name, (problems, took) in zip(names, pool.map(timed, names), strict=True):
            print(f"{'failed' if problems else 'passed'}  {name}  {took:.1f} s", flush=True)
            failed += bool(problems)
            for problem in problems:
                print(f"  {problem}", file=sys.stderr)
    print(f"{len(names) - failed} of {len(names)} passed in {time.perf_counter() - begun:.1f} s")
    return int(failed > 0)


def timed(name: str) -> tuple[list[str], float]:
    """Take one journey; return what went wrong, and the seconds that it took."""
    begun = time.perf_counter()
    return travel(name), time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
