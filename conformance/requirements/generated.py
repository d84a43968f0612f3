"""What a contract expects of a request that was drawn at random, and the clauses on such requests."""

from collections.abc import Iterator
from typing import Any

from conformance.contract import validator
from conformance.model.clause import Clause, Impact, Level
from conformance.model.finding import Finding
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.probe import Expect
from conformance.requirements.evidence import Evidence
from conformance.requirements.fields import holds_image
from conformance.requirements.requirement import Requirement

ALLOWED = Clause("fuzz.allowed", "A generated request that the contract allows is taken.", Level.MUST, "what the contract's schema allows must be taken")
FORBIDDEN = Clause("fuzz.forbidden", "A generated request that the contract forbids is refused.", Level.MUST, "the contract's request schema", Impact.DIFFERS, ("body",))


def expectation(kit: Kit, body: Any) -> Expect:
    """Return what a contract expects of the answer to any JSON value as a body."""
    contract = kit.contract
    body = contract.flat(body)
    try:
        keeps = contract.request_validator.is_valid(body)
    except ValueError:
        return Expect.OBSERVE
    if not keeps:
        return Expect.REFUSE
    field = contract.request_field("model")
    model = body.get(field.name) if field else None
    fitting = [branch for branch in kit.branches if model in {None, *kit.models_of(branch)} and validator(branch.schema).is_valid(body)]
    if field is not None and not fitting:
        return Expect.OBSERVE
    unsupported = any(not contract.takes(str(model), name) for name in body if name in contract.fields)
    odd = any(isinstance(value, float) and value.is_integer() for value in body.values())
    image = holds_image(kit, body) and all(branch.kind != MULTIMODAL for branch in fitting)
    # A lone surrogate is no text that UTF-8 can hold.
    return Expect.OBSERVE if unsupported or odd or image or set(body) - set(contract.fields) or "\\ud" in repr(body) else Expect.ACCEPT


def generated_requirements() -> Iterator[Requirement]:
    """Yield the requirements on what was generated; they read the tally."""
    for clause, expect in ((ALLOWED, Expect.ACCEPT), (FORBIDDEN, Expect.REFUSE)):
        yield Requirement(clause, _judge(expect))


def _judge(expect: Expect) -> Any:
    def judge(evidence: Evidence) -> Finding:
        finding, tally = Finding(), evidence.tally
        if tally is None or not tally.total:
            finding.hide("nothing was generated")
            return finding
        finding.absorb(tally.expected.get(expect))
        finding.broken.sort(key=lambda proof: len(tally.held[proof.exchange].request.body))
        for reading in tally.unanswered():
            if expectation(tally.kit, reading.body) is not expect:
                continue
            if tally.persistent(reading):
                finding.fail(reading, f"{expect}, as the contract has it", reading.exchange.error or f"status {reading.status}, again and again")
            else:
                finding.hide("the service was not available", outage=True)
        if not finding.kept and not finding.broken:
            finding.hide("nothing of this kind was generated and answered")
        return finding

    return judge
