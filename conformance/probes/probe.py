"""One request sent on purpose, and what the contract expects of its answer."""

from enum import StrEnum

from attrs import frozen

from conformance.model.exchange import Request


class Expect(StrEnum):
    """What a contract expects of the answer to a probe."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    UNAUTHORISED = "refused for its credentials"
    ABSENT = "refused as unknown path or method"
    OBSERVE = "left open"


@frozen
class Probe:
    """A request, what is expected, and in a few words what is odd about it.

    `priority` orders what a small budget buys first: lower goes out earlier.
    Probes that are not `core` repeat a class that another one stands for; the
    `smoke` profile leaves them out.
    """

    request: Request
    expect: Expect
    label: str
    priority: int = 5
    core: bool = True
