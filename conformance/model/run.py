"""A run: target, contract, exchanges and verdicts together."""

import hashlib
from collections.abc import Mapping

from attrs import Factory, field, frozen

from conformance.model.cause import Cause
from conformance.model.deviation import Standing
from conformance.model.exchange import Exchange
from conformance.model.fact import Fact
from conformance.model.verdict import Observation, Verdict, judged_musts


def _id(run: "Run") -> str:
    told = (run.target, run.base_url, run.contract_sha256, run.profile, run.seed, run.started)
    return hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()[:16]


@frozen
class Run:
    """What `rerank-conformance run` found.

    `started` is in seconds since the epoch; `requests` counts all that went
    out, retries too; `tokens` what the answers say they cost; `key_env` is the variable of the key, `variables` all those
    whose values stand in requests under their names.
    `notice` is one paragraph for the reader when the run as a whole says little
    (unreachable, unauthorised, no request accepted), else empty; `silent` tells that it says why nothing could be judged.
    `deviations` are those known of the target, empty where they were not applied.
    `causes` group the failed clauses by what explains them, the worst first.
    `pace` is what the service was found to take, in requests a minute; None where it set no limit.
    `hints` say what to try instead (another contract, base URL or model), each with the exact command.
    `facts` are what the exchanges show beside verdicts (`conformance.drift`).
    `id` tells runs apart wherever they meet; it follows from target, contract and
    start, so that a folder that is judged again by the same contract is the same run.
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
    facts: tuple[Fact, ...] = field(default=(), repr=False)
    id: str = field(default=Factory(_id, takes_self=True))
    deviations: tuple[Standing, ...] = ()
    causes: tuple[Cause, ...] = ()
    hints: tuple[str, ...] = ()
    pace: float | None = None
    silent: bool = False

    @property
    def musts(self) -> tuple[int, int]:
        """How many of the MUST clauses that can be provoked were judged, and how many there are."""
        return judged_musts(self.verdicts)
