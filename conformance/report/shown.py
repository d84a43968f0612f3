"""An exchange as a page shows it, and which exchanges it shows where."""

from collections.abc import Iterable

from attrs import define, field, frozen

from conformance.model.exchange import Exchange
from conformance.model.finding import Proof
from conformance.model.run import Run
from conformance.model.verdict import Verdict
from conformance.report import text
from conformance.report.curl import leans_on_har, reproduce
from conformance.report.headline import variables

_EXCHANGES = 3
_PROOFS = 4
_LOGGED = 1_200
_BUDGET = 700_000


@frozen
class Shown:
    """An exchange, every part already made visible; `whole` is false where the page has no room for the parts."""

    id: str
    line: str
    status: str
    answered: bool
    milliseconds: float
    attempts: int
    sent_headers: str = ""
    sent_body: str = ""
    headers: str = ""
    body: str = ""
    curl: str = ""
    in_folder: bool = False
    whole: bool = False

    @property
    def size(self) -> int:
        """How much of the page it takes, in characters."""
        return sum(map(len, (self.line, self.sent_headers, self.sent_body, self.headers, self.body, self.curl)))


@frozen
class Evidence:
    """An exchange with what it proves, as what was expected and all that came instead.

    `exchange` is None where the page shows it elsewhere or not at all.
    """

    id: str
    proofs: tuple[tuple[str, tuple[str, ...]], ...]
    more: int
    exchange: Shown | None


@define
class Gallery:
    """Places each exchange of a run once on a page, those that break a clause at the first clause they break."""

    run: Run
    placed: set[str] = field(factory=set)
    spent: int = 0

    def evidence(self, verdict: Verdict) -> list[Evidence]:
        """Return the first exchanges that break a clause, each with what it proves."""
        by: dict[str, list[Proof]] = {}
        for proof in verdict.proofs:
            by.setdefault(proof.exchange, []).append(proof)
        return [
            Evidence(name, _expectations(proofs[:_PROOFS]), len(proofs[_PROOFS:]), self._place(name))
            for name, proofs in list(by.items())[:_EXCHANGES]
        ]

    def rest(self) -> list[Shown]:
        """Return the exchanges that no clause showed, in the order they were sent."""
        return [self._show(exchange, _LOGGED) for exchange in _sorted(self.run.exchanges.values()) if exchange.id not in self.placed]

    def _place(self, name: str) -> Shown | None:
        exchange = self.run.exchanges.get(name)
        if exchange is None or name in self.placed:
            return None
        shown = self._show(exchange, text.SHOWN)
        if shown.whole:
            self.placed.add(name)
            return shown
        return None

    def _show(self, exchange: Exchange, longest: int) -> Shown:
        brief = _brief(exchange)
        if self.spent > _BUDGET:
            return brief
        whole = _whole(exchange, self.run, longest)
        self.spent += whole.size
        return whole


def _expectations(proofs: list[Proof]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by: dict[str, list[str]] = {}
    for proof in proofs:
        by.setdefault(proof.expected, []).append(proof.actual)
    return tuple((expected, tuple(actual)) for expected, actual in by.items())


def _sorted(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return exchanges in the order of their numbers and tries."""
    return sorted(exchanges, key=lambda exchange: [int(part) for part in exchange.id.removeprefix("e").split(".")])


def _status(exchange: Exchange) -> str:
    return str(exchange.response.status) if exchange.response else text.one_line(exchange.error or "no answer")


def _brief(exchange: Exchange) -> Shown:
    return Shown(
        id=exchange.id,
        line=text.one_line(f"{exchange.request.method} {exchange.url}"),
        status=_status(exchange),
        answered=exchange.response is not None,
        milliseconds=round(exchange.elapsed * 1000, 1),
        attempts=exchange.attempts,
    )


def _whole(exchange: Exchange, run: Run, longest: int) -> Shown:
    request, response = exchange.request, exchange.response
    return Shown(
        id=exchange.id,
        line=text.one_line(f"{request.method} {exchange.url}"),
        status=_status(exchange),
        answered=response is not None,
        milliseconds=round(exchange.elapsed * 1000, 1),
        attempts=exchange.attempts,
        sent_headers=text.headers(request.headers),
        sent_body=text.body(request.body, request.json, longest, exact=True),
        headers=text.headers(response.headers) if response else "",
        body=text.body(response.body, response.json, longest) if response else "",
        curl=text.visible(reproduce(exchange, variables(run))),
        in_folder=leans_on_har(request),
        whole=True,
    )
