"""A run: target, contract, exchanges and verdicts together."""

from collections.abc import Mapping

from attrs import field, frozen

from conformance.exchange.exchange import Exchange
from conformance.verdict.verdict import Observation, Verdict


@frozen
class Run:
    """What `rerank-conformance run` found.

    `started` is in seconds since the epoch; `requests` counts all that went
    out, retries too; `tokens` what the answers say they cost; `key_env` is the variable of the key, `variables` all those
    whose values stand in requests under their names.
    `notice` is one paragraph for the reader when the run as a whole says little
    (unreachable, unauthorised, no request accepted), else empty.
    """

    target: str
    base_url: str
    contract: str
    contract_version: str
    contract_sha256: str
    profile: str
    seed: int
    started: float
    duration_s: float
    requests: int
    exit_code: int
    key_env: str | None
    verdicts: tuple[Verdict, ...]
    observations: tuple[Observation, ...]
    exchanges: Mapping[str, Exchange] = field(repr=False)
    notice: str = ""
    variables: tuple[str, ...] = ()
    tokens: int = 0
