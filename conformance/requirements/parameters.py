"""Requirements on what is sent beside the body: required headers and query parameters."""

from collections.abc import Iterator

from conformance.contract import Parameter
from conformance.contract.parameters import keeps
from conformance.model.clause import Clause, Impact, Level
from conformance.probes.kit import Kit
from conformance.probes.mutation import own_cases
from conformance.probes.probe import Expect, Probe
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement


def parameter_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield for each required parameter that it is required, and that its keywords are kept; optional ones are neither sent nor asked for."""
    for item in kit.contract.parameters:
        if not item.required:
            continue
        here = (item.place, item.name)
        without = kit.request(
            kit.body(), parameters={key: value for key, value in kit.parameters.items() if key != here}
        )
        said = f"The {'header' if item.place == 'header' else 'query parameter'} `{item.name}`"
        clause = Clause(
            f"request.parameter.{item.name}.required",
            f"{said} is required.",
            Level.MUST,
            f"{item.pointer}/required",
            Impact.CHANGES,
            ("parameter",),
        )
        yield expecting(clause, [Probe(without, Expect.REFUSE, f"`{item.name}` missing", 3)])
        for keyword, probes in _cases(kit, item).items():
            clause = Clause(
                f"request.parameter.{item.name}.{keyword}",
                f"{said} keeps the contract's `{keyword}`.",
                Level.MUST,
                f"{item.pointer}/schema/{keyword}",
                Impact.CHANGES,
                ("parameter",),
            )
            yield expecting(clause, probes)


def _cases(kit: Kit, item: Parameter) -> dict[str, list[Probe]]:
    found: dict[str, list[Probe]] = {}
    here = (item.place, item.name)
    for case in own_cases(item.schema, kit.parameters[here]):
        text = case.value if isinstance(case.value, str) else str(case.value)
        if text.strip() == text and text and text.isascii() and text.isprintable() and not keeps(item, text):
            request = kit.request(kit.body(), parameters={**kit.parameters, here: text})
            found.setdefault(case.keyword, []).append(Probe(request, Expect.REFUSE, f"`{item.name}` {case.label}", 4))
    return found
