"""One request sent on purpose, and what the contract expects of its answer."""

from enum import IntEnum, StrEnum, auto
from typing import Any

from attrs import frozen

from conformance.model.exchange import Request
from conformance.model.explanation import Features


class Expect(StrEnum):
    """What a contract expects of the answer to a probe."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    UNAUTHORISED = "refused for its credentials"
    ABSENT = "refused as unknown path or method"
    OBSERVE = "left open"


class Priority(IntEnum):
    """Where a probe stands among all others: what has a lower one goes out earlier, so a small budget leaves out what has a higher one.

    Core probes go out before the others of any priority, and `LAST` ones after all. Where a plan is longer than its
    profile, `SPARE` is left out first, then `REPEATED`, then the last of `DRAWN`, and nothing else.
    """

    # A wrong value of one field that another one is asked about, and what some services get wrong besides: the first of what there is room for.
    HELD = auto()
    # The plain forms of a request, without which no other answer means anything; and what is asked first of what there is room for.
    EARLY = auto()
    # Who is let in, an unknown model, a list of one: a failure there costs most, and one request shows it.
    GATE = auto()
    # The questions that a night compares with those of other nights; one that is not asked is missing for good.
    PINNED = auto()
    # One breach of the contract each; such a request is short, and costs no tokens where it is refused.
    REFUSED = auto()
    # Usual requests of few texts that are to be taken; most clauses are judged by them.
    TAKEN = auto()
    # Odd or long questions and parts of texts; what they show, few services get wrong.
    ODD = auto()
    # Another value of a class that a core probe stands for.
    REPEATED = auto()
    # Long texts cost many tokens: a few of them, and then many.
    LONG = auto()
    DEEP = auto()
    # What is drawn at random repeats much, and shows what nobody had in mind.
    DRAWN = auto()
    # Where a contract leaves the answer open nothing can fail but by a broken server.
    OBSERVED = auto()
    # A megabyte costs more than all that was asked before, and some servers do not come back from it.
    GIANT = auto()
    # What shows only after everything else: a cache that holds old answers, a key that is wrong after many right ones.
    LAST = auto()
    # The same breaches in other companies; asked only where requests are left over.
    SPARE = auto()


@frozen
class Probe:
    """A request, what is expected, and in a few words what is odd about it.

    Probes that are not `core` repeat a class that another one stands for; the
    `smoke` profile leaves them out. `carried` is what it is about, a field and its value or
    features of the request: any lawful request that carries it shows that it is taken. A `relieved` one is core
    where no combined requests are sent. `apart` asks the same without what else the request carries: it is asked,
    and judged in its place, where the request is refused for that.
    """

    request: Request
    expect: Expect
    label: str
    priority: Priority = Priority.ODD
    core: bool = True
    carried: tuple[str, Any] | Features | None = None
    relieved: bool = False
    apart: tuple[Request, ...] = ()
