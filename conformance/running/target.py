"""An endpoint."""

import json
import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from conformance.contract import Contract
from conformance.exchange.sender import Sender
from conformance.model.deviation import Deviation
from conformance.model.exchange import Headers
from conformance.probes.kit import Kit

# The name of the embedded mock, alone or before `:` or `?`.
MOCK = "mock"


@frozen
class Target:
    """An endpoint: where it is, its contract, its key, and what is known of it.

    `secrets` maps names of environment variables to values that go out and
    must not be written; `key_env` names the one that is the key (default: the
    contract's). `models` replaces the contract's list. `timeout` is in seconds,
    `rate` in requests a minute; `proxy` is a URL, `ca_file` a file of certificates to trust;
    `deviations` are those known of the service.
    """

    name: str
    base_url: str
    contract: Contract
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    models: tuple[str, ...] = ()
    headers: Headers = ()
    concurrency: int = 8
    timeout: float = 30.0
    key_env: str | None = None
    rate: float | None = None
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    deviations: tuple[Deviation, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether it is the embedded mock, whose address is gone after the run."""
        return re.split("[:?]", self.name)[0] == MOCK

    @property
    def variable(self) -> str | None:
        """Name of the variable that stands for the key in requests."""
        return self.key_env or self.contract.key_env

    @property
    def kit(self) -> Kit:
        """What probes are made from."""
        return Kit(self.contract, self.models, self.headers, self.key_env)

    def sender(self, **more: Any) -> Sender:
        """Return a sender that keeps to what the target asks for; `more` are further fields of it."""
        return Sender(
            self.base_url,
            self.secrets,
            self.concurrency,
            self.timeout,
            rate=self.rate,
            proxy=self.proxy,
            ca_file=self.ca_file,
            known=json.dumps(self.contract.document, ensure_ascii=False).lower().encode("utf-8", "surrogatepass"),
            **more,
        )
