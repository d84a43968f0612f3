"""The tables of a store. One night of one target is one row: a letter for each clause of a list that nights share.

A change here needs a new VERSION and a step in `migration`.
"""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = 3

metadata = MetaData()

about = Table(
    "rerank_about", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

targets = Table(
    "rerank_target",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)


def _shared(name: str, column: str) -> Table:
    """Return a table of texts that runs share, each found by its hash."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sha256", String(64), nullable=False, unique=True),
        Column(column, Text, nullable=False),
    )


# A list of clauses, as JSON: [[id, level, sentence, source], …].
clause_lists = _shared("rerank_roster", "clauses")
# Facts (see `conformance.model.fact`), as JSON.
factsets = _shared("rerank_factset", "facts")
# Causes (see `conformance.model.cause`), as JSON, without the exchanges that prove them.
causesets = _shared("rerank_causeset", "causes")

runs = Table(
    "rerank_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", String(64), nullable=False, unique=True),
    Column("target_id", ForeignKey("rerank_target.id"), nullable=False),
    Column("base_url", Text, nullable=False),
    Column("contract", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("contract_sha256", String(64), nullable=False),
    Column("suite_version", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),  # since the epoch
    Column("duration_ms", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("notice", Text, nullable=False),
    Column("p50_ms", Float),
    Column("p95_ms", Float),
    Column("p99_ms", Float),
    Column("answers", Integer, nullable=False),
    Column("roster_id", ForeignKey("rerank_roster.id"), nullable=False),
    Column("outcomes", Text, nullable=False),  # one letter for each clause of the list, see `record.LETTERS`
    Column(
        "factset_id", ForeignKey("rerank_factset.id")
    ),  # since version 2, as `scores`; null where none were recorded
    Column("scores", Text),  # JSON: the facts on scores, which differ from night to night
    Column("causeset_id", ForeignKey("rerank_causeset.id")),  # since version 3; null where none were recorded
    Index("rerank_run_of_target", "target_id", "started_ms"),
    Index("rerank_run_started", "started_ms"),
)

# What was said of clauses that were broken, known deviations or kept by surprise.
findings = Table(
    "rerank_finding",
    metadata,
    Column("run_id", ForeignKey("rerank_run.id"), primary_key=True),
    Column("requirement", Text, primary_key=True),
    Column("verdict", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Index("rerank_finding_of_requirement", "requirement"),
)
