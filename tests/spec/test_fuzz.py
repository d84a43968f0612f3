"""Documents drawn at random around a ranking operation."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from conformance.contract import ContractError
from scripts.spec import intake
from scripts.spec.renewal import renew
from tests.sampling import sampled
from tests.spec import corpus
from tests.spec.drawn_documents import documents


def outcome(found: dict[str, Any], *, client: bool = False) -> str:
    """Return what a document ends in: `contract`, or the sentence that refuses it; raises AssertionError where its mock fails its own suite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "fuzzed"
        folder.mkdir()
        try:
            renewal = renew(folder, intake.take(json.dumps(found), "fuzzed.json"), clients=Path(name), client=client)
        except ContractError as error:
            return " ".join(str(error).split())
        failed, _ = corpus.suite(renewal.after)
    # How steadily a mock answers is the machine's doing, and many documents are tried on a busy one.
    assert [clause for clause in failed if not clause.startswith("response.latency.")] == []
    return "contract"


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("count", sampled([3, 1000], 1))
def test_document_ends_in_a_contract_or_in_a_sentence(count: int) -> None:
    """Whatever a document says, it is taken and the mock of its contract passes its own suite, or it is refused in one sentence; there is no traceback."""

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def each(found: dict[str, Any]) -> None:
        said = outcome(found)
        assert said == "contract" or ("\n" not in said and 10 < len(said) < 2_000)

    each()
