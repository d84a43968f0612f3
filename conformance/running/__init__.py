"""One door to running: what commands, scripts and tests ask for when they judge a target."""

from conformance.running.conduct import (
    Past as Past,
    budget as budget,
    conduct as conduct,
    ended as ended,
    send_all as send_all,
    wait_for as wait_for,
)
from conformance.running.judge import End as End, Found as Found, judged as judged, silence as silence
from conformance.running.ledger import Ledger as Ledger
from conformance.running.plan import (
    Cost as Cost,
    EmptySelectionError as EmptySelectionError,
    Plan as Plan,
    estimate as estimate,
    plan as plan,
)
from conformance.running.settings import LIMITS as LIMITS, Settings as Settings
from conformance.running.target import MOCK as MOCK, Target as Target
