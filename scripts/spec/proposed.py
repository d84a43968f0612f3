"""Overlay actions that are proposed, and what becomes of those that are there."""

from attrs import frozen

from conformance.contract.overlay import Action


@frozen
class Proposal:
    """An action, why it is proposed, and for a role how sure that is (0 to 1)."""

    action: Action
    reason: str
    confidence: float | None = None


@frozen
class Step:
    """What becomes of one action: `retired`, `rewritten` or `added`; `old` is what was there, `new` what is instead."""

    kind: str
    reason: str
    old: Action | None = None
    new: tuple[Action, ...] = ()
    confidence: float | None = None
