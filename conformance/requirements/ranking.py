"""Requirements on what comes back for lists of documents: all of them taken, all of them ranked."""

from collections.abc import Iterator

from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Probe
from conformance.probes.texts import DELICATE, DOCUMENTS, NUL, filler, many
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Clause, Level, Requirement

_MEGABYTE = 1_000_000


def list_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield the lists that the contract's schema allows and a service may stumble over."""
    field = kit.named("documents")
    at = f"request.{field.name}"
    source = f"{field.pointer}; what the contract's schema allows must be taken"
    primary = kit.primary
    limit, echo = kit.has("limit"), kit.has("echo_switch")

    def probe(label: str, texts: tuple[str, ...], priority: int = 4, **roles: object) -> Probe:
        return Probe(kit.request(kit.body(documents=kit.documents(primary, texts), **roles)), Expect.ACCEPT, label, priority)

    on = {"echo_switch": True} if echo else {}
    yield expecting(
        Clause(f"{at}.few", "Lists of one and two documents are taken.", Level.MUST, source),
        [probe("one document", DOCUMENTS[:1], 2, **on), probe("two documents", DOCUMENTS[:2])],
    )
    lots = [probe("60 documents", many(60))]
    lots.append(probe("120 documents", many(120), **({"limit": 110} if limit else {})))
    yield expecting(Clause(f"{at}.many", "Lists of more than fifty and more than a hundred documents are taken.", Level.MUST, source), lots)
    repeated = (DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0])
    blank = (DOCUMENTS[0], "", DOCUMENTS[1], " ")
    yield expecting(Clause(f"{at}.duplicates", "The same document may stand in the list more than once.", Level.MUST, source), [probe("repeated documents", repeated, **on)])
    if kit.contract.request_validator.is_valid(kit.body(documents=kit.documents(primary, blank))):
        yield expecting(Clause(f"{at}.empty_string", "An empty string may stand among the documents.", Level.MUST, source), [probe("an empty string among the documents", blank, **on)])
    yield expecting(
        Clause(f"{at}.any_text", "Documents may hold any text.", Level.MUST, source),
        [probe("delicate texts", DELICATE, **on), probe("a NUL in a text", (NUL, DOCUMENTS[1]), **on)],
    )
    query = kit.named("query")
    odd = kit.query(primary, '  Wéi\u0301rd «query» 🦊 <b>&amp;</b> "quoted" 红色行星 \n')
    yield expecting(
        Clause(f"request.{query.name}.any_text", f"`{query.name}` may hold any text.", Level.MUST, f"{query.pointer}; what the contract's schema allows must be taken"),
        [Probe(kit.request(kit.body(query=odd)), Expect.ACCEPT, "a query with odd characters", 4)],
    )
    giant = filler(200_000)[: _MEGABYTE - 2_000]
    yield expecting(Clause(f"{at}.large", "A document just under 1 MB is taken.", Level.MUST, source), [probe("a document just under 1 MB", (giant, DOCUMENTS[1]), 9)])
    if limit:
        name = kit.named("limit").name
        yield expecting(
            Clause(f"request.{name}.beyond", f"`{name}` may be larger than the number of documents.", Level.MUST, f"{kit.named('limit').pointer}; practice: ragflow #11740"),
            [probe(f"`{name}` beyond the list", DOCUMENTS, 3, limit=9)],
        )
    if echo:
        texts = DOCUMENTS
        name = kit.named("echo_switch").name
        probes = [probe(f"`{name}` true", texts, 2, echo_switch=True), probe(f"`{name}` false", texts, 3, echo_switch=False)]
        if limit:
            probes.append(probe(f"`{name}` true under a limit", texts, 3, echo_switch=True, limit=3))
        yield expecting(Clause(f"request.{name}.taken", f"`{name}` is taken, true and false.", Level.MUST, kit.named("echo_switch").pointer), probes)
