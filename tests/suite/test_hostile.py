"""Whatever a server answers, the judges come to an end: hostile bodies, types and sizes are findings, never crashes."""

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import Contract, load, names
from conformance.exchange.environment import MOCK_KEY
from conformance.mock.app import App, Call
from conformance.mock.rules import Rules
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.exit import Exit
from conformance.model.verdict import Outcome
from conformance.probes.kit import Kit
from conformance.report.formats import render
from conformance.requirements.catalogue import requirements
from conformance.requirements.evidence import Evidence
from conformance.requirements.requirement import Requirement
from conformance.selftest.stage import play, played
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
    """Yield the answer with each of its members, at every depth, replaced by each odd value."""
    for path in paths(value):
        for odd in ODD:
            yield replaced(value, path, odd)


def replaced(value: Any, path: Sequence[Any], odd: Any) -> Any:
    """Return a value with another one in the place of one of its members."""
    if not path:
        return odd
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = copy.deepcopy(odd)
    return changed


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


class Spoiling:
    """A faithful mock some of whose answers are spoilt at random: their status, their bytes, or a part of what they say."""

    def __init__(self, contract: Contract, seed: int) -> None:
        self.app, self.rng = App(Rules(contract, MOCK_KEY)), random.Random(seed)
        self.base_path = self.app.base_path
        self.rate = self.rng.choice([0.05, 0.3, 1.0])
        self.ways = self.rng.sample([self.status, self.cut, self.part, self.empty], self.rng.choice([1, 4]))

    def answer(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes, float] | None:
        """Answer, or not quite."""
        found = self.app.answer(call)
        assert found is not None
        return self.rng.choice(self.ways)(*found) if self.rng.random() < self.rate else found

    def status(self, _status: int, headers: Any, data: bytes, delay: float) -> Any:
        """Give the answer another status."""
        return self.rng.choice([200, 204, 206, 299, 301, 400, 401, 404, 413, 418, 451, 500, 501]), headers, data, delay

    def cut(self, status: int, headers: Any, data: bytes, delay: float) -> Any:
        """Leave out the end."""
        return status, headers, data[: self.rng.randrange(len(data) + 1)], delay

    def part(self, status: int, headers: Any, data: bytes, delay: float) -> Any:
        """Put something odd in the place of one thing that it says, or leave it out."""
        said = json.loads(data)
        odd = replaced(said, self.rng.choice(list(paths(said))), self.rng.choice(ODD))
        return status, headers, json.dumps(odd).encode(), delay

    def empty(self, status: int, headers: Any, _data: bytes, delay: float) -> Any:
        """Say nothing."""
        return status, headers, self.rng.choice([b"{}", b"[]", b"null", b""]), delay


@pytest.mark.parametrize("seed", sampled(range(40), 5))
def test_a_run_of_spoilt_answers_ends_in_a_report(seed: int) -> None:
    """Verdicts, causes and every report are made, whatever comes; nothing goes wrong inside the suite."""
    contract = load(sorted(names())[seed % len(names())])
    run = played(Spoiling(contract, seed), contract)
    assert run.exit_code != Exit.INTERNAL, run.notice
    assert {name for cause in run.causes for name in cause.requirements} == {
        verdict.clause.id for verdict in run.verdicts if verdict.outcome is Outcome.FAIL
    }
    for form in ("junit", "markdown", "html", "har"):
        assert render("run", form, run)


@pytest.mark.parametrize("name", ["causes", "hints", "observe"])
def test_what_goes_wrong_beside_the_verdicts_costs_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside the suite, in what only explains, is told with exit status 70; all verdicts are there."""

    def wrong(*_: Any) -> Any:
        raise LookupError("nothing there")

    contract = load("jina")
    usual = play(contract, ["ascending"])
    monkeypatch.setattr(f"conformance.running.judge.{name}", wrong)
    run = play(contract, ["ascending"])
    assert (run.exit_code, "nothing there" in run.notice) == (Exit.INTERNAL, True)
    assert [(one.clause.id, one.outcome) for one in run.verdicts] == [
        (one.clause.id, one.outcome) for one in usual.verdicts
    ]
