"""A comparison of 20 targets by 200 requirements: how long its page takes to make, how large it is, how soon it is painted.

Usage: python benchmarks/compare_page.py  (Chromium from PATH; everything on loopback)
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from conformance.compare.behaviour_table import LimitSearch
from conformance.compare.compared import ComparedTarget
from conformance.compare.comparison import Comparison, compare
from conformance.contract import Contract
from conformance.model.finding import Proof
from conformance.model.run import Run
from conformance.model.verdict import Outcome
from conformance.report import comparison_page

TARGETS = 20
REQUIREMENTS = 200
_REACH = LimitSearch(documents=128, bytes=32_768)
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def crowd(
    subjects: Sequence[ComparedTarget], reference: Contract, targets: int = TARGETS, requirements: int = REQUIREMENTS
) -> Comparison:
    """Return a comparison of so many targets: those given over and over, every fourth clause broken somewhere else on each."""
    found = []
    for number in range(targets):
        one = subjects[number % len(subjects)]
        judgements = {name: _padded(run, number, requirements) for name, run in one.judgements.items()}
        found.append(
            ComparedTarget(
                f"{one.name} {number}",
                one.where,
                one.kit,
                one.kits,
                one.exchanges,
                _padded(one.own, number, requirements),
                judgements,
                one.work,
                one.asked,
                one.folder,
                one.sent,
                one.labels,
            )
        )
    return compare(found, reference, _REACH, made=1_700_000_000.0)


def _padded(run: Run, number: int, requirements: int) -> Run:
    names = [name for name, exchange in run.exchanges.items() if exchange.response is not None] or list(run.exchanges)
    verdicts = []
    for at in range(requirements):
        verdict = run.verdicts[at % len(run.verdicts)]
        clause = (
            verdict.clause if at < len(run.verdicts) else evolve(verdict.clause, id=f"{verdict.clause.id}.more{at}")
        )
        if (at + number) % 4 == 0 and names:
            shown = names[(at * 7 + number) % len(names)]
            words = (
                f"`field{at}` just outside, {at}: refused with 400",
                f"accepted with 200, and a score of 0.{at:03}",
            )
            verdict = evolve(
                verdict,
                clause=clause,
                outcome=Outcome.FAIL,
                detail=f"Expected {words[0]}; came {words[1]}.",
                exchanges=(shown,),
                proofs=(Proof(shown, *words),),
            )
        else:
            verdict = evolve(verdict, clause=clause)
        verdicts.append(verdict)
    return evolve(run, verdicts=tuple(verdicts))


def _subjects(reference: Contract) -> list[ComparedTarget]:
    from conformance.compare.survey import Survey, ask
    from conformance.contract import load
    from conformance.mock import MockServer
    from conformance.running import Target

    found = []
    for name, vendor, fault in (
        ("mock", "siliconflow", None),
        ("woagent", "woagent", None),
        ("percent", "siliconflow", "score_percent"),
        ("odd", "siliconflow", "error_400_shape"),
    ):
        contract = load(vendor)
        with MockServer(contract, fault=fault) as server:
            target = Target(name, server.base_url, contract, {str(contract.key_env): server.key})
            found.append(ask(name, target, Survey((reference,), reach=_REACH, model=reference.models[0])))
    return found


def main() -> int:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    from conformance.contract import load

    reference = load("siliconflow")
    subjects = _subjects(reference)
    clock = time.perf_counter()
    comparison = crowd(subjects, reference)
    compared = time.perf_counter() - clock
    clock = time.perf_counter()
    text = comparison_page.render(comparison)
    rendered = time.perf_counter() - clock
    clock = time.perf_counter()
    comparison_page.render(comparison)
    again = time.perf_counter() - clock
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "compare.html"
        path.write_text(text, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))),
            args=["--no-sandbox", "--disable-gpu"],
        )
        paints, loads = [], []
        for _ in range(5):
            tab = browser.new_page()
            clock = time.perf_counter()
            tab.goto(path.as_uri())
            loads.append(time.perf_counter() - clock)
            tab.wait_for_function(f"{_PAINTED} !== undefined")
            paints.append(float(tab.evaluate(_PAINTED)))
            tab.close()
        browser.close()
    print(f"{TARGETS} targets x {REQUIREMENTS} requirements")
    print(f"put side by side  {compared:6.2f} s")
    print(f"page made         {rendered:6.2f} s, matplotlib's import included; again {again:.2f} s")
    print(f"page's size       {len(text.encode()) / 1e6:6.2f} MB")
    print(f"first paint       {sorted(paints)[2]:6.0f} ms (median of 5), loaded in {sorted(loads)[2] * 1000:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
