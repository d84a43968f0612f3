"""One proposed overlay action."""

from attrs import frozen

from conformance.contract.overlay import Action


@frozen
class Proposal:
    """An action, why it is proposed, and for a role how sure that is (0 to 1)."""

    action: Action
    reason: str
    confidence: float | None = None
