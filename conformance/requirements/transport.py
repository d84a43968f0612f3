"""Requirements below the schema: credentials, paths, methods, media types, malformed bodies."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from attrs import evolve

from conformance.checks.features import odd
from conformance.checks.outcome import outcome
from conformance.checks.reading import Reading
from conformance.model.clause import Clause
from conformance.model.exchange import HTTP_BEFORE, Headers, Request
from conformance.model.finding import Finding
from conformance.probes.company import Companions
from conformance.probes.design import ACCEPT, ADDED, FRAMINGS, resent
from conformance.probes.kit import Kit, encode
from conformance.probes.probe import Expect, Priority, Probe
from conformance.probes.spelling import escaped, spaced
from conformance.probes.texts import filler
from conformance.requirements.branches import unknown_name
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import expecting, judge_probe
from conformance.requirements.requirement import Requirement, seeing

_DEEP = 500
# How a server says that it speaks a newer version alone (RFC 9110, 15.5.22).
_UPGRADE = 426
# Headers in which other services take keys.
_KEY_HEADERS = ("X-Key", "X-Api-Key", "Api-Key")
# And by which services take a caller for one of their own.
_TRUSTED = (("X-Forwarded-For", "127.0.0.1"), ("X-Real-Ip", "127.0.0.1"))


def transport_requirements(kit: Kit) -> Iterator[Requirement]:
    """Yield what HTTP itself and the contract's declarations ask for."""
    yield from _credentials(kit)
    yield from _routes(kit)
    yield from _media(kit)
    yield from _framing(kit)
    yield from _malformed(kit)


def _credentials(kit: Kit) -> Iterator[Requirement]:
    credential = kit.contract.credential
    if credential is None or not kit.contract.secured:
        return
    variable, value = kit.key_name, credential.value
    body = kit.body()
    wrong = {
        "missing": ("credentials that are missing", None),
        "empty": ("an empty token", value("").strip()),
        "scheme": ("the key under another scheme", f"Basic ${variable}"),
        "bare": ("the key without a scheme", f"${variable}"),
        "wrong": ("a wrong key", value("wrong-0123456789abcdef")),
        "prefix": ("the right key without its last character", value(f"${{{variable}%?}}")),
        # Some gateways take what is behind a hyphen for a choice of channel.
        "suffix": ("the right key with more behind it", value(f"${{{variable}}}-x")),
        "case": ("the right key in other case", value(f"${{{variable}~~}}")),
        "reversed": ("the right key backwards", value(f"$(rev <<<${variable})")),
        # It ends as the right one does, too.
        "length": ("a wrong key of the right length", value(f"${{{variable}/?/x}}")),
        # Who cuts a header at spaces, or as a list at commas, finds the key.
        "word": ("the right key and another word", value(f"${variable} , x")),
    }
    if not credential.prefix:
        wrong = {name: told for name, told in wrong.items() if name not in {"scheme", "bare"}}
    # What readers of headers are tempted to take as well; most of it is asked where there is room.
    also = {
        "wrong": [
            ("the word null for a key", value("null"), False),
            ("a sign that stands for any key in a query", value("%"), False),
        ],
        "word": [
            ("a list of a wrong key and the right one", f"{value('wrong')}, {value(f'${variable}')}", False),
            ("the right key in quotes", value(f'"${variable}"'), False),
            ("the right key and a wrong one in a list", value(f"${variable}, x"), False),
        ],
    }
    met = cycle([one.beside(kit.body(branch), "") for branch in kit.branches for one in Companions(kit, branch)])
    for name, (label, header) in wrong.items():
        # A check may rest on what else a request carries; the plain one is asked first, for a cache may hold its answer.
        held = next(met)
        asked = [(label, header, True), *also.get(name, ())]
        sent = [(kit.request(held if core else body, authorization=given), said, core) for said, given, core in asked]
        probes = [
            Probe(one, Expect.UNAUTHORISED, said, Priority.GATE if core else Priority.SPARE, core)
            for one, said, core in sent
        ]
        if name == "wrong":
            # What compares keys may take ASCII alone; a 400 is as good an answer.
            beyond = kit.request(body, authorization=value("clé-0123456789abcdef"))
            probes.append(Probe(beyond, Expect.OBSERVE, "a key with a letter beyond ASCII", Priority.HELD, core=False))
        if name == "missing" and not kit.beside.query:
            # A guard may know the path to the letter only.
            queried = kit.request(body, authorization=None, path=f"{kit.contract.path}?probe=1")
            words = f"{label}, and a query string"
            probes.append(Probe(queried, Expect.UNAUTHORISED, words, Priority.GATE, core=False))
        yield expecting(Clause.of("auth.{name}", name=name, label=label, kit=kit), probes)
    keyless = kit.request(body, authorization=None)
    others = [name for name in _KEY_HEADERS if name.lower() != credential.header.lower()]
    keys = [(name, f"${variable}") for name in others]
    keys += [("Proxy-Authorization", value(f"${variable}")), ("Cookie", f"api_key=${variable}")]
    elsewhere = evolve(keyless, headers=(*keyless.headers, *keys, *_TRUSTED))
    clause = Clause.of("auth.elsewhere", kit=kit)
    yield expecting(clause, [Probe(elsewhere, Expect.UNAUTHORISED, "the key in other headers", Priority.GATE)])
    large = kit.body(documents=kit.documents(kit.primary, [filler(20_000)[: kit.longest_document(1 << 30)]]))
    late = {
        # Who takes any key then takes this one, too; and so does who always takes it.
        "the word null for a key, after many right ones": kit.request(body, authorization=value("null"), repeat=1),
        "a wrong key after many right ones": kit.request(body, authorization=wrong["wrong"][1], repeat=1),
        "a wrong key with a large body": kit.request(large, authorization=wrong["wrong"][1]),
        "no key after many right ones": kit.request(body, authorization=None, repeat=1),
    }
    probes = [Probe(asked, Expect.UNAUTHORISED, label, Priority.LAST) for label, asked in late.items()]
    yield expecting(Clause.of("auth.late", kit=kit), [probes[0], *(evolve(probe, core=False) for probe in probes[1:])])
    yield _before_body(kit, keyless, large, [probe.request for probe in probes[1:]])
    yield _other_ways(kit, keyless)


def _other_ways(kit: Kit, keyless: Request) -> Requirement:
    """Return the requirement that nobody is served without a key because something else is odd; a redirect or a 404 is as good as a refusal."""
    clause = Clause.of("auth.path", kit=kit)
    path, body = kit.contract.path, kit.body()
    spelt = {
        "a slash at its end": f"{path}/",
        "two slashes in a row": f"/{path}",
        "its first letter as an escape": f"/%{path[1:2].encode().hex()}{path[2:]}",
    }
    told = "no credentials, and {}"
    bare = {
        told.format(f"a path with {label}"): kit.request(body, authorization=None, path=other)
        for label, other in spelt.items()
        if path[1:] and other != path
    }
    bare[told.format("a body called text/plain")] = kit.request(body, authorization=None, media="text/plain")
    bare[told.format("a body in chunks")] = evolve(keyless, headers=(*keyless.headers, *FRAMINGS["chunked"]))
    probes = [
        Probe(one, Expect.OBSERVE, label, Priority.EARLY, core=label.endswith("a slash at its end"))
        for label, one in bare.items()
    ]

    def note(finding: Finding, evidence: Evidence) -> None:
        for probe, reading in evidence.settled(probes):
            if mute := evidence.mute(reading):
                finding.hide(mute)
            else:
                expected = f"{probe.label}: not accepted"
                finding.note(reading, kept=not reading.success, expected=expected, actual=outcome(reading))

    return Requirement(clause, seeing(note, "not asked"), tuple(probes))


def _before_body(kit: Kit, stranger: Request, large: dict[str, Any], late: Sequence[Request]) -> Requirement:
    """Return the requirement that a stranger with a bad body is answered as one with a good body.

    At the end one has a large body, and a model that there is not: who lets a stranger in then (`late` asks that) looks at the model.
    """
    clause = Clause.of("auth.before_body")
    headless = kit.request(kit.encode(kit.body())[1:], authorization=None)
    hollow = kit.request({}, authorization=None)
    model = kit.primary.by_role("model")
    lost = kit.request({**large, model.name: unknown_name(kit)} if model else large, authorization=None)
    probes = (
        # Who reads fields before the key has read the JSON before; some look at its first character alone.
        Probe(headless, Expect.UNAUTHORISED, "no credentials and a body that lacks its beginning", Priority.GATE),
        Probe(hollow, Expect.UNAUTHORISED, "no credentials and an empty object", Priority.REFUSED, core=False),
        Probe(lost, Expect.UNAUTHORISED, "no credentials, a large body and an unknown model", Priority.LAST),
    )
    plain = expecting(clause, probes)

    def odd_one(evidence: Evidence, probe: Probe) -> bool:
        """Whether a stranger is answered otherwise than one with a good body."""
        known, reading = evidence.of(stranger), evidence.of(probe.request)
        if known is None or reading is None or not (known.available and reading.available):
            return False
        return reading.status != known.status

    def judge(evidence: Evidence) -> Finding:
        finding = plain.judge(evidence)
        known, let_in = evidence.of(stranger), [one for one in map(evidence.of, late) if one and one.success]
        for probe in probes:
            reading = evidence.of(probe.request)
            if known is None or reading is None or finding.broken or not odd_one(evidence, probe):
                continue
            told = f"refused with {known.status}, as a good body without credentials is ({known.exchange.id})"
            if known.success:
                told = (
                    f"refused for the missing credentials; a good body without them is accepted ({known.exchange.id})"
                )
            if probe.request is not lost or not let_in:
                finding.fail(reading, f"{probe.label}: {told}", outcome(reading))
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        if odd_one(evidence, probes[-1]):
            yield from late

    missing = Probe(stranger, Expect.UNAUTHORISED, "credentials that are missing", Priority.GATE)
    return Requirement(clause, judge, (*plain.probes, missing), closer=closer)


def _routes(kit: Kit) -> Iterator[Requirement]:
    body = kit.body()
    ends = {"/no-such-path": "an unknown path below the declared one", "-no-such-path": "an unknown path"}
    asked = [(kit.request(body, path=f"{kit.contract.path}{end}"), end, label) for end, label in ends.items()]
    # Who looks at a path's beginning takes both.
    probes = [Probe(one, Expect.ABSENT, label, Priority.REFUSED, core=end.startswith("/")) for one, end, label in asked]
    yield expecting(Clause.of("path.unknown"), probes)
    declared = {method.upper() for method in kit.contract.document["paths"][kit.contract.template]}
    others = [method for method in ("GET", "PUT", "DELETE", "PATCH") if method not in declared]
    bare = {"GET", "DELETE", "OPTIONS", "HEAD"}
    # With a body: who takes any method refuses an empty one for that.
    first = next((one for one in others if one not in bare), others[0] if others else "")

    # Without one, as who looks whether a service is well asks.
    looked = next((one for one in others if one in bare), None)

    def probe(method: str, expect: Expect, *, core: bool) -> Probe:
        content, media = (b"", "") if method in bare else (body, None)
        priority = Priority.HELD if method == looked else Priority.REFUSED
        return Probe(kit.request(content, method=method, media=media), expect, method, priority, core=core)

    refused = [probe(method, Expect.ABSENT, core=method == first) for method in others]
    # What a browser asks first, and who looks whether there is anything: any answer will do that is none of a broken server.
    seen = [probe(method, Expect.OBSERVE, core=False) for method in ("OPTIONS", "HEAD") if method not in declared]
    yield expecting(Clause.of("method.other", kit=kit), [*refused, *seen])


def _media(kit: Kit) -> Iterator[Requirement]:
    body = kit.body()
    declared = kit.contract.request_media
    form = "application/x-www-form-urlencoded"
    # The last one is what curl says of a body where it is told nothing.
    wrong = [media for media in ("text/plain", "application/xml", form) if media not in declared]
    probes = [
        Probe(
            kit.request(body, media=media), Expect.REFUSE, f"JSON sent as {media}", Priority.REFUSED, media == wrong[0]
        )
        for media in wrong
    ]
    if form not in declared:
        spelt = kit.request(urlencode(dict.fromkeys(body, "apple")).encode(), media=form)
        probes.append(Probe(spelt, Expect.REFUSE, "a form", Priority.TAKEN, core=False))
    request = kit.request(body, media="")
    probes.append(Probe(request, Expect.OBSERVE, "JSON without a label", Priority.TAKEN, core=False))
    yield expecting(Clause.of("media_type.other", kit=kit), probes)


def _framing(kit: Kit) -> Iterator[Requirement]:
    """Yield how clients of HTTP may send a request: all at once, and each alone where that is refused."""
    ways: dict[str, Headers] = {
        "media_type.charset": (("Content-Type", f"{kit.media};charset=UTF-8"),),
        "media_type.case": (("Content-Type", kit.media.title()),),
        "headers.case": (),
        "headers.accept": (("Accept", ACCEPT),),
        "headers.added": ADDED,
        "body.chunked": FRAMINGS["chunked"],
        "body.expect": FRAMINGS["expect"],
    }
    together = Probe(resent(kit), Expect.OBSERVE, "a request as few clients send it", Priority.TAKEN)
    for name, headers in ways.items():
        clause = Clause.of(name, kit=kit)
        request = resent(kit, headers, lower=name == "headers.case")
        alone = Probe(request, Expect.ACCEPT, clause.sentence, Priority.TAKEN)
        yield _alone_if_refused(clause, together, alone)
    yield _older(kit)


def _older(kit: Kit) -> Requirement:
    """Return the requirement that what speaks HTTP/1.0, as many a proxy does to what is behind it, is understood."""
    clause = Clause.of("http.older")
    probe = Probe(evolve(kit.control, version=HTTP_BEFORE), Expect.ACCEPT, clause.sentence, Priority.TAKEN)
    simple = expecting(clause, [probe])

    def judge(evidence: Evidence) -> Finding:
        reading = evidence.of(probe.request)
        if reading is not None and reading.status == _UPGRADE:
            finding = Finding()
            finding.keep(reading)
            return finding
        finding = simple.judge(evidence)
        coding = (
            reading.exchange.response.header("transfer-encoding") if reading and reading.exchange.response else None
        )
        if reading is not None and reading.success and coding:
            finding.fail(
                reading, "an answer with a length, or one that ends with its connection", f"Transfer-Encoding: {coding}"
            )
        return finding

    return evolve(simple, judge=judge)


def _alone_if_refused(clause: Clause, together: Probe, alone: Probe) -> Requirement:
    """Return the requirement that a request is accepted; another one that is accepted shows it too."""

    def shown(evidence: Evidence) -> Reading | None:
        reading = evidence.of(together.request)
        return reading if reading is not None and reading.success and evidence.of(alone.request) is None else None

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        if shown(evidence) is not None:
            judge_probe(evidence, evolve(together, expect=Expect.ACCEPT), finding)
        else:
            judge_probe(evidence, alone, finding)
            refused = evidence.of(together.request)
            if finding.broken and refused is not None and not refused.success:
                finding.fail(refused, f"{together.label}: accepted", outcome(refused))
        return finding

    def closer(evidence: Evidence) -> Iterator[Request]:
        if evidence.of(together.request) is not None and shown(evidence) is None:
            yield alone.request

    return Requirement(clause, judge, (together, evolve(alone, core=False)), closer=closer)


def _with_raw(kit: Kit, question: bytes) -> bytes:
    """Return a body whose question is these bytes as they are, and stand behind it where a question holds no text."""
    whole = kit.encode(kit.body(query=kit.query(kit.primary, "@@")))
    return whole.replace(b"@@", question) if b"@@" in whole else whole + question


def _no_json(kit: Kit) -> tuple[str, bytes]:
    """Return a body that only a lenient parser takes, with its label: NaN for a number, where the contract has one to choose."""
    if not kit.has("limit"):
        return "a body that is no JSON", b"query: Apple"
    return "NaN, which JSON does not have", kit.encode(kit.body(limit=float("nan")))


def _malformed(kit: Kit) -> Iterator[Requirement]:
    text = kit.encode(kit.body())
    bodies = {
        "truncated": ("a body that stops in the middle", text[: len(text) // 2]),
        "empty": ("an empty body", b""),
        "not_json": _no_json(kit),
        "trailing": ("JSON with something behind it", text + b"}"),
        "comma": ("JSON with a trailing comma", text[:-1] + b",}"),
        "utf8": ("JSON that is no UTF-8", _with_raw(kit, b"Caf\xe9 \xff\xfe")),
    }
    more = {
        "JSON with a line end inside a string": _with_raw(kit, b"two\nlines"),
        "words that are no JSON": b"query: Apple",
    }
    also = {
        "not_json": [
            Probe(kit.request(body), Expect.REFUSE, told, Priority.REFUSED, core=False) for told, body in more.items()
        ]
    }
    for name, (label, body) in bodies.items():
        core = name not in {"comma", "not_json"}
        yield expecting(
            Clause.of("body.{name}", name=name, label=label, kit=kit),
            [Probe(kit.request(body), Expect.REFUSE, label, Priority.REFUSED, core), *also.get(name, ())],
        )
    values = {
        "a list": b"[" + text + b"]",
        "a string": encode(text.decode()),
        "a number": b"1",
        "null": b"null",
        "true": b"true",
    }
    yield expecting(
        Clause.of("body.not_object", kit=kit),
        [
            Probe(kit.request(body), Expect.REFUSE, f"{label} for a body", Priority.TAKEN, label == "a list")
            for label, body in values.items()
        ],
    )
    probes = [
        Probe(request, Expect.ACCEPT, label, Priority.TAKEN, carried=odd(request, kit.contract, "body"))
        for label, request in spellings(kit).items()
    ]
    yield expecting(Clause.of("body.whitespace"), probes)


def spellings(kit: Kit) -> dict[str, Request]:
    """Return the control's body spelt otherwise, as requests."""
    body = kit.contract.nest(kit.body())
    return {
        "white space, and keys in another order": kit.request(spaced(body)),
        "every character escaped": kit.request(escaped(body)),
    }


def deep(kit: Kit) -> bytes:
    """Return a body with a list nested many levels deep for its query."""
    return kit.encode(kit.body()).replace(encode(kit.body()[kit.named("query").name]), b"[" * _DEEP + b"]" * _DEEP, 1)
