"""Documents drawn at random around a ranking operation."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from scripts.fuzz_documents import outcome
from scripts.spec.fuzzed import documents


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(documents())
def test_document_ends_in_a_contract_or_in_a_sentence(found: dict[str, Any]) -> None:
    """Whatever a document says, it is taken and the mock of its contract passes its own suite, or it is refused in one sentence; there is no traceback."""
    said = outcome(found)
    assert said == "contract" or ("\n" not in said and 10 < len(said) < 2_000)
