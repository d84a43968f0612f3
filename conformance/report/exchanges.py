"""An exchange as a page shows it, and which exchanges it shows where."""

from attrs import define, evolve, field, frozen

from conformance.document import text
from conformance.model.cause import Cause
from conformance.model.exchange import Exchange
from conformance.model.finding import Proof
from conformance.model.run import Run
from conformance.model.verdict import Verdict
from conformance.report.curl import leans_on_har, reproduce
from conformance.report.words import proven, variables

_EXCHANGES = 3
_PROOFS = 4
_LOGGED = 1_200
_BUDGET = 700_000


@frozen
class ShownExchange:
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
class ShownProof:
    """An exchange with what it proves, as what was expected and all that the service gave instead.

    `exchange` is None where the page shows it elsewhere or not at all.
    """

    id: str
    proofs: tuple[tuple[str, tuple[str, ...]], ...]
    more: int
    exchange: ShownExchange | None


@define
class Placement:
    """Places each exchange of a run once on a page: where it proves a cause first, else at the first clause that it fails."""

    run: Run
    placed: set[str] = field(factory=set)
    spent: int = 0

    def proof(self, cause: Cause) -> ShownProof | None:
        """Return the exchange that proves a cause best; None where the run holds none."""
        found = proven(self.run, cause)
        if found is None:
            return None
        verdict, number = found
        proof = verdict.proofs[number]
        return ShownProof(proof.exchange, ((proof.expected, (proof.actual,)),), 0, self._place(proof.exchange))

    def proofs(self, verdict: Verdict) -> list[ShownProof]:
        """Return the first exchanges that fail a clause, each with what it proves."""
        by: dict[str, list[Proof]] = {}
        for proof in verdict.proofs:
            by.setdefault(proof.exchange, []).append(proof)
        return [
            ShownProof(name, _expectations(proofs[:_PROOFS]), len(proofs[_PROOFS:]), self._place(name))
            for name, proofs in list(by.items())[:_EXCHANGES]
        ]

    def rest(self) -> list[ShownExchange]:
        """Return the exchanges that no clause showed, in the order they were sent."""
        return [
            self._show(exchange, _LOGGED)
            for exchange in sorted(self.run.exchanges.values(), key=_number)
            if exchange.id not in self.placed
        ]

    def _place(self, name: str) -> ShownExchange | None:
        exchange = self.run.exchanges.get(name)
        if exchange is None or name in self.placed:
            return None
        shown = self._show(exchange, text.SHOWN)
        if shown.whole:
            self.placed.add(name)
            return shown
        return None

    def _show(self, exchange: Exchange, longest: int) -> ShownExchange:
        brief = _brief(exchange)
        if self.spent > _BUDGET:
            return brief
        whole = _whole(brief, exchange, self.run, longest)
        self.spent += whole.size
        return whole


def _expectations(proofs: list[Proof]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by: dict[str, list[str]] = {}
    for proof in proofs:
        by.setdefault(proof.expected, []).append(proof.actual)
    return tuple((expected, tuple(actual)) for expected, actual in by.items())


def _number(exchange: Exchange) -> list[int]:
    """Return the number of an exchange and of its try."""
    return [int(part) for part in exchange.id.removeprefix("e").split(".")]


def _brief(exchange: Exchange) -> ShownExchange:
    return ShownExchange(
        id=exchange.id,
        line=text.one_line(f"{exchange.request.method} {exchange.url}"),
        status=str(exchange.response.status) if exchange.response else text.one_line(exchange.error or "no response"),
        answered=exchange.response is not None,
        milliseconds=round(exchange.elapsed * 1000, 1),
        attempts=exchange.attempts,
    )


def _whole(brief: ShownExchange, exchange: Exchange, run: Run, longest: int) -> ShownExchange:
    request, response = exchange.request, exchange.response
    return evolve(
        brief,
        sent_headers=text.headers(request.headers),
        sent_body=text.body(request.body, request.json, longest, exact=True),
        headers=text.headers(response.headers) if response else "",
        body=text.body(response.body, response.json, longest) if response else "",
        curl=text.visible(reproduce(exchange, variables(run))),
        in_folder=leans_on_har(request),
        whole=True,
    )
