"""Requirements on what comes back for lists of documents: all of them taken, all of them ranked."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve

from conformance.checks.features import long, odd
from conformance.checks.reading import text_of
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.probes.design import OFTEN, SIZES
from conformance.probes.kit import Kit
from conformance.probes.probe import EARLY, SPARE, Expect, Probe
from conformance.probes.texts import DELICATE, DOCUMENTS, LINES, NUL, QUERY, SIGNS, filler, many
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
    """Return a question with a NUL about texts with one, beside two without; they come back where a switch asks for that."""
    texts = (*NUL, DOCUMENTS[1], DOCUMENTS[4])[: kit.most_documents(len(NUL) + 2)]
    query = kit.query(kit.primary, f"Tell me:\x00 {QUERY}")
    return kit.request(kit.body(query=query, documents=kit.documents(kit.primary, texts), **_shown(kit)))


def often_request(kit: Kit) -> Request:
    """Return a request for the same few texts over and over, in more than one batch; they come back where a switch asks for that, and may come packed."""
    texts = (DOCUMENTS * _OFTEN)[: kit.most_documents(_OFTEN)]
    plain = kit.request(kit.body(documents=kit.documents(kit.primary, texts), **_shown(kit)))
    name = "Accept-Encoding"
    return evolve(plain, headers=tuple((one, "gzip" if one == name else value) for one, value in plain.headers))


def blank_request(kit: Kit) -> Request:
    """Return a request for texts without a word among others; they come back where a switch asks for that.

    The others are the best of another text, an answer of two lines, the answer alone, and one of many words.
    """
    # An empty one comes twice: where they are left out, there are fewer than the limit asks for.
    texts = (DOCUMENTS[2], "", LINES, " ", "", DOCUMENTS[1], filler(_WORDS))[: kit.most_documents(7)]
    best = {"limit": len(texts) - 1} if kit.has("limit") and len(texts) > 1 else {}
    documents = kit.documents(kit.primary, texts)
    if wrapped := kit.content(kit.primary.items, "text", ""):
        # The second one in an object: who looks for a text in there takes it for none.
        documents[4:5] = [wrapped] * len(documents[4:5])
    return kit.request(kit.body(documents=documents, **best, **_shown(kit)))


def delicate_request(kit: Kit) -> Request:
    """Return a request for texts that services are tempted to clean up, with usual ones and the question itself among them, and a long one."""
    texts = (*DELICATE, *DOCUMENTS[1:4], QUERY, filler(_WORDY)[: kit.longest_document(1 << 30)])[
        : kit.most_documents(1 << 10)
    ]
    return kit.request(kit.body(documents=kit.documents(kit.primary, texts), **_shown(kit)))


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
        alone = EARLY if number in {0, len(asked) - 1} else SPARE
        for texts, given, priority in ((DOCUMENTS[1:2], {}, alone), (DOCUMENTS[:0:-1], back, SPARE)):
            body = kit.body(branch, documents=kit.documents(branch, texts), **given)
            request = kit.request({**body, kit.named("model", branch).name: name})
            yield Probe(request, Expect.ACCEPT, f"{len(texts)} of the texts, for {name}", priority, core=False)


def _shown(kit: Kit) -> dict[str, Any]:
    return {"echo_switch": True} if kit.has("echo_switch") else {}


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
    return alike[0], blank, Probe(asked, Expect.ACCEPT, "a query of signs alone", 5, carried=carried), numbers


def _question(kit: Kit, more: Sequence[Probe]) -> tuple[Clause, Sequence[Probe]]:
    """Return the clause that a question may be any text, with its probes."""
    query = kit.named("query")
    strange = kit.request(
        kit.body(query=kit.query(kit.primary, '  Wéi\u0301rd «query» 🦊 <b>&amp;</b> "quoted" 红色行星 \n'))
    )
    carried = odd(strange, kit.contract, query.name)
    alone = {"a space": " ", "an emoji": _EMOJI, "a common word": "the"}
    clause = Clause(
        f"request.{query.name}.any_text",
        f"`{query.name}` may hold any text.",
        Level.MUST,
        f"{query.pointer}; what the contract's schema allows must be taken",
        Impact.BREAKS,
        ("query",),
        wrong=f"`{query.name}` with odd characters is refused.",
        mend="Accept every text that JSON can hold.",
    )
    asked = {label: kit.request(kit.body(query=kit.query(kit.primary, text))) for label, text in alone.items()}
    return clause, [
        Probe(strange, Expect.ACCEPT, "a query with odd characters", 4, carried=carried),
        *more,
        *(Probe(one, Expect.ACCEPT, f"a query of {label}", 5, label == "a space") for label, one in asked.items()),
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
    at = f"request.{field.name}"
    about = ("documents",)
    source = f"{field.pointer}; what the contract's schema allows must be taken"
    primary, limit, echo = kit.primary, kit.has("limit"), kit.has("echo_switch")
    beyond: dict[str, Any] = {"limit": 3} if limit else {}

    def taken(clause: Clause, probes: Sequence[Probe]) -> Iterator[Requirement]:
        """Yield the requirement with those probes that the contract allows."""
        allowed = [
            item for item in probes if kit.contract.request_validator.is_valid(kit.contract.flat(item.request.json))
        ]
        if allowed:
            yield expecting(clause, allowed)

    def probe(
        label: str, texts: tuple[str, ...], priority: int = 4, about: tuple[str, ...] = (), **roles: Any
    ) -> Probe:
        request = kit.request(kit.body(documents=kit.documents(primary, texts), **roles))
        carried = frozenset(one for role in about for one in odd(request, kit.contract, kit.named(role).name))
        apart = _apart(kit, request) if roles == _shown(kit) and roles else ()
        return Probe(request, Expect.ACCEPT, label, priority, carried=carried or None, apart=apart)

    def plain(request: Request, label: str) -> Probe:
        return Probe(request, Expect.ACCEPT, label, 4, apart=_apart(kit, request))

    one = probe("one document", DOCUMENTS[:1], 2)
    two = evolve(probe("two documents", (DOCUMENTS[0], DOCUMENTS[3]), EARLY, **beyond), core=False)
    wordless = evolve(probe("texts without a word alone", ("", " "), EARLY), core=False)
    repeated = (DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[0])
    twice = probe("repeated documents", repeated, about=("documents",))
    alike = evolve(probe("one document three times", (DOCUMENTS[1],) * 3, EARLY), core=False)
    blank = plain(blank_request(kit), "an empty string among the documents")
    alike, wordless, *questions = _odd_questions(kit, (alike, twice), (wordless, blank))
    yield from taken(
        Clause(
            f"{at}.few",
            "Lists of one and two documents are taken.",
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong="Lists of one or two documents are refused.",
            mend="Accept lists of any length that the contract allows.",
        ),
        [one, two, *_others(kit)],
    )
    most = [kit.most_documents(wanted) for wanted in SIZES[False][1:]]
    lots = [probe(f"{count} documents", many(count), about=("documents",)) for count in dict.fromkeys(most)]
    often = kit.most_documents(_OFTEN)
    lots.append(Probe(often_request(kit), Expect.ACCEPT, f"{often} documents", 4))
    lists = f"Lists of {', '.join(map(str, dict.fromkeys(most)))} and {often} documents are taken."
    yield from taken(
        Clause(
            f"{at}.many",
            lists,
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong="Long lists of documents are refused.",
            mend="Accept lists of any length that the contract allows.",
        ),
        lots,
    )
    yield from taken(
        Clause(
            f"{at}.duplicates",
            "The same document may stand in the list more than once.",
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong="A list in which a document stands twice is refused.",
            mend="Accept a document that comes twice.",
        ),
        [twice, alike],
    )
    yield from taken(
        Clause(
            f"{at}.empty_string",
            "An empty string may stand among the documents.",
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong="A list with an empty string in it is refused.",
            mend="Accept empty strings among the documents.",
        ),
        [blank, wordless],
    )
    yield from taken(
        Clause(
            f"{at}.any_text",
            "Documents may hold any text.",
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong="Documents with odd characters are refused.",
            mend="Accept every text that JSON can hold.",
        ),
        [plain(delicate_request(kit), "delicate texts"), plain(nul_request(kit), "a NUL in a text")],
    )
    yield from taken(*_question(kit, questions))
    longest = kit.longest_document(_MEGABYTE - 2_000)
    size = "just under 1 MB" if longest == _MEGABYTE - 2_000 else f"of {longest:,} characters"
    yield from taken(
        Clause(
            f"{at}.large",
            f"A document {size} is taken.",
            Level.MUST,
            source,
            Impact.BREAKS,
            about,
            wrong=f"A document {size} is refused.",
            mend="Accept documents of every length that the contract allows.",
        ),
        # It comes back, too, where a switch asks for that: echoes are cut at sizes of their own.
        [probe(f"a document {size}", (*_giants(kit, longest), DOCUMENTS[1]), 9, **_shown(kit))],
    )
    if limit:
        name = kit.named("limit").name
        yield from taken(
            Clause(
                f"request.{name}.beyond",
                f"`{name}` may be larger than the number of documents.",
                Level.MUST,
                f"{kit.named('limit').pointer}; practice: ragflow #11740",
                Impact.BREAKS,
                ("limit",),
                wrong=f"`{name}` above the number of documents is refused.",
                mend="Return all documents where the limit is above their number.",
            ),
            [probe(f"`{name}` beyond the list", DOCUMENTS, 3, ("limit",), limit=9)],
        )
    if echo:
        texts = DOCUMENTS
        name = kit.named("echo_switch").name
        probes = [
            probe(f"`{name}` {str(value).lower()}", texts, 2, ("echo_switch",), echo_switch=value)
            for value in (True, False)
        ]
        if limit:
            probes.append(
                probe(f"`{name}` true under a limit", texts, 3, ("echo_switch", "limit"), echo_switch=True, limit=3)
            )
        yield from taken(
            Clause(
                f"request.{name}.taken",
                f"`{name}` is taken, true and false.",
                Level.MUST,
                kit.named("echo_switch").pointer,
                Impact.BREAKS,
                ("echo_switch",),
                wrong=f"`{name}` is refused.",
                mend="Accept the field, true and false.",
            ),
            probes,
        )
