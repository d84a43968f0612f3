"""How sending ended."""

from enum import StrEnum


class End(StrEnum):
    """How sending ended."""

    COMPLETE = "complete"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    LIMITED = "limited"
    CLOSED = "closed"


NOTICES = {
    End.GONE: "The service stopped answering, a plain valid request too; the run was stopped early.",
    End.LIMITED: "The service refused every request for its rate limit, a plain valid one too, for half a minute; the run was stopped early. Try later, or with a lower --rate.",
    End.CLOSED: "The service accepted requests, and then refused every one, a plain valid one too; the run was stopped early. A quota may be used up, or a key withdrawn.",
    End.INTERRUPTED: "The run was interrupted; `rerank-conformance run --resume` goes on with its folder.",
    End.KILLED: "The recording breaks off without an end; `rerank-conformance run --resume` goes on with its folder.",
}
