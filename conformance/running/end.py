"""How sending ended."""

from enum import StrEnum

from conformance.exchange.sender import Sender


class End(StrEnum):
    """How sending ended."""

    COMPLETE = "complete"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    LIMITED = "limited"
    CLOSED = "closed"


def ended(sender: Sender) -> End:
    """Return how a sender came to its end by itself."""
    if not sender.over:
        return End.COMPLETE
    return End.GONE if sender.gone else End.CLOSED if sender.closed else End.LIMITED


_NOTICES = {
    End.GONE: "The service stopped answering, a plain valid request too; the run was stopped early.",
    End.LIMITED: "The service refused every request for its rate limit, a plain valid one too, for half a minute; the run was stopped early. Try later, or with a lower --rate.",
    End.CLOSED: "The service accepted requests, and then refused every one, a plain valid one too; the run was stopped early. A quota may be used up, or a key withdrawn.",
    End.INTERRUPTED: "The run was interrupted; `rerank-conformance run --resume` goes on with its folder.",
    End.KILLED: "The recording breaks off without an end; `rerank-conformance run --resume` goes on with its folder.",
}
_NEVER = "The service never answered, not even a plain valid request; the run was stopped early."


def notice(end: End, *, answered: bool) -> str:
    """Return what a reader should know of how sending ended; `answered` tells whether the service ever did."""
    return _NEVER if end is End.GONE and not answered else _NOTICES.get(end, "")
