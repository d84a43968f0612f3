"""Requirements that every part of a question and of a document counts, in every script: what is asked.

A request screens many parts at once; `screen` says how what it makes doubtful is asked alone and judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any
from unicodedata import name as named
from urllib.parse import quote

from attrs import evolve

from conformance.contract import validator
from conformance.model.clause import Clause
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.kit import Kit
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.texts import DOCUMENTS, EDGES, ENCLOSURES, MARKS, SCRIPTS, TOPICS, UNSPACED, WORDS, filler
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import expecting
from conformance.requirements.over_models import over_models
from conformance.requirements.part import Part
from conformance.requirements.ranking import nul_request
from conformance.requirements.requirement import Requirement, probe_all
from conformance.requirements.screen import MANY, SHARE_OF_MANY, screening

# Characters by whose like services know a question.
_BEGUN = 110
_LONG_QUESTION, _LONGER_QUESTION = 120, 800
# So many lines leave a short question room in every context, and a long one hardly any; and so many a long one too.
_CROWDING, _BEHIND_QUESTION = 80, 20
# And after so many of them its topic comes again: another passage that is the best has it too.
_OFTEN = 4
# Topics of a question that is no short one.
_USUAL = 5
# Beyond the thousand characters at which some cut, and well within the shortest context.
_LONG_DOCUMENT = 280
# As many as a document may have that no service refuses; it stands in combined requests too.
_UNCUT = 1_200
# Of a language and a tokenizer that make little of a token.
_WORDS_PER_TOKEN = 0.4
# And letters of the longest words, where each is a token.
_LETTERS = 16
# Times that a line of Chinese comes: as many tokens as the words of a long document.
_MANY_MORE = 4
# Words behind what a long document begins with: more than a context of a thousand tokens holds; and before and behind what stands in its middle, as many as it holds.
_BEHIND, _BEFORE, _REST = 900, 100, 150
# Where a part of the question or of a document is lost, it is not counted either.
QUESTION, DOCUMENT = ("ranking.query.marks", "ranking.query.tokens", "ranking.query.long"), "ranking.document.whole"
# What a model may lose that another one does not.
_SHARED = frozenset({"ranking.query.long", "ranking.document.whole", "ranking.scripts"})
# Where the words of WORDS stand in a document, by kind.
_ENTRY = "Entry: {} is kept here."
_ENTRIES = {
    "the first word": "{} are kept here.",
    "the last word": "What is kept here is {}",
    "a word on a line of its own": "Entry:\n{}\nis kept here.",
    **{f"a text of nothing but {what}": "{}" for what in ("digits", "a word for nothing", "JSON")},
    "an item of a list": "Entries kept here:\n- {}",
    "a heading": "# {}\nIt is kept here.",
    "a first word behind a byte order mark": "{} is kept here.",
    # Few words and signs, for more of them leave little to each.
    "the last word of a text with emoji": "\U0001f98a\U0001f98a\U0001f98a\U0001f98a Kept here: {}",
    # Nothing but the word: what else stood there would be most of the text.
    "a word of a long path": f"Kept: {'/{0}' * 24}",
}
# The same in other words: that a text which lost its word scores above another one by chance does not happen thrice.
_RETOLD = (("", ""), ("kept", "stored"), ("here", "upstairs"))
_THIRD = 3
_DULL, *_DULLER = "Shelves are dusted monthly.", "Floors are swept weekly.", "Lamps are dimmed nightly."
# A question of one word, for beside much longer texts the shortest rows of a batch are nearly all padding.
_BRIEF = next((topic[0].split()[0], *topic[1:]) for topic in TOPICS if topic[0].count(" ") == 1)


def wholeness_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what holds of every part of the question and of the documents."""
    limit = kit.primary.by_role("limit")
    cut = limit is not None and limit.required and not validator(limit.schema).is_valid(MANY)
    if cut or not kit.contract.success.place("score"):
        return
    yield from over_models(kit, _questions, _SHARED)
    yield from over_models(kit, _document, _SHARED, frozenset({DOCUMENT}))
    yield from over_models(kit, _wording, _SHARED)


def _questions(kit: Kit) -> Iterator[Requirement]:
    yield from _question(kit)
    yield _literal(kit)


def _wording(kit: Kit) -> Iterator[Requirement]:
    scripts = tuple(_scripts(kit))
    screened = next((probe.request for item in scripts for probe in item.probes), None)
    yield from _unspaced(kit, screened)
    yield from _words(kit, screened)
    yield from scripts


def _ask(kit: Kit, query: str, texts: Sequence[Any], **roles: Any) -> Request:
    """Return a question about texts, or about documents in their forms."""
    documents = [_form(kit, text) if isinstance(text, str) else text for text in texts]
    return kit.request(kit.body(query=kit.query(kit.primary, query), documents=documents, **roles))


def _form(kit: Kit, text: str, *, wrapped: bool = False) -> Any:
    """Return a text as the contract has a document; in an object, where one may be that."""
    found = kit.content(kit.primary.items, "text", text) if wrapped else None
    return found or kit.documents(kit.primary, [text])[0]


def _question(kit: Kit) -> Iterator[Requirement]:
    """Yield a question of many parts; alone, two questions that differ only in the part must give the documents other scores."""
    topics, other = TOPICS[:-1], TOPICS[-1]
    documents = [answer for _, answer, _ in (*TOPICS, *EDGES)] + [topic[2] for topic in TOPICS[:2]]
    marks, heads, unlike = list(MARKS.items()), (topics[0][0], other[0]), len(documents) - 1
    (lead, _, lead_for), (last, _, last_for) = EDGES

    def parts(wanted: Sequence[tuple[str, str]], before: str) -> list[Part]:
        found = []
        for place, (name, mark) in enumerate(wanted, 1):
            at = place % len(topics)
            said = (f"{mark}{topics[at][0]}", f"{mark}{other[0]}")
            alone = tuple(_ask(kit, f"{before}{tail}", documents) for tail in said)
            found.append(
                Part(f"what follows {name} in the question", alone, (at, at), (at, unlike), said=said, free=True)
            )
        return found

    def edges(query: str, documents: Sequence[str]) -> list[Part]:
        """Return the first and the last word of a question: alone they would be all of a short one."""
        found = []
        for at, (name, word, instead) in enumerate((("first", lead, lead_for), ("last", last, last_for)), len(TOPICS)):
            both = _ask(kit, query, documents), _ask(kit, query.replace(word, instead), documents)
            told = f"the {name} word of the question"
            found.append(Part(told, both, (at, at), (at, unlike), clearly=True, said=(word, instead)))
        return found

    for half, wanted in enumerate((marks[: len(marks) // 2], marks[len(marks) // 2 :])):
        # One of them begins as the long question does, for a service that knows a question by its beginning.
        middle = f"{topics[0][0]}{f'. {filler(1)[:_BEGUN]}' * half}" + "".join(
            mark + topics[place % len(topics)][0] for place, (_, mark) in enumerate(wanted, 1)
        )
        query = f"{lead}. {middle}. {last}"
        clause = Clause.of("ranking.query.{part}", part=("marks", "tokens")[half], field=kit.named("query"))
        # The other one stands beside longer documents. One begins with what its end asks for: who cuts both texts of a pair cuts that.
        end, place, alike = topics[len(wanted) % len(topics)], len(documents), _DULL + f" {_DULL}" * _BEHIND_QUESTION
        crowd = [
            *(" ".join([text, *[_DULL] * _OFTEN] * (_CROWDING // (1 + _OFTEN))) for text in end[1:]),
            *(f"{alike} {text}" for text in topics[1][1:]),
        ] * (not half)
        among = [*documents, *(text[: kit.longest_document(1 << 30)] for text in crowd)]
        both = tuple(_ask(kit, query.replace(topics[0][0], head, 1), among) for head in heads)
        much = ". ".join(topic[0] for topic in topics[:_USUAL] if topic is not end)
        ends = tuple(_ask(kit, f"{much}. {said}", among) for said in (end[0], other[0]))
        beside, behind, follow = (place, place + 1), (place + 2, place + 3), parts(wanted, topics[0][0])
        # Theirs are what the screen's question begins and ends with.
        begun, ended = follow[0].said, follow[-1].said
        name = "the end of the question beside a long document"
        crowded = [
            Part(name, ends, (place, place), beside, clearly=True, said=ended),
            Part(
                "the end of a document beside a long question", both[:1], behind, behind, said=begun, brief=(1, unlike)
            ),
        ]
        found = [
            Part("the beginning of the question", both, (0, 0), (0, unlike), said=heads),
            *edges(query, among),
            *follow,
            *(crowded if crowd else ()),
        ]
        yield screening(kit, clause, both[0], None, found, unlike, ("limit", "")[half], SHARE_OF_MANY, query, heads[0])
    pad, field = filler(_LONG_QUESTION), kit.named("query")
    thrice = f"{lead}. {topics[0][0]}. {pad} {topics[1][0]}. {pad} {topics[2][0]}. {last}"
    asked = _ask(kit, thrice, documents)
    if kit.contract.request_validator.is_valid(kit.contract.flat(asked.json)):
        probes = [Probe(asked, Expect.ACCEPT, "a long question", Priority.ODD)]
        if (longer := _longer(kit)) is not None:
            probes.append(Probe(longer, Expect.ACCEPT, "a longer question", Priority.ODD))
        yield expecting(Clause.of("request.{field.name}.long", field=field), probes)
    thirds = []
    for at, name in enumerate(("beginning", "middle", "end")):
        said = topics[at][0], _as_long(other[0], topics[at][0])
        both = (asked, _ask(kit, thrice.replace(*said, 1), documents))
        thirds.append(Part(f"the {name} of a long question", both, (at, at), (at, unlike), said=said))
    thirds += edges(thrice, documents)
    lines = parts([("many lines", f".\n{pad}\n{pad}\n")], topics[0][0])
    thirds += (evolve(part, said=thirds[1].said, free=False) for part in lines)
    yield screening(kit, Clause.of("ranking.query.long", field=field), asked, None, thirds, query=thrice)


def _longer(kit: Kit) -> Request | None:
    """Return a question that is longer than any usual one, and begins with a text without a space; None where the contract does not allow it."""
    # And about a sentence of the rest, which shows what counts there.
    told = filler(1).split(". ")[0]
    request = _ask(kit, f"{UNSPACED[0]} {filler(_LONGER_QUESTION)}", [*UNSPACED, told, *DOCUMENTS])
    return request if kit.contract.request_validator.is_valid(kit.contract.flat(request.json)) else None


def _unspaced(kit: Kit, scripts: Request | None) -> Iterator[Requirement]:
    """Yield that a text without a space is read where it is longer than words are."""
    request, at = _longer(kit), _at(UNSPACED[0])
    if request is not None and scripts is not None:
        # Beside a topic that is answered: who loses the text has a question, and a document that is above those without an answer.
        topic, answer, unlike = TOPICS[0]
        # Thrice: that one of them scores above the other by chance does not happen so often.
        pairs = [f"{text} {sign}".rstrip() for sign in ("", *"12") for text in UNSPACED]
        texts = [*pairs, *(f"{text} {_DULL}" for text in (answer, unlike))]
        alone, more = _ask(kit, f"{topic}. {UNSPACED[0]}", texts), tuple((at, at + 1) for at in range(2, len(pairs), 2))
        name = f"a text of {len(UNSPACED[0])} Chinese signs without a space"
        part = Part(name, (alone,), (0, 1), (0, 1), more, clearly=True, script=(scripts, (2 * at, 2 * at + 1)))
        yield screening(kit, Clause.of("ranking.query.unspaced", field=kit.named("query")), request, 2, [part])


def _at(text: str) -> int:
    """Return the place of a text's script in SCRIPTS, counted from one; 0 where it has none of those."""
    return next((at for at, one in enumerate(SCRIPTS, 1) if _script(one[1]) & _script(text)), 0)


def _as_long(words: str, than: str) -> str:
    """Return words over and over, as many as another text has: what is cut by words is cut at the same place."""
    return " ".join(islice(cycle(words.split()), len(than.split())))


def _literal(kit: Kit) -> Requirement:
    """Return that a question is not decoded a second time: what a decoder would make of it has other scores."""
    words = TOPICS[0][0]
    documents = [answer for _, answer, _ in TOPICS[:4]]
    plain = _ask(kit, words, documents)
    forms = {
        "percent signs": quote(words, safe="").replace(words[0], f"%{ord(words[0]):02X}"),
        "character references": "".join(f"&#{ord(letter)};" for letter in words),
        "escapes of JSON": "".join(f"\\u{ord(letter):04x}" for letter in words),
    }
    asked = {name: _ask(kit, form, documents) for name, form in forms.items()}
    clause = Clause.of("ranking.query.literal", field=kit.named("query"))

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for name, request in asked.items():
            found = evidence.answered(finding, (plain, request))
            if found is not None and found[0].by_index == found[1].by_index:
                finding.features = finding.features or (f"{name} in the question",)
                finding.fail(found[1], f"other scores than those of what its {name} stand for", "the same scores")
            elif found is not None:
                finding.keep(*found)
        return finding

    probes = probe_all((plain, *asked.values()), clause.sentence, Priority.ODD)
    return Requirement(clause, judge, tuple(evolve(probe, core=False) for probe in probes))


def _document(kit: Kit) -> Iterator[Requirement]:
    """Yield documents in pairs that differ only behind a mark."""
    query, answer, unlike = _BRIEF

    def framed(before: str, behind: str = "") -> tuple[str, str]:
        return f"{before}{answer}{behind}", f"{before}{unlike}{behind}"

    pairs = {f"what follows {name} in a document": framed(f"{_DULL}{mark}") for name, mark in MARKS.items()}
    pairs |= {
        f"what stands in {name} in a document": framed(f"{_DULL} {before}", behind)
        for name, (before, behind) in ENCLOSURES.items()
    }
    special = "".join(list(MARKS.values())[len(MARKS) // 2 :])
    ends = "".join(mark for mark in MARKS.values() if not mark.strip())
    pairs["what precedes odd characters and special tokens in a document"] = framed("", f"{special}{_DULL}")
    pairs["what precedes line ends and tabs in a document"] = framed("", f"{ends}{_DULL}")
    cap, read = _depth(kit)
    lines, last = "\nNothing to see here." * 40, "the end of a long document"
    pairs["what follows many lines"] = framed(f"{_DULL}{lines}\n")
    pairs["the beginning of a long document"] = framed("", f" {filler(_BEHIND)}")
    pairs["the middle of a long document"] = framed(
        filler(max(_BEFORE, read // 2)), f" {filler(max(_REST, read // 2))}"
    )
    pairs["the end of a long document in Chinese"] = framed(MARKS["many Chinese words"] * _MANY_MORE)
    pairs[last] = framed(f"{_DULL} {filler(max(_LONG_DOCUMENT, read))}")
    texts = [answer, unlike, *(text for pair in pairs.values() for text in pair)]
    longest = kit.longest_document(1 << 30)
    texts = [text[:longest] for text in texts][: kit.most_documents(len(texts))]
    wrapped = [kit.content(kit.primary.items, "text", text) for text in texts]
    forms = list(pairs)
    if all(wrapped):
        # The last one comes as an object too.
        texts, forms = [*texts, *texts[-2:]], [*forms, f"{last} in an object"]
    request = _ask(kit, query, texts, **cap)
    if all(wrapped) and len(texts) <= kit.most_documents(len(texts)):
        request = _ask(kit, query, [*texts[:-2], *(_form(kit, text, wrapped=True) for text in texts[-2:])], **cap)
    found = [Part("a short document", (_ask(kit, query, [*texts[:2], _DULL], **cap),), (0, 1), (0, 1))]
    room = {role: _LETTERS * value for role, value in cap.items() if role == "text_cap"}
    for number, name in enumerate(forms, 1):
        two = texts[2 * number : 2 * number + 2]
        # Beside other words: what is left of an answer scores above another text once by chance, not thrice.
        alone = [*texts[:2], *two, *(text.replace(_DULL, other) for other in _DULLER for text in two)]
        alone = alone[: kit.most_documents(len(alone)) // 2 * 2]
        more = tuple((place, place + 1) for place in range(4, len(alone), 2))
        if len(two) > 1:
            asked = (_ask(kit, query, alone, **cap),)
            # A token may be a letter to the service.
            roomy = _ask(kit, query, alone, **room) if room else None
            found.append(Part(name, asked, (2, 3), (2 * number, 2 * number + 1), more, roomy=roomy, brief=(0, 1)))
    clause = Clause.of("ranking.document.whole", field=kit.named("documents"))
    whole = screening(kit, clause, request, 0, found, unlike=1, beside="limit", together=True)
    if "truncation" in cap:
        # What fits may be cut where it is too long, and is not: the same scores.
        body = {**kit.contract.flat(whole.probes[0].request.json), kit.named("truncation").name: True}
        whole = evolve(whole, probes=(*whole.probes, *probe_all([kit.request(body)], clause.sentence, Priority.ODD)))
    yield whole
    # Apart, for a service may refuse it.
    nul = nul_request(kit)
    if kit.most_documents(4) == 4:
        clause = Clause.of("ranking.document.nul", field=kit.named("documents"))
        both = ((0, 1), (2, 3))
        hidden = [Part("what follows a NUL", (nul,), pair, pair, both, clearly=True) for pair in both]
        yield screening(kit, clause, nul, 2, hidden, unlike=3)


def _depth(kit: Kit) -> tuple[Mapping[str, Any], int]:
    """Return what a request says of how much of a document is read, and how many words that is whatever a token is; 0 where the contract leaves it open."""
    cap, cut = kit.primary.by_role("text_cap"), kit.primary.by_role("truncation")
    if cap is not None and "default" in cap.schema:
        return {"text_cap": cap.schema["default"]}, int(_WORDS_PER_TOKEN * cap.schema["default"])
    # What is not to be cut is read whole, or refused.
    uncut = cut is not None and validator(cut.schema).is_valid(False)
    return ({"truncation": False}, _UNCUT) if uncut else ({}, 0)


def _words(kit: Kit, scripts: Request | None) -> Iterator[Requirement]:
    """Yield words of every kind: the document that has the question's own must differ from one that has another; every third one in objects, where documents may be those."""
    # Beside a longer text the shortest rows of a batch are nearly all padding.
    texts, longer = [TOPICS[0][1], TOPICS[0][2]], filler(1)
    for kind, *pair in WORDS:
        texts += [_ENTRIES.get(kind, _ENTRY).format(word) for word in pair]
    documents: list[Any] = texts[: kit.most_documents(len(texts))]
    found = []
    for number, (kind, word, other) in enumerate(WORDS, 1):
        screened, wrapped = (2 * number, 2 * number + 1), not number % _THIRD
        two = documents[screened[0] : screened[1] + 1]
        alone = [_form(kit, text.replace(*told), wrapped=wrapped) for told in _RETOLD for text in two]
        alone = alone[: kit.most_documents(len(alone)) // 2 * 2]
        documents[screened[0] : screened[1] + 1] = alone[:2]
        more = tuple((place, place + 1) for place in range(2, len(alone), 2))
        if screened[1] < len(documents):
            # The first of them is the first word of the question, too.
            said = (word, other) if number == 1 else (f". {word}", f". {other}")
            asked = (f"{one}. {TOPICS[0][0]}" if number == 1 else TOPICS[0][0] + one for one in said)
            request, turned = (_ask(kit, query, [*alone, longer]) for query in asked)
            at = _at(word)
            script = (scripts, (2 * at, 2 * at + 1)) if scripts is not None and at else None
            name = f"{kind} in an object" if wrapped and isinstance(alone[0], dict) else kind
            part = Part(name, (request,), (0, 1), screened, more, True, turned, script=script)
            found.append(evolve(part, said=said, free=number > 1))
    first, *rest = (word for _, word, _ in WORDS)
    query = ". ".join([first, TOPICS[0][0], *rest])
    clause = Clause.of("ranking.words", field=kit.named("query"), rests_on=(*QUESTION, DOCUMENT, "ranking.scripts"))
    # And an empty one, without a limit: who leaves it out has a result too few.
    documents += [longer, ""][: kit.most_documents(len(documents) + 2) - len(documents)]
    screen = _ask(kit, query, documents)
    yield screening(kit, clause, screen, 0, found, 1, "echo_switch", query=query, head=TOPICS[0][0])


def _script(text: str) -> set[str]:
    """Return the scripts of a text's letters, but Latin; letters as wide as Chinese ones are read by who reads those."""
    letters = {named(letter, "").split()[0] for letter in text if letter.isalpha() and not letter.isascii()}
    return {"CJK" if script == "FULLWIDTH" else script for script in letters - {"LATIN"}}


def _scripts(kit: Kit) -> Iterator[Requirement]:
    """Yield scripts: every second one in objects, where documents may be those."""
    query = ". ".join([TOPICS[0][0], *(asked for _, asked, _, _ in SCRIPTS)])
    documents: list[Any] = kit.documents(kit.primary, TOPICS[0][1:3])
    found = []
    for number, (script, asked, answer, unlike) in enumerate(SCRIPTS, 1):
        pair = [_form(kit, text, wrapped=not number % 2) for text in (answer, unlike)]
        again = [_form(kit, f"{text} {sign}", wrapped=not number % 2) for sign in "12" for text in (answer, unlike)]
        again = again[: max(0, kit.most_documents(len(again) + 3) - 3) // 2 * 2]
        alone = _ask(kit, asked, [*pair, documents[1], *again])
        form = "text in an object" if isinstance(pair[0], dict) else "text"
        more = tuple((place, place + 1) for place in range(3, 3 + len(again), 2))
        screened, said = (2 * number, 2 * number + 1), (f". {asked}", f". {unlike}")
        found.append(Part(f"{script} {form}", (alone,), (0, 1), screened, more, clearly=True, said=said, free=True))
        documents += pair
    most = kit.most_documents(len(documents))
    found = [part for part in found if part.screened[1] < most]
    clause = Clause.of("ranking.scripts", field=kit.named("documents"), rests_on=(DOCUMENT, *QUESTION))
    # Each script comes back, too, as a string and in an object.
    screen = _ask(kit, query, documents[:most], **kit.echoing)
    yield screening(kit, clause, screen, 0, found, 1, "limit", query=query)
