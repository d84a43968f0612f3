"""What explains one or more failed clauses."""

from attrs import frozen

from conformance.model.clause import Level


@frozen
class Cause:
    """One thing to mend, and the failed clauses that it explains.

    `id` is stable over runs of the same contract; `kind` says what sort of thing it is, `title` says it in one
    sentence, `mend` what to do. `level` is the highest of its clauses'.
    `requirements` are the ids of the clauses, the likeliest to name the fault first; `exchanges` prove it, the
    smallest first; `explains` says in a few words what the failing exchanges share and the passing ones lack.
    """

    id: str
    kind: str
    title: str
    level: Level
    requirements: tuple[str, ...]
    exchanges: tuple[str, ...]
    explains: str
    mend: str = ""
