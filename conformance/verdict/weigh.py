"""From what judges found to verdicts, and from verdicts to an exit status."""

from collections.abc import Iterable, Sequence

from conformance.model.clause import Level
from conformance.model.deviation import Deviation, concerning
from conformance.model.exit import Exit
from conformance.model.failure import failure
from conformance.model.finding import Finding
from conformance.model.verdict import Outcome, Verdict, judged_musts
from conformance.probes.probe import Expect
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

_SHOWN = 12
# So much of the MUST clauses that can be provoked has to be judged before all are called kept.
SHARE = 0.9


def weigh(
    requirements: Iterable[Requirement], evidence: Evidence, *, silent: str = "", known: Sequence[Deviation] = ()
) -> tuple[list[Verdict], list[str]]:
    """Return a verdict for each requirement, and at what the suite itself failed: such a clause is not judged.

    `silent` is why nothing at all can be said (unreachable, unauthorised, no
    request ever accepted): then every verdict is inconclusive for that reason,
    but that of an evident clause which is broken. `known` are the target's known deviations.
    """
    verdicts, failures = [], []
    for requirement in requirements:
        try:
            finding = requirement.judge(evidence) if requirement.evident or not silent else None
        except Exception as error:  # noqa: BLE001 - one clause that cannot be judged is not the end of the others
            failures.append(failure(f"judging {requirement.clause.id}{_at(requirement, evidence, error)}", error))
            detail = "This could not be judged: an error inside the suite."
            verdicts.append(Verdict(requirement.clause, Outcome.INCONCLUSIVE, detail))
            continue
        if finding is None or (silent and not finding.broken):
            verdicts.append(Verdict(requirement.clause, Outcome.INCONCLUSIVE, silent))
            continue
        verdicts.append(_verdict(requirement, finding, evidence, concerning(known, requirement.clause.id)))
    return verdicts, failures


def _at(requirement: Requirement, evidence: Evidence, error: Exception) -> str:
    """Return which exchange alone makes a judge fail in the same way, in words; empty where none does."""
    for reading in evidence.readings:
        try:
            requirement.judge(Evidence(evidence.contract, [reading], evidence.control))
        except Exception as other:  # noqa: BLE001 - the same error is what is looked for
            if type(other) is type(error):
                return f" by the exchange {reading.exchange.id}"
    return ""


def _verdict(requirement: Requirement, finding: Finding, evidence: Evidence, known: Sequence[Deviation]) -> Verdict:
    clause = requirement.clause
    if finding.broken:
        return _broken(requirement, finding, evidence, known)
    kept = tuple(dict.fromkeys(finding.kept))
    if finding.model:
        told = f"The model, not the service: {finding.model}"
        return Verdict(clause, Outcome.INCONCLUSIVE, told, kept[:_SHOWN], model=True)
    if finding.hidden:
        reasons = "; ".join(dict.fromkeys(finding.hidden))
        return Verdict(clause, Outcome.INCONCLUSIVE, f"Not shown: {reasons}.", kept[:_SHOWN])
    count = len(kept) + finding.more
    if not count:
        return Verdict(clause, Outcome.NOT_APPLICABLE, finding.missing or "Nothing that was asked shows it.")
    words = f"Passed in {count:,} exchange{'s' if count > 1 else ''}"
    gone = tuple(item for item in known if _shown(requirement, kept, evidence, item))
    if gone:
        detail = f"{words}, though it is known to be broken."
        return Verdict(clause, Outcome.SURPRISE_PASS, detail, kept[:_SHOWN], deviations=gone)
    return Verdict(clause, Outcome.PASS, f"{words}.", kept[:_SHOWN])


def _broken(requirement: Requirement, finding: Finding, evidence: Evidence, known: Sequence[Deviation]) -> Verdict:
    """Return a failure by what no deviation explains, else a known deviation by what they do."""
    proofs = tuple(dict.fromkeys(finding.broken))
    explained = {
        proof: next((item for item in known if item.covers(evidence.by_id.get(proof.exchange))), None)
        for proof in proofs
    }
    new = tuple(proof for proof, item in explained.items() if item is None)
    told = new or proofs
    first = told[0]
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    beside = f" Beside it, {len(proofs) - len(new)} of a known deviation." if new and len(new) < len(proofs) else ""
    exchanges = tuple(dict.fromkeys(proof.exchange for proof in told))
    return Verdict(
        requirement.clause,
        Outcome.FAIL if new else Outcome.KNOWN_DEVIATION,
        f"Expected {first.expected}; got {first.actual}{more}.{beside}",
        exchanges[:_SHOWN],
        told[:_SHOWN],
        tuple(dict.fromkeys(item for item in explained.values() if item is not None)),
        # With a known deviation beside it nobody can say which of the two it speaks of.
        failing=frozenset(exchanges),
        wrong=finding.wrong if len(new) == len(proofs) else "",
        features=finding.features if len(new) == len(proofs) else (),
    )


def _shown(requirement: Requirement, kept: Sequence[str], evidence: Evidence, known: Deviation) -> bool:
    """Whether a clause that is kept shows that a deviation is gone: what brings it on was really there.

    For a clause with probes of its own that is all of them, also those that a
    small profile leaves out; for one that is read off everybody's answers, an
    answer of the deviation's status.
    """
    probes = [probe for probe in requirement.probes if probe.expect is not Expect.OBSERVE]
    if probes:
        return all((reading := evidence.of(probe.request)) is not None and reading.available for probe in probes)
    if not known.statuses:
        return True
    answers = (evidence.by_id[name].response for name in kept if name in evidence.by_id)
    return any(response is not None and response.status in known.statuses for response in answers)


def exit_status(verdicts: Sequence[Verdict], *, silent: str = "", fail_on: Level = Level.SHOULD) -> Exit:
    """Return the exit status: broken, else inconclusive, else kept. `fail_on` is the lowest level whose failures count."""
    levels = {Level.MUST} if fail_on is Level.MUST else set(Level)
    if any(verdict.outcome is Outcome.FAIL and verdict.clause.level in levels for verdict in verdicts):
        return Exit.BROKEN
    judged, musts = judged_musts(verdicts)
    return Exit.INCONCLUSIVE if silent or judged < SHARE * musts else Exit.KEPT
