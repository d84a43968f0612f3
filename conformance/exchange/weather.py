"""What the weather can explain: how often tries go wrong that are answered later, and which requests are never answered."""

from collections.abc import Iterable

from attrs import define, field

from conformance.model.exchange import Exchange

# A request that the weather alone would leave unanswered less often than once in so many runs is persistently unanswered.
_DOUBT = 1e-3


@define
class _Trouble:
    """A request that was not answered properly yet: its tries, those that others' answers separate, and where the last one stood."""

    size: int
    tries: int = 0
    separate: int = 0
    seen: int = -1
    began: float = 0.0


@define
class _Tries:
    """Tries of requests that were answered in the end, and how many of them went wrong before."""

    all: int = 0
    wrong: int = 0

    def add(self, wrong: int) -> None:
        self.all, self.wrong = self.all + wrong + 1, self.wrong + wrong

    @property
    def rate(self) -> float:
        """How likely a try goes wrong, with one of each kind assumed."""
        return (self.wrong + 1) / (self.all + 2)


@define(slots=False, eq=False)
class Weather:
    """A run's weather, exchange by exchange.

    A try goes wrong when it gets no proper answer; 429 is none, for it says nothing of the request. `requests`
    counts those that were asked; memory grows with the requests in trouble alone.
    """

    requests: int = field(default=0, init=False)
    _tries: _Tries = field(factory=_Tries, init=False)
    _by_size: dict[int, _Tries] = field(factory=dict, init=False, repr=False)
    _answers: int = field(default=0, init=False)
    _latest: float = field(default=0.0, init=False)
    _troubled: dict[str, _Trouble] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> "Weather":
        """Return the weather of exchanges in the order they ended."""
        weather = cls()
        for exchange in exchanges:
            weather.add(exchange)
        return weather

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange as it ends."""
        if exchange.attempts == 1:
            self.requests += 1
        if exchange.limited:
            return
        key, size = exchange.request.key, len(exchange.request.body).bit_length()
        if exchange.proper:
            trouble = self._troubled.pop(key, None)
            for tries in (self._tries, self._by_size.setdefault(size, _Tries())):
                tries.add(trouble.tries if trouble else 0)
            self._answers += 1
            self._latest = max(self._latest, exchange.started)
            return
        trouble = self._troubled.setdefault(key, _Trouble(size))
        # A burst of outage counts once: between two tries that count, an answer to another request began.
        if trouble.separate == 0 or (self._answers > trouble.seen and self._latest >= trouble.began):
            trouble.separate += 1
        trouble.tries += 1
        trouble.seen, trouble.began = self._answers, exchange.started

    @property
    def rate(self) -> float:
        """How likely a try goes wrong by the weather, over the requests that were answered in the end."""
        return self._tries.rate

    def _rate(self, size: int) -> float:
        """How likely it is for requests of a size: some weather meets large ones alone. A size is told by its binary digits."""
        larger = _Tries()
        for other, tries in self._by_size.items():
            if other >= size - 1:
                larger.all, larger.wrong = larger.all + tries.all, larger.wrong + tries.wrong
        return max(self.rate, larger.rate) if larger.wrong else self.rate

    def persistent(self, key: str) -> bool:
        """Whether a request was asked so often, between answers to others, that the weather does not explain its silence."""
        trouble = self._troubled.get(key)
        return (
            trouble is not None
            and self._answers > 0
            and self._rate(trouble.size) ** trouble.separate * self.requests < _DOUBT
        )

    def tries(self, key: str) -> int:
        """Return how many tries of a request went wrong and were separated by answers to others."""
        trouble = self._troubled.get(key)
        return trouble.separate if trouble else 0
