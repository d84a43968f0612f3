"""One request sent on purpose, and what the contract expects of its answer."""

from enum import StrEnum
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


# Priorities: what is asked first of what there is room for; one more value for what others show; sent when everything else was; and what is asked only where requests are left over.
EARLY, REPEATED, LAST, SPARE = 1, 6, 10, 11


@frozen
class Probe:
    """A request, what is expected, and in a few words what is odd about it.

    `priority` orders what a small budget buys first: lower goes out earlier.
    Probes that are not `core` repeat a class that another one stands for; the
    `smoke` profile leaves them out. `carried` is what it is about, a field and its value or
    features of the request: any lawful request that carries it shows that it is taken. A `relieved` one is core
    where no combined requests are sent. `apart` asks the same without what else the request carries: it is asked,
    and judged in its place, where the request is refused for that.
    """

    request: Request
    expect: Expect
    label: str
    priority: int = 5
    core: bool = True
    carried: tuple[str, Any] | Features | None = None
    relieved: bool = False
    apart: tuple[Request, ...] = ()
