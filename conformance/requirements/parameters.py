"""Requirements on what is sent beside the body: required headers, query parameters and cookies."""

from collections.abc import Iterator

from conformance.contract import Parameter
from conformance.contract.styles import keeps, spelt
from conformance.model.clause import Clause, Impact, Level
from conformance.probes.kit import Kit
from conformance.probes.mutation import own_cases
from conformance.probes.probe import Expect, Priority, Probe
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement

_NAMED = {"header": "header", "cookie": "cookie"}


def parameter_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield for each required parameter that it is required, and that its keywords are kept; optional ones are neither sent nor asked for."""
    for item in kit.contract.parameters:
        if not item.required:
            continue
        here = (item.place, item.name)
        without = kit.request(
            kit.body(), parameters={key: value for key, value in kit.parameters.items() if key != here}
        )
        said = f"The {_NAMED.get(item.place, 'query parameter')} `{item.name}`"
        clause = Clause(
            f"request.parameter.{item.name}.required",
            f"{said} is required.",
            Level.MUST,
            f"{item.pointer}/required",
            Impact.CHANGES,
            ("parameter",),
            wrong=f"A request without the {_NAMED.get(item.place, 'query parameter')} `{item.name}` is accepted.",
            mend="Refuse a request without it.",
        )
        yield expecting(clause, [Probe(without, Expect.REFUSE, f"`{item.name}` missing", Priority.REFUSED)])
        for keyword, probes in _cases(kit, item).items():
            clause = Clause(
                f"request.parameter.{item.name}.{keyword}",
                f"{said} keeps the contract's `{keyword}`.",
                Level.MUST,
                f"{item.pointer}/schema/{keyword}",
                Impact.CHANGES,
                ("parameter",),
                wrong=f"{said} is accepted with a value beyond the contract's `{keyword}`.",
                mend="Refuse every value that the contract does not allow.",
            )
            yield expecting(clause, probes)


def _cases(kit: Kit, item: Parameter) -> dict[str, list[Probe]]:
    found: dict[str, list[Probe]] = {}
    here = (item.place, item.name)
    for case in own_cases(item.schema, kit.parameters[here]):
        sent = spelt(item, case.value)
        if all(map(_plain, sent)) and keeps(item, sent) is False:
            request = kit.request(kit.body(), parameters={**kit.parameters, here: case.value})
            found.setdefault(case.keyword, []).append(
                Probe(request, Expect.REFUSE, f"`{item.name}` {case.label}", Priority.TAKEN)
            )
    return found


def _plain(pair: tuple[str, str]) -> bool:
    """Whether a text crosses the wire as it is, wherever it stands."""
    text = pair[1]
    return bool(text) and text.strip() == text and text.isascii() and text.isprintable()
