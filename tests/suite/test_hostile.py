"""Whatever a server answers, the judges come to an end: hostile bodies, types and sizes are findings, never crashes."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import Contract, load, names
from conformance.mock.app import App, Call
from conformance.mock.rules import Rules
from conformance.model.exchange import Exchange, Request, Response
from conformance.probes.kit import Kit
from conformance.requirements.catalogue import requirements
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement
from conformance.traits.observations import observe
from tests.sampling import sampled

ODD: list[Any] = [
    None, True, -1, 0, 3, 2**70, 10**400, -(10**400), 1.5, 1e308, "", "0", "\x00\x1b[31m", "\ud800", "x" * 100_000, [], {}, [[]], [None], {"": None}, [1, "a", {}],
    {"index": {}}, {"relevance_score": []}, "<script>alert(1)</script>", {"$ref": "#/"}, {"toString": 1, "__class__": "x"},
]  # fmt: skip
RAW = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b"NaN",
    b"1e999",
    b'{"a":1e999}',
    b"[" * 5_000,
    b"[" * 900 + b"]" * 900,
    b'{"results":' * 400 + b"1" + b"}" * 400,
    b'{"id":"a","id":"b"}',
    b'"' + b"a" * 1_000_000 + b'"',
    b"\xef\xbb\xbf{}",
]


def answer(contract: Contract, request: Request) -> Any:
    """Return what a faithful mock answers."""
    app = App(Rules(contract, "a-key"))
    found = app.answer(
        Call(
            request.method,
            app.path,
            {b"authorization": b"Bearer a-key", b"content-type": b"application/json"},
            request.body,
        )
    )
    assert found is not None
    return json.loads(found[2])


def spoilt(value: Any) -> Iterator[Any]:
    """Yield the answer with each of its members, at every depth, replaced by each odd value, and without it."""
    for path in paths(value):
        for odd in ODD:
            changed = copy.deepcopy(value)
            if not path:
                yield odd
                continue
            holder = changed
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = copy.deepcopy(odd)
            yield changed


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value; of a list only the first and the last item."""
    yield above
    items = (
        value.items()
        if isinstance(value, dict)
        else [(0, value[0]), (len(value) - 1, value[-1])]
        if isinstance(value, list) and value
        else ()
    )
    for key, item in items:
        yield from paths(item, (*above, key))


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def judge(kit: Kit, clauses: Sequence[Requirement], requests: list[Request], response: Response) -> None:
    """Judge everything, with one answer to every request."""
    exchanges = [
        Exchange(f"e{number}", request, "http://127.0.0.1/x", response, None, 0.0, 0.0, 3)
        for number, request in enumerate(requests)
    ]
    evidence = Evidence.of_exchanges(kit.contract, exchanges, kit.control)
    for item in clauses:
        finding = item.judge(evidence)
        assert all(isinstance(proof.actual, str) for proof in finding.broken)
    observe(kit, evidence)


@pytest.mark.parametrize("vendor", sampled(names(), 1))
def test_no_answer_breaks_a_judge(vendor: str) -> None:
    """Every requirement's judge ends, whatever stands where in an answer, under success and error alike."""
    contract = load(vendor)
    kit = Kit(contract)
    on = {role: value for role, value in {"limit": 3, "echo_switch": True}.items() if kit.has(role)}
    asked = kit.request(kit.body(**on))
    requests, clauses = [asked, kit.control], requirements(kit)
    honest = answer(contract, asked)
    media = (("content-type", "application/json"),)
    for number, body in enumerate([*map(encoded, spoilt(honest)), *RAW]):
        judge(kit, clauses, requests, Response((200, 200, 400, 401)[number % 4], media, body))


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("content-type", ""),),
        (("content-type", "\x1b[2J"), ("content-type", "text/html")),
        tuple((f"x-{n}", "y" * 999) for n in range(500)),
    ],
)
def test_no_header_breaks_a_judge(headers: tuple[tuple[str, str], ...]) -> None:
    """Missing, odd, repeated and very many headers break nothing, under any status."""
    kit = Kit(load("siliconflow"))
    clauses = requirements(kit)
    for status in (100, 199, 200, 204, 299, 302, 400, 418, 499, 500, 599, 999):
        judge(kit, clauses, [kit.control], Response(status, headers, b"{}"))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(100, 999),
    st.lists(
        st.tuples(
            st.sampled_from(["content-type", "x-trace", "retry-after"]),
            st.text(st.characters(max_codepoint=255), max_size=30),
        ),
        max_size=4,
    ),
    st.binary(max_size=300),
)
def test_no_bytes_break_a_judge(status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """An answer of any status, headers and bytes is judged by every requirement."""
    kit = Kit(load("siliconflow"))
    judge(kit, requirements(kit), [kit.control], Response(status, tuple(headers), body))
