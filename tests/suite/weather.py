"""Runs of the suite in bad weather: a faithful mock that is busy, limited or cut off, by seeds. Written to docs/weather.md.

Exit status 1 when a run fails a clause that the server keeps, or a rate limit is not met with exit status 0.
"""

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import frozen

from conformance.contract import load
from conformance.mock import MockServer
from conformance.mock.faults import CHAOS
from conformance.model.exit import Exit
from conformance.model.verdict import Outcome
from conformance.running import Settings, Target, conduct
from conformance.selftest.workers import spread

VENDOR = "siliconflow"
PAGE = Path("docs", "weather.md")
STORMS = "storm-503 storm-429 storm-504 storm-cut storm-408 storm-mixed storm-large rare-500 rare-403".split()
LIMITS = ("limit-20", "limit-2", "pauses")
# What a weather breaks by itself.
OWN = {"rare-500": {"response.no_server_error"}, "rare-403": {"response.status.steady"}}


@frozen
class Spell:
    """One run: weather, seed, failed checks, exit status, requests, the share of the MUSTs that was judged, seconds, and the pace in requests a second."""

    name: str
    seed: int
    failed: frozenset[str]
    status: int
    requests: int
    judged: float
    seconds: float
    pace: float | None

    @property
    def wrong(self) -> frozenset[str]:
        """Clauses that failed though the server keeps them."""
        return self.failed - OWN.get(self.name, set())

    @property
    def met(self) -> bool:
        """Whether the run ended as it should: no wrong failure, and behind a limit everything judged."""
        return not self.wrong and (self.name not in LIMITS or self.status == Exit.KEPT)


def spell(job: tuple[str, int]) -> Spell:
    """Live through one run."""
    name, seed = job
    contract = load(VENDOR)
    with MockServer(contract, chaos=name, seed=seed) as mock:
        run = conduct(Target(name, mock.base_url, contract, {str(contract.key_env): mock.key}), Settings(seed=seed))
    judged, musts = run.musts
    failed = frozenset(verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL)
    return Spell(
        name, seed, failed, run.exit_code, run.requests, judged / musts, run.duration_s, run.pace and run.pace / 60
    )


def page(spells: Sequence[Spell]) -> str:
    """Return the page."""
    wrong = sum(len(one.wrong) for one in spells)
    lines = [
        "# Bad weather",
        "",
        f"`nox -s weather` runs the suite (`smoke`) against the faithful mock of `{VENDOR}` in bad weather, each kind with several seeds.",
        "The server passes every check in its own answers, so each failed check in this table would be a false alarm.",
        *(
            f"`{name}` is an exception: it fails `{' and '.join(sorted(own))}`, and that check alone."
            for name, own in OWN.items()
        ),
        "",
        f"{len(spells)} runs, {wrong} false alarms, {sum(not one.met for one in spells)} runs that did not end as expected.",
        "",
        "| weather | what it does | runs | false alarms | exit status | requests | MUST checks judged, at least | pace found | seconds, median |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(one.name for one in spells):
        own = [one for one in spells if one.name == name]
        statuses = ", ".join(
            f"{status} ({count})" for status, count in sorted(Counter(one.status for one in own).items())
        )
        paces = [one.pace for one in own if one.pace]
        pace = f"{min(paces):.1f} to {max(paces):.1f} a second" if paces else "none"
        lines.append(
            f"| `{name}` | {CHAOS[name].sentence} | {len(own)} | {sum(len(one.wrong) for one in own)} | {statuses} | {min(o.requests for o in own)} to {max(o.requests for o in own)} "
            f"| {min(o.judged for o in own):.0%} | {pace} | {statistics.median(o.seconds for o in own):.1f} |"
        )
    return "\n".join([*lines, ""])


def main(arguments: Iterable[str] | None = None) -> int:
    """Run all, write the page, and return 1 when a run did not end as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="runs of each kind (default: 10)")
    parser.add_argument("--jobs", type=int, default=4, help="runs side by side (default: 4)")
    parser.add_argument(
        "--only", nargs="*", default=[*STORMS, *LIMITS], choices=[*STORMS, *LIMITS], help="kinds (default: all)"
    )
    parser.add_argument("--out", type=Path, default=PAGE, help=f"where the page goes (default: {PAGE})")
    given = parser.parse_args(None if arguments is None else list(arguments))
    jobs = [(name, seed) for name in given.only for seed in range(given.seeds)]
    spells = []
    for one in spread(spell, jobs, given.jobs, chunk=1):
        spells.append(one)
        print(
            f"{one.name} {one.seed}: exit {one.status}, {one.requests} requests, {one.judged:.0%} judged, {one.seconds:.1f} s{''.join(f' WRONG {name}' for name in sorted(one.wrong))}",
            flush=True,
        )
    given.out.write_text(page(spells), encoding="utf-8")
    return 0 if all(one.met for one in spells) else 1


if __name__ == "__main__":
    sys.exit(main())
