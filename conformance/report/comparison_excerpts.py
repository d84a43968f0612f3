"""The exchanges that a page shows: each request once, with what every target answered, as far as there is room."""

import html
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from attrs import define, field, frozen
from markupsafe import Markup

from conformance.compare.clause_table import ClauseCell, ClauseState, ClauseTable
from conformance.compare.comparison import Comparison
from conformance.compare.migration import Effect
from conformance.document import text
from conformance.model.exchange import Exchange, Request
from conformance.report.curl import reproduce

_BUDGET = 1_150_000
_LONGEST = 2_400
_SHORTEST = 220
_PROOFS = 4
_CURLS = 300_000
_VARIABLE = re.compile(r"\$\{?\w+")


@frozen
class AnswerExcerpt:
    """What one target answered, ready for a page; `proves` says what of it breaks which clause."""

    anchor: str
    target: str
    id: str
    status: str
    milliseconds: float
    headers: Markup
    body: Markup
    proves: tuple[tuple[str, str, str], ...]


@frozen
class RequestExcerpt:
    """One request and its answers."""

    anchor: str
    line: str
    label: str
    headers: Markup
    body: Markup
    curl: Markup
    answers: tuple[AnswerExcerpt, ...]


@define
class _Held:
    request: Request
    first: tuple[int, Exchange]
    answers: dict[tuple[int, str], Exchange] = field(factory=dict)


@define(slots=False, eq=False)
class Excerpts:
    """Places exchanges on a page: those that break something first, those that keep while there is room."""

    comparison: Comparison
    _held: dict[str, _Held] = field(factory=dict, init=False)
    _anchors: dict[tuple[int, str], str] = field(factory=dict, init=False)
    _proofs: dict[tuple[int, str], list[tuple[str, str, str]]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        """Choose what is shown."""
        wanted = list(dict.fromkeys(self._wanted()))
        needed = list(dict.fromkeys(self._needed()))
        most = _BUDGET // _SHORTEST
        for number, name in [*needed[:most], *wanted[: max(0, most // 4 - len(needed))]]:
            self._place(number, name)
        self._longest = max(_SHORTEST, min(_LONGEST, _BUDGET // max(1, 2 * len(self._anchors))))
        self._note_proofs()

    def link(self, number: int, name: str) -> str:
        """Return the anchor of an exchange of a target, or an empty string where the page does not show it."""
        return self._anchors.get((number, name), "")

    def _needed(self) -> Iterator[tuple[int, str]]:
        """Yield what somebody must be able to look at: what breaks, changes, or was only seen."""
        comparison = self.comparison
        for number, migration in enumerate(comparison.migrations, 1):
            for finding in migration.findings:
                if finding.effect in {Effect.BREAKS, Effect.CHANGES, Effect.DIFFERS}:
                    yield from ((number, name) for name in finding.exchanges[:1])
        for matrix in (comparison.by_reference, comparison.own):
            for number, cell in _cells(matrix):
                if cell.state not in {ClauseState.KEPT, ClauseState.ABSENT}:
                    yield from ((number, name) for name in _first(cell))
        for behaviour in comparison.behaviours:
            for number, told in enumerate(behaviour.cells):
                yield from ((number, name) for name in told.exchanges[:2])

    def _wanted(self) -> Iterator[tuple[int, str]]:
        for number, migration in enumerate(self.comparison.migrations, 1):
            for finding in migration.findings:
                yield from ((number, name) for name in finding.exchanges)
        for matrix in (self.comparison.by_reference, self.comparison.own):
            for number, cell in _cells(matrix):
                yield from ((number, name) for name in _first(cell))

    def _place(self, number: int, name: str) -> None:
        exchange = self.comparison.subjects[number].exchanges.get(name)
        if exchange is None or (number, name) in self._anchors:
            return
        key = _same(exchange.request)
        held = self._held.setdefault(key, _Held(exchange.request, (number, exchange)))
        held.answers[(number, name)] = exchange
        at = (
            list(self._held).index(key)
            if len(held.answers) == 1
            else int(self._anchors[next(iter(held.answers))][1:].partition("-")[0])
        )
        again = sum(1 for other, _ in held.answers if other == number)
        self._anchors[(number, name)] = f"x{at}-t{number}" + (f"-{again}" if again > 1 else "")

    def _note_proofs(self) -> None:
        for matrix in (self.comparison.by_reference, self.comparison.own):
            for number, cell in _cells(matrix):
                for proof in cell.proofs:
                    if (number, proof.exchange) in self._anchors:
                        told = (cell.requirement, text.one_line(proof.expected, 160), text.one_line(proof.actual, 200))
                        known = self._proofs.setdefault((number, proof.exchange), [])
                        if told not in known and len(known) < _PROOFS:
                            known.append(told)

    def shown(self) -> Iterator[RequestExcerpt]:
        """Yield every request with its answers, in the order they were placed."""
        room = _CURLS
        for at, held in enumerate(self._held.values()):
            number, exchange = held.first
            subject, curl = self.comparison.subjects[number], ""
            if room > 0:
                curl = text.visible(text.cut(reproduce(exchange, subject.own.variables), self._longest))
                room -= len(curl)
            answers = sorted(held.answers.items(), key=lambda item: item[0][0])
            yield RequestExcerpt(
                anchor=f"x{at}",
                line=text.one_line(f"{held.request.method} {held.request.path}", 120),
                label=subject.labels.get(held.request.key, ""),
                headers=_text(text.headers(held.request.headers)),
                body=_text(text.body(held.request.body, held.request.json, self._longest, exact=True)),
                curl=_text(curl),
                answers=tuple(self._answered(key, exchange) for key, exchange in answers),
            )

    def _answered(self, key: tuple[int, str], exchange: Exchange) -> AnswerExcerpt:
        response, headers, body = exchange.response, "", text.one_line(exchange.error or "no answer")
        if response:
            listed = "\n".join(f"{name}: {value}" for name, value in response.headers)
            headers = text.visible(text.cut(listed, self._longest // 3))
            body = text.body(response.body, response.json, self._longest)
        return AnswerExcerpt(
            anchor=self._anchors[key],
            target=self.comparison.names[key[0]],
            id=exchange.id,
            status=str(response.status) if response else "no answer",
            milliseconds=round(exchange.elapsed * 1000, 1),
            headers=_text(headers),
            body=_text(body),
            proves=tuple(self._proofs.get(key, ())),
        )


def _cells(matrix: ClauseTable) -> Iterator[tuple[int, ClauseCell]]:
    for line in matrix.rows:
        yield from enumerate(line.cells)


def _first(cell: ClauseCell) -> Iterable[str]:
    return tuple(proof.exchange for proof in cell.proofs[:1]) or cell.exchanges[:1]


def _same(request: Request) -> str:
    """Return what tells requests apart, whoever they were sent to."""
    digest = sha256(f"{request.method} {request.path}".encode())
    for name, value in request.headers:
        if name.lower() != "user-agent":
            # The key has a variable of its own for each vendor.
            digest.update(f"\n{name.lower()}: {_VARIABLE.sub('$KEY', value)}".encode())
    digest.update(b"\n\n" + request.body)
    return digest.hexdigest()


def _text(words: str) -> Markup:
    """Return text for an element's content; quotes stay as they are, which halves what JSON takes."""
    return Markup(html.escape(words, quote=False))  # noqa: S704 - it is escaped right here
