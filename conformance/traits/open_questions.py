"""What contracts leave open: asked in every run, told, never failed."""

from codecs import BOM_UTF8
from collections.abc import Iterator

from attrs import evolve

from conformance.checks.check import show
from conformance.contract import select
from conformance.contract.instances import Unsatisfiable, sample
from conformance.contract.schema import alternatives, types
from conformance.model.exchange import Request
from conformance.probes.kit import MULTIMODAL, Kit
from conformance.probes.texts import COSTLY, HUGE
from conformance.requirements.branches import unknown_model
from conformance.requirements.metering import counted
from conformance.requirements.transport import deep
from conformance.traits.trait import NOT_ASKED, Seen, Trait, TraitValue, unseen
from conformance.traits.transport import trailing_slash

_LONG = 1_000


def open_questions(kit: Kit) -> Iterator[Trait]:  # noqa: C901 - one question after the other
    """Yield what to ask where the contract leaves the answer open."""
    body = kit.body()
    text = kit.encode(body)
    query = kit.named("query").name

    def ask(name: str, sentence: str, request: Request, *roles: str, core: bool = True) -> Trait:
        return Trait(name, sentence, (request,), lambda look: _answered(look, request), roles, core=core)

    # Where it is taken, the answer tells what such texts cost, too.
    costly = kit.body(documents=kit.documents(kit.primary, COSTLY)) if kit.longest_document(_LONG) == _LONG else body
    beside = kit.request({**costly, "no_such_field": HUGE})
    yield ask("unknown_field", "A field that the contract does not declare", beside)
    for method in ("HEAD", "OPTIONS"):
        yield ask(method.lower(), f"The method {method}", kit.request(b"", method=method, media=""), core=False)
    yield evolve(trailing_slash(kit), core=False)
    credential = kit.contract.credential
    if credential is not None and credential.authentication:
        word = credential.prefix.strip()
        lowered = credential.value(f"${kit.key_name}").replace(word, word.lower(), 1)
        sentence, asked = f"`{word.lower()}` in lower case", kit.request(body, authorization=lowered)
        yield ask(f"lower_case_{word.lower()}", sentence, asked, core=False)
    for name, sentence, spelt in (
        ("duplicate_key", "A key that comes twice", text[:-1] + b"," + kit.encode({query: "Apple"})[1:]),
        ("byte_order_mark", "A byte order mark before the JSON (RFC 8259, 8.1)", BOM_UTF8 + text),
    ):
        yield ask(name, sentence, kit.request(spelt), core=False)
    yield ask("deep_nesting", "A query of lists nested 500 deep", kit.request(deep(kit)))
    surrogate = kit.encode(kit.body(query=kit.query(kit.primary, "@@"))).replace(b"@@", b"lone \\ud800 surrogate")
    yield ask("lone_surrogate", "An escaped surrogate without its other half", kit.request(surrogate))
    for name, sentence, odd in (
        ("empty_list", "An empty list of documents, which the contract does not forbid", {"documents": []}),
        ("empty_query", "An empty query, which the contract does not forbid", {"query": ""}),
    ):
        if kit.contract.request_validator.is_valid(kit.body(**odd)):
            yield ask(name, sentence, kit.request(kit.body(**odd)))
    # Where no field is a number, one stands where a text is asked for.
    numbers = [
        item
        for item in kit.primary.fields.values()
        if any(types(leaf) & {"integer", "number"} for leaf in alternatives(item.schema))
    ]
    number = min(numbers or [kit.named("query")], key=lambda item: item.role != "limit").name
    number_like = kit.encode({**body, number: "@@"})
    yield ask("nan", "NaN for a number", kit.request(number_like.replace(b'"@@"', b"NaN")), core=False)
    beyond = kit.request(number_like.replace(b'"@@"', b"1e400"))
    yield ask("overflow", "A number beyond every float (1e400)", beyond, core=False)
    yield ask("huge_number", f"`{number}` of thirty digits", kit.request({**body, number: HUGE}), core=False)
    if numbers:
        yield ask("whole_fraction", "4.0 where an integer is asked for", kit.request({**body, number: 4.0}), core=False)
    model = kit.contract.request_field("model")
    if model is not None and "enum" not in model.schema and not kit.contract.models and not model.required:
        yield ask("unknown_model", "An unknown model, where naming one is optional", unknown_model(kit, model))
    for branch in kit.branches:
        for item in branch.fields.values():
            other = next(
                (m for m in kit.models_of(branch) if item.only_models is not None and m not in item.only_models), None
            )
            if other is None or not kit.has("model", branch=branch):
                continue
            try:
                given = {**kit.body(branch), item.name: sample(item.schema), kit.named("model", branch).name: other}
            except Unsatisfiable:
                continue
            name, sentence = (
                f"unsupported.{branch.label}.{item.name}",
                f"`{item.name}` for a model that does not take it",
            )
            yield ask(name, f"{sentence} ({other})", kit.request(given), item.role or item.name, core=False)
    image = kit.content(kit.primary.items, "image", "https://example.com/image.jpg")
    if image and kit.primary.kind != MULTIMODAL:
        pictured = kit.request(kit.body(documents=[image, *kit.documents(kit.primary, ["apple"])]))
        yield ask("image_for_text_model", "An image for a text model", pictured, core=False)

    yield from _billed(kit)


def _answered(look: Seen, request: Request) -> TraitValue:
    reading = look.of(request)
    response = reading.exchange.response if reading is not None else None
    if reading is None or response is None:
        return NOT_ASKED if reading is None else unseen(reading.exchange.error or "no answer", reading)
    words = f"accepted with {response.status}" if reading.success else f"{response.status} {show(response.text)}"
    kind = "accepted" if reading.success else f"refused {response.status}"
    return TraitValue(words, kind, (reading.exchange.id,), refused=not reading.success)


def _billed(kit: Kit) -> Iterator[Trait]:
    """Yield what is billed against what is counted, where an answer tells both."""
    places = list(counted(kit.contract))
    if len(places) < 2:
        return

    def read(look: Seen) -> TraitValue:
        reading = look.of(kit.control)
        if reading is None or not reading.answered:
            return NOT_ASKED if reading is None else unseen("the control request was not answered", reading)
        one, other = (select(reading.answer, place.path) for place in places[:2])
        same = "equal" if one == other else "apart"
        told = f"counted {one[0] if one else 'not given'}, billed {other[0] if other else 'not given'}"
        return TraitValue(told, same, (reading.exchange.id,))

    roles = tuple(place.role for place in places[:2])
    yield Trait("billed", "Billed against counted tokens of the control request", (kit.control,), read, roles)
