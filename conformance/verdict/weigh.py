"""From what judges found to verdicts, and from verdicts to an exit status."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from conformance.requirements.evidence import Evidence, Finding
from conformance.requirements.requirement import Level, Requirement
from conformance.verdict.verdict import Outcome, Verdict

_SHOWN = 12


class Exit(IntEnum):
    """Exit statuses of a run."""

    KEPT = 0
    BROKEN = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


def weigh(requirements: Iterable[Requirement], evidence: Evidence, *, silent: str = "") -> tuple[list[Verdict], list[str]]:
    """Return a verdict for each requirement, and the ids of the MUSTs that an outage hid.

    `silent` is why nothing at all can be said (unreachable, unauthorised, no
    request ever accepted): then every verdict is inconclusive for that reason.
    """
    verdicts, away = [], []
    for requirement in requirements:
        if silent:
            verdicts.append(Verdict(requirement.clause, Outcome.INCONCLUSIVE, silent))
            continue
        finding = requirement.judge(evidence)
        verdict = _verdict(requirement, finding)
        verdicts.append(verdict)
        if verdict.outcome is Outcome.INCONCLUSIVE and finding.outage and requirement.clause.level is Level.MUST:
            away.append(requirement.clause.id)
    return verdicts, away


def _verdict(requirement: Requirement, finding: Finding) -> Verdict:
    clause = requirement.clause
    if finding.broken:
        proofs = tuple(dict.fromkeys(finding.broken))
        first = proofs[0]
        more = f", and {len(proofs) - 1} more" if len(proofs) > 1 else ""
        exchanges = tuple(dict.fromkeys(proof.exchange for proof in proofs))
        return Verdict(clause, Outcome.FAIL, f"Expected {first.expected}; came {first.actual}{more}.", exchanges[:_SHOWN], proofs[:_SHOWN])
    kept = tuple(dict.fromkeys(finding.kept))
    if finding.hidden:
        reasons = "; ".join(dict.fromkeys(finding.hidden))
        return Verdict(clause, Outcome.INCONCLUSIVE, f"Not shown: {reasons}.", kept[:_SHOWN])
    count = len(kept) + finding.more
    if not count:
        return Verdict(clause, Outcome.NOT_APPLICABLE, finding.missing or "Nothing that was asked shows it.")
    return Verdict(clause, Outcome.PASS, f"Kept in {count:,} exchange{'s' if count > 1 else ''}.", kept[:_SHOWN])


def exit_status(verdicts: Sequence[Verdict], away: Sequence[str], *, silent: str = "") -> Exit:
    """Return the exit status: broken, else inconclusive, else kept."""
    if any(verdict.outcome is Outcome.FAIL for verdict in verdicts):
        return Exit.BROKEN
    musts = sum(verdict.clause.level is Level.MUST for verdict in verdicts)
    if silent or len(away) * 2 > musts:
        return Exit.INCONCLUSIVE
    return Exit.KEPT
