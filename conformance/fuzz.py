"""Generated requests: Schemathesis and Hypothesis draw them from the same contract, and shrink what fails."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from attrs import define, field

from conformance.contract import Contract, validator
from conformance.exchange.exchange import Exchange, Request
from conformance.probes.kit import MULTIMODAL, Kit, encode
from conformance.probes.probe import Expect, Probe
from conformance.probes.texts import DOCUMENTS
from conformance.requirements.evidence import Evidence, Finding
from conformance.requirements.expectation import judge_probe
from conformance.requirements.fields import holds_image
from conformance.requirements.requirement import Clause, Level, Requirement

Send = Callable[[Request], Exchange | None]

ALLOWED = Clause("fuzz.allowed", "A generated request that the contract allows is taken.", Level.MUST, "what the contract's schema allows must be taken")
FORBIDDEN = Clause("fuzz.forbidden", "A generated request that the contract forbids is refused.", Level.MUST, "the contract's request schema")


class FuzzingUnavailableError(Exception):
    """Schemathesis is not installed."""


def expectation(kit: Kit, body: Any) -> Expect:
    """Return what a contract expects of the answer to any JSON value as a body."""
    contract = kit.contract
    try:
        keeps = contract.request_validator.is_valid(body)
    except ValueError:
        return Expect.OBSERVE
    if not keeps:
        return Expect.REFUSE
    field = contract.request_field("model")
    model = body.get(field.name) if field else None
    fitting = [branch for branch in kit.branches if model in kit.models_of(branch) and validator(branch.schema).is_valid(body)]
    if field is not None and not fitting:
        return Expect.OBSERVE
    unsupported = any(not contract.takes(str(model), name) for name in body if name in contract.fields)
    odd = any(isinstance(value, float) and value.is_integer() for value in body.values())
    image = holds_image(kit, body) and all(branch.kind != MULTIMODAL for branch in fitting)
    # A lone surrogate is no text that UTF-8 can hold.
    return Expect.OBSERVE if unsupported or odd or image or set(body) - set(contract.fields) or "\\ud" in repr(body) else Expect.ACCEPT


def soak(kit: Kit, count: int, seed: int) -> Iterator[Probe]:
    """Yield lawful requests, each different, that show as much as one answer can: for faults that come and go."""
    import random

    rng = random.Random(seed)
    roles = [role for role in ("limit", "echo_switch") if kit.has(role)]
    for number in range(count):
        # Everything that an echo may lose, in every text.
        texts = [f"  {text} ({number})  Straße e\u0301 \ufb01 ＡＢ <b>&amp;</b> 👩\u200d👧 \r\n\t" for text in rng.sample(DOCUMENTS, len(DOCUMENTS))]
        values: dict[str, Any] = {"limit": rng.randint(2, len(texts) - 1), "echo_switch": True}
        body = kit.body(documents=kit.documents(kit.primary, texts), **{role: values[role] for role in roles})
        yield Probe(kit.request(body), Expect.ACCEPT, f"lawful request {number + 1}", 7)


@define(slots=False, eq=False)
class Fuzzer:
    """Draws bodies from a contract, sends them, and keeps what was sent; a failing one in its smallest form."""

    kit: Kit
    seed: int
    probes: list[Probe] = field(factory=list, init=False)

    def run(self, send: Send, count: int) -> None:
        """Send at most about `count` generated requests, half of them meant to be valid."""
        for positive in (True, False):
            self._phase(send, max(count // 2, 1), positive=positive)

    def _phase(self, send: Send, count: int, *, positive: bool) -> None:
        from hypothesis import HealthCheck, Phase, given, seed, settings

        failing: list[Probe] = []
        left = [count]
        label = "generated, meant to be valid" if positive else "generated, meant to be invalid"

        @seed(self.seed)
        @settings(
            max_examples=max(count // 2, 1) if count < 20 else count, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck), print_blob=False,
        )
        @given(strategy(self.kit.contract, positive=positive))
        def example(body: Any) -> None:
            if left[0] <= 0:
                return
            left[0] -= 1
            try:
                request = self.kit.request(encode(body))
            except (TypeError, ValueError):
                return
            exchange = send(request)
            if exchange is None:
                left[0] = 0
                return
            probe = Probe(request, expectation(self.kit, body), label, 7)
            if broken(self.kit, probe, exchange):
                failing.append(probe)
                msg = "broken"
                raise AssertionError(msg)
            self.probes.append(probe)

        try:
            example()
        except AssertionError:
            # Hypothesis ends with the smallest example that it found.
            self.probes.append(min(failing, key=lambda probe: len(probe.request.body)))
        except Exception:  # noqa: BLE001 - what Hypothesis says of a flaky target is a finding of the exchanges, not of ours
            self.probes.extend(failing[-1:])

    def requirements(self) -> tuple[Requirement, ...]:
        """Return the requirements on what was generated."""
        sent = tuple(self.probes)
        return tuple(_requirement(clause, [p for p in sent if p.expect is expect]) for clause, expect in ((ALLOWED, Expect.ACCEPT), (FORBIDDEN, Expect.REFUSE)))


def _requirement(clause: Clause, probes: list[Probe]) -> Requirement:
    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for probe in probes:
            judge_probe(evidence, probe, finding)
        if not probes:
            finding.hide("nothing was generated")
        return finding

    return Requirement(clause, judge, tuple(probes))


def broken(kit: Kit, probe: Probe, exchange: Exchange) -> bool:
    """Whether one exchange breaks a clause: its own expectation, or any check of single exchanges."""
    from conformance.checks.reading import Reading
    from conformance.requirements.catalogue import single_checks
    from conformance.requirements.expectation import unmet

    reading = Reading(exchange, kit.contract)
    if not reading.available:
        return False
    if probe.expect is not Expect.OBSERVE and unmet(kit.contract, probe.expect, reading) is not None:
        return True
    checks = kit.__dict__.setdefault("_checks", single_checks(kit.contract))
    return any(check.judge(reading) for check in checks)


def require() -> None:
    """Raise FuzzingUnavailableError where Schemathesis is not installed."""
    from importlib.util import find_spec

    if find_spec("schemathesis") is None:
        msg = "Fuzzing needs Schemathesis: pip install 'rerank-conformance[fuzz]'."
        raise FuzzingUnavailableError(msg)


def strategy(contract: Contract, *, positive: bool) -> Any:
    """Return a Hypothesis strategy of bodies, by Schemathesis; raises FuzzingUnavailableError without it."""
    require()
    import schemathesis
    from hypothesis import strategies as st
    from schemathesis import GenerationMode

    operation = schemathesis.openapi.from_dict(with_models(contract))[contract.path][contract.method]
    mode = GenerationMode.POSITIVE if positive else GenerationMode.NEGATIVE
    cases = operation.as_strategy(generation_mode=mode)
    return cases.map(lambda case: case.body).filter(lambda body: isinstance(body, dict | list | str | int | float | bool | None) and _is_json(body)) | st.nothing()


def _is_json(body: Any) -> bool:
    try:
        encode(body, allow_nan=False).decode("utf-8")
    except (TypeError, ValueError):
        return False
    return True


def with_models(contract: Contract) -> dict[str, Any]:
    """Return the effective document with each branch's models as an enum, so that generated requests ask models that exist."""
    document: dict[str, Any] = deepcopy(dict(contract.document))

    def mark(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                mark(item)
        elif isinstance(node, dict):
            if "x-rerank-models" in node:
                node["enum"] = list(node["x-rerank-models"])
            for item in node.values():
                mark(item)

    mark(document)
    return document
