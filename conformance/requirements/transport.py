"""Requirements below the schema: credentials, paths, methods, media types, malformed bodies."""

from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlencode

from attrs import evolve

from conformance.checks.features import odd
from conformance.checks.outcome import outcome
from conformance.checks.reading import Reading
from conformance.model.clause import Clause, Impact, Level
from conformance.model.exchange import Request
from conformance.model.finding import Finding
from conformance.probes.company import Companions
from conformance.probes.design import ACCEPT, ADDED, FRAMINGS, resent
from conformance.probes.kit import Kit, encode
from conformance.probes.probe import EARLY, LAST, SPARE, Expect, Probe
from conformance.probes.spelling import escaped, spaced
from conformance.probes.texts import filler
from conformance.requirements.evidence import Evidence
from conformance.requirements.expectation import expecting, judge_probe
from conformance.requirements.requirement import Requirement

_DEEP = 500
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
    source = f"{kit.contract.pointer}/security"
    wrong = {
        "missing": ("credentials that are missing", None),
        "empty": ("an empty token", value("").strip()),
        "scheme": ("the key under another scheme", f"Basic ${variable}"),
        "bare": ("the key without a scheme", f"${variable}"),
        "wrong": ("a wrong key", value("wrong-0123456789abcdef")),
        "prefix": ("the right key without its last character", value(f"${{{variable}%?}}")),
        "suffix": ("the right key with a character more", value(f"${{{variable}}}x")),
        "case": ("the right key in other case", value(f"${{{variable}~~}}")),
        "reversed": ("the right key backwards", value(f"$(rev <<<${variable})")),
        # It ends as the right one does, too.
        "length": ("a wrong key of the right length", value(f"${{{variable}/?/x}}")),
        "word": ("the right key and another word", value(f"${variable} x")),
    }
    if not credential.prefix:
        wrong = {name: told for name, told in wrong.items() if name not in {"scheme", "bare"}}
    # What readers of headers are tempted to take as well; most of it is asked where there is room.
    also = {
        "wrong": [
            ("the word null for a key", value("null"), True),
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
        probes = [
            Probe(
                kit.request(held if core else body, authorization=given),
                Expect.UNAUTHORISED,
                said,
                2 if core else SPARE,
                core,
            )
            for said, given, core in asked
        ]
        if name == "missing" and not kit.beside.query:
            # A guard may know the path to the letter only.
            queried = kit.request(body, authorization=None, path=f"{kit.contract.path}?probe=1")
            probes.append(Probe(queried, Expect.UNAUTHORISED, f"{label}, and a query string", 2, core=False))
        yield expecting(
            Clause(
                f"auth.{name}",
                f"A request with {label} is refused for its credentials.",
                Level.MUST,
                source,
                Impact.CHANGES,
                wrong=f"A request with {label} is accepted.",
                mend="Check the key before anything else in the request.",
            ),
            probes,
        )
    keyless = kit.request(body, authorization=None)
    others = [name for name in _KEY_HEADERS if name.lower() != credential.header.lower()]
    keys = [(name, f"${variable}") for name in others]
    keys += [("Proxy-Authorization", value(f"${variable}")), ("Cookie", f"api_key=${variable}")]
    elsewhere = evolve(keyless, headers=(*keyless.headers, *keys, *_TRUSTED))
    yield expecting(
        Clause(
            "auth.elsewhere",
            "A key in a header that the contract does not name is no key, nor is a word that the caller comes from within.",
            Level.MUST,
            source,
            Impact.CHANGES,
            wrong="A request is accepted for another header than the contract's: one with the key, or one that names an address within.",
            mend="Take the key only from the header that the contract names, and trust no header that names an address.",
        ),
        [Probe(elsewhere, Expect.UNAUTHORISED, "the key in other headers", 2)],
    )
    large = kit.body(documents=kit.documents(kit.primary, [filler(20_000)[: kit.longest_document(1 << 30)]]))
    late = [
        Probe(
            kit.request(body, authorization=wrong["wrong"][1], repeat=1),
            Expect.UNAUTHORISED,
            "a wrong key after many right ones",
            LAST,
        ),
        Probe(
            kit.request(large, authorization=wrong["wrong"][1]),
            Expect.UNAUTHORISED,
            "a wrong key with a large body",
            LAST,
        ),
        Probe(
            kit.request(body, authorization=None, repeat=1),
            Expect.UNAUTHORISED,
            "no key after many right ones",
            LAST,
            core=False,
        ),
    ]
    yield expecting(
        Clause(
            "auth.late",
            "Credentials are checked with every request: after many right ones, and with a large body.",
            Level.MUST,
            source,
            Impact.CHANGES,
            wrong="A wrong key is accepted after many right ones, or with a large body.",
            mend="Check the key with every request.",
        ),
        late,
    )
    yield _before_body(kit, keyless)
    yield _other_paths(kit)


def _other_paths(kit: Kit) -> Requirement:
    """Return the requirement that nobody is served without a key because something else is odd; a redirect or a 404 is as good as a refusal."""
    clause = Clause(
        "auth.path",
        "Without credentials nothing is answered, however the path is spelt and the body is called.",
        Level.MUST,
        f"{kit.contract.pointer}/security; practice: gateways match the path that a guard knows to the letter",
        Impact.CHANGES,
        ("credentials",),
        rests_on=("auth.missing", "path.unknown"),
        wrong="Without credentials a request is accepted where its path is spelt otherwise, or its body is called otherwise.",
        mend="Let one place decide what is asked for, and check the key there.",
    )
    path, body = kit.contract.path, kit.body()
    spelt = {
        "a slash at its end": f"{path}/",
        "two slashes in a row": f"/{path}",
        "its first letter as an escape": f"/%{path[1:2].encode().hex()}{path[2:]}",
    }
    probes = [
        Probe(
            kit.request(body, authorization=None, path=other),
            Expect.OBSERVE,
            f"no credentials, and a path with {label}",
            EARLY,
            core=label == "a slash at its end",
        )
        for label, other in spelt.items()
        if path[1:] and other != path
    ]
    labelled = kit.request(body, authorization=None, media="text/plain")
    probes.append(Probe(labelled, Expect.OBSERVE, "no credentials, and a body called text/plain", EARLY, core=False))

    def judge(evidence: Evidence) -> Finding:
        finding = Finding()
        for probe, reading in evidence.settled(probes):
            if mute := evidence.mute(reading):
                finding.hide(mute)
            elif reading.success:
                finding.fail(reading, f"{probe.label}: not accepted", outcome(reading))
            else:
                finding.keep(reading)
        finding.unless_shown("not asked")
        return finding

    return Requirement(clause, judge, tuple(probes))


def _before_body(kit: Kit, stranger: Request) -> Requirement:
    """Return the requirement that a stranger with a bad body is answered as one with a good body."""
    clause = Clause(
        "auth.before_body",
        "Credentials are judged before the body.",
        Level.MUST,
        "practice: a stranger learns nothing of the schema, and costs nothing",
        Impact.DIFFERS,
        ("credentials",),
        wrong="The body is checked before the key.",
        mend="Check the key before anything else in the request.",
    )
    probes = (
        # Who reads fields before the key has read the JSON before; some look at its first character alone.
        Probe(
            kit.request(kit.encode(kit.body())[1:], authorization=None),
            Expect.UNAUTHORISED,
            "no credentials and a body that lacks its beginning",
            3,
        ),
        Probe(
            kit.request({}, authorization=None),
            Expect.UNAUTHORISED,
            "no credentials and an empty object",
            3,
            core=False,
        ),
    )
    plain = expecting(clause, probes)

    def judge(evidence: Evidence) -> Finding:
        finding = plain.judge(evidence)
        known = evidence.of(stranger)
        for probe in probes:
            reading = evidence.of(probe.request)
            if (
                known
                and reading
                and known.available
                and reading.available
                and not finding.broken
                and reading.status != known.status
            ):
                told = (
                    f"refused with {known.status}, as a good body without credentials is ({known.exchange.id})"
                    if not known.success
                    else f"refused for the missing credentials; a good body without them is accepted ({known.exchange.id})"
                )
                finding.fail(reading, f"{probe.label}: {told}", outcome(reading))
        return finding

    return Requirement(
        clause, judge, (*plain.probes, Probe(stranger, Expect.UNAUTHORISED, "credentials that are missing", 2))
    )


def _routes(kit: Kit) -> Iterator[Requirement]:
    body = kit.body()
    yield expecting(
        Clause(
            "path.unknown",
            "A path that the contract does not declare is refused.",
            Level.MUST,
            "#/paths",
            Impact.DIFFERS,
            ("route",),
            wrong="A path that the contract does not declare is answered as the declared one.",
            mend="Refuse every path that the contract does not declare.",
        ),
        [
            Probe(
                kit.request(body, path=f"{kit.contract.path}{other}"),
                Expect.ABSENT,
                label,
                3,
                # Who looks at a path's beginning takes both.
                core=other.startswith("/"),
            )
            for other, label in (
                ("/no-such-path", "an unknown path below the declared one"),
                ("-no-such-path", "an unknown path"),
            )
        ],
    )
    declared = {method.upper() for method in kit.contract.document["paths"][kit.contract.template]}
    others = [method for method in ("GET", "PUT", "DELETE", "PATCH") if method not in declared]
    yield expecting(
        Clause(
            "method.other",
            "A method that the contract does not declare is refused with 404 or 405.",
            Level.MUST,
            f"{kit.contract.pointer}; RFC 9110, 15.5.6",
            Impact.DIFFERS,
            ("route",),
            wrong="A method that the contract does not declare is accepted.",
            mend="Refuse every method that the contract does not declare.",
        ),
        [
            Probe(
                kit.request(
                    b"" if m in {"GET", "DELETE"} else body, method=m, media="" if m in {"GET", "DELETE"} else None
                ),
                Expect.ABSENT,
                m,
                3,
                # With a body: who takes any method refuses an empty one for that.
                core=m == next((one for one in others if one not in {"GET", "DELETE"}), others[0]),
            )
            for m in others
        ]
        # What a browser asks first, and who looks whether there is anything: any answer will do that is none of a broken server.
        + [
            Probe(kit.request(b"", method=m, media=""), Expect.OBSERVE, m, 3, core=False)
            for m in ("OPTIONS", "HEAD")
            if m not in declared
        ],
    )


def _media(kit: Kit) -> Iterator[Requirement]:
    body = kit.body()
    declared = kit.contract.request_media
    form = "application/x-www-form-urlencoded"
    # The last one is what curl says of a body where it is told nothing.
    wrong = [media for media in ("text/plain", "application/xml", form) if media not in declared]
    source = f"{kit.contract.pointer}/requestBody/content"
    probes = [
        Probe(kit.request(body, media=media), Expect.REFUSE, f"JSON sent as {media}", 3, media == wrong[0])
        for media in wrong
    ]
    if form not in declared:
        probes.append(
            Probe(
                kit.request(urlencode(dict.fromkeys(body, "apple")).encode(), media=form),
                Expect.REFUSE,
                "a form",
                4,
                core=False,
            )
        )
    yield expecting(
        Clause(
            "media_type.other",
            "A media type that the contract does not declare is refused.",
            Level.MUST,
            source,
            Impact.DIFFERS,
            ("body",),
            wrong="A body of a media type that the contract does not declare is accepted.",
            mend="Refuse every media type that the contract does not declare.",
        ),
        probes,
    )


def _framing(kit: Kit) -> Iterator[Requirement]:
    """Yield how clients of HTTP may send a request: all at once, and each alone where that is refused."""
    source = f"{kit.contract.pointer}/requestBody/content"
    charset = f"{kit.media};charset=UTF-8"
    ways = {
        "media_type.charset": (
            "The declared media type is taken with a parameter too.",
            "The declared media type is refused with a parameter.",
            Level.MUST,
            f"{source}; RFC 9110, 8.3",
            (("Content-Type", charset),),
        ),
        "media_type.case": (
            "The declared media type is taken in other case too.",
            "The declared media type is refused in other case.",
            Level.SHOULD,
            "RFC 9110, 8.3.1: type and subtype are case-insensitive",
            (("Content-Type", kit.media.title()),),
        ),
        "headers.case": (
            "Names of headers in other case are the same headers.",
            "Headers are not known where their names are in other case.",
            Level.MUST,
            "RFC 9110, 5.1: field names are case-insensitive; several clients send them in lower case",
            (),
        ),
        "headers.accept": (
            "A client that takes several media types is answered.",
            "A client that takes several media types is refused.",
            Level.MUST,
            "RFC 9110, 12.5.1: a list of media ranges, each with a weight",
            (("Accept", ACCEPT),),
        ),
        "headers.added": (
            "Headers that browsers, proxies and tracers add do not matter.",
            "A request is refused for a header that a browser, a proxy or a tracer added.",
            Level.MUST,
            "RFC 9110, 5.1: a recipient ignores header fields that it does not know",
            ADDED,
        ),
        "body.chunked": (
            "A body that is sent in chunks is accepted.",
            "A body that is sent in chunks is refused.",
            Level.SHOULD,
            "RFC 9112, 7.1: a recipient must be able to parse the chunked coding",
            FRAMINGS["chunked"],
        ),
        "body.expect": (
            "A request that waits for `100 Continue` is accepted.",
            "A request that waits for `100 Continue` is refused.",
            Level.SHOULD,
            "RFC 9110, 10.1.1",
            FRAMINGS["expect"],
        ),
    }
    together = Probe(resent(kit), Expect.OBSERVE, "a request as few clients send it", 4)
    for name, (sentence, wrong, level, told, headers) in ways.items():
        clause = Clause(
            name,
            sentence,
            level,
            told,
            Impact.BREAKS,
            ("body",),
            wrong=wrong,
            mend="Read requests as HTTP has them, by a server's own parser.",
        )
        alone = Probe(resent(kit, headers, lower=name == "headers.case"), Expect.ACCEPT, sentence, 4)
        yield _alone_if_refused(clause, together, alone)


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
    """Return a body whose question is these bytes as they are."""
    return kit.encode(kit.body(query=kit.query(kit.primary, "@@"))).replace(b"@@", question)


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
    also = {"not_json": [Probe(kit.request(body), Expect.REFUSE, told, 3, core=False) for told, body in more.items()]}
    for name, (label, body) in bodies.items():
        yield expecting(
            Clause(
                f"body.{name}",
                f"Refused: {label}.",
                Level.MUST,
                f"{kit.contract.pointer}/requestBody; RFC 8259",
                Impact.DIFFERS,
                ("body",),
                wrong=f"Accepted: {label}.",
                mend="Refuse what cannot be read as JSON.",
            ),
            [Probe(kit.request(body), Expect.REFUSE, label, 3, name not in {"comma", "not_json"}), *also.get(name, ())],
        )
    values = {
        "a list": b"[" + text + b"]",
        "a string": encode(text.decode()),
        "a number": b"1",
        "null": b"null",
        "true": b"true",
    }
    yield expecting(
        Clause(
            "body.not_object",
            "A body that is JSON but no object is refused.",
            Level.MUST,
            f"{kit.contract.pointer}/requestBody",
            Impact.DIFFERS,
            ("body",),
            wrong="JSON that is no object is accepted for a body.",
            mend="Refuse a body that is no object.",
        ),
        [
            Probe(kit.request(body), Expect.REFUSE, f"{label} for a body", 4, label == "a list")
            for label, body in values.items()
        ],
    )
    yield expecting(
        Clause(
            "body.whitespace",
            "White space, escapes and the order of keys in a body do not matter.",
            Level.MUST,
            "RFC 8259, 2 and 7",
            Impact.BREAKS,
            ("body",),
            wrong="White space or escapes in the JSON make a request fail.",
            mend="Read the body with a JSON parser.",
        ),
        [
            Probe(request, Expect.ACCEPT, label, 4, carried=odd(request, kit.contract, "body"))
            for label, request in spellings(kit).items()
        ],
    )


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
