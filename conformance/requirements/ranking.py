"""Requirements on what comes back for lists of documents: all of them taken, all of them ranked."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve

from conformance.checks.features import long, odd
from conformance.checks.reading import text_of
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.probes.design import OFTEN, SIZES
from conformance.probes.kit import Kit
from conformance.probes.mutation import NOUGHT
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.spelling import halved
from conformance.probes.texts import DELICATE, DOCUMENTS, LATIN, LINES, NUL, PLANES, QUERY, SIGNS, filler, many
from conformance.requirements.expectation import expecting
from conformance.requirements.requirement import Requirement

_MEGABYTE = 1_000_000
# So many bytes JSON needs around a document.
_AROUND = 10
# Words of a document that is cut into several chunks, and of one that costs more than several short questions.
_WORDY, _WORDS = 2_500, 100
# Beyond what a byte counts.
_OFTEN = OFTEN * len(DOCUMENTS)
# Questions without a letter; some languages take the last ones for none, and for numbers.
_EMOJI, _NUMBERS = "🦊", ("0", "2024")
# No service is known that takes fewer documents at once.
_SURE = 8


def nul_request(kit: Kit) -> Request:
    """Return a question with a NUL about texts with one, beside two without; they come back where a switch asks for that.

    One more has letters beyond ASCII that older character sets have too: an answer of no others may be sent in one of these.
    """
    texts = (*NUL, DOCUMENTS[1], DOCUMENTS[4], LATIN)[: kit.most_documents(len(NUL) + 3)]
    query = kit.query(kit.primary, f"Tell me:\x00 {QUERY}")
    return kit.request(kit.body(query=query, documents=kit.documents(kit.primary, texts), **kit.echoing))


def often_request(kit: Kit) -> Request:
    """Return a request for the same few texts over and over, in more than one batch; they come back where a switch asks for that, and may come packed."""
    texts = (DOCUMENTS * _OFTEN)[: kit.most_documents(_OFTEN)]
    plain = kit.request(kit.body(documents=kit.documents(kit.primary, texts), **kit.echoing))
    name = "Accept-Encoding"
    return evolve(plain, headers=tuple((one, "gzip" if one == name else value) for one, value in plain.headers))


def blank_request(kit: Kit) -> Request:
    """Return a request for texts without a word among others; they come back where a switch asks for that.

    The others are the best of another text, an answer of two lines, the answer alone, and one of many words.
    """
    # An empty one comes twice: where they are left out, there are fewer than the limit asks for.
    texts = (DOCUMENTS[2], "", LINES, " ", "", DOCUMENTS[1], filler(_WORDS))[: kit.most_documents(7)]
    best = {"limit": len(texts) - 1} if kit.has("limit") and len(texts) > 1 else {}
    return kit.request(kit.body(documents=kit.documents(kit.primary, texts), **best, **kit.echoing))


def delicate_request(kit: Kit) -> Request:
    """Return a request for texts that services are tempted to clean up, with usual ones and the question itself among them, and a long one."""
    texts = (*DELICATE, *DOCUMENTS[1:4], QUERY, filler(_WORDY)[: kit.longest_document(1 << 30)])[
        : kit.most_documents(1 << 10)
    ]
    whole = kit.encode(kit.body(documents=kit.documents(kit.primary, texts), **kit.echoing))
    # Two escapes are one such character to those who read JSON as it is written; others stand there as they are.
    return kit.request(halved(whole, PLANES))


def _apart(kit: Kit, whole: Request) -> tuple[Request, ...]:
    """Return requests for the same documents, so few at once that no list is too long, a long one alone, and without a switch that they do not need."""
    asked = kit.contract.flat(whole.json)[kit.named("documents").name]
    if not isinstance(asked, list):
        return ()
    short = [item for item in asked if len(asked) <= _SURE or not long(text_of(item))]
    parts = [short[first : first + _SURE] for first in range(0, len(short), _SURE)]
    parts += [[item] for item in asked if item not in short]
    return tuple(kit.request(kit.body(documents=part)) for part in parts)


def _others(kit: Kit) -> Iterator[Probe]:
    """Yield the answer alone, and last of a few, for each other model: short lists are elsewhere for the first one."""
    asked = [(one, name) for one in kit.branches if kit.has("model", branch=one) for name in kit.models_of(one)][1:]
    for number, (branch, name) in enumerate(asked):
        back = {"echo_switch": True} if kit.has("echo_switch", branch=branch) else {}
        # The second and the last one stand for all where there are few requests.
        alone = Priority.EARLY if number in {0, len(asked) - 1} else Priority.SPARE
        for texts, given, priority in ((DOCUMENTS[1:2], {}, alone), (DOCUMENTS[:0:-1], back, Priority.SPARE)):
            body = kit.body(branch, documents=kit.documents(branch, texts), **given)
            request = kit.request({**body, kit.named("model", branch).name: name})
            yield Probe(request, Expect.ACCEPT, f"{len(texts)} of the texts, for {name}", priority, core=False)


def _asking(kit: Kit, texts: tuple[str, ...], host: Probe, *more: Probe) -> tuple[Probe, Probe]:
    """Return a probe about a few documents, asked by an odd question, and that of the question; each is asked apart where it is refused."""
    first, *others = (kit.query(kit.primary, text) for text in texts)
    joined = kit.request({**kit.contract.flat(host.request.json), kit.named("query").name: first})
    alone = tuple(kit.request(kit.body(query=one)) for one in (first, *others))
    asked = Probe(joined, Expect.ACCEPT, f"a query of {json.dumps(texts[0])}", host.priority, host.core, apart=alone)
    if not kit.contract.request_validator.is_valid(kit.contract.flat(joined.json)):
        return host, evolve(asked, request=alone[0], core=False, apart=())
    return evolve(host, request=joined, apart=(host.request, *(one.request for one in more))), asked


def _odd_questions(kit: Kit, alike: Sequence[Probe], wordless: Sequence[Probe]) -> tuple[Probe, ...]:
    """Return the first probes about equal documents and about wordless ones, asked by odd questions where that saves requests, and those of the questions."""
    blank, numbers = _asking(kit, _NUMBERS, *wordless)
    if not kit.takes_string(kit.primary):
        same, signs = _asking(kit, (SIGNS, _EMOJI), *alike)
        return same, blank, signs, numbers
    # A single string is asked about so.
    asked = kit.request(kit.body(query=kit.query(kit.primary, SIGNS)))
    carried = odd(asked, kit.contract, kit.named("query").name)
    label = "a query of signs alone"
    return (alike[0], blank, Probe(asked, Expect.ACCEPT, label, Priority.ODD, carried=carried), numbers)


def _question(kit: Kit, more: Sequence[Probe]) -> tuple[Clause, Sequence[Probe]]:
    """Return the clause that a question may be any text, with its probes."""
    query = kit.named("query")
    odd_text = '  Wéi\u0301rd «query» 🦊 <b>&amp;</b> "quoted" 红色行星 \n'
    strange = kit.request(kit.body(query=kit.query(kit.primary, odd_text)))
    carried = odd(strange, kit.contract, query.name)
    alone = {"a space": " ", "a nought": NOUGHT, "an emoji": _EMOJI, "a common word": "the"}
    clause = Clause.of("request.{query.name}.any_text", query=query)
    asked = {label: kit.request(kit.body(query=kit.query(kit.primary, text))) for label, text in alone.items()}
    # Beside the shortest instruction, where there is one: that is asked about anyway.
    told = {"instruction": NOUGHT} if kit.has("instruction") else {}
    nought = kit.request(kit.body(query=kit.query(kit.primary, NOUGHT), **told))
    return clause, [
        Probe(strange, Expect.ACCEPT, "a query with odd characters", Priority.TAKEN, carried=carried),
        *more,
        Probe(nought, Expect.ACCEPT, "a query of a nought", apart=(asked.pop("a nought"), kit.control)),
        *(
            Probe(one, Expect.ACCEPT, f"a query of {label}", Priority.ODD, label == "a space")
            for label, one in asked.items()
        ),
    ]


def _giants(kit: Kit, longest: int) -> Iterator[str]:
    """Yield a document of a length; where that is far from a megabyte, several: each another text."""
    # Sentence by sentence: what reads or counts the first line alone does little.
    giant = filler(200_000).replace(". ", ".\n")[:longest]
    together = min((_MEGABYTE - 2_000) // (longest + _AROUND), kit.most_documents(_SURE) - 1)
    yield giant
    yield from (f"{number}{giant}"[:longest] for number in range(1, together))


def list_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield the lists that the contract's schema allows and a service may stumble over."""
    field = kit.named("documents")
    primary, limit, echo = kit.primary, kit.has("limit"), kit.has("echo_switch")
    beyond: dict[str, Any] = {"limit": 3} if limit else {}

    def taken(clause: Clause, probes: Sequence[Probe]) -> Iterator[Requirement]:
        """Yield the requirement with those probes that the contract allows."""
        lawful, flat = kit.contract.request_validator.is_valid, kit.contract.flat
        if allowed := [item for item in probes if lawful(flat(item.request.json))]:
            yield expecting(clause, allowed)

    def probe(
        label: str,
        texts: tuple[str, ...],
        priority: Priority = Priority.TAKEN,
        about: tuple[str, ...] = (),
        **roles: Any,
    ) -> Probe:
        request = kit.request(kit.body(documents=kit.documents(primary, texts), **roles))
        carried = frozenset(one for role in about for one in odd(request, kit.contract, kit.named(role).name))
        apart = _apart(kit, request) if roles == kit.echoing and roles else ()
        return Probe(request, Expect.ACCEPT, label, priority, carried=carried or None, apart=apart)

    def plain(request: Request, label: str) -> Probe:
        return Probe(request, Expect.ACCEPT, label, Priority.TAKEN, apart=_apart(kit, request))

    one = probe("one document", DOCUMENTS[:1], Priority.GATE)
    two = evolve(probe("two documents", (DOCUMENTS[0], DOCUMENTS[3]), Priority.EARLY, **beyond), core=False)
    wordless = evolve(probe("texts without a word alone", ("", " "), Priority.EARLY), core=False)
    repeated = (DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0])
    twice = probe("repeated documents", repeated, about=("documents",))
    alike = evolve(probe("one document three times", (DOCUMENTS[1],) * 3, Priority.EARLY), core=False)
    blank = plain(blank_request(kit), "an empty string among the documents")
    alike, wordless, *questions = _odd_questions(kit, (alike, twice), (wordless, blank))
    yield from taken(Clause.of("request.{field.name}.few", field=field), [one, two, *_others(kit)])
    most = [kit.most_documents(wanted) for wanted in SIZES[False][1:]]
    lots = [probe(f"{count} documents", many(count), about=("documents",)) for count in dict.fromkeys(most)]
    often = kit.most_documents(_OFTEN)
    # At the end: who is worn out by then fails with many before it does with few.
    lots.append(Probe(often_request(kit), Expect.ACCEPT, f"{often} documents", Priority.LAST))
    sizes = ", ".join(map(str, dict.fromkeys(most)))
    yield from taken(Clause.of("request.{field.name}.many", field=field, sizes=sizes, often=often), lots)
    yield from taken(Clause.of("request.{field.name}.duplicates", field=field), [twice, alike])
    yield from taken(Clause.of("request.{field.name}.empty_string", field=field), [blank, wordless])
    yield from taken(
        Clause.of("request.{field.name}.any_text", field=field),
        [plain(delicate_request(kit), "delicate texts"), plain(nul_request(kit), "a NUL in a text")],
    )
    yield from taken(*_question(kit, questions))
    longest = kit.longest_document(_MEGABYTE - 2_000)
    size = "just under 1 MB" if longest == _MEGABYTE - 2_000 else f"of {longest:,} characters"
    yield from taken(
        Clause.of("request.{field.name}.large", field=field, size=size),
        # It comes back, too, where a switch asks for that: echoes are cut at sizes of their own.
        [probe(f"a document {size}", (*_giants(kit, longest), DOCUMENTS[1]), Priority.GIANT, **kit.echoing)],
    )
    if limit:
        name = kit.named("limit").name
        yield from taken(
            Clause.of("request.{name}.beyond", name=name, field=kit.named("limit")),
            [probe(f"`{name}` beyond the list", DOCUMENTS, Priority.REFUSED, ("limit",), limit=9)],
        )
    if echo:
        texts = DOCUMENTS
        name = kit.named("echo_switch").name
        probes = [
            probe(f"`{name}` {str(value).lower()}", texts, Priority.GATE, ("echo_switch",), echo_switch=value)
            for value in (True, False)
        ]
        if limit:
            label = f"`{name}` true under a limit"
            probes.append(probe(label, texts, Priority.REFUSED, ("echo_switch", "limit"), echo_switch=True, limit=3))
        yield from taken(Clause.of("request.{name}.taken", name=name, field=kit.named("echo_switch")), probes)
