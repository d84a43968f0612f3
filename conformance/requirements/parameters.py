"""Requirements on what is sent beside the body: required headers and query parameters."""

from collections.abc import Iterator

from conformance.contract import Parameter
from conformance.contract.parameters import keeps, text
from conformance.model.clause import Clause
from conformance.probes.kit import Kit
from conformance.probes.mutation import own_cases
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement


def parameter_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield for each required parameter that it is required, and that its keywords are kept; optional ones are neither sent nor asked for."""
    for item in kit.contract.parameters:
        if not item.required:
            continue
        here = (item.place, item.name)
        parameters = {key: value for key, value in kit.parameters.items() if key != here}
        without = kit.request(kit.body(), parameters=parameters)
        place = "header" if item.place == "header" else "query parameter"
        clause = Clause.of("request.parameter.{item.name}.required", item=item, place=place)
        yield expecting(clause, [Probe(without, Expect.REFUSE, f"`{item.name}` missing", Priority.REFUSED)])
        for keyword, probes in _cases(kit, item).items():
            clause = Clause.of("request.parameter.{item.name}.{keyword}", item=item, keyword=keyword, place=place)
            yield expecting(clause, probes)


def _cases(kit: Kit, item: Parameter) -> dict[str, list[Probe]]:
    found: dict[str, list[Probe]] = {}
    here = (item.place, item.name)
    for case in own_cases(item.schema, kit.parameters[here]):
        sent = text(case.value)
        if _plain(sent) and keeps(item, [(item.name, sent)]) is False:
            request = kit.request(kit.body(), parameters={**kit.parameters, here: case.value})
            label = f"`{item.name}` {case.label}"
            found.setdefault(case.keyword, []).append(Probe(request, Expect.REFUSE, label, Priority.TAKEN))
    return found


def _plain(sent: str) -> bool:
    """Whether a text crosses the wire as it is, wherever it stands."""
    return bool(sent) and sent.strip() == sent and sent.isascii() and sent.isprintable()
