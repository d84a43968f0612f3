"""How sending ended."""

from enum import StrEnum


class End(StrEnum):
    """How sending ended."""

    COMPLETE = "complete"
    GONE = "gone"
    INTERRUPTED = "interrupted"
    KILLED = "killed"


NOTICES = {
    End.GONE: "The service stopped answering, a plain lawful request too; the run was stopped early.",
    End.INTERRUPTED: "The run was interrupted; `rerank-conformance run --resume` goes on with its folder.",
    End.KILLED: "The recording breaks off without an end; `rerank-conformance run --resume` goes on with its folder.",
}
