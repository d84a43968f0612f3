"""With which status a request is refused: one clause for each kind of refusal, whatever it was refused for."""

from collections.abc import Iterable, Iterator

from conformance.checks.outcome import INVALID, outcome, refused_otherwise, statuses
from conformance.model.clause import Clause, Impact, Level
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement

# What speaks of something else than the body.
_UNTRUE = frozenset({401, 404, 405, 407, 410})
_KINDS = {
    Expect.REFUSE: (
        INVALID,
        "An invalid request is refused with {}.",
        "Invalid requests are refused with another status than {}.",
    ),
    Expect.UNAUTHORISED: (
        "error.status.credentials",
        "Credentials that are missing or wrong are refused with {}.",
        "Missing or wrong credentials are refused with another status than {}.",
    ),
    Expect.ABSENT: (
        "error.status.absent",
        "An undeclared path or method is refused with {}.",
        "An undeclared path or method is refused with another status than {}.",
    ),
}


def refusal_requirements(kit: Kit, others: Iterable[Requirement]) -> Iterator[Requirement]:
    """Yield a clause for each kind of refusal whose status the contract names; it reads the probes of all other requirements."""
    probes = list(
        {probe.request.key: probe for item in others for probe in item.probes if probe.expect in _KINDS}.values()
    )
    for expect, (name, sentence, wrong) in _KINDS.items():
        wanted = statuses(kit.contract, expect)
        asked = [probe for probe in probes if probe.expect is expect]
        if wanted and asked:
            words = " or ".join(map(str, wanted))
            source = f"{kit.contract.pointer}/responses" if expect is not Expect.ABSENT else "#/paths; RFC 9110, 15.5"
            # Who reads the body first refuses a stranger for it.
            rests_on = ("auth.before_body",) if expect is Expect.UNAUTHORISED else ()
            clause = Clause(
                name,
                sentence.format(words),
                Level.MUST,
                source,
                Impact.DIFFERS,
                rests_on=rests_on,
                wrong=wrong.format(words),
                mend=f"Answer with {words}.",
            )
            yield _refused_with(clause, expect, asked)
        elif asked and expect is Expect.REFUSE:
            yield _not_untrue(kit, asked)


def _not_untrue(kit: Kit, probes: list[Probe]) -> Requirement:
    """Return the requirement on the status of refusals that the contract leaves open: it says nothing untrue."""
    clause = Clause(
        "error.status.true",
        "An invalid request is not refused as if its credentials, its path or its method were wrong.",
        Level.SHOULD,
        "RFC 9110, 15.5: what 401, 404, 405 and 410 say; practice: callers ask for new keys, or give up the address",
        Impact.DIFFERS,
        wrong="Invalid requests are refused as if their credentials, their path or their method were wrong.",
        mend="Answer with 400 or 422.",
    )

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for probe, reading in evidence.settled(probes):
            # Of a model that there is not, 404 is true.
            if reading.success or not reading.declared or reading.asked("model") not in (None, *kit.contract.models):
                continue
            if reading.status in _UNTRUE:
                finding.fail(reading, f"{probe.label}: refused for what it is", outcome(reading))
            else:
                finding.keep(reading)
        finding.unless_shown("nothing of this kind was refused")
        return finding

    return Requirement(clause, judge)


def _refused_with(clause: Clause, expect: Expect, probes: list[Probe]) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for probe, reading in evidence.settled(probes):
            wanted = refused_otherwise(evidence.contract, expect, reading)
            if wanted is None:
                continue
            if wanted:
                finding.fail(reading, f"{probe.label}: refused with {wanted}", outcome(reading))
            else:
                finding.keep(reading)
        if clause.id == INVALID and evidence.tally is not None:
            finding.absorb(evidence.tally.findings.get(INVALID))
        finding.unless_shown("nothing of this kind was refused")
        return finding

    return Requirement(clause, judge)
