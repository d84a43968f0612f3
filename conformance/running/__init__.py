"""One door to running: what commands, scripts and tests ask for when they judge a target."""

from conformance.running.conduct import Past, budget, conduct, ended, send_all, wait_for
from conformance.running.judge import End, Found, judged, silence
from conformance.running.ledger import Ledger
from conformance.running.plan import Cost, EmptySelectionError, Plan, estimate, plan
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
