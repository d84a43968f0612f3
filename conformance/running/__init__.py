"""One door to running: what commands, scripts and tests ask for when they judge a target."""

from conformance.running.conduct import Past, budget, conduct, send_all, wait_for
from conformance.running.cost import Cost, estimate
from conformance.running.end import End, ended
from conformance.running.judge import Found, judged, silence
from conformance.running.ledger import Ledger
from conformance.running.plan import EmptySelectionError, Plan, plan
from conformance.running.settings import LIMITS, Settings
from conformance.running.target import MOCK, Target

__all__ = [
    "LIMITS",
    "MOCK",
    "Cost",
    "EmptySelectionError",
    "End",
    "Found",
    "Ledger",
    "Past",
    "Plan",
    "Settings",
    "Target",
    "budget",
    "conduct",
    "ended",
    "estimate",
    "judged",
    "plan",
    "send_all",
    "silence",
    "wait_for",
]
