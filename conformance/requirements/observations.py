"""What contracts leave open: asked, told, never failed."""

from collections.abc import Iterator

from attrs import frozen

from conformance.checks.check import show
from conformance.checks.reading import Reading
from conformance.contract import select
from conformance.contract.schema import alternatives, types
from conformance.model.exchange import Request
from conformance.model.verdict import Observation
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.probe import Expect, Probe
from conformance.probes.sample import Unsatisfiable, sample
from conformance.requirements.branches import unknown_model
from conformance.requirements.evidence import Evidence
from conformance.requirements.metering import counted
from conformance.requirements.transport import deep


@frozen
class Question:
    """One thing to observe: an id, what is asked, and its probe."""

    id: str
    sentence: str
    probe: Probe


def questions(kit: Kit) -> Iterator[Question]:
    """Yield what to ask where the contract leaves the answer open."""
    body = kit.body()
    text = kit.encode(body)
    query = kit.named("query").name

    def ask(name: str, sentence: str, request: Request, *, core: bool = True) -> Question:
        return Question(f"observed.{name}", sentence, Probe(request, Expect.OBSERVE, sentence, 8, core))

    yield ask("unknown_field", "A field that the contract does not declare", kit.request({**body, "no_such_field": 1}))
    yield ask("trailing_slash", "The declared path with a trailing slash", kit.request(body, path=f"{kit.contract.path}/"), core=False)
    credential = kit.contract.credential
    if credential is not None and credential.authentication:
        word = credential.prefix.strip()
        lowered = credential.value(f"${kit.key_name}").replace(word, word.lower(), 1)
        yield ask(f"lower_case_{word.lower()}", f"`{word.lower()}` in lower case", kit.request(body, authorization=lowered), core=False)
    yield ask("duplicate_key", "A key that comes twice", kit.request(text[:-1] + b"," + kit.encode({query: "Apple"})[1:]), core=False)
    yield ask("deep_nesting", "A query of lists nested 500 deep", kit.request(deep(kit)))
    surrogate = kit.encode(kit.body(query=kit.query(kit.primary, "@@"))).replace(b"@@", b"lone \\ud800 surrogate")
    yield ask("lone_surrogate", "An escaped surrogate without its other half", kit.request(surrogate))
    for name, sentence, odd in (("empty_list", "An empty list of documents, which the contract does not forbid", {"documents": []}), ("empty_query", "An empty query, which the contract does not forbid", {"query": ""})):
        if kit.contract.request_validator.is_valid(kit.body(**odd)):
            yield ask(name, sentence, kit.request(kit.body(**odd)))
    # Where no field is a number, one stands where a text is asked for.
    numbers = [item for item in kit.primary.fields.values() if any(types(leaf) & {"integer", "number"} for leaf in alternatives(item.schema))]
    number = min(numbers or [kit.named("query")], key=lambda item: item.role != "limit").name
    number_like = kit.encode({**body, number: "@@"})
    yield ask("nan", "NaN for a number", kit.request(number_like.replace(b'"@@"', b"NaN")))
    yield ask("overflow", "A number beyond every float (1e400)", kit.request(number_like.replace(b'"@@"', b"1e400")), core=False)
    yield ask("huge_number", f"`{number}` of thirty digits", kit.request({**body, number: 10**30}))
    if numbers:
        yield ask("whole_fraction", "4.0 where an integer is asked for", kit.request({**body, number: 4.0}), core=False)
    model = kit.contract.request_field("model")
    if model is not None and "enum" not in model.schema and not kit.contract.models and not model.required:
        yield ask("unknown_model", "A model that nobody knows, where naming one is optional", unknown_model(kit, model))
    for branch in kit.branches:
        for item in branch.fields.values():
            other = next((m for m in kit.models_of(branch) if item.only_models is not None and m not in item.only_models), None)
            if other is None or not kit.has("model", branch=branch):
                continue
            try:
                given = {**kit.body(branch), item.name: sample(item.schema), kit.named("model", branch).name: other}
            except Unsatisfiable:
                continue
            yield ask(f"unsupported.{branch.label}.{item.name}", f"`{item.name}` for a model that does not take it ({other})", kit.request(given), core=branch is kit.primary and item.role == "instruction")
    image = kit.content(kit.items(kit.primary), "image", "https://example.com/image.jpg")
    if image and kit.primary.kind != MULTIMODAL:
        yield ask("image_for_text_model", "An image for a text model", kit.request(kit.body(documents=[image, *kit.documents(kit.primary, ["apple"])])), core=False)


def observe(kit: Kit, evidence: Evidence) -> tuple[Observation, ...]:
    """Return how each question was answered; those that were not asked are left out."""
    found = []
    for question in questions(kit):
        reading = evidence.of(question.probe.request)
        if reading is not None and reading.exchange.response is not None:
            found.append(Observation(question.id, question.sentence, _told(reading), (reading.exchange.id,)))
    billed = _billed(kit, evidence)
    return (*found, *([billed] if billed else []))


def _told(reading: Reading) -> str:
    response = reading.exchange.response
    if response is None:
        return "no answer"
    return f"accepted with {response.status}" if reading.success else f"{response.status} {show(response.text)}"


def _billed(kit: Kit, evidence: Evidence) -> Observation | None:
    reading = evidence.of(kit.control)
    places = list(counted(kit.contract))
    if reading is None or len(places) < 2 or not reading.answered:
        return None
    used, billed = places
    one, other = select(reading.answer, used.path), select(reading.answer, billed.path)
    value = f"counted {one[0] if one else 'not given'}, billed {other[0] if other else 'not given'}"
    return Observation("observed.billed", "Billed against counted tokens of the control request", value, (reading.exchange.id,))
